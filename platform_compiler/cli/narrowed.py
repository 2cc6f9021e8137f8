"""Two platform repositories that differ little, as the part of both that holds all in which they differ."""

from datetime import date

from platform_compiler.cache.store import Store
from platform_compiler.cli.since import Whole, base_for, before_of, remember_whole
from platform_compiler.cli.verdict import Verdict, made_of
from platform_compiler.closure.index import shared_digest
from platform_compiler.diff.sides import Side, side_of
from platform_compiler.incremental.base import stage_digests
from platform_compiler.incremental.rebuild import both_sides
from platform_compiler.source.snapshot import Snapshot


def narrowed(cache: Store, before: Snapshot, after: Snapshot, as_of: date) -> tuple[Side, Side] | None:
    """Return both sides of a diff, compiled in part; None where that does not hold all of it.

    What is believed of the part rests on a compile of all of nearly the same files: of either side, or of an older one.
    """
    if before.is_dated != after.is_dated or shared_digest(before) != shared_digest(after):
        return None
    base = base_for(cache, after, as_of)
    if base is None or base.documents != stage_digests(after):
        return None
    then = before_of(cache, base, before)
    sides = both_sides(base, then, before, after, as_of) if then is not None else None
    if sides is None:
        return None
    one, other = (side_of(side.checked, side.output) for side in sides)
    return one, other


def remember_side(cache: Store, tree: Snapshot, as_of: date, side: Side) -> None:
    """Keep the compile of a whole side, so that the next diff can be measured against it."""
    if side.checked is None or cache.folder is None:
        return
    verdict = Verdict(side.findings, side.checked.texts, made_of(side.output))
    remember_whole(cache, tree, as_of, Whole(verdict, side.checked, side.output, side.late))
