"""Fields by their schema: is one known, and must it be there?"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from platform_compiler.objects import a_list, a_map, at
from platform_compiler.schema.walk import Schema

ITEM = "[]"
"""The step from a list to its items, and from a map to its values."""


class Presence(Enum):
    """What schemas say of a field."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    UNKNOWN = "unknown"
    ANYTHING = "anything"
    """No schema tells."""


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of a field, and the schemas that its value may have."""

    presence: Presence
    schemas: tuple[Schema, ...]


def field_at(root: Schema, path: tuple[str, ...]) -> Field:
    """Return what a schema says of the last step of a path."""
    field = Field(Presence.REQUIRED, (root,))
    for step in path:
        field = _below(root, field, step)
        if field.presence in {Presence.UNKNOWN, Presence.ANYTHING}:
            break
    return field


def names_at(root: Schema, path: tuple[str, ...]) -> list[str]:
    """Return the names of the fields below a path."""
    found = field_at(root, path)
    return sorted(
        {name for schema in found.schemas for form in _forms(root, schema) for name in a_map(form, "properties")}
    )


def _below(root: Schema, field: Field, step: str) -> Field:
    forms = [form for schema in field.schemas for form in _forms(root, schema)]
    if step == ITEM:
        values = [form["items"] for form in forms if isinstance(form.get("items"), dict)]
        values += [form["additionalProperties"] for form in forms if isinstance(form.get("additionalProperties"), dict)]
        return Field(Presence.REQUIRED, tuple(values)) if values else Field(Presence.ANYTHING, ())
    named = [form["properties"][step] for form in forms if step in a_map(form, "properties")]
    if named:
        needed = any(step in a_list(form, "required") for form in forms)
        return Field(Presence.REQUIRED if needed else Presence.OPTIONAL, tuple(named))
    keyed = [form["additionalProperties"] for form in forms if isinstance(form.get("additionalProperties"), dict)]
    if keyed:
        return Field(Presence.OPTIONAL, tuple(keyed))
    shaped = [form for form in forms if "properties" in form]
    closed = shaped and all(form.get("additionalProperties") is False for form in shaped)
    return Field(Presence.UNKNOWN if closed else Presence.ANYTHING, ())


def _forms(root: Schema, schema: Schema) -> Iterator[Schema]:
    """Yield a schema and what it is made of, however it is written."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield from _forms(root, a_map(at(root, *reference.removeprefix("#/").split("/"))))
        return
    yield schema
    for word in ("allOf", "anyOf", "oneOf"):
        for below in a_list(schema, word):
            if isinstance(below, dict):
                yield from _forms(root, below)
