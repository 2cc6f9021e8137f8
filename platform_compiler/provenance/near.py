"""Whom a unit is about, and whom those are linked with: nothing else is looked at to explain it."""

from typing import NamedTuple

from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.link.model import Linked


class Near(NamedTuple):
    """Targets by `team/name`: those that a unit is about, and those they call or are called by."""

    own: frozenset[str]
    neighbours: frozenset[str]


def near(unit: Unit, linked: Linked) -> Near:
    """Return what is near a unit."""
    own = _own(unit, linked)
    keys = [(unit.cluster, ref) for ref in own]
    found = {one.callee.ref for key in keys for one in linked.links_out.get(key, ())}
    found |= {one.caller.ref for key in keys for one in linked.links_in.get(key, ())}
    return Near(own, frozenset(found - own))


def _own(unit: Unit, linked: Linked) -> frozenset[str]:
    if unit.scope == "host":
        return frozenset(route.target.ref for route in linked.hosts[unit.cluster, unit.id])
    if unit.scope in OWNED:
        return frozenset({unit.id})
    targets = linked.targets[unit.cluster].values()
    return frozenset(t.ref for t in targets if unit.scope == "cluster" or t.interface.namespace == unit.id)
