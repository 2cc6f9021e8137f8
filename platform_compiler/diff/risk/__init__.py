"""Which risks a change of resources carries."""
