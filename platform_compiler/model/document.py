"""`docs/manifests.md`: every field of every kind, as a page for authors of manifests, made from the schemas."""

import json
from typing import Any

from platform_compiler.model.export import schema_of
from platform_compiler.model.kinds import SPECS

Schema = dict[str, Any]
_HEAD = """\
# Manifests

Every field of every kind. A field in **bold** must be there. Durations are text such as `500ms`, `2s` or `7d`;
quantities are Kubernetes' own. Maps merge by key over the layers, lists and scalars are replaced. This page is
generated from the models that the schemas are made from.
"""


def manifests_page() -> str:
    """Return the page: a section a kind, and in it a table for each group of fields."""
    return "\n".join([_HEAD, *(_kind(kind) for kind in sorted(SPECS))])


def _kind(kind: str) -> str:
    schema = schema_of(kind)
    definitions: dict[str, Schema] = schema.get("$defs", {})
    groups: dict[str, Schema] = {}
    spec = _resolved(schema["properties"]["spec"], definitions)
    parts = [f"## {kind}\n\n{schema.get('description', '')}\n", _table(spec, definitions, groups)]
    done: set[str] = set()
    while waiting := [name for name in groups if name not in done]:
        for name in waiting:
            done.add(name)
            group = groups[name]
            parts.append(f"### {kind}: {name}\n\n{group.get('description', '')}\n")
            parts.append(_table(group, definitions, groups))
    return "\n".join(parts)


def _resolved(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    while "$ref" in schema:
        own = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**definitions[schema["$ref"].rpartition("/")[2]], **own}
    return schema


def _table(schema: Schema, definitions: dict[str, Schema], groups: dict[str, Schema]) -> str:
    required = set(schema.get("required", ()))
    rows = []
    for name, field in schema.get("properties", {}).items():
        examples = field.get("examples", [])
        example = f"`{json.dumps(examples[0], ensure_ascii=False)}`".replace("|", "\\|") if examples else ""
        shown = f"**`{name}`**" if name in required else f"`{name}`"
        meaning = field.get("description", "").replace("|", "\\|")
        rows.append(f"| {shown} | {_type(field, definitions, groups)} | {meaning} | {example} |\n")
    return "| field | is | meaning | example |\n|---|---|---|---|\n" + "".join(rows)


def _type(schema: Schema, definitions: dict[str, Schema], groups: dict[str, Schema]) -> str:  # noqa: PLR0911 -- one return a form of schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        target = definitions[name]
        if target.get("properties") and not name.endswith("Overlay"):
            groups.setdefault(name, target)
            return f"{name}"
        return "as in `spec`" if name.endswith("Overlay") else _type(target, definitions, groups)
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        kinds = dict.fromkeys(_type(alternative, definitions, groups) for alternative in alternatives)
        return " or ".join(kind for kind in kinds if kind != "null")
    if "enum" in schema or "const" in schema:
        return " \\| ".join(f"`{choice}`" for choice in schema.get("enum", [schema.get("const")]))
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}), definitions, groups)}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map of {_type(schema['additionalProperties'], definitions, groups)}"
    words = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "true or false",
        "null": "null",
    }
    return words.get(str(kind), "mapping")
