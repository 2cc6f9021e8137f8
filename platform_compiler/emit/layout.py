"""Where every resource goes: one file each, below the folder of its unit, named after kind and name.

The path is the resource's identity for people and for reviews, so two resources never share one, not even on a disk
that does not tell upper from lower case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from platform_compiler.blueprints.resource import Resource
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Label
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
"""The list of a folder's files that kustomize reads; it is filled in here, where the names are known."""


@dataclass(frozen=True, slots=True)
class Output:
    """Everything a run makes: bytes and resources by path relative to the output's root, and the files of each unit.

    `owners` says which `platform/environment` a unit belongs to, `published` what others are linked with. `ids` are the
    digests of files, where they are known already.
    """

    files: Mapping[str, bytes]
    units: Mapping[Unit, tuple[str, ...]]
    resources: Mapping[str, Resource]
    owners: Mapping[Unit, str] = field(default_factory=dict)
    published: Mapping[Unit, Mapping[str, Any]] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)


def lay_out(resources: Iterable[Resource], bag: Bag) -> Output:
    """Return the files of all resources; report two that would share a path."""
    files: dict[str, bytes] = {}
    placed: dict[str, Resource] = {}
    units: dict[Unit, list[str]] = {}
    folded: dict[str, Resource] = {}
    written: dict[int, _Written] = {}
    indexes: list[Resource] = []
    for resource in resources:
        if resource.body["kind"] == _INDEX[1] and _group_kind(resource.body) == _INDEX:
            indexes.append(resource)
            continue
        same = written.get(id(resource.body))
        if same is None:
            same = written[id(resource.body)] = _Written.of(resource.body)
        path = f"{_folder(resource.unit, delivered=same.delivered)}/{same.name}"
        other = folded.setdefault(path.lower(), resource)
        if other is not resource:
            _report(
                "PC6002", f"{_title(resource)} and {_title(other)} would share the file `{path}`", resource, other, bag
            )
            continue
        files[path] = same.data
        placed[path] = resource
        units.setdefault(resource.unit, []).append(path)
    for index in indexes:
        path = path_of(index)
        listed = [name.rpartition("/")[2] for name in units[index.unit] if name.startswith(f"{index.unit.folder}/")]
        placed[path] = index._replace(body={**index.body, "resources": sorted(listed)})
        files[path] = write_yaml(placed[path].body).encode()
        units[index.unit].append(path)
    return Output(files, {unit: tuple(sorted(paths)) for unit, paths in units.items()}, placed)


def path_of(resource: Resource) -> str:
    """Return a resource's path: `<folder>/<kind>-<name>.yaml`, its name escaped as in a URL where a path needs it."""
    body, unit = resource.body, resource.unit
    group, kind = _group_kind(body)
    if (group, kind) == _INDEX:
        return f"{unit.folder}/kustomization.yaml"
    return f"{_folder(unit, delivered=(group, kind) in _DELIVERED)}/{_name(body)}"


def _folder(unit: Unit, *, delivered: bool) -> str:
    return f"clusters/{unit.cluster}/_delivery" if delivered else unit.folder


def _name(body: dict[str, Any]) -> str:
    group_kind = _group_kind(body)
    return f"{_WITH_GROUP.get(group_kind, group_kind[1].lower())}-{quote(body['metadata']['name'])}.yaml"


class _Written(NamedTuple):
    """A body as it is written, once for all clusters that share it; it is held, so that its id stays its own."""

    body: dict[str, Any]
    data: bytes
    name: str
    delivered: bool

    @classmethod
    def of(cls, body: dict[str, Any]) -> "_Written":
        return cls(body, write_yaml(body).encode(), _name(body), _group_kind(body) in _DELIVERED)


def _group_kind(body: dict[str, Any]) -> tuple[str, str]:
    return _group(body["apiVersion"]), body["kind"]


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def _title(resource: Resource) -> str:
    metadata = resource.body["metadata"]
    return f"{resource.body['kind']} `{'/'.join(p for p in (metadata.get('namespace'), metadata['name']) if p)}`"


def _report(code: str, message: str, resource: Resource, first: Resource, bag: Bag) -> None:
    bag.add(
        code,
        message,
        resource.manifest,
        "from this manifest",
        also=[
            Label(first.manifest, "and from this one"),
            Label(resource.template, "by this template"),
            Label(first.template, "and by this one"),
        ],
        help="rename one of them",
    )
