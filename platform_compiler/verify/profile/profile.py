"""The profile by kind: `<component>/<topic>.yaml` hold the notation, `<component>/shared*.yaml` shapes of all topics.

A file is read when a kind of it is first asked for; which file that is, its lines without indentation say.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from platform_compiler.cache import own
from platform_compiler.diagnostics import Bag
from platform_compiler.schema.kind import Kind
from platform_compiler.schema.walk import Schema
from platform_compiler.source.node import plain
from platform_compiler.source.reader import read_yaml
from platform_compiler.verify.versions import Version, Versions, version

if TYPE_CHECKING:
    from platform_compiler.verify.profile.notation import Reader

_ROOT = Path(__file__).parent
_COMPONENTS = ("kubernetes", "istio", "gateway_api", "addons")
_SHARED = "shared*.yaml"
_UNVERSIONED: Version = (0, 0)
_CLUSTER = "(cluster)"
_FILE = "(file)"
_OWNER = {"apiVersion!": "str", "kind!": "str", "name!": "str", "uid!": "str"}
_METADATA = {
    "name": "str 1..253",
    "generateName": "str 0..253",
    "namespace": "label",
    "labels": "labels",
    "annotations": "annotations",
    "finalizers#": ["str"],
    "ownerReferences": [{**_OWNER, "controller": "bool", "blockOwnerDeletion": "bool"}],
    "at least one of": ["name", "generateName"],
    # what the server fills in
    "creationTimestamp": "str",
    "deletionGracePeriodSeconds": "int",
    "deletionTimestamp": "str",
    "generation": "int",
    "managedFields": ["object"],
    "resourceVersion": "str",
    "selfLink": "str",
    "uid": "str",
}


class _Shapes(dict[str, Any]):
    """The shapes that a file may name: its own, and those beside it, read when the first of them is asked for."""

    def __init__(self, file: Path) -> None:
        super().__init__(_shapes(file))
        self._beside = sorted(file.parent.glob(_SHARED))

    def __missing__(self, name: str) -> Any:
        if not self._beside:
            raise KeyError(name)
        self.update({**_shapes(self._beside.pop(0)), **self})
        return self[name]


class _Place(NamedTuple):
    """Where the notation of a kind stands."""

    file: Path
    key: str


def kinds() -> frozenset[tuple[str, str]]:
    """Return every apiVersion and kind that has a profile."""
    return frozenset(_places())


def since(api_version: str, kind: str) -> str | None:
    """Return the version that brought a kind, where the profile says it."""
    place = _places().get((api_version, kind))
    marks = place.key.split()[2:] if place else []
    return next((mark[1:] for mark in marks if mark.startswith("@")), None)


@cache
def kind_in_profile(api_version: str, kind: str, versions: Versions) -> Kind | None:
    """Return what the profile says of a kind, or None when it does not know it."""
    place = _places().get((api_version, kind))
    if place is None:
        return None
    now = getattr(versions, place.file.parent.name, _UNVERSIONED)
    if version(since(api_version, kind) or "0.0") > now:
        return None
    name = f"kind {api_version} {kind} {now}"
    found = own.get(name)
    if found is not None:
        return Kind(*json.loads(found))
    read = _read(api_version, kind, place, now)
    own.put(name, lambda: json.dumps(read).encode())
    return read


def _reader(shapes: Mapping[str, Any], now: Version) -> "Reader":
    from platform_compiler.verify.profile.notation import Reader  # noqa: PLC0415 -- what was read once is kept

    return Reader(shapes, now)


def _read(api_version: str, kind: str, place: _Place, now: Version) -> Kind:
    marks = place.key.split()[2:]
    reader = _reader(_Shapes(place.file), now)
    schema = reader.schema(_notation(place.file)[place.key])
    if reader.definitions:
        schema = schema | {"$defs": reader.definitions}
    if _FILE in marks:
        return Kind(_whole(api_version, kind, schema, _file_metadata(), needed=False), namespaced=False)
    namespaced = _CLUSTER not in marks
    return Kind(_whole(api_version, kind, schema, metadata(), needed=True), namespaced)


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
                versions, kind = key.split()[:2]
                group, _, numbers = versions.rpartition("/")
                for number in numbers.split("+"):
                    found[f"{group}/{number}" if group else number, kind] = _Place(file, key)
    return found


@cache
def _notation(file: Path) -> Mapping[str, Any]:
    bag = Bag()
    tree = read_yaml(file.name, file.read_bytes(), bag)
    assert tree is not None, bag.sorted()
    notation: dict[str, Any] = plain(tree)
    return notation


def _shapes(file: Path) -> dict[str, Any]:
    return {key: value for key, value in _notation(file).items() if key.startswith("$")}


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


@cache
def metadata() -> Schema:
    """Return the schema of `metadata` (ObjectMeta of Kubernetes' API), the same for all kinds.

    The server drops the namespace of an object whose kind has none, so the key is no breach there either.
    """
    found = own.get("metadata")
    if found is not None:
        kept: Schema = json.loads(found)
        return kept
    read = _reader({}, _UNVERSIONED).schema(_METADATA)
    own.put("metadata", lambda: json.dumps(read).encode())
    return read


def _file_metadata() -> Schema:
    """Return the schema of `metadata` in a file that is read by a tool and never applied."""
    known = {"name": "str", "namespace": "str", "labels": "texts", "annotations": "texts"}
    return _reader({}, _UNVERSIONED).schema(known)
