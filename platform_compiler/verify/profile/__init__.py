"""The emit profile: what clusters accept of the kinds that blueprints emit, as closed schemas written by hand."""
