"""The schemas that Kubernetes publishes, as the package `kubernetes-validate` carries them."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate

Schema = dict[str, Any]
_PACKAGE = Path(kubernetes_validate.__file__).parent
_REFERENCE = "#/$defs/"


@cache
def _definitions(minor: int) -> Mapping[str, Schema]:
    """Return every shape of Kubernetes 1.<minor>, closed."""
    file = _PACKAGE / f"kubernetes-json-schema/v1.{minor}.0-local-strict/_definitions.json"
    found: dict[str, Schema] = json.loads(file.read_text())["$defs"]
    return found


@cache
def names(minor: int) -> Mapping[tuple[str, str], str]:
    """Return the name of each kind's shape by apiVersion and kind."""
    return {
        (f"{known['group']}/{known['version']}" if known["group"] else known["version"], known["kind"]): name
        for name, shape in _definitions(minor).items()
        for known in shape.get("x-kubernetes-group-version-kind", ())
        if "properties" in shape and len(shape["x-kubernetes-group-version-kind"]) == 1
    }


@cache
def published(minor: int, kind: tuple[str, str]) -> Schema:
    """Return the schema of a kind, with every shape that it needs."""
    name = names(minor)[kind]
    return {"$ref": _REFERENCE + name, "$defs": shapes(minor, name)}


def shapes(minor: int, name: str) -> Mapping[str, Schema]:
    """Return a shape and all that it needs, by name."""
    known, needed, waiting = _definitions(minor), dict[str, Schema](), [name]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = known[name]
            waiting += _references(known[name])
    return needed


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(found := schema.get("$ref"), str):
            yield found.removeprefix(_REFERENCE)
        for below in schema.values():
            yield from _references(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from _references(below)
