"""The built-in layer, read from the YAML file beside this module."""

from functools import cache
from pathlib import Path

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Layer
from platform_compiler.source.reader import read_yaml

PATH = "built-in"


@cache
def built_in_layer() -> Layer:
    """Return the lowest layer; its spans carry the path `built-in`."""
    tree = read_yaml(PATH, (Path(__file__).parent / "builtin.yaml").read_bytes(), Bag())
    assert tree is not None
    return Layer("built-in", tree)
