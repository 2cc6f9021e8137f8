"""The schemas of real custom resource definitions, closed as the API server closes them; they may not be there."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.verify.published import definitions

Schema = dict[str, Any]
FOLDER = Path(__file__).parents[3] / "shared" / "crds"
_METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


@cache
def crds(folder: str) -> dict[tuple[str, str], Schema]:
    """Return the schemas of whole objects by apiVersion and kind."""
    found: dict[tuple[str, str], Schema] = {}
    for file in sorted((FOLDER / folder).glob("*.yaml")):
        for definition in yaml.safe_load_all(file.read_text()):
            spec = definition["spec"]
            for version in spec["versions"]:
                if version["served"]:
                    schema = closed(version["schema"]["openAPIV3Schema"])
                    schema["properties"]["metadata"] = {"$ref": f"#/$defs/{_METADATA}"}
                    schema["$defs"] = dict(definitions(33))
                    found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema
    return found


def closed(schema: Any) -> Any:
    """Return a structural schema as JSON Schema that refuses unknown keys."""
    if isinstance(schema, list):
        return [closed(below) for below in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: below if key in ("enum", "default", "required") else closed(below) for key, below in schema.items()}
    if schema.get("x-kubernetes-int-or-string") is True:
        return {"type": ["integer", "string"], **{k: v for k, v in schema.items() if k == "pattern"}}
    opened = "additionalProperties" in schema or schema.get("x-kubernetes-preserve-unknown-fields")
    if isinstance(schema.get("properties"), dict) and "type" in schema and not opened:
        schema["additionalProperties"] = False
    return schema
