"""Lists whose items must differ in some of their keys: `x-unique` in a schema, which JSON Schema itself cannot say.

Most of a schema holds no such list, so a schema is first cut down to the ways that lead to one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from platform_compiler.schema.walk import Schema

Path = tuple[str | int, ...]
_KEY = "x-unique"


def repetitions(schema: Schema, value: Any) -> Iterator[tuple[Path, str]]:
    """Yield the place of every item that repeats an earlier one, and what they share, in words."""
    known = _WAYS.get(id(schema))
    if known is None or known[0] is not schema:
        known = _WAYS[id(schema)] = (schema, _Cutter(schema).cut(schema))
    return _found(known[1], value, ())


@dataclass(slots=True, eq=False)
class _Way:
    """What of a schema leads to lists of that kind: their keys, and the ways on."""

    keys: list[str]
    properties: dict[str, "_Way"] = field(default_factory=dict)
    items: "_Way | None" = None
    rest: "_Way | None" = None


_WAYS: dict[int, tuple[Schema, _Way | None]] = {}


@dataclass(slots=True)
class _Cutter:
    """Cuts one schema; a definition that refers to itself is cut once."""

    root: Schema
    named: dict[str, _Way | None] = field(default_factory=dict)

    def cut(self, schema: Any) -> _Way | None:
        """Return the way that a schema is, or None where it leads to no such list."""
        if not isinstance(schema, dict):
            return None
        if "$ref" in schema:
            return self._reference(schema["$ref"].rpartition("/")[2])
        return self._below(schema, _Way(schema.get(_KEY, [])))

    def _below(self, schema: Schema, way: _Way) -> _Way | None:
        cut = {key: self.cut(below) for key, below in schema.get("properties", {}).items()}
        way.properties = {key: below for key, below in cut.items() if below is not None}
        way.items, way.rest = self.cut(schema.get("items")), self.cut(schema.get("additionalProperties"))
        return way if way.keys or way.properties or way.items or way.rest else None

    def _reference(self, name: str) -> _Way | None:
        if name not in self.named:
            schema = self.root["$defs"][name]
            way = self.named[name] = _Way(schema.get(_KEY, []))
            self.named[name] = self._below(schema, way)
        return self.named[name]


def _found(way: _Way | None, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if way is not None and isinstance(value, list):
        yield from _repeated(way.keys, value, path)
        for i, item in enumerate(value if way.items else ()):
            yield from _found(way.items, item, (*path, i))
    elif way is not None and isinstance(value, dict):
        for key, below in way.properties.items():
            if key in value:
                yield from _found(below, value[key], (*path, key))
        for key in value.keys() - way.properties.keys() if way.rest else ():
            yield from _found(way.rest, value[key], (*path, key))


def _repeated(keys: list[str], items: list[Any], path: Path) -> Iterator[tuple[Path, str]]:
    if not keys or len(items) < 2:  # noqa: PLR2004 -- nothing to repeat
        return
    seen: set[tuple[str, ...]] = set()
    for i, item in enumerate(items):
        if not isinstance(item, dict):
            continue
        identity = tuple(repr(item.get(key)) for key in keys)
        if identity in seen:
            shared = ", ".join(f"{key} `{item[key]}`" for key in keys if key in item)
            yield (*path, i), f"a second item with {shared or f'no {keys[0]}'}"
        seen.add(identity)
