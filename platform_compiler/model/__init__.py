"""The vocabulary as closed models: the source of the schemas and of the documentation."""
