"""Compile what changed since a base, before and after: what differs between both is what the change makes.

A part is compiled of which the base holds the whole. Nothing is taken for granted of it:

- what the part decides wholly must come out as it did in the base before anything was edited;
- whatever else it makes, and all that is found in it, must be the same before and after. A unit that is not gets a
  second try, in a larger part that decides it wholly;
- units of clusters and namespaces are made from everybody in them, so that they must be the same always.

Where anything of this does not hold, the whole is compiled.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

from platform_compiler.checked import Checked, known_of, lines_of
from platform_compiler.closure.change import Change, Side, change_since, edited_since
from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.emit.layout import Output
from platform_compiler.emit.limits import MANY
from platform_compiler.emit.part import joined
from platform_compiler.incremental.base import Base, Made, made_of
from platform_compiler.pipeline import check, everything, laid_of, resources_of
from platform_compiler.source.snapshot import Snapshot
from platform_compiler.verify.compiled import items_of, verify
from platform_compiler.verify.report import report_told

_TRIES = 2


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What has to be replaced in what a base made: the units that differ, with their files, and those that are gone.

    `found` are the findings of the part that was compiled, `texts` the files that it was compiled from.
    """

    output: Output
    gone: frozenset[Unit]
    found: tuple[Diagnostic, ...]
    texts: Mapping[str, bytes]


def rebuilt(base: Base, tree: Snapshot, former: Mapping[str, bytes], as_of: date) -> Rebuilt | None:
    """Return what has changed in a repository since a base; None where only a compile of the whole can tell.

    `former` are the bytes, by digest, that edited manifests had.
    """
    edited = edited_since(tree, base.index)
    then = {path: former[facts.digest] for path, facts in base.index.files.items() if path in edited}
    besides: frozenset[str] = frozenset()
    for _ in range(_TRIES):
        change = change_since(tree, base.index, edited, then, besides)
        made = _compared(base, change, as_of) if change else frozenset()
        if isinstance(made, Rebuilt):
            return made
        if not made:
            break
        besides |= made
    return None


def _compared(base: Base, change: Change, as_of: date) -> Rebuilt | frozenset[str]:
    """Return what a change makes, or the paths of what has to be decided wholly first; none where that is in vain."""
    before, after = _built(change.before, as_of), _built(change.after, as_of)
    if before is None or after is None or before.found != after.found:
        return frozenset()
    differing = frozenset(unit for unit, _ in before.made.items() ^ after.made.items())
    decided = _decided(change, before) | _decided(change, after)
    is_as_it_was = all(before.made.get(unit) == base.units.get(unit) for unit in differing & decided)
    if not is_as_it_was or _fills_up(differing, before, after, base):
        return frozenset()
    if differing <= decided:
        return _rebuilt(differing, before, after)
    others = differing - decided
    return frozenset(f"teams/{unit.id}.yaml" for unit in others if all(one.scope in OWNED for one in others))


@dataclass(frozen=True, slots=True)
class _Built:
    """One side of a change, compiled."""

    checked: Checked
    output: Output
    made: Mapping[Unit, Made]
    found: tuple[Diagnostic, ...]


def _built(side: Side, as_of: date) -> _Built | None:
    """Compile a part and judge it as if it were all that its clusters have; what is missing there is so on both sides.

    None where it cannot be compiled.
    """
    bag = Bag()
    checked = check(side.tree, as_of, bag, unread=side.unread)
    if bag.has_errors:
        return None
    facts, schemas = known_of(checked)
    resources = resources_of(checked, everything, schemas, bag)
    if bag.has_errors:
        return None
    items = items_of(resources, lines_of(checked))
    report_told(verify(items, facts, schemas, whole=True), bag)
    court = checked.court
    if court:
        judgement = court.judge_resources(items, checked.linked, schemas)
        court.close((judgement,), checked.linked, checked.told, bag, whole=True)
    limits = Bag()
    output = joined((laid_of(checked, resources),), limits)
    bag.extend(limits)
    return None if output is None else _Built(checked, output, made_of(output), bag.sorted())


def _fills_up(differing: AbstractSet[Unit], before: _Built, after: _Built, base: Base) -> bool:
    """Whether a unit comes or goes on a cluster where a folder that all units share may be getting too large."""
    moving = {unit.cluster for unit in differing if (unit in before.made) != (unit in after.made)}
    return any(sum(unit.cluster == name for unit in base.units) * 2 >= MANY for name in moving)


def _decided(change: Change, side: _Built) -> set[Unit]:
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


def _rebuilt(differing: AbstractSet[Unit], before: _Built, after: _Built) -> Rebuilt:
    output = after.output
    units = {unit: paths for unit, paths in output.units.items() if unit in differing}
    kept = replace(
        output,
        files={path: output.files[path] for paths in units.values() for path in paths},
        resources={path: output.resources[path] for paths in units.values() for path in paths},
        units=units,
        owners={unit: output.owners[unit] for unit in units},
        published={unit: output.published[unit] for unit in units if unit in output.published},
    )
    gone = frozenset(differing - units.keys())
    return Rebuilt(kept, gone, before.found, after.checked.texts)
