"""An output as two entries of a cache: what it consists of, and the bytes of its files, which are rarely needed.

Whoever writes or publishes compares digests, so the bytes are read when the first file turns out to differ. Resources
are not kept: what looks into them compiles.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache

from platform_compiler.context.unit import Unit
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import entries_of


def with_ids(output: Output) -> Output:
    """Return an output that knows the digest of every file, so that nobody works it out again."""
    ids = {path: value for entry in entries_of(output).values() for path, value in entry.files.items()}
    return replace(output, ids=ids)


def contents_of(output: Output) -> bytes:
    """Return the units of an output, with their files by digest and what else their ledger entries say."""
    rows = [
        [[unit.cluster, unit.scope, unit.id, unit.folder], entry.files, entry.owner, entry.published or None]
        for unit, entry in entries_of(output).items()
    ]
    return json.dumps(rows, separators=(",", ":")).encode()


def blobs_of(output: Output) -> bytes:
    """Return the bytes of all files, each content once: a line of JSON with digests and sizes, then the contents."""
    ids = {value: path for path, value in with_ids(output).ids.items()}
    blobs = {value: output.files[path] for value, path in ids.items()}
    sizes = json.dumps({value: len(data) for value, data in blobs.items()}, separators=(",", ":"))
    return b"\n".join((sizes.encode(), b"".join(blobs.values())))


def output_from(contents: bytes, blobs: Callable[[], bytes | None], again: Callable[[], Output]) -> Output:
    """Return the output that was kept; its bytes are read when they are needed, and made `again` if they are gone."""
    ids: dict[str, str] = {}
    units: dict[Unit, tuple[str, ...]] = {}
    owners: dict[Unit, str] = {}
    published = {}
    for words, files, owner, form in json.loads(contents):
        unit = Unit(*words)
        ids |= files
        units[unit] = tuple(sorted(files))
        owners[unit] = owner
        if form is not None:
            published[unit] = form

    def read() -> Mapping[str, bytes]:
        kept = blobs()
        if kept is None:
            return again().files
        by_id = _unframed(kept)
        return {path: by_id[value] for path, value in ids.items()}

    return Output(_Files(ids, read), units, {}, owners, published, ids)


class _Files(Mapping[str, bytes]):
    """Files by path, read when the first of them is asked for."""

    def __init__(self, paths: Collection[str], read: Callable[[], Mapping[str, bytes]]) -> None:
        self._paths = paths
        self._read = cache(read)

    def __getitem__(self, path: str) -> bytes:
        return self._read()[path]

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _unframed(kept: bytes) -> dict[str, bytes]:
    head = kept.index(b"\n") + 1
    found: dict[str, bytes] = {}
    for value, size in json.loads(kept[:head]).items():
        found[value] = kept[head : head + size]
        head += size
    return found
