"""Where every resource goes: one file each, below the folder of its unit, named after kind and name.

The path is the resource's identity for people and for reviews, so two resources never share one, not even on a disk
that does not tell upper from lower case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from platform_compiler.blueprints.resource import Resource
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Label
from platform_compiler.emit.file import File, file_of, filled


@dataclass(frozen=True, slots=True)
class Output:
    """Everything a run makes: bytes and resources by path relative to the output's root, and the files of each unit.

    `owners` says which `platform/environment` a unit belongs to, `published` what others are linked with. `ids` are the
    digests of all files, `accounts` those of what the ledger says of each unit, once they are worked out.
    """

    files: Mapping[str, bytes]
    units: Mapping[Unit, tuple[str, ...]]
    resources: Mapping[str, Resource]
    owners: Mapping[Unit, str] = field(default_factory=dict)
    published: Mapping[Unit, Mapping[str, Any]] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[Unit, str] = field(default_factory=dict)


class Folder(NamedTuple):
    """The files in a folder; `taken` says whose their names are, in lower case."""

    path: str
    files: list[File]
    taken: dict[str, Resource]

    @property
    def paths(self) -> list[str]:
        """Where the files lie."""
        return [f"{self.path}/{file.name}" for file in self.files]


def lay_out(resources: Iterable[Resource], bag: Bag) -> Output:
    """Return the files of all resources; report two that would share a path."""
    return in_folders(resources, bag)[0]


def in_folders(resources: Iterable[Resource], bag: Bag) -> tuple[Output, tuple[Folder, ...]]:
    """Return the same, and the folders that the files lie in."""
    layout = _Layout(bag)
    for unit, made in groupby(resources, attrgetter("unit")):
        layout.add(unit, made)
    return layout.closed()


class _Layout:
    """Files, as they are placed one after the other."""

    def __init__(self, bag: Bag) -> None:
        self._bag = bag
        self._files: dict[str, bytes] = {}
        self._resources: dict[str, Resource] = {}
        self._units: dict[Unit, list[str]] = {}
        self._folders: dict[str, Folder] = {}
        self._taken: dict[str, dict[str, Resource]] = {}
        self._written: dict[int, File] = {}
        self._indexes: list[tuple[Resource, File]] = []

    def add(self, unit: Unit, resources: Iterable[Resource]) -> None:
        """Place resources of a unit, each body written once."""
        written, paths, own = self._written, self._units.setdefault(unit, []), self._at(unit.folder)
        for resource in resources:
            body = resource.body
            file = written.get(id(body)) or written.setdefault(id(body), file_of(body))
            if file.is_index:
                self._indexes.append((resource, file))
                continue
            folder = self._at(f"clusters/{unit.cluster}/_delivery") if file.is_delivered else own
            path = f"{folder.path}/{file.name}"
            other = folder.taken.setdefault(file.folded, resource)
            if other is not resource:
                _report(path, resource, other, self._bag)
                continue
            folder.files.append(file)
            self._files[path] = file.data
            self._resources[path] = resource
            paths.append(path)

    def closed(self) -> tuple[Output, tuple[Folder, ...]]:
        """Return everything, once what an index lists is known."""
        for resource, empty in self._indexes:
            self._list(resource, empty)
        units = {unit: tuple(sorted(paths)) for unit, paths in self._units.items() if paths}
        return Output(self._files, units, self._resources), tuple(self._folders.values())

    def _list(self, resource: Resource, empty: File) -> None:
        folder, paths = self._at(resource.unit.folder), self._units[resource.unit]
        prefix = f"{folder.path}/"
        index = filled(empty, [path.removeprefix(prefix) for path in paths if path.startswith(prefix)])
        path = prefix + index.name
        folder.files.append(index)
        self._files[path] = index.data
        self._resources[path] = resource._replace(body=index.body)
        paths.append(path)

    def _at(self, path: str) -> Folder:
        found = self._folders.get(path)
        if found is None:
            found = self._folders[path] = Folder(path, [], self._taken.setdefault(path.lower(), {}))
        return found


def _report(path: str, resource: Resource, first: Resource, bag: Bag) -> None:
    bag.add(
        "PC6002",
        f"{_title(resource)} and {_title(first)} would share the file `{path}`",
        resource.manifest,
        "from this manifest",
        also=[
            Label(first.manifest, "and from this one"),
            Label(resource.template, "by this template"),
            Label(first.template, "and by this one"),
        ],
        help="rename one of them",
    )


def _title(resource: Resource) -> str:
    metadata = resource.body["metadata"]
    return f"{resource.body['kind']} `{'/'.join(p for p in (metadata.get('namespace'), metadata['name']) if p)}`"
