"""An output as two entries of a cache: what it consists of, and the bytes of its files, which are rarely needed.

Whoever writes or publishes compares digests, so the bytes are read when the first file turns out to differ. Resources
are not kept: what looks into them compiles.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from typing import TypeVar

from platform_compiler.cache.framed import framed, unframed
from platform_compiler.context.unit import Unit
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import entries_of, with_accounts, with_ids

V = TypeVar("V")


def contents_of(output: Output) -> bytes:
    """Return the units of an output, with their files by digest and what else their ledger entries say."""
    forms = {id(form): form for form in output.published.values()}  # clusters share them
    places = {key: place for place, key in enumerate(forms)}
    output = with_accounts(output)
    rows = [
        [list(unit), entry.files, entry.owner, places.get(id(output.published.get(unit))), output.accounts[unit]]
        for unit, entry in entries_of(output).items()
    ]
    return json.dumps([list(forms.values()), rows], separators=(",", ":")).encode()


def blobs_of(output: Output) -> bytes:
    """Return the bytes of all files, each content once, by digest."""
    ids = {value: path for path, value in with_ids(output).ids.items()}
    return framed({value: output.files[path] for value, path in ids.items()})


def changed(output: Output, made: Output, gone: AbstractSet[Unit]) -> Output:
    """Return an output with some units replaced or added, and others gone; what it holds of the rest stays unread."""
    made = with_accounts(made)
    dropped = {path for unit in (*made.units, *gone) for path in output.units.get(unit, ())}
    ids = {path: value for path, value in output.ids.items() if path not in dropped} | dict(made.ids)

    def without(kept: Mapping[Unit, V]) -> dict[Unit, V]:
        return {unit: value for unit, value in kept.items() if unit not in gone}

    return Output(
        _Files(ids, lambda path: (made if path in made.files else output).files[path]),
        without(output.units) | dict(made.units),
        {},
        without(output.owners) | dict(made.owners),
        {unit: form for unit, form in without(output.published).items() if unit not in made.units}
        | dict(made.published),
        ids,
        without(output.accounts) | dict(made.accounts),
    )


def output_from(contents: bytes, blobs: Callable[[], bytes | None], again: Callable[[], Output]) -> Output:
    """Return the output that was kept; its bytes are read when they are needed, and made `again` if they are gone."""
    ids: dict[str, str] = {}
    units: dict[Unit, tuple[str, ...]] = {}
    owners: dict[Unit, str] = {}
    published = {}
    accounts: dict[Unit, str] = {}
    forms, rows = json.loads(contents)
    for words, files, owner, place, account in rows:
        unit = Unit(*words)
        ids |= files
        units[unit] = tuple(sorted(files))
        owners[unit] = owner
        accounts[unit] = account
        if place is not None:
            published[unit] = forms[place]

    @cache
    def read() -> Mapping[str, bytes]:
        kept = blobs()
        if kept is None:
            return again().files
        by_id = unframed(kept)
        return {path: by_id[value] for path, value in ids.items()}

    return Output(_Files(ids, lambda path: read()[path]), units, {}, owners, published, ids, accounts)


class _Files(Mapping[str, bytes]):
    """Files by path, each read when it is asked for."""

    def __init__(self, paths: Collection[str], content: Callable[[str], bytes]) -> None:
        self._paths = paths
        self._content = content

    def __getitem__(self, path: str) -> bytes:
        return self._content(path)

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)
