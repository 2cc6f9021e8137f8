"""Lists whose items must differ in some of their keys: `x-unique` in a schema, which JSON Schema itself cannot say.

Most of a schema holds no such list, so a schema is first cut down to the ways that lead to one.
"""

from collections.abc import Iterator
from typing import Any

from platform_compiler.schema.walk import Schema

Path = tuple[str | int, ...]
_KEY = "x-unique"


class Way:
    """What of a schema leads to lists of that kind: their keys, and the ways on."""

    def __init__(self, keys: list[str]) -> None:
        self.keys = keys
        self.properties: dict[str, Way] = {}
        self.items: Way | None = None
        self.rest: Way | None = None


def ways_of(schema: Schema) -> Way | None:
    """Return the ways of a schema to such lists, None where it has none."""
    return _Cutter(schema).cut(schema)


def repetitions(way: Way | None, value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the place of every item that repeats an earlier one, and what they share, in words."""
    if way is not None and isinstance(value, list):
        if len(value) > 1:
            yield from _repeated(way.keys, value, path)
        for i, item in enumerate(value if way.items else ()):
            yield from repetitions(way.items, item, (*path, i))
    elif way is not None and isinstance(value, dict):
        for key, below in way.properties.items():
            if key in value:
                yield from repetitions(below, value[key], (*path, key))
        for key in value.keys() - way.properties.keys() if way.rest else ():
            yield from repetitions(way.rest, value[key], (*path, key))


def repeats(way: Way, value: Any) -> bool:
    """Whether `repetitions` has anything to say, found out without places and words."""
    if isinstance(value, list):
        if len(value) > 1 and not _all_named(way.keys, value) and next(_repeated(way.keys, value, ()), None):
            return True
        return way.items is not None and any(repeats(way.items, item) for item in value)
    if isinstance(value, dict):
        for key, below in way.properties.items():
            if key in value and repeats(below, value[key]):
                return True
        others = value.keys() - way.properties.keys() if way.rest is not None else ()
        return way.rest is not None and any(repeats(way.rest, value[key]) for key in others)
    return False


def _all_named(keys: list[str], items: list[Any]) -> bool:
    """Whether the first of some keys is another text in each item, as names mostly are."""
    if not keys:
        return True
    told = [item.get(keys[0]) if isinstance(item, dict) else None for item in items]
    return all(isinstance(name, str) for name in told) and len(set(told)) == len(told)


class _Cutter:
    """Cuts one schema; a definition that refers to itself is cut once, and so is a part that stands in many places."""

    def __init__(self, root: Schema) -> None:
        self.root = root
        self.named: dict[str, Way | None] = {}
        self.parts: dict[int, Way | None] = {}

    def cut(self, schema: Any) -> Way | None:
        """Return the way that a schema is, or None where it leads to no such list."""
        if not isinstance(schema, dict):
            return None
        if "$ref" in schema:
            return self._reference(schema["$ref"].rpartition("/")[2])
        if id(schema) not in self.parts:
            self.parts[id(schema)] = self._below(schema, Way(schema.get(_KEY, [])))
        return self.parts[id(schema)]

    def _below(self, schema: Schema, way: Way) -> Way | None:
        cut = {key: self.cut(below) for key, below in schema.get("properties", {}).items()}
        way.properties = {key: below for key, below in cut.items() if below is not None}
        way.items, way.rest = self.cut(schema.get("items")), self.cut(schema.get("additionalProperties"))
        return way if way.keys or way.properties or way.items or way.rest else None

    def _reference(self, name: str) -> Way | None:
        if name not in self.named:
            schema = self.root["$defs"][name]
            way = self.named[name] = Way(schema.get(_KEY, []))
            self.named[name] = self._below(schema, way)
        return self.named[name]


def _repeated(keys: list[str], items: list[Any], path: Path) -> Iterator[tuple[Path, str]]:
    if not keys:
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
