"""Checks on every resource before it is written."""
