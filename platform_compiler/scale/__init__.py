"""Compiling in several processes: parts of a fleet on any `concurrent.futures.Executor`, with the same bytes."""
