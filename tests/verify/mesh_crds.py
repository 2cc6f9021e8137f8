"""Real CustomResourceDefinitions as JSON Schema of whole objects, to hold the profile against; CEL is left out."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Schema = dict[str, Any]
Kind = tuple[str, str]
SHARED = Path(__file__).parents[3] / "shared"
_ENVELOPE = ("apiVersion", "kind", "metadata", "status")
_SCALARS = ("type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern")
_KEPT = (
    *_SCALARS,
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "required",
    "oneOf",
    "anyOf",
    "allOf",
    "not",
)


@cache
def crds(folder: str) -> dict[Kind, Schema]:
    """Return what the CRDs below `shared/crds/<folder>` accept of each served kind."""
    found: dict[Kind, Schema] = {}
    for path in sorted((SHARED / "crds" / folder).glob("*.yaml")):
        for crd in yaml.load_all(path.read_text(), yaml.CSafeLoader):
            for version in crd["spec"]["versions"] if crd else ():
                if version["served"]:
                    api = f"{crd['spec']['group']}/{version['name']}"
                    found[api, crd["spec"]["names"]["kind"]] = _whole(version["schema"]["openAPIV3Schema"])
    return found


def _whole(own: Schema) -> Schema:
    schema = closed(own)
    return {**schema, "properties": {**schema["properties"], **{key: {} for key in _ENVELOPE}}}


def closed(own: Schema) -> Schema:
    """Return a structural schema as JSON Schema: closed, unless it says that it keeps what it does not know."""
    schema: Schema = {key: own[key] for key in _KEPT if key in own}
    if own.get("x-kubernetes-int-or-string"):
        schema = {key: value for key, value in schema.items() if key != "anyOf"}
        schema["type"] = ["integer", "string"]
    if "items" in own:
        schema["items"] = closed(own["items"])
    if "properties" in own:
        schema["properties"] = {key: closed(below) for key, below in own["properties"].items()}
    if isinstance(own.get("additionalProperties"), dict):
        schema["additionalProperties"] = closed(own["additionalProperties"])
    elif "properties" in own and not own.get("x-kubernetes-preserve-unknown-fields"):
        schema["additionalProperties"] = False
    if own.get("x-kubernetes-list-type") == "set":
        schema["uniqueItems"] = True
    elif own.get("x-kubernetes-list-type") == "map":
        schema["x-unique"] = own["x-kubernetes-list-map-keys"]
    return schema


def _takes_maps(schema: Schema) -> bool:
    options = schema.get("anyOf")
    return any(map(_takes_maps, options)) if options else schema.get("type", "object") == "object"


def paths(schema: Schema, path: str = "") -> Iterator[str]:
    """Yield every field at each depth, as `spec.http[].route`; one that takes anything ends with `.?`."""
    if "items" in schema:
        yield from paths(schema["items"], f"{path}[]")
        return
    rest = schema.get("additionalProperties")
    if isinstance(rest, dict):
        yield from paths(rest, f"{path}.*")
    elif not schema.get("properties") and _takes_maps(schema) and rest is not False:
        yield f"{path}.?"
    for key, below in schema.get("properties", {}).items():
        if path or key not in _ENVELOPE:
            yield f"{path}.{key}".removeprefix(".")
            yield from paths(below, f"{path}.{key}".removeprefix("."))
