"""A resource as a file: its text, its name, and in which of a unit's folders it goes.

The name is made of kind and name. All of it comes from the body alone, so clusters that share a body share its file.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from platform_compiler.blueprints.resource import Resource
from platform_compiler.emit.writer import write_yaml

_WITH_GROUP = {
    ("networking.istio.io", "Gateway"): "istio-gateway",
    ("gateway.networking.k8s.io", "Gateway"): "k8s-gateway",
}
"""Kinds that exist in several API groups carry the group in the file name."""
_DELIVERED = frozenset(
    {
        ("argoproj.io", "Application"),
        ("argoproj.io", "AppProject"),
        ("kustomize.toolkit.fluxcd.io", "Kustomization"),
        ("source.toolkit.fluxcd.io", "GitRepository"),
    }
)
"""Kinds that say how a unit is delivered: they lie together, where the root object of the cluster looks for them."""
_INDEX = ("kustomize.config.k8s.io", "Kustomization")
"""The list of a folder's files that kustomize reads; it is filled in where the names are known."""


class File(NamedTuple):
    """A body as it is written; it holds the body, so that its id stays its own."""

    body: dict[str, Any]
    name: str
    data: bytes
    folded: str
    """The name as disks see it that do not tell upper from lower case."""
    is_delivered: bool = False
    is_index: bool = False


class Sheaf(NamedTuple):
    """The files of resources, and what is to be known of them together wherever they are placed.

    It holds the resources, so that the id of their list stays its own. `taken` are the names in lower case.
    """

    like: Sequence[Resource]
    names: Sequence[str]
    contents: Sequence[bytes]
    taken: dict[str, Resource]
    size: int
    longest: int
    """Bytes of the longest name."""
    is_plain: bool
    """Whether all files lie in the folder of their unit, under names of their own."""


def sheaf_of(like: Sequence[Resource], files: Sequence[File]) -> Sheaf:
    """Return the files of resources together."""
    _, names, contents, folded, delivered, indexes = zip(*files, strict=True)
    taken = dict(zip(folded, like, strict=True))
    longest = max(map(len, map(str.encode, names)))
    is_plain = len(taken) == len(files) and not any(delivered) and not any(indexes)
    return Sheaf(like, names, contents, taken, sum(map(len, contents)), longest, is_plain)


def file_of(body: dict[str, Any]) -> File:
    """Return a body as a file; an index has no text before it is known what it lists."""
    group_kind = _group(body["apiVersion"]), body["kind"]
    if group_kind == _INDEX:
        return File(body, "kustomization.yaml", b"", "kustomization.yaml", is_index=True)
    kind = _WITH_GROUP.get(group_kind, group_kind[1].lower())
    name = f"{kind}-{quote(body['metadata']['name'])}.yaml"  # escaped as in a URL where a path needs it
    return File(body, name, write_yaml(body).encode(), name.lower(), group_kind in _DELIVERED)


def filled(index: File, names: list[str]) -> File:
    """Return an index that lists files."""
    body = {**index.body, "resources": sorted(names)}
    return index._replace(body=body, data=write_yaml(body).encode())


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]
