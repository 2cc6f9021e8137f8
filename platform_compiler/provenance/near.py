"""Whom a unit is about, and whom those are linked with: nothing else is looked at to explain it."""

from typing import NamedTuple

from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.link.model import Linked


class Key(NamedTuple):
    """A unit as it is found again, wherever its files go."""

    cluster: str
    scope: str
    id: str


class Near(NamedTuple):
    """Targets by `team/name`: those that a unit is about, and those they call or are called by; and the clusters.

    Those are the unit's own, the others of its mesh, and those that its links lead to.
    """

    own: frozenset[str]
    neighbours: frozenset[str]
    clusters: frozenset[str]


def key_of(unit: Unit) -> Key:
    """Return what tells a unit from all others."""
    return Key(unit.cluster, unit.scope, unit.id)


def near(unit: Unit, linked: Linked) -> Near:
    """Return what is near a unit."""
    own = _own(unit, linked)
    keys = [(unit.cluster, ref) for ref in own]
    there = [one.callee for key in keys for one in linked.links_out.get(key, ())]
    there += [one.caller for key in keys for one in linked.links_in.get(key, ())]
    clusters = {unit.cluster, *linked.reached.get(unit.cluster, ()), *(target.cluster for target in there)}
    return Near(own, frozenset(target.ref for target in there) - own, frozenset(clusters))


def _own(unit: Unit, linked: Linked) -> frozenset[str]:
    if unit.scope == "host":
        return frozenset(route.target.ref for route in linked.hosts[unit.cluster, unit.id])
    if unit.scope in OWNED:
        return frozenset({unit.id})
    targets = linked.targets[unit.cluster].values()
    return frozenset(t.ref for t in targets if unit.scope == "cluster" or t.interface.namespace == unit.id)
