"""OpenAPI's schema objects, as Kubernetes writes them, to closed JSON Schema of draft 2020-12."""

from collections.abc import Mapping
from typing import Any

from platform_compiler.objects import a_map, maps, text, texts
from platform_compiler.schema.groups import condition_of
from platform_compiler.schema.walk import Schema

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_KEPT = (
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "required",
    "type",
    "uniqueItems",
)
RULES = "x-kubernetes-validations"
_FOR_RULES = ("default", "nullable")
_TYPED = ("byte", "date", "date-time", "duration")
"""Formats that give a text another type in the eyes of a rule."""
_CONDITIONS = ("allOf", "anyOf", "oneOf")
_INT_OR_STRING: Schema = {"anyOf": [{"type": "integer"}, {"type": "string"}]}
_QUANTITY: Schema = {"anyOf": [{"type": "number"}, {"type": "string"}]}
_FORMATS: Mapping[str, Schema] = {
    "int32": {"minimum": -(1 << 31), "maximum": (1 << 31) - 1},
    "byte": {"pattern": r"^[A-Za-z0-9+/\s]*=*\s*$"},
    "date-time": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"},
}
_FREE = (
    ".FieldsV1",
    ".JSON",
    ".JSONSchemaProps",
    ".JSONSchemaPropsOrArray",
    ".JSONSchemaPropsOrBool",
    ".JSONSchemaPropsOrStringArray",
    ".RawExtension",
)
"""Definitions that stand for anything, by how their names end."""


def closed(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Schema:
    """Return a schema that stands for itself: what it refers to stands below `$defs`, and nothing else does."""
    reader = _Reader(definitions)
    found = reader.read(schema)
    return {"$schema": _DRAFT, **found, **({"$defs": reader.used} if reader.used else {})}


class _Reader:
    """Reads schema objects; `used` collects the definitions that they refer to."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self.used: dict[str, Schema] = {}

    def read(self, schema: Any) -> Schema:
        """Return one schema object with everything below it, closed; what is none takes anything."""
        if not isinstance(schema, dict):
            return {}
        if "$ref" in schema:
            return self._reference(text(schema, "$ref").rpartition("/")[2])
        if [list(part) for _, part in maps(schema, "allOf")] == [["$ref"]]:
            return self.read(schema["allOf"][0])  # OpenAPI v3 wraps references that carry a description
        if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
            return {**_INT_OR_STRING, **_for_rules(schema)}
        found: Schema = {**_FORMATS.get(text(schema, "format"), {}), **_for_rules(schema)}
        found |= {key: schema[key] for key in _KEPT if key in schema}
        if schema.get("x-kubernetes-embedded-resource"):
            own = {key: self.read(below) for key, below in a_map(schema, "properties").items()}
            return {"type": "object", **_for_rules(schema), **({"properties": own} if own else {})}
        if properties := a_map(schema, "properties"):
            found["properties"] = {key: self.read(below) for key, below in properties.items()}
        self._close(schema, found)
        if isinstance(schema.get("items"), dict):
            found["items"] = self.read(schema["items"])
        _say_unique(schema, found)
        if conditions := _conditions(schema):
            found["allOf"] = conditions
        for _, part in maps(schema, "allOf"):
            _add_rules(found, part)
        return found

    def _close(self, schema: Mapping[str, Any], found: Schema) -> None:
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            found["additionalProperties"] = self.read(more)
        elif a_map(schema, "properties") and not more and not schema.get("x-kubernetes-preserve-unknown-fields"):
            found["additionalProperties"] = False

    def _reference(self, name: str) -> Schema:
        if name.endswith((".api.resource.Quantity", ".intstr.IntOrString")):
            return _QUANTITY if name.endswith("Quantity") else _INT_OR_STRING
        if name.endswith(_FREE):
            return {}
        if name not in self.used:
            self.used[name] = {}  # a definition may refer to itself
            self.used[name] = self.read(self._definitions.get(name, {}))
        return {"$ref": f"#/$defs/{name}"}


def _for_rules(schema: Mapping[str, Any]) -> Schema:
    """Return what the rules of a kind need, and the rules themselves; JSON Schema does not mind."""
    found: Schema = {key: schema[key] for key in _FOR_RULES if key in schema}
    if text(schema, "format") in _TYPED:
        found["format"] = schema["format"]
    if rules := [rule for _, rule in maps(schema, RULES)]:
        found[RULES] = rules
    return found


def _add_rules(found: Schema, part: Mapping[str, Any]) -> None:
    """Add the rules of a condition to the fields that they judge."""
    if rules := [rule for _, rule in maps(part, RULES)]:
        found[RULES] = [*found.get(RULES, ()), *rules]
    below = [(found.get(key), part.get(key)) for key in ("items", "additionalProperties")]
    below += [(a_map(found, "properties").get(key), more) for key, more in a_map(part, "properties").items()]
    for inner, more in below:
        if isinstance(inner, dict) and isinstance(more, dict):
            _add_rules(inner, more)


def _say_unique(schema: Mapping[str, Any], found: Schema) -> None:
    if schema.get("x-kubernetes-list-type") == "set":
        found["uniqueItems"] = True
    elif schema.get("x-kubernetes-list-type") == "map":
        found["x-unique"] = texts(schema, "x-kubernetes-list-map-keys")


def _conditions(schema: Mapping[str, Any]) -> list[Schema]:
    """Return what a schema says besides its own fields: which of them exclude or need each other."""
    found: list[Schema] = []
    for word in _CONDITIONS:
        parts = [_plain(part) for _, part in maps(schema, word)]
        if parts:
            found += parts if word == "allOf" else [condition_of(word, parts)]
    if "not" in schema:
        found.append({"not": _plain(schema["not"])})
    return found


def _plain(condition: Any) -> Any:
    """Return a condition as it is, without words for people; it closes nothing."""
    if isinstance(condition, list):
        return list(map(_plain, condition))
    if not isinstance(condition, dict):
        return condition
    return {key: _plain(value) for key, value in condition.items() if not key.startswith("x-") and key != "description"}
