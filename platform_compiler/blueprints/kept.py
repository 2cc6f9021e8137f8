"""Templates as JSON, and back: what parsing gave is read ten times as fast as what was parsed."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from platform_compiler.blueprints import nodes
from platform_compiler.blueprints.expressions import Expression
from platform_compiler.blueprints.template import Constant, Leaf, Loop, Mapping, Sequence, Structure, Text
from platform_compiler.cache import own
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.shipped import BUILT_IN

T = TypeVar("T")

_PLAIN, _PLACE = -2, -1
"""What a list begins with that stands for a plain tuple, and for a place in the template's own file."""
_KINDS: tuple[Any, ...] = (Constant, Leaf, Text, Loop, Structure, Mapping, Sequence, Expression, *nodes.KINDS)
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}


def kept(path: str, parse: Callable[[Bag], T], bag: Bag) -> T:
    """Return what parsing gives of a file; of built-in ones it is kept, since they are a part of the program."""
    if not path.startswith(BUILT_IN):
        return parse(bag)
    name = f"template {path}"
    found = own.get(name)
    if found is not None:
        parsed: T = from_bytes(found, path)
        return parsed
    parsed = parse(bag)
    own.put(name, partial(as_bytes, parsed))
    return parsed


def as_bytes(parsed: Any) -> bytes:
    """Return a template, or a tuple of some, as JSON."""
    return json.dumps(_listed(parsed), separators=(",", ":")).encode()


def from_bytes(data: bytes, path: str) -> Any:
    """Return what `as_bytes` wrote; it stands in the file at `path`."""
    return _read(json.loads(data), path)


def _listed(value: Any) -> Any:
    if type(value) is Span:
        return [_PLACE, *value[1:]]
    if not isinstance(value, tuple):
        return value
    return [_NUMBERS.get(type(value), _PLAIN), *map(_listed, value)]


def _read(value: Any, path: str) -> Any:
    if type(value) is not list:
        return value
    number = value[0]
    if number == _PLACE:
        return Span(path, *value[1:])
    below = [_read(one, path) if type(one) is list else one for one in value[1:]]
    return tuple(below) if number == _PLAIN else _KINDS[number]._make(below)
