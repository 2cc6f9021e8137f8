"""What the rules of a kind see of an object: with the schema's defaults, names escaped, values of the schema's types.

A field that is null counts as absent, also where the schema lets it be null; so says the API server to rules.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from platform_compiler.schema.escaping import escaped
from platform_compiler.schema.walk import Schema


def seen(schema: Schema, value: Any, definitions: Mapping[str, Schema]) -> Any:
    """Return a value as the rules see it; a default brings no parent of its own."""
    schema = resolved(schema, definitions)
    if isinstance(value, dict):
        return _object(schema, value, definitions) if "properties" in schema else _map(schema, value, definitions)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [seen(items, items.get("default") if _fills(items, item) else item, definitions) for item in value]
    return _scalar(schema, value)


def resolved(schema: Any, definitions: Mapping[str, Schema]) -> Schema:
    """Return what a schema refers to, or itself; one that is but a yes or no says nothing."""
    while isinstance(schema, dict) and "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return schema if isinstance(schema, dict) else {}


def _object(schema: Schema, value: Mapping[str, Any], definitions: Mapping[str, Schema]) -> dict[str, Any]:
    properties = schema["properties"]
    given = {key: below for key, below in value.items() if below is not None}
    for key, below in properties.items():
        if key not in given and (_fills(below, None) or (key not in value and _has_default(below))):
            given[key] = below["default"]
    return {escaped(key): seen(properties.get(key, {}), below, definitions) for key, below in given.items()}


def _map(schema: Schema, value: Mapping[str, Any], definitions: Mapping[str, Schema]) -> dict[str, Any]:
    rest = schema.get("additionalProperties")
    rest = rest if isinstance(rest, dict) else {}
    filled = {key: rest.get("default") if _fills(rest, below) else below for key, below in value.items()}
    return {
        key: seen(rest, below, definitions)
        for key, below in filled.items()
        if below is not None or rest.get("nullable") or not rest
    }


def _fills(schema: Any, value: Any) -> bool:
    """Whether a default takes the place of a value."""
    return value is None and _has_default(schema) and not schema.get("nullable")


def _has_default(schema: Any) -> bool:
    return isinstance(schema, dict) and "default" in schema


def _scalar(schema: Schema, value: Any) -> Any:
    if schema.get("type") == "number" and isinstance(value, int):
        return float(value)
    if schema.get("format") == "byte" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return value
    return value
