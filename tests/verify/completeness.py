"""Which keys two schemas know, at every depth."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]


def keys_apart(ours: Schema, theirs: Schema) -> set[str]:
    """Return the paths of keys that one of two schemas knows alone: `+path` is ours, `-path` is theirs."""
    return set(_apart(ours, theirs, (ours.get("$defs", {}), theirs.get("$defs", {})), "", frozenset()))


def _apart(
    ours: Schema, theirs: Schema, definitions: tuple[Schema, Schema], path: str, above: frozenset[tuple[str, str]]
) -> Iterator[str]:
    seen = (str(ours.get("$ref")), str(theirs.get("$ref")))
    if "$ref" in ours and seen in above:
        return
    own, other = _below(ours, definitions[0]), _below(theirs, definitions[1])
    if own is None or other is None:
        return
    yield from (f"+{path}{key}".replace("..", ".") for key in own.keys() - other.keys() if "*" not in other)
    yield from (f"-{path}{key}".replace("..", ".") for key in other.keys() - own.keys() if "*" not in own)
    for key in own.keys() & other.keys():
        below = f"{path.rstrip('.')}[]." if key == "[]" else f"{path}{key}."
        yield from _apart(own[key], other[key], definitions, below, above | {seen})


def _below(schema: Schema, definitions: Schema) -> Mapping[str, Schema] | None:
    """Return what may stand below by key, `[]` for items and `*` for any key; None where anything may."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return None
    found: dict[str, Schema] = dict(schema.get("properties", {}))
    for option in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        found |= _below(option, definitions) or {}
    if isinstance(items := schema.get("items"), dict):
        found["[]"] = items
    if isinstance(rest := schema.get("additionalProperties"), dict):
        found["*"] = rest
    return found or None
