"""Risks that no single resource shows: what one resource selects, guards or scales is another that changes."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from platform_compiler.diff.model import Identity, Risk
from platform_compiler.diff.risk.guards import ROOT_NAMESPACE, unguarded, unrestricted
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.scaling import scaled_twice, undrainable
from platform_compiler.diff.risk.workloads import Place, Side, place_of
from platform_compiler.objects import Body, a_map, maps, text

_Told: TypeAlias = tuple[Identity, Risk]

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
        *unguarded(old, new, touched),
        *unrestricted(old, new),
        *_empty_subsets(old, new, touched),
        *scaled_twice(old, new, changed),
        *undrainable(old, new, touched),
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
    roots = {i.cluster for i in changed if i.kind == "AuthorizationPolicy" and i.namespace == ROOT_NAMESPACE}
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
