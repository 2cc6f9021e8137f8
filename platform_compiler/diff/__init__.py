"""Compare two compilations, resource by resource: what changes, where, because of which line, and how risky it is."""
