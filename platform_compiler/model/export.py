"""The models as JSON Schemas (draft 2020-12), for editors and for the fast check on the hook path."""

import json
from typing import Any, Literal

from pydantic import create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from platform_compiler.model.base import Closed, required
from platform_compiler.model.kinds import API_VERSION, SPECS


class _Generator(GenerateJsonSchema):
    """Says "not set" by absence: null is a value in overlays only."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        built = super().model_schema(schema)
        if not getattr(schema["cls"], "is_overlay", False):
            for name, value in built.get("properties", {}).items():
                built["properties"][name] = _without_null(value)
        return built

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Close maps: a key that breaks the pattern is an error, where pydantic's own form lets it pass unjudged."""
        return {
            "type": "object",
            "propertyNames": self.generate_inner(schema["keys_schema"]),
            "additionalProperties": self.generate_inner(schema["values_schema"]),
            **({"minProperties": schema["min_length"]} if schema.get("min_length") else {}),
        }

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a property's schema without the alternative null; annotations beside it stay."""
    if "anyOf" not in schema:
        return schema
    kept = [alternative for alternative in schema["anyOf"] if alternative != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if len(kept) == 1:
        return {**kept[0], **rest}
    return {"anyOf": kept, **rest}


def document_model(kind: str) -> type[Closed]:
    """Return the model of a whole document of `kind`."""
    metadata, spec = SPECS[kind]
    words: tuple[Any, Any] = (Literal[API_VERSION], Literal[kind])
    return create_model(
        kind,
        __base__=Closed,
        __doc__=spec.__doc__,
        apiVersion=(words[0], required("the version of these words", API_VERSION)),
        kind=(words[1], required("the kind of document", kind)),
        metadata=(metadata, required("who this document is")),
        spec=(spec, required("what it says")),
    )


def schema_of(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a whole document of `kind`."""
    schema = document_model(kind).model_json_schema(by_alias=True, schema_generator=_Generator)
    _drop_titles(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://platformc.dev/schemas/v1/{kind.lower()}.schema.json",
        "title": kind,
        **schema,
    }


def schema_files() -> dict[str, str]:
    """Return every schema file by name, as checked in."""
    return {f"{kind.lower()}.schema.json": json.dumps(schema_of(kind), indent=1) + "\n" for kind in sorted(SPECS)}


def _drop_titles(schema: Any) -> None:
    """Remove the titles that pydantic makes of names: noise in an editor."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        for value in schema.values():
            _drop_titles(value)
    elif isinstance(schema, list):
        for value in schema:
            _drop_titles(value)
