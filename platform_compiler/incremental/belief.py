"""Whether a part of a repository that was compiled before and after a change can be believed of the whole.

- What the part decides wholly must come out as it did in the base before anything was edited.
- Whatever else it makes, and all that is said of others in it, must be the same before and after. What is not is
  undecided, and takes a larger part that decides it wholly.
- An object that is new must have a name that nobody else can have.
- Units of clusters and namespaces are made from everybody in them, so that they must be the same always.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from platform_compiler.blueprints.resource import Resource
from platform_compiler.closure.change import Change
from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.emit.limits import MANY
from platform_compiler.incremental.base import Base
from platform_compiler.incremental.built import Built, differing
from platform_compiler.incremental.naming import is_its_own
from platform_compiler.incremental.news import news_of, undecided_news
from platform_compiler.link.raws import refusal

_IN_NO_NAMESPACE = "PC5102"


def undecided(base: Base, change: Change, sides: Sequence[Built]) -> frozenset[str] | None:
    """Return the paths of what differs and is not decided wholly; None where no larger part would be believed."""
    before, *others = sides
    said = undecided_news(news_of(change.core, before, sides[-1]))
    if said is None:
        return None
    if sides[-1].compiled.has_stopped:
        return said if _is_as_it_was(base, _decided(change, before), before) else None
    different = frozenset(unit for one in others for unit in differing(before, one))
    decided = frozenset(unit for one in sides for unit in _decided(change, one))
    rest = different - decided
    if any(unit.scope not in OWNED for unit in rest) or not _is_believed(base, different & decided, sides):
        return None
    if _fills_up(different, sides, base):
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
