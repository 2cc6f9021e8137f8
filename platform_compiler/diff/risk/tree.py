"""Risks that no single resource shows: what one resource selects, guards or scales is another that changes."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from platform_compiler.diff.model import Identity, Risk
from platform_compiler.diff.risk.authorization import action
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.shape import Body, a_map, at, group_of, maps, named, text
from platform_compiler.diff.risk.workloads import Place, Side, place_of

_Told: TypeAlias = tuple[Identity, Risk]

_ROOT_NAMESPACE = "istio-system"  # whose policies hold for the whole mesh, by Istio's default
_SELECTING = {"Service": "", "PodDisruptionBudget": "policy", "NetworkPolicy": "networking.k8s.io"}


def tree_risks(before: Mapping[Identity, Body], after: Mapping[Identity, Body]) -> list[_Told]:
    """Return the risks of two whole trees; each is told of the resource that now points at nothing, or is gone."""
    changed = _changed(before, after)
    if not changed:
        return []
    touched = _touched(changed, before, after)
    old, new = Side(before, touched), Side(after, touched)
    found = [
        *_orphans(old, new, touched),
        *_unguarded(old, new, touched),
        *_empty_subsets(old, new, touched),
        *_scaled_twice(old, new, changed),
    ]
    return sorted(found, key=lambda told: (told[0], told[1].name, str(told[1].pointer)))


def _changed(before: Mapping[Identity, Body], after: Mapping[Identity, Body]) -> set[Identity]:
    changed = {identity for identity in after if identity not in before}
    for identity, old in before.items():
        new = after.get(identity)
        if new is not old and new != old:
            changed.add(identity)
    return changed


def _touched(
    changed: set[Identity], before: Mapping[Identity, Body], after: Mapping[Identity, Body]
) -> frozenset[Place]:
    """Return the places of what changed and of the hosts of changed rules; the root's changes touch all its cluster."""
    touched = {place_of(identity) for identity in changed}
    roots = {i.cluster for i in changed if i.kind == "AuthorizationPolicy" and i.namespace == _ROOT_NAMESPACE}
    if roots:
        touched.update(place_of(i) for side in (before, after) for i in side if i.cluster in roots)
    for identity in changed:
        if identity.kind == "DestinationRule":
            touched.update(_service(identity, side.get(identity))[0] for side in (before, after))
    return frozenset(touched)


def _orphans(old: Side, new: Side, touched: frozenset[Place]) -> Iterator[_Told]:
    for kind, group in _SELECTING.items():
        for identity in new.kinds[kind]:
            place = place_of(identity)
            if place not in touched or identity.group != group:
                continue
            pointer, selector = _selector(kind, new.body(identity))
            _, was = _selector(kind, old.body(identity))
            if selector and was and old.pods[place].selected(was) and not new.pods[place].selected(selector):
                message = f"the selector of {kind} `{identity.name}` finds no pods any more"
                yield identity, risk("selector-orphans", pointer, message)


def _selector(kind: str, body: Body) -> tuple[tuple[str, ...], Body]:
    """Return where the pod selector of a resource stands, and the selector in the form with matchLabels."""
    if kind == "Service":
        labels = a_map(body, "spec", "selector")
        return ("spec", "selector"), {"matchLabels": labels} if labels else {}
    field = "podSelector" if kind == "NetworkPolicy" else "selector"
    return ("spec", field), a_map(body, "spec", field)


def _unguarded(old: Side, new: Side, touched: frozenset[Place]) -> Iterator[_Told]:
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
    if policy.namespace == _ROOT_NAMESPACE:
        return [place for place in touched if place[0] == policy.cluster]
    return [place_of(policy)] if place_of(policy) in touched else []


def _empty_subsets(old: Side, new: Side, touched: frozenset[Place]) -> Iterator[_Told]:
    for identity in new.kinds["DestinationRule"]:
        place, _ = _service(identity, new.body(identity))
        if place not in touched and place_of(identity) not in touched:
            continue
        before = {text(subset, "name"): subset for _, subset in maps(old.body(identity), "spec", "subsets")}
        for i, subset in maps(new.body(identity), "spec", "subsets"):
            name = text(subset, "name")
            was = _subset_pods(old, identity, before[name]) if name in before else None
            now = _subset_pods(new, identity, subset)
            if (now == 0 and was != 0) or (now is None and was):
                message = f"subset `{name}` of `{text(new.body(identity), 'spec', 'host')}` has no pods"
                yield identity, risk("subset-without-pods", ("spec", "subsets", i), message)


def _subset_pods(side: Side, identity: Identity, subset: Body) -> int | None:
    """Return how many workloads a subset selects, or None where its service is not one of ours."""
    place, name = _service(identity, side.body(identity))
    service = side.body(Identity(place[0], "", "Service", place[1], name))
    selector = a_map(service, "spec", "selector")
    if not selector:
        return None
    labels = {**selector, **a_map(subset, "labels")}
    return len(side.pods[place].selected({"matchLabels": labels}))


def _service(rule: Identity, body: Any) -> tuple[Place, str]:
    """Return the place and name of the service that a destination rule is about."""
    name, _, rest = text(body, "spec", "host").partition(".")
    return (rule.cluster, rest.partition(".")[0] or rule.namespace), name


def _scaled_twice(old: Side, new: Side, changed: set[Identity]) -> Iterator[_Told]:
    for identity in new.kinds["HorizontalPodAutoscaler"]:
        target = _target(identity, new.body(identity))
        if identity not in changed and target not in changed:
            continue
        if _sets_replicas(new, target) and not (
            identity in old.bodies and _sets_replicas(old, _target(identity, old.body(identity)))
        ):
            message = f"replicas are set though HorizontalPodAutoscaler `{identity.name}` sets them too"
            yield target, risk("replicas-with-autoscaler", ("spec", "replicas"), message)


def _sets_replicas(side: Side, target: Identity) -> bool:
    return at(side.body(target), "spec", "replicas") is not None


def _target(scaler: Identity, body: Body) -> Identity:
    ref = a_map(body, "spec", "scaleTargetRef")
    return Identity(scaler.cluster, group_of(ref), text(ref, "kind"), scaler.namespace, text(ref, "name"))
