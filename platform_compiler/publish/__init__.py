"""Commit an output to environment repositories: what to change, with whose leave, in one commit a branch."""
