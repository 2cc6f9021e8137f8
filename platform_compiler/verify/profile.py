"""The emit profile: closed schemas, written by hand, for exactly the kinds and fields that our blueprints emit.

`kubernetes.yaml`, `istio.yaml` and `delivery.yaml` hold them in a notation that reads like the objects themselves:

    key: type         may be there           key!: type     must be there; no other key may
    a|b               one of these words     [type]         a list
    {*: type}         any key                $name          a shape defined in the same file

Other words are the types of `TYPES`; a word that is no type stands for itself. `apiVersion`, `kind` and `metadata` go
without saying.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from platform_compiler.diagnostics import Bag
from platform_compiler.source.node import plain
from platform_compiler.source.reader import read_yaml

Schema = dict[str, Any]
_FILES = ("kubernetes.yaml", "istio.yaml", "delivery.yaml")
_LABEL_VALUE = r"^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$"
_LABEL_KEY = r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$"
_DNS = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_QUANTITY = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(m|[kMGTPE]i?|Ki)?$"},
    ]
}
_LABELS = {
    "type": "object",
    "propertyNames": {"pattern": _LABEL_KEY, "maxLength": 317},
    "additionalProperties": {"type": "string", "pattern": _LABEL_VALUE, "maxLength": 63},
}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
TYPES: dict[str, Schema] = {
    "str": {"type": "string"},
    "bool": {"type": "boolean"},
    "number": {"type": "number", "minimum": 0, "maximum": 100},
    "count": {"type": "integer", "minimum": 0},
    "positive": {"type": "integer", "minimum": 1},
    "port": {"type": "integer", "minimum": 1, "maximum": 65535},
    "label": {"type": "string", "pattern": f"^{_DNS}$", "maxLength": 63},
    "name": {"type": "string", "pattern": rf"^{_DNS}(\.{_DNS})*$", "maxLength": 253},
    "host": {"type": "string", "pattern": rf"^(\*\.)?{_DNS}(\.{_DNS})*$", "maxLength": 253},
    "cidr": {"type": "string", "pattern": r"^[0-9a-fA-F.:]+/[0-9]{1,3}$"},
    "duration": {"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,9})?s$"},
    "span": {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"},
    "flux-url": {"type": "string", "pattern": "^(http|https|ssh)://.*$"},
    "share": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]{1,3}%$"}]},
    "quantity": _QUANTITY,
    "quantities": {"type": "object", "additionalProperties": _QUANTITY},
    "labels": _LABELS,
    "texts": _TEXTS,
}
_METADATA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": TYPES["name"],
        "namespace": TYPES["label"],
        "labels": _LABELS,
        "annotations": _TEXTS,
        "finalizers": {"type": "array", "items": {"type": "string"}},
    },
}
_WITHOUT_NAMESPACE = frozenset({("v1", "Namespace"), ("kustomize.config.k8s.io/v1beta1", "Kustomization")})


@cache
def profile() -> Mapping[tuple[str, str], Schema]:
    """Return the JSON Schema of every kind we emit, by apiVersion and kind."""
    schemas: dict[tuple[str, str], Schema] = {}
    for name in _FILES:
        tree = read_yaml(name, (Path(__file__).parent / name).read_bytes(), Bag())
        assert tree is not None, name
        notation: dict[str, Any] = plain(tree)
        shapes = {key: value for key, value in notation.items() if key.startswith("$")}
        for key, value in notation.items():
            if key not in shapes:
                api_version, _, kind = key.partition(" ")
                schemas[api_version, kind] = _object(api_version, kind, _schema(value, shapes))
    return schemas


def _object(api_version: str, kind: str, own: Schema) -> Schema:
    """Return the schema of a whole object: what every object has, and its own keys."""
    metadata = dict(_METADATA)
    if (api_version, kind) not in _WITHOUT_NAMESPACE:
        metadata["required"] = ["name", "namespace"]
    every = {"apiVersion": {"const": api_version}, "kind": {"const": kind}, "metadata": metadata}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **own,
        "required": [*every, *own.get("required", [])],
        "properties": {**every, **own.get("properties", {})},
    }


def _schema(notation: Any, shapes: Mapping[str, Any]) -> Schema:
    if isinstance(notation, list):
        return {"type": "array", "items": _schema(notation[0], shapes)}
    if isinstance(notation, dict):
        return _mapping(notation, shapes)
    if not isinstance(notation, str):
        return {"const": notation}
    if notation in shapes:
        return _schema(shapes[notation], shapes)
    return TYPES.get(notation) or {"enum": notation.split("|")}


def _mapping(notation: dict[str, Any], shapes: Mapping[str, Any]) -> Schema:
    if "*" in notation:
        return {"type": "object", "additionalProperties": _schema(notation["*"], shapes)}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key.removesuffix("!") for key in notation if key.endswith("!")],
        "properties": {key.removesuffix("!"): _schema(value, shapes) for key, value in notation.items()},
    }
