"""Compile what changed since a base, before and after: what differs between both is what the change makes.

A part is compiled of which the base holds the whole. Nothing is taken for granted of it (`belief.py`): what it does not
decide wholly gets a second try, in a larger part, and else the whole is compiled.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from platform_compiler.closure.change import Change, change_since, unedited_since
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Severity
from platform_compiler.emit.layout import Output
from platform_compiler.incremental.base import Base
from platform_compiler.incremental.belief import undecided
from platform_compiler.incremental.built import Built, Compiled, Faults, built_of, compiled_of, differing, faults_in
from platform_compiler.incremental.news import News, news_of
from platform_compiler.load.excerpt import Excerpt, Read
from platform_compiler.source.snapshot import Snapshot

_TRIES = 2


class Rebuilt(NamedTuple):
    """What has to be replaced in what a base made: the units that differ, with their files, and those that are gone.

    `news` are the findings of the part that was compiled, `texts` the files that it was compiled from.
    """

    output: Output
    gone: frozenset[Unit]
    news: News
    texts: Mapping[str, bytes]


def rebuilt(
    base: Base, before: Snapshot, tree: Snapshot, as_of: date, readers: frozenset[str] = frozenset()
) -> Rebuilt | None:
    """Return what has changed in a repository since a base; None where only a compile of the whole can tell.

    It is compared with what was there `before`. The manifests of `readers` are what they were, but mean something else.
    """
    found = _compared(base, before, (tree,), as_of, readers)
    if found is None:
        return None
    change, (then, now) = found
    return _rebuilt(differing(then, now), now, news_of(change.core, then, now))


def both_sides(base: Base, before: Snapshot, one: Snapshot, other: Snapshot, as_of: date) -> tuple[Built, Built] | None:
    """Return a part of two repositories that holds all in which they differ; neither has errors.

    None where only a compile of both can tell. The base, of what was there `before`, may be of either or of neither.
    """
    found = _compared(base, before, (one, other), as_of)
    if found is None:
        return None
    then, first, second = found[1]
    return None if _fails(then, first) or _fails(then, second) else (first, second)


def _compared(
    base: Base, before: Snapshot, trees: Sequence[Snapshot], as_of: date, besides: frozenset[str] = frozenset()
) -> tuple[Change, tuple[Built, ...]] | None:
    """Compile the part that differs as it was in a base, and as it is in repositories; the last is judged.

    None where it is not believed.
    """
    for _ in range(_TRIES):
        change = change_since(base.index, trees, besides)
        sides = _sides(base, change, (before, *trees), as_of) if change else None
        if change is None or sides is None:
            break
        more = undecided(base, change, sides)
        if more is None:
            break
        if not more:
            return change, sides
        besides |= more
    return None


def _sides(base: Base, change: Change, trees: Sequence[Snapshot], as_of: date) -> tuple[Built, ...] | None:
    """Compile a part of the first, the last and other repositories; None where it fails.

    In the last there may be errors that are found before resources are made.
    """
    parts = [change.side(tree) for tree in trees]
    read: Read = {}
    tried = {
        digest: compiled_of(part.tree, as_of, Excerpt(part.unread, unedited_since(part.tree, base.index), read=read))
        for digest, part in {one.tree.digest: one for one in parts}.items()
    }
    compiled = {digest: one for digest, one in tried.items() if one is not None}
    first, *_, last = (part.tree.digest for part in parts)
    if len(compiled) < len(tried) or any(one.has_stopped for digest, one in compiled.items() if digest != last):
        return None
    faults = dict.fromkeys(compiled, ()) if compiled[last].has_stopped else _faults(base, first, last, compiled)
    if faults is None:
        return None
    built = {digest: built_of(one, faults[digest], faults[first]) for digest, one in compiled.items()}
    made = [built[part.tree.digest] for part in parts]
    sides = tuple(one for one in made if one is not None)
    return sides if len(sides) == len(made) else None


def _faults(base: Base, first: bytes, last: bytes, compiled: Mapping[bytes, Compiled]) -> Mapping[bytes, Faults] | None:
    """Judge what was compiled; None where it is new in the last that something is missing, which may be elsewhere.

    Where nothing was found in the base, nothing is asked of the first as long as nothing is found in the others.
    """
    before = compiled[first]
    if not base.late:
        others = (one for digest, one in compiled.items() if digest != first)
        if not any(faults_in(one, before.resources) for one in others):
            return dict.fromkeys(compiled, ())
    found = {digest: faults_in(one) for digest, one in compiled.items()}
    new = frozenset(found[last]) - frozenset(found[first])
    return found if not new or new.issubset(faults_in(compiled[last], whole=False)) else None


def _fails(before: Built, side: Built) -> bool:
    """Whether there are errors that there are none of before."""
    news = frozenset((*side.compiled.said, *side.late)).difference(before.late)
    return any(one.severity is Severity.ERROR for one in news)


def _rebuilt(differing: AbstractSet[Unit], after: Built, news: News) -> Rebuilt:
    output = after.output
    units = {unit: paths for unit, paths in output.units.items() if unit in differing}
    kept = replace(
        output,
        files={path: output.files[path] for paths in units.values() for path in paths},
        resources={path: output.resources[path] for paths in units.values() for path in paths},
        units=units,
        owners={unit: output.owners[unit] for unit in units},
        published={unit: output.published[unit] for unit in units if unit in output.published},
        ids={path: output.ids[path] for paths in units.values() for path in paths},
    )
    gone = frozenset(differing - units.keys())
    return Rebuilt(kept, gone, news, after.checked.texts)
