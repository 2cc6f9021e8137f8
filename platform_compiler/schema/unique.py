"""Lists whose items must differ in some of their keys: `x-unique` in a schema, which JSON Schema itself cannot say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from platform_compiler.schema.walk import Schema

Path = tuple[str | int, ...]
_KEY = "x-unique"


def repetitions(schema: Schema, value: Any) -> Iterator[tuple[Path, str]]:
    """Yield the place of every item that repeats an earlier one, and what they share, in words."""
    search = _SEARCHES.get(id(schema))
    if search is None or search.schema is not schema:
        search = _SEARCHES[id(schema)] = _Search(schema)
    return search.below(schema, value, ())


@dataclass(slots=True)
class _Search:
    """Looks through values of one schema; `reaching` remembers the parts below which such a list stands."""

    schema: Schema
    reaching: dict[int, bool] = field(default_factory=dict)

    def below(self, schema: Schema, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
        schema = self._resolved(schema)
        if not isinstance(value, dict | list) or not self._reaches(schema):
            return
        if isinstance(value, list):
            yield from _repeated(schema.get(_KEY, ()), value, path)
            for i, item in enumerate(value):
                yield from self.below(schema.get("items", {}), item, (*path, i))
            return
        properties, rest = schema.get("properties", {}), schema.get("additionalProperties")
        for key, item in value.items():
            yield from self.below(properties.get(key, rest), item, (*path, key))

    def _resolved(self, schema: Any) -> Schema:
        if not isinstance(schema, dict):
            return {}
        return self.schema["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema

    def _reaches(self, schema: Schema) -> bool:
        """Whether such a list stands somewhere below; most of a schema has none and need not be walked."""
        known = self.reaching.get(id(schema))
        if known is None:
            self.reaching[id(schema)] = False  # a definition may refer to itself
            children = (*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties"))
            known = _KEY in schema or any(self._reaches(self._resolved(child)) for child in children if child)
            self.reaching[id(schema)] = known
        return known


_SEARCHES: dict[int, _Search] = {}


def _repeated(keys: list[str], items: list[Any], path: Path) -> Iterator[tuple[Path, str]]:
    seen: set[tuple[str, ...]] = set()
    for i, item in enumerate(items if keys else ()):
        if not isinstance(item, dict):
            continue
        identity = tuple(repr(item.get(key)) for key in keys)
        if identity in seen:
            shared = ", ".join(f"{key} `{item[key]}`" for key in keys if key in item)
            yield (*path, i), f"a second item with {shared or f'no {keys[0]}'}"
        seen.add(identity)
