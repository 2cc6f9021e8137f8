"""YAML as plain values, by the parser in C: tests read thousands of generated files back."""

from typing import Any

import yaml


def read(text: str | bytes) -> Any:
    """Return the one document of a text."""
    return yaml.load(text, Loader=yaml.CSafeLoader)
