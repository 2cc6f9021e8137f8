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

_PLAIN, _PLACE = "t", "@"
"""What stands before a plain tuple, and before a place in the template's own file."""
_KINDS: tuple[Any, ...] = (Constant, Leaf, Text, Loop, Structure, Mapping, Sequence, Expression, *nodes.KINDS)
_NAMES = {kind: str(number) for number, kind in enumerate(_KINDS)}
_MAKERS: dict[str, Callable[[list[Any]], Any]] = {
    _PLAIN: tuple,
    **{name: partial(tuple.__new__, kind) for kind, name in _NAMES.items()},  # as `_make` does
}


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
    return json.dumps(_named(parsed), separators=(",", ":")).encode()


def from_bytes(data: bytes, path: str) -> Any:
    """Return what `as_bytes` wrote; it stands in the file at `path`."""

    def made(pairs: list[tuple[str, list[Any]]]) -> Any:
        ((name, fields),) = pairs
        return Span(path, *fields) if name == _PLACE else _MAKERS[name](fields)

    return json.loads(data, object_pairs_hook=made)


def _named(value: Any) -> Any:
    """Return a tuple as a mapping from what it is to its fields, which JSON reads from the inside out."""
    if type(value) is Span:
        return {_PLACE: value[1:]}
    if not isinstance(value, tuple):
        return value
    return {_NAMES.get(type(value), _PLAIN): [_named(below) for below in value]}
