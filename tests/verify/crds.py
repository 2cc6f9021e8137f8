"""The schemas of real CustomResourceDefinitions, as the API server reads them; they may not be there.

Rules in CEL are left out: no JSON Schema can say them.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.verify.published import shapes

Schema = dict[str, Any]
Kind = tuple[str, str]
SHARED = Path(__file__).parents[3] / "shared"
needs_crds = pytest.mark.skipif(not (SHARED / "crds").is_dir(), reason="no ../shared/crds here")
_METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_KEPT = ("type", "enum", "pattern", *_BOUNDS, "required", "oneOf", "anyOf", "allOf", "not")


@cache
def crds(folder: str) -> dict[Kind, Schema]:
    """Return the schemas of whole objects below `shared/crds/<folder>`, by apiVersion and kind."""
    found: dict[Kind, Schema] = {}
    for file in sorted((SHARED / "crds" / folder).glob("*.yaml")):
        for definition in yaml.load_all(file.read_text(), yaml.CSafeLoader):
            spec = (definition or {}).get("spec", {})
            for version in spec.get("versions", ()):
                if version["served"]:
                    kind = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                    found[kind] = _whole(version["schema"]["openAPIV3Schema"])
    return found


def _whole(own: Schema) -> Schema:
    schema = closed(own)
    every = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"$ref": f"#/$defs/{_METADATA}"}}
    return {**schema, "properties": {**schema["properties"], **every}, "$defs": shapes(33, _METADATA)}


def closed(own: Schema) -> Schema:
    """Return a structural schema as JSON Schema: closed, unless it says that it keeps what it does not know."""
    schema: Schema = {key: own[key] for key in _KEPT if key in own}
    if own.get("x-kubernetes-int-or-string"):
        schema.pop("anyOf", None)
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
