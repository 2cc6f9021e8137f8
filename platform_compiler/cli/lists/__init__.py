"""The verbs of `platformc list`."""
