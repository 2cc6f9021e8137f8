"""A compile that later ones are measured against: what its manifests name, and a digest of each unit that it made.

There is one for each state of what the platform owns. It is replaced by the next compile of a whole repository, so that
what was edited since is small; no compile of a part becomes a base, or a fault in one would stay.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from platform_compiler.cache.framed import framed, unframed
from platform_compiler.closure.index import Index, index_bytes, index_from, is_workload
from platform_compiler.context.unit import Unit
from platform_compiler.emit.layout import Output
from platform_compiler.incremental.stages import Stage, is_stage
from platform_compiler.source.snapshot import Snapshot

_SIZE = 16


class Made(NamedTuple):
    """The files of a unit: how many, and a digest of their paths and bytes, and of what the ledger says of it."""

    files: int
    digest: str


@dataclass(frozen=True, slots=True)
class Base:
    """A sound compile of a whole repository; `key` is that of what it said and made.

    `documents` are the digests of those of environments and clusters, `stages` say where each cluster belongs; with
    `is_clean` nothing was found of resources.
    """

    key: str
    index: Index
    units: Mapping[Unit, Made]
    documents: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    is_clean: bool = False


def made_of(output: Output) -> dict[Unit, Made]:
    """Return what an output holds of each unit; what several clusters share is digested once."""
    shared = _Shared()
    return {unit: _made(unit, paths, output, shared) for unit, paths in output.units.items()}


class _Shared:
    """Digests of values by their ids, which stay their own, since each is held."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, bytes]] = {}

    def of_file(self, data: bytes) -> bytes:
        known = self._known.get(id(data))
        return known[1] if known else self._learn(data, data)

    def of_form(self, published: object) -> bytes:
        known = self._known.get(id(published))
        return known[1] if known else self._learn(published, json.dumps(published, sort_keys=True).encode())

    def _learn(self, value: object, data: bytes) -> bytes:
        digest = blake2b(data, digest_size=_SIZE).digest()
        self._known[id(value)] = value, digest
        return digest


def _made(unit: Unit, paths: tuple[str, ...], output: Output, shared: _Shared) -> Made:
    contents = [shared.of_file(output.files[path]) for path in paths]
    named = "\0".join((*paths, "")).encode()  # no path holds it
    digest = blake2b(b"".join((shared.of_form(output.published.get(unit)), named, *contents)), digest_size=_SIZE)
    return Made(len(paths), digest.hexdigest())


def stage_digests(tree: Snapshot) -> dict[str, str]:
    """Return the digests of the documents of environments and clusters, by path."""
    return {path: tree.digests[path].hex() for path in tree.paths() if is_stage(path)}


def base_bytes(base: Base) -> bytes:
    """Return a base as JSON."""
    rows = {
        "key": base.key,
        "index": index_bytes(base.index).decode(),
        "units": [[*unit, *made] for unit, made in base.units.items()],
        "documents": base.documents,
        "stages": base.stages,
        "clean": base.is_clean,
    }
    return json.dumps(rows, separators=(",", ":")).encode()


def base_from(data: bytes) -> Base:
    """Return the base that `base_bytes` wrote."""
    rows = json.loads(data)
    units = {Unit._make(words[:4]): Made._make(words[4:]) for words in rows["units"]}
    stages = {name: Stage(*words) for name, words in rows["stages"].items()}
    index = index_from(rows["index"].encode())
    return Base(rows["key"], index, units, rows["documents"], stages, rows["clean"])


def sources_bytes(tree: Snapshot, index: Index) -> bytes:
    """Return the files that an index was made of, and those of stages: whoever compares needs what was there before."""
    paths = (*index.files, *filter(is_stage, tree.paths()))
    return framed({tree.digests[path].hex(): tree.read(path) for path in paths})


def as_it_was(base: Base, tree: Snapshot, sources: bytes) -> Snapshot:
    """Return a repository with the manifests, environments and clusters that a base had; `sources` hold those."""
    then = {**{path: facts.digest for path, facts in base.index.files.items()}, **base.documents}
    now = {path: digest.hex() for path, digest in tree.digests.items() if is_workload(path) or is_stage(path)}
    edited = frozenset(path for path, _ in then.items() ^ now.items())
    former = unframed(sources, {then[path] for path in edited if path in then})
    files = {path: data for path, data in tree.files.items() if path not in edited}
    return Snapshot({**files, **{path: former[then[path]] for path in edited if path in then}})
