"""Lists whose items must differ in some of their keys: `x-unique` in a schema, which JSON Schema itself cannot say."""

from collections.abc import Iterator
from typing import Any

from platform_compiler.schema.walk import Schema

Path = tuple[str | int, ...]
_KEY = "x-unique"


def repetitions(schema: Schema, value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the place of every item that repeats an earlier one, and what they share, in words."""
    if isinstance(value, list):
        below = schema.get("items")
        keys = schema.get(_KEY)
        if keys:
            yield from _repeated(keys, value, path)
        if isinstance(below, dict) and _reaches(below):
            for i, item in enumerate(value):
                yield from repetitions(below, item, (*path, i))
    elif isinstance(value, dict):
        properties = schema.get("properties", {})
        rest = schema.get("additionalProperties")
        for key, item in value.items():
            below = properties.get(key, rest)
            if isinstance(item, dict | list) and isinstance(below, dict) and _reaches(below):
                yield from repetitions(below, item, (*path, key))


def _repeated(keys: list[str], items: list[Any], path: Path) -> Iterator[tuple[Path, str]]:
    seen: set[tuple[str, ...]] = set()
    for i, item in enumerate(items):
        if not isinstance(item, dict):
            continue
        identity = tuple(repr(item.get(key)) for key in keys)
        if identity in seen:
            shared = ", ".join(f"{key} `{item[key]}`" for key in keys if key in item)
            yield (*path, i), f"a second item with {shared or f'no {keys[0]}'}"
        seen.add(identity)


_REACHING: dict[int, tuple[Schema, bool]] = {}


def _reaches(schema: Schema) -> bool:
    """Whether such a list stands somewhere below; most of a schema has none and need not be walked."""
    known = _REACHING.get(id(schema))
    if known is not None and known[0] is schema:
        return known[1]
    found = _KEY in schema or any(
        _reaches(below)
        for below in (*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties"))
        if isinstance(below, dict)
    )
    _REACHING[id(schema)] = (schema, found)
    return found
