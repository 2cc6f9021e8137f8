"""The verbs of `platformc policy`, one a file."""
