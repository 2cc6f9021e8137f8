"""How many pods a workload has, told by several resources at once: itself, its autoscaler, its disruption budget."""

from collections.abc import Iterator

from platform_compiler.diff.model import Identity, Risk
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.workloads import Place, Side, place_of
from platform_compiler.objects import Body, a_map, at, group_of, number, text

_COUNTED = ("Deployment", "StatefulSet", "ReplicaSet")


def scaled_twice(old: Side, new: Side, changed: set[Identity]) -> Iterator[tuple[Identity, Risk]]:
    """Yield each workload that now sets replicas although an autoscaler sets them too."""
    for identity in new.kinds["HorizontalPodAutoscaler"]:
        target = _target(identity, new.body(identity))
        if identity not in changed and target not in changed:
            continue
        if _sets_replicas(new, target) and not (
            identity in old.bodies and _sets_replicas(old, _target(identity, old.body(identity)))
        ):
            message = f"replicas are set though HorizontalPodAutoscaler `{identity.name}` sets them too"
            yield target, risk("replicas-with-autoscaler", ("spec", "replicas"), message)


def undrainable(old: Side, new: Side, touched: frozenset[Place]) -> Iterator[tuple[Identity, Risk]]:
    """Yield each disruption budget that asks for as many pods as there are, and did not before."""
    for identity in new.kinds["PodDisruptionBudget"]:
        if place_of(identity) not in touched:
            continue
        least, pods = _budget(new, identity)
        before = _budget(old, identity)
        if 0 < pods <= least and not (0 < before[1] <= before[0]):
            message = f"`minAvailable: {least}` lets no pod of {pods} go: nodes cannot be drained"
            yield identity, risk("disruption-blocked", ("spec", "minAvailable"), message)


def _budget(side: Side, identity: Identity) -> tuple[int, int]:
    """Return how many pods a budget keeps, and how many there are at least, 0 where that is not known."""
    body = side.body(identity)
    least = number(body, "spec", "minAvailable")
    if not least:
        return 0, 0
    place = place_of(identity)
    workloads = side.pods[place].selected(a_map(body, "spec", "selector"))
    if any(workload.kind not in _COUNTED for workload in workloads):
        return least, 0
    floors = {
        _target(scaler, side.body(scaler)): number(side.body(scaler), "spec", "minReplicas") or 1
        for scaler in side.here[place, "HorizontalPodAutoscaler"]
    }
    return least, sum(floors.get(workload, _replicas(side.body(workload))) for workload in workloads)


def _replicas(workload: Body) -> int:
    replicas = number(workload, "spec", "replicas")
    return 1 if replicas is None else replicas


def _sets_replicas(side: Side, target: Identity) -> bool:
    return at(side.body(target), "spec", "replicas") is not None


def _target(scaler: Identity, body: Body) -> Identity:
    ref = a_map(body, "spec", "scaleTargetRef")
    return Identity(scaler.cluster, group_of(ref), text(ref, "kind"), scaler.namespace, text(ref, "name"))
