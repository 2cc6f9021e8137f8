"""JSON Schemas: what they refuse, in words."""
