"""Policies that go although pods stay which they guarded: open is what nothing else guards as well."""

from collections.abc import Iterator

from platform_compiler.diff.model import Identity, Risk
from platform_compiler.diff.risk.authorization import action
from platform_compiler.diff.risk.covers import selector_covers
from platform_compiler.diff.risk.network_policy import directions
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.shape import named
from platform_compiler.diff.risk.workloads import Place, Side, place_of
from platform_compiler.objects import Body, a_map, at

ROOT_NAMESPACE = "istio-system"  # whose policies hold for the whole mesh, by Istio's default
_NETWORK_POLICY = "networking.k8s.io"


def unguarded(old: Side, new: Side, touched: frozenset[Place]) -> Iterator[tuple[Identity, Risk]]:
    """Yield each policy that was the first to allow workloads which stay without any."""
    guards, left = _guards(old, touched), _guards(new, touched)
    exposed: dict[Identity, list[str]] = {}
    for workload, policy in guards.items():
        if workload not in left and workload in new.bodies:
            exposed.setdefault(policy, []).append(f"{workload.kind} {workload.namespace}/{workload.name}")
    for policy, workloads in exposed.items():
        message = f"no allowing policy is left for {named(3, sorted(workloads))}: everybody may call"
        yield policy, risk("last-policy-removed", (), message)


def _guards(side: Side, touched: frozenset[Place]) -> dict[Identity, Identity]:
    """Return for each guarded workload of the touched places one allowing policy that selects it."""
    found: dict[Identity, Identity] = {}
    for policy in sorted(side.kinds["AuthorizationPolicy"]):
        body = side.body(policy)
        if action(body) != "ALLOW" or _aims_at_others(body):
            continue
        for place in _places(policy, touched):
            for workload in side.pods[place].selected(a_map(body, "spec", "selector")):
                found.setdefault(workload, policy)
    return found


def _aims_at_others(policy: Body) -> bool:
    return bool(at(policy, "spec", "targetRef") or at(policy, "spec", "targetRefs"))


def _places(policy: Identity, touched: frozenset[Place]) -> list[Place]:
    if policy.namespace == ROOT_NAMESPACE:
        return [place for place in touched if place[0] == policy.cluster]
    return [place_of(policy)] if place_of(policy) in touched else []


def unrestricted(old: Side, new: Side) -> Iterator[tuple[Identity, Risk]]:
    """Yield each network policy that goes, unless others of its namespace restrict all its pods in the same way."""
    for policy in old.kinds["NetworkPolicy"]:
        if policy.group != _NETWORK_POLICY or policy in new.bodies:
            continue
        open_now = sorted(directions(old.body(policy)) - _restricted(policy, old.body(policy), new))
        if open_now:
            message = (
                f"network policy `{policy.name}` is gone, and nothing else restricts {named(2, open_now)} of its pods"
            )
            yield policy, risk("network-policy-removed", (), message)


def _restricted(policy: Identity, body: Body, new: Side) -> set[str]:
    """Return the directions in which other policies restrict all the pods of this one."""
    pods = a_map(body, "spec", "podSelector")
    others = [new.body(one) for one in new.here[place_of(policy), "NetworkPolicy"] if one.group == _NETWORK_POLICY]
    holding = [other for other in others if selector_covers(a_map(other, "spec", "podSelector"), pods)]
    return set().union(*(directions(other) for other in holding))
