"""Compile what changed since a base, before and after: what differs between both is what the change makes.

A part is compiled of which the base holds the whole. Nothing is taken for granted of it:

- what the part decides wholly must come out as it did in the base before anything was edited;
- whatever else it makes, and all that is said of others in it, must be the same before and after. What is not gets a
  second try, in a larger part that decides it wholly;
- an object that is new must have a name that nobody else can have;
- units of clusters and namespaces are made from everybody in them, so that they must be the same always.

Where anything of this does not hold, the whole is compiled.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from platform_compiler.blueprints.resource import Resource
from platform_compiler.closure.change import Change, change_since, edited_since
from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.diagnostics import Severity
from platform_compiler.emit.layout import Output
from platform_compiler.emit.limits import MANY
from platform_compiler.incremental.base import Base
from platform_compiler.incremental.built import Built, Compiled, Faults, built_of, compiled_of, faults_in
from platform_compiler.incremental.naming import is_its_own
from platform_compiler.incremental.news import News, news_of, undecided_news
from platform_compiler.link.raws import refusal
from platform_compiler.load.excerpt import Excerpt, Read
from platform_compiler.source.snapshot import Snapshot

_TRIES = 2
_IN_NO_NAMESPACE = "PC5102"


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
    return _rebuilt(_differing(then, now), now, news_of(change.core, then, now))


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
        undecided = _undecided(base, change, sides)
        if not undecided:
            return (change, sides) if undecided is not None else None
        besides |= undecided
    return None


def _sides(base: Base, change: Change, trees: Sequence[Snapshot], as_of: date) -> tuple[Built, ...] | None:
    """Compile a part of the first, the last and other repositories; None where it fails, in the last after links."""
    parts = [change.side(tree) for tree in trees]
    read: Read = {}
    tried = {
        digest: compiled_of(part.tree, as_of, Excerpt(part.unread, _as_in(base, part.tree), read=read))
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


def _as_in(base: Base, part: Snapshot) -> frozenset[str]:
    """Return the paths of a part that are as they were in a base, which has all documents of platform and teams so."""
    return frozenset(part.paths()) - edited_since(part, base.index)


def _fails(before: Built, side: Built) -> bool:
    """Whether there are errors that there are none of before."""
    news = frozenset((*side.compiled.said, *side.late)).difference(before.late)
    return any(one.severity is Severity.ERROR for one in news)


def _undecided(base: Base, change: Change, sides: Sequence[Built]) -> frozenset[str] | None:
    """Return the paths of what differs and is not decided wholly; None where that is in vain."""
    before, *others = sides
    said = undecided_news(news_of(change.core, before, sides[-1]))
    if said is None:
        return None
    if sides[-1].compiled.has_stopped:
        return said if _is_as_it_was(base, _decided(change, before), before) else None
    differing = frozenset(unit for one in others for unit in _differing(before, one))
    decided = frozenset(unit for one in sides for unit in _decided(change, one))
    rest = differing - decided
    if any(unit.scope not in OWNED for unit in rest) or not _is_believed(base, differing & decided, sides):
        return None
    if _fills_up(differing, sides, base):
        return None
    return said.union(f"teams/{unit.id}.yaml" for unit in rest)


def _is_believed(base: Base, units: AbstractSet[Unit], sides: Sequence[Built]) -> bool:
    """Whether units were in the base what the first side makes of them, and nobody far away can have what is new."""
    before, *others = sides
    raws = [unit for unit in units if unit.scope == "raw"]
    if raws and not all(_is_for_its_team(raws, before, side) for side in others):
        return False
    return _is_as_it_was(base, units, before) and all(
        is_its_own(resource, side.checked.linked) for side in others for resource in _fresh(units, before, side)
    )


def _is_for_its_team(raws: Iterable[Unit], before: Built, after: Built) -> bool:
    """Whether nobody far away asks for raw resources: any team may write their kinds, and none goes.

    What is in no namespace may be named by anybody.
    """
    sides = (before.output, after.output)
    if any(set(sides[0].units.get(unit, ())).difference(sides[1].units.get(unit, ())) for unit in raws):
        return False
    bodies = (side.resources[path].body for side in sides for unit in raws for path in side.units.get(unit, ()))
    is_ordinary = not any(refusal(body["apiVersion"], body["kind"]) for body in bodies)
    return is_ordinary and not any(fault.code == _IN_NO_NAMESPACE for fault in after.late)


def _is_as_it_was(base: Base, units: AbstractSet[Unit], before: Built) -> bool:
    return all(before.made.get(unit) == base.units.get(unit) for unit in units)


def _differing(one: Built, other: Built) -> frozenset[Unit]:
    return frozenset(unit for unit, _ in one.made.items() ^ other.made.items())


def _fresh(units: AbstractSet[Unit], before: Built, after: Built) -> list[Resource]:
    """Return the objects that come with a change, or move to another namespace."""
    known, now = before.output.resources, after.output.resources
    paths = (path for unit in units for path in after.output.units.get(unit, ()))
    return [now[path] for path in paths if path not in known or _namespace(known[path]) != _namespace(now[path])]


def _namespace(resource: Resource) -> object:
    return resource.body.get("metadata", {}).get("namespace")


def _fills_up(differing: AbstractSet[Unit], sides: Sequence[Built], base: Base) -> bool:
    """Whether a unit comes or goes on a cluster where a folder that all units share may be getting too large."""
    moving = {unit.cluster for unit in differing if _moves(unit, sides) and _shares(unit, sides)}
    return any(sum(unit.cluster == name for unit in base.units) * 2 >= MANY for name in moving)


def _moves(unit: Unit, sides: Sequence[Built]) -> bool:
    return any(unit not in side.made for side in sides)


def _shares(unit: Unit, sides: Sequence[Built]) -> bool:
    """Whether files of a unit lie in a folder that others have files in too."""
    paths = (path for side in sides for path in side.output.units.get(unit, ()))
    return any(not path.startswith(f"{unit.folder}/") for path in paths)


def _decided(change: Change, side: Built) -> set[Unit]:
    """Return the units that the part decides wholly: the manifests' own, and those of hosts that they expose."""
    refs = change.refs
    hosts = {
        where
        for where, routes in side.checked.linked.hosts.items()
        if any(route.target.ref in refs for route in routes)
    }
    return {unit for unit in side.made if _is_decided(unit, refs, hosts)}


def _is_decided(unit: Unit, refs: AbstractSet[str], hosts: AbstractSet[tuple[str, str]]) -> bool:
    if unit.scope == "host":
        return (unit.cluster, unit.id) in hosts
    return unit.scope in OWNED and unit.id in refs


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
