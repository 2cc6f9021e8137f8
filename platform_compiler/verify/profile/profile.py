"""The profile by kind: `<component>/<topic>.yaml` hold the notation, `<component>/shared.yaml` shapes of all topics.

A file is read when a kind of it is first asked for; which file that is, its lines without indentation say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from platform_compiler.diagnostics import Bag
from platform_compiler.schema.groups import AT_LEAST, condition
from platform_compiler.schema.kind import Kind
from platform_compiler.schema.walk import Schema
from platform_compiler.source.node import plain
from platform_compiler.source.reader import read_yaml
from platform_compiler.verify.profile.notation import Reader
from platform_compiler.verify.profile.types import TYPES
from platform_compiler.verify.versions import Version, Versions, version

_ROOT = Path(__file__).parent
_COMPONENTS = ("kubernetes", "istio", "gateway_api", "addons")
_SHARED = "shared.yaml"
_UNVERSIONED: Version = (0, 0)
_CLUSTER = "(cluster)"
_FILE = "(file)"
_FILLED_IN = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the notation of a kind stands, and since when what the file describes knows the kind, if that is new."""

    file: Path
    key: str
    since: str


def kinds() -> frozenset[tuple[str, str]]:
    """Return every apiVersion and kind that has a profile."""
    return frozenset(_places())


def since(api_version: str, kind: str) -> str:
    """Return the version that brought a kind; empty for those that were always there or that nobody knows."""
    place = _places().get((api_version, kind))
    return place.since if place else ""


@cache
def kind_in_profile(api_version: str, kind: str, versions: Versions) -> Kind | None:
    """Return what the profile says of a kind, or None when it does not know it."""
    place = _places().get((api_version, kind))
    if place is None:
        return None
    component = place.file.parent.name
    now = getattr(versions, component, _UNVERSIONED)
    if place.since and version(place.since) > now:
        return None
    own = _notation(place.file)
    shapes = {**_shapes(_ROOT / component / _SHARED), **_shapes(place.file)}
    schema = Reader(shapes, now).schema(own[place.key])
    if place.key.endswith(_FILE):
        return Kind(_whole(api_version, kind, schema, {"type": "object"}, needed=False), namespaced=False)
    namespaced = not place.key.endswith(_CLUSTER)
    return Kind(_whole(api_version, kind, schema, metadata(namespaced=namespaced), needed=True), namespaced)


@cache
def _places() -> Mapping[tuple[str, str], _Place]:
    found: dict[tuple[str, str], _Place] = {}
    for component in _COMPONENTS:
        for file in sorted((_ROOT / component).glob("*.yaml")):
            for line in file.read_text(encoding="utf-8").splitlines():
                if line[:1] in ("", " ", "#", "$", '"', "-"):
                    continue
                key = line.rpartition(":")[0] if not line.endswith(":") else line[:-1]
                key = key.partition(": ")[0]
                versions, name = key.split()[:2]
                kind, _, first = name.partition("@")
                group, _, numbers = versions.rpartition("/")
                for number in numbers.split("+"):
                    found[f"{group}/{number}" if group else number, kind] = _Place(file, key, first)
    return found


@cache
def _notation(file: Path) -> Mapping[str, Any]:
    bag = Bag()
    tree = read_yaml(file.name, file.read_bytes(), bag)
    assert tree is not None, bag.sorted()
    notation: dict[str, Any] = plain(tree)
    return notation


def _shapes(file: Path) -> Mapping[str, Any]:
    return {key: value for key, value in _notation(file).items() if key.startswith("$")} if file.exists() else {}


def _whole(api_version: str, kind: str, own: Schema, meta: Schema, *, needed: bool) -> Schema:
    """Return the schema of a whole object: what every object has, and its own keys."""
    every = {
        "apiVersion": {"const": api_version},
        "kind": {"const": kind},
        "metadata": meta,
        "status": {},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **own,
        "required": ["apiVersion", "kind", *(["metadata"] if needed else []), *own.get("required", [])],
        "properties": {**every, **own.get("properties", {})},
    }


def metadata(*, namespaced: bool) -> Schema:
    """Return the schema of `metadata` (ObjectMeta of Kubernetes' API), with what the server fills in."""
    properties: dict[str, Schema] = {
        "name": {"type": "string", "minLength": 1, "maxLength": 253},
        "generateName": {"type": "string", "maxLength": 253},
        "labels": TYPES["labels"],
        "annotations": TYPES["annotations"],
        "finalizers": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "ownerReferences": {"type": "array", "items": {"type": "object"}},
        **{key: {} for key in _FILLED_IN},
    }
    if namespaced:
        properties["namespace"] = TYPES["label"]
    return {
        "type": "object",
        "additionalProperties": False,
        "allOf": [condition(AT_LEAST, ["name", "generateName"])],
        "properties": properties,
    }
