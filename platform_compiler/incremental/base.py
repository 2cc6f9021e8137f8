"""A compile that later ones are measured against: what its manifests name, and a digest of each unit that it made.

There is one for each state of what the platform owns. It is replaced by the next compile of a whole repository, so that
what was edited since is small; no compile of a part becomes a base, or a fault in one would stay.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple, cast

from platform_compiler.cache.findings import as_lists, from_lists
from platform_compiler.cache.framed import framed, unframed
from platform_compiler.closure.change import edited_since
from platform_compiler.closure.index import Index, index_bytes, index_from
from platform_compiler.context.unit import Scope, Unit
from platform_compiler.diagnostics import Diagnostic
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import with_ids
from platform_compiler.incremental.stages import Stage, is_stage
from platform_compiler.source.snapshot import Snapshot

_SIZE = 16


class Made(NamedTuple):
    """The files of a unit: how many, and a digest of their paths and bytes, and of what the ledger says of it."""

    files: int
    digest: str


class Kept(Mapping[Unit, Made]):
    """What was made of each unit, as it is kept: in sorted lines, since a change asks for few of thousands.

    A line begins with the unit's folder. Fields are parted by tabs, which no name holds.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def __getitem__(self, unit: Unit) -> Made:
        place = bisect_left(self._lines, f"{unit.folder}\t")
        found, made = _from_line(self._lines[place]) if place < len(self._lines) else (None, None)
        if made is None or found != unit:
            raise KeyError(unit)
        return made

    def __iter__(self) -> Iterator[Unit]:
        return (_from_line(line)[0] for line in self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _from_line(line: str) -> tuple[Unit, Made]:
    folder, cluster, scope, name, files, digest = line.split("\t")
    return Unit(cluster, cast("Scope", scope), name, folder), Made(int(files), digest)


def _as_lines(units: Mapping[Unit, Made]) -> list[str]:
    return sorted(
        f"{unit.folder}\t{unit.cluster}\t{unit.scope}\t{unit.id}\t{made.files}\t{made.digest}"
        for unit, made in units.items()
    )


@dataclass(frozen=True, slots=True)
class Base:
    """A sound compile of a whole repository; `key` is that of what it said and made.

    `documents` are the digests of those of environments and clusters, `stages` say where each cluster belongs; `late`
    is what was found of resources.
    """

    key: str
    index: Index
    units: Mapping[Unit, Made]
    documents: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    late: tuple[Diagnostic, ...] = ()


def made_of(output: Output) -> dict[Unit, Made]:
    """Return what an output holds of each unit."""
    ids = with_ids(output).ids
    forms: dict[int, bytes] = {}  # what clusters share is one object, which the output holds
    made: dict[Unit, Made] = {}
    for unit, paths in output.units.items():
        form = output.published.get(unit)
        said = forms.get(id(form)) or forms.setdefault(id(form), json.dumps(form, sort_keys=True).encode())
        named = "\0".join([*paths, *map(ids.__getitem__, paths)]).encode()  # no path holds it
        digest = blake2b(said + b"\0" + named, digest_size=_SIZE).hexdigest()
        made[unit] = Made(len(paths), digest)
    return made


def stage_digests(tree: Snapshot) -> dict[str, str]:
    """Return the digests of the documents of environments and clusters, by path."""
    return {path: tree.digests[path].hex() for path in tree.paths() if is_stage(path)}


def base_bytes(base: Base) -> bytes:
    """Return a base as the bytes of one entry."""
    rows = {
        "key": base.key,
        "documents": base.documents,
        "stages": base.stages,
        "late": as_lists(base.late),
    }
    units = "\n".join(_as_lines(base.units)).encode()
    head = json.dumps(rows, separators=(",", ":")).encode()
    return framed({"base": head, "units": units, "index": index_bytes(base.index)})


def base_from(data: bytes) -> Base:
    """Return the base that `base_bytes` wrote."""
    parts = unframed(data)
    rows = json.loads(parts["base"])
    stages = {name: Stage(*words) for name, words in rows["stages"].items()}
    index = index_from(parts["index"])
    units = Kept(parts["units"].decode().splitlines())
    return Base(rows["key"], index, units, rows["documents"], stages, from_lists(rows["late"]))


def sources_bytes(tree: Snapshot, index: Index) -> bytes:
    """Return the files that an index was made of, and those of stages: whoever compares needs what was there before."""
    paths = (*index.files, *filter(is_stage, tree.paths()))
    return framed({tree.digests[path].hex(): tree.read(path) for path in paths})


def as_it_was(base: Base, tree: Snapshot, sources: bytes) -> Snapshot:
    """Return a repository with the manifests, environments and clusters that a base had; `sources` hold those."""
    manifests = edited_since(tree, base.index)
    stages = {path for path, _ in stage_digests(tree).items() ^ base.documents.items()}
    then = {path: base.index.files[path].digest for path in manifests & base.index.files.keys()}
    then |= {path: base.documents[path] for path in stages & base.documents.keys()}
    former = unframed(sources, set(then.values()))
    files = {path: data for path, data in tree.files.items() if path not in manifests and path not in stages}
    return Snapshot({**files, **{path: former[digest] for path, digest in then.items()}})
