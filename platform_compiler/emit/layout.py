"""Where every resource goes: one file each, below the folder of its unit, named after kind and name.

The path is the resource's identity for people and for reviews, so two resources never share one, not even on a disk
that does not tell upper from lower case.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from platform_compiler.blueprints.resource import Batch, Resource
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Label
from platform_compiler.emit.file import File, Sheaf, file_of, filled, sheaf_of
from platform_compiler.emit.late import Late


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
    sheaves: list[Sheaf]
    taken: dict[str, Resource]

    @property
    def paths(self) -> list[str]:
        """Where the files lie."""
        return [f"{self.path}/{name}" for sheaf in self.sheaves for name in sheaf.names]


def lay_out(batches: Iterable[Batch], bag: Bag) -> Output:
    """Return the files of all resources; report two that would share a path."""
    return in_folders(batches, bag)[0]


def in_folders(batches: Iterable[Batch], bag: Bag) -> tuple[Output, tuple[Folder, ...]]:
    """Return the same, and the folders that the files lie in."""
    layout = _Layout(bag)
    for batch in batches:
        layout.add(batch)
    return layout.closed()


class _Layout:
    """Files, as they are placed one after the other."""

    def __init__(self, bag: Bag) -> None:
        self._bag = bag
        self._files: dict[str, bytes] = {}
        self._placed: list[tuple[Batch, Sequence[str]]] = []
        self._units: dict[Unit, list[str]] = {}
        self._folders: dict[str, Folder] = {}
        self._taken: dict[str, dict[str, Resource]] = {}
        self._written: dict[int, File] = {}
        self._sheaves: dict[int, Sheaf] = {}
        self._indexes: list[tuple[Resource, File]] = []

    def add(self, batch: Batch) -> None:
        """Place resources of a unit: all at once, unless one goes elsewhere or its name is taken."""
        unit, sheaf, folder = batch.unit, self._sheaf(batch.like), self._at(batch.unit.folder)
        self._units.setdefault(unit, [])
        if sheaf.is_plain and folder.taken.keys().isdisjoint(sheaf.taken):
            self._put(batch, sheaf, folder)
        else:
            for resource in batch.resources:
                self._place(resource, self._file(resource.body))

    def _sheaf(self, like: Sequence[Resource]) -> Sheaf:
        """Return the files of resources."""
        found = self._sheaves.get(id(like))
        if found is None:
            found = self._sheaves[id(like)] = sheaf_of(like, [self._file(resource.body) for resource in like])
        return found

    def _file(self, body: dict[str, Any]) -> File:
        """Return a body as a file; each is written once."""
        found = self._written.get(id(body))
        if found is None:
            found = self._written[id(body)] = file_of(body)
        return found

    def _place(self, resource: Resource, file: File) -> None:
        """Place one resource; report another one of its name."""
        if file.is_index:
            self._indexes.append((resource, file))
            return
        unit = resource.unit
        folder = self._at(f"clusters/{unit.cluster}/_delivery" if file.is_delivered else unit.folder)
        other = folder.taken.get(file.folded)
        if other is None:
            self._put_one(resource, file, folder)
        else:
            _report(f"{folder.path}/{file.name}", resource, other, self._bag)

    def _put_one(self, resource: Resource, file: File, folder: Folder) -> None:
        self._put(Batch(resource.unit, [resource]), sheaf_of([resource], [file]), folder)

    def _put(self, batch: Batch, sheaf: Sheaf, folder: Folder) -> None:
        prefix = f"{folder.path}/"
        paths = [prefix + name for name in sheaf.names]
        folder.sheaves.append(sheaf)
        folder.taken.update(sheaf.taken)
        self._files.update(zip(paths, sheaf.contents, strict=True))
        self._units[batch.unit] += paths
        self._placed.append((batch, paths))

    def closed(self) -> tuple[Output, tuple[Folder, ...]]:
        """Return everything, once what an index lists is known."""
        for resource, empty in self._indexes:
            self._list(resource, empty)
        units = {unit: tuple(sorted(paths)) for unit, paths in self._units.items() if paths}
        return Output(self._files, units, Late(partial(_by_path, self._placed))), tuple(self._folders.values())

    def _list(self, resource: Resource, empty: File) -> None:
        folder, paths = self._at(resource.unit.folder), self._units[resource.unit]
        prefix = f"{folder.path}/"
        index = filled(empty, [path.removeprefix(prefix) for path in paths if path.startswith(prefix)])
        self._put_one(resource._replace(body=index.body), index, folder)

    def _at(self, path: str) -> Folder:
        found = self._folders.get(path)
        if found is None:
            found = self._folders[path] = Folder(path, [], self._taken.setdefault(path.lower(), {}))
        return found


def _by_path(placed: Sequence[tuple[Batch, Sequence[str]]]) -> dict[str, Resource]:
    """Return resources by path, made for their units."""
    return {path: resource for batch, paths in placed for path, resource in zip(paths, batch.resources, strict=True)}


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
