"""How much of a cluster each application's proxy has to know: whom it calls, of all that could be called there."""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.link.model import Linked, Target


class Scope(NamedTuple):
    """One application on one cluster: it sees so many of all services there."""

    cluster: str
    ref: str
    visible: int
    total: int


def services_of(cluster: str, linked: Linked) -> frozenset[str]:
    """Return the hosts that can be called on a cluster, on behalf of others where their pods are elsewhere."""
    present = [target for target in linked.targets[cluster].values() if _is_there(target, linked)]
    called = present if linked.reached.get(cluster) else ()  # else nobody calls beyond the cluster
    out = [link.callee for target in called for link in linked.links_out.get((cluster, target.ref), ())]
    afar = {id(callee): callee for callee in out if callee.cluster != cluster}.values()
    return frozenset([host for target in (*present, *afar) if _is_open(target) for host in target.interface.hosts])


def _is_there(target: Target, linked: Linked) -> bool:
    return target.interface.kind == "app" or (target.cluster, target.ref) in linked.links_in


def _is_open(target: Target) -> bool:
    return any(not port.internal for port in target.interface.ports.values())


def scopes(linked: Linked) -> Iterator[Scope]:
    """Yield the scope of every application with a proxy, by cluster and ref."""
    for cluster, targets in sorted(linked.targets.items()):
        total = len(services_of(cluster, linked))
        for ref, target in sorted(targets.items()):
            if target.interface.kind == "app" and target.interface.meshed:
                yield Scope(cluster, ref, visible(target, linked), total)


def visible(target: Target, linked: Linked) -> int:
    """Return how many services a target's proxy knows."""
    out = linked.links_out.get((target.cluster, target.ref), ())
    return len({host for link in out for host in link.callee.interface.hosts})
