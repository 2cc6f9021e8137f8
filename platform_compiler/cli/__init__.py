"""The command line: one verb a file, and the only place that prints, exits, or reads the clock and the environment."""
