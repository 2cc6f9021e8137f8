"""Turn what a cluster publishes of its kinds into closed JSON Schema: CRDs, and the API server's OpenAPI documents.

Closed means that an unknown field is an error: the API server drops it in silence. What JSON Schema cannot say and the
API server judges all the same is kept: `x-unique`, and rules in CEL (`x-kubernetes-validations`) with what these need.

Source: "Specifying a structural schema" of CustomResourceDefinition; OpenAPI v2 and v3 of `/openapi`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from platform_compiler.objects import a_list, a_map, maps, text
from platform_compiler.schema.kind import Kind
from platform_compiler.schema.openapi import RULES, closed
from platform_compiler.schema.walk import Schema

_KINDS = "x-kubernetes-group-version-kind"
_EVERY_KIND = ("apiVersion", "kind", "metadata", "status")
_API_VERSION = re.compile(r"([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[a-z]([a-z0-9-]*[a-z0-9])?\Z").match
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z").match


class Imported(NamedTuple):
    """One kind: its schema, and how many rules in CEL it has."""

    api_version: str
    kind: str
    content: Kind
    rules: int


def imported(document: Any) -> Iterator[Imported]:
    """Yield every kind that a document defines: a CRD, a List of them, or an OpenAPI document; else nothing.

    A kind whose names no API server would take is none: its names become the path that it is kept at.
    """
    return (kind for kind in _defined(document) if _API_VERSION(kind.api_version) and _KIND(kind.kind))


def _defined(document: Any) -> Iterator[Imported]:
    if not isinstance(document, dict):
        return
    if document.get("kind") == "CustomResourceDefinition":
        yield from _from_crd(document)
    elif str(document.get("kind", "")).endswith("List"):
        for _, item in maps(document, "items"):
            yield from _defined(item)
    elif "swagger" in document or "openapi" in document:
        yield from _from_openapi(document)


def _from_crd(document: Mapping[str, Any]) -> Iterator[Imported]:
    spec = a_map(document, "spec")
    group, kind = text(spec, "group"), text(spec, "names", "kind")
    namespaced = text(spec, "scope") != "Cluster"
    for _, version in maps(spec, "versions"):
        if not version.get("served", True):
            continue
        published = a_map(version, "schema", "openAPIV3Schema") or a_map(spec, "validation", "openAPIV3Schema")
        yield _kind(f"{group}/{text(version, 'name')}", kind, closed(published, {}), namespaced=namespaced)


def _from_openapi(document: Mapping[str, Any]) -> Iterator[Imported]:
    definitions = a_map(document, "definitions") or a_map(document, "components", "schemas")
    scoped = _namespaced(document)
    for definition in definitions.values():
        for _, names in maps(definition, _KINDS):
            group, version, kind = (text(names, key) for key in ("group", "version", "kind"))
            if not {"apiVersion", "kind", "metadata"} <= a_map(definition, "properties").keys() or kind.endswith(
                "List"
            ):
                continue
            api_version = f"{group}/{version}" if group else version
            namespaced = not scoped or (api_version, kind) in scoped
            own = {key: value for key, value in a_map(definition, "properties").items() if key not in _EVERY_KIND}
            schema = closed({**definition, "properties": own}, definitions)
            yield _kind(api_version, kind, schema, namespaced=namespaced)


def _namespaced(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return the kinds that have a path below a namespace; nothing where the document lists no paths."""
    found = set()
    for path, operations in a_map(document, "paths").items():
        if "/namespaces/{namespace}/" not in path or not isinstance(operations, dict):
            continue
        for operation in operations.values():
            names = a_map(operation, _KINDS)
            group, version = text(names, "group"), text(names, "version")
            found.add((f"{group}/{version}" if group else version, text(names, "kind")))
    return found


def _kind(api_version: str, kind: str, schema: Schema, *, namespaced: bool) -> Imported:
    properties = {
        **schema.get("properties", {}),
        "apiVersion": {"const": api_version},
        "kind": {"const": kind},
        "metadata": {},
        "status": {},
    }
    required = sorted({"apiVersion", "kind", "metadata", *schema.get("required", [])} - {"status"})
    whole = {**schema, "type": "object", "properties": properties, "required": required}
    whole.setdefault("additionalProperties", False)
    return Imported(api_version, kind, Kind(whole, namespaced), rules_in(whole))


def rules_in(value: Any) -> int:
    """Return how many rules in CEL a schema has, at any depth."""
    if isinstance(value, dict):
        return len(a_list(value, RULES)) + sum(map(rules_in, value.values()))
    return sum(map(rules_in, value)) if isinstance(value, list) else 0
