"""Which keys schemas know, at every depth, and where they take any."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Schema = dict[str, Any]
Path = tuple[str | int, ...]
_ITEM, _ANY_KEY, _ANYTHING = "[]", "*", "?"


def keys_apart(ours: Schema, theirs: Schema) -> set[str]:
    """Return the paths of keys that one of two schemas knows alone: `+path` is ours, `-path` is theirs.

    A place below which one of them takes anything ends with `.?`.
    """
    return set(_apart(ours, theirs, (ours.get("$defs", {}), theirs.get("$defs", {})), "", frozenset()))


def takes_any_key(schema: Schema, path: Path) -> bool:
    """Whether any key may stand at a place."""
    definitions = schema.get("$defs", {})
    for step in path:
        known = _below(schema, definitions)
        if _ANYTHING in known:
            return True
        key = _ITEM if isinstance(step, int) else step
        schema = known[key if key in known else _ANY_KEY]
    return not {_ANYTHING, _ANY_KEY}.isdisjoint(_below(schema, definitions))


def _apart(
    ours: Schema, theirs: Schema, definitions: tuple[Schema, Schema], path: str, above: frozenset[tuple[str, str]]
) -> Iterator[str]:
    seen = (str(ours.get("$ref")), str(theirs.get("$ref")))
    if "$ref" in ours and seen in above:
        return
    own, other = _below(ours, definitions[0]), _below(theirs, definitions[1])
    if _ANYTHING in own or _ANYTHING in other:
        own, other = ({key: {} for key in known if key == _ANYTHING} for known in (own, other))
    yield from (f"+{path}{key}" for key in own.keys() - other.keys() if _ANY_KEY not in other)
    yield from (f"-{path}{key}" for key in other.keys() - own.keys() if _ANY_KEY not in own)
    for key in (own.keys() & other.keys()) - {_ANYTHING}:
        below = f"{path.rstrip('.')}[]." if key == _ITEM else f"{path}{key}."
        yield from _apart(own[key], other[key], definitions, below, above | {seen})


def _below(schema: Schema, definitions: Schema) -> Mapping[str, Schema]:
    """Return what may stand below by key: `[]` for items, `*` for any key, `?` for anything."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    found = _in_options((*schema.get("anyOf", ()), *schema.get("oneOf", ())), definitions)
    if "type" in schema:
        found.pop(_ANYTHING, None)  # such options only say what goes together
    found |= schema.get("properties", {})
    if isinstance(items := schema.get("items"), dict):
        found[_ITEM] = items
    rest = schema.get("additionalProperties")
    if isinstance(rest, dict):
        found[_ANY_KEY] = rest
    elif _is_open(schema):
        found[_ANYTHING] = {}
    return found


def _in_options(options: Iterable[Schema], definitions: Schema) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for option in options:
        for key, below in _below(option, definitions).items():
            found[key] = {"anyOf": [found[key], below]} if key in found else below
    return found


def _is_open(schema: Schema) -> bool:
    """Whether a map may stand here, and nothing says what is in it."""
    said = {"properties", "anyOf", "oneOf", "const"} & schema.keys()
    return schema.get("type", "object") == "object" and not said and schema.get("additionalProperties") is not False
