"""Selectors that match nothing of what is judged: a typing error, or a label that was renamed on one side only."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from platform_compiler.objects import Body, Path, a_map, at, text, texts
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.kubernetes.elsewhere import SYSTEM, filled_by_others
from platform_compiler.verify.kubernetes.peers import Rule, are_judged, chosen, policies
from platform_compiler.verify.kubernetes.selectors import is_empty, plain_selector, selected
from platform_compiler.verify.labels import fits
from platform_compiler.verify.world import World, namespace_of

_CODE = "PC5115"
_MONITORING = "monitoring.coreos.com"


def services_without_pods(world: World) -> Iterator[Fault]:
    """Yield Services that lead to no pod; proxies of a Gateway are installed with the mesh, and rarely judged."""
    others = world.once(filled_by_others)
    proxies = [a_map(item.body, "spec", "selector") for item in world.of("networking.istio.io", "Gateway")]
    for item in world.of("", "Service"):
        labels = a_map(item.body, "spec", "selector")
        if namespace_of(item) not in world.workloads_of and labels in proxies:
            continue
        if labels and text(item.body, "spec", "type") != "ExternalName":
            yield from _unmatched(world, others, item, ("spec", "selector"), plain_selector(labels))


def budgets_without_pods(world: World) -> Iterator[Fault]:
    """Yield PodDisruptionBudgets that protect nothing, and PodMonitors that scrape nothing."""
    others = world.once(filled_by_others)
    for item in world.of("policy", "PodDisruptionBudget"):
        selector = a_map(item.body, "spec", "selector")
        if at(item.body, "spec", "selector") is None:
            yield Fault(_CODE, item, ("spec",), "without a selector it is for no pod", "add `selector`")
        elif not is_empty(selector):
            yield from _unmatched(world, others, item, ("spec", "selector"), selector)
    for item in world.of(_MONITORING, "PodMonitor"):
        if not at(item.body, "spec", "namespaceSelector"):
            yield from _unmatched(world, others, item, ("spec", "selector"), a_map(item.body, "spec", "selector"))


def policies_without_pods(world: World) -> Iterator[Fault]:
    """Yield NetworkPolicies that hold for no pod, and their peers that are none, where pods are judged at all."""
    others, inhabited = world.once(filled_by_others), world.workloads_of.keys()
    for item in world.of("networking.k8s.io", "NetworkPolicy"):
        selector = a_map(item.body, "spec", "podSelector")
        if not is_empty(selector) and namespace_of(item) in inhabited:
            yield from _unmatched(world, others, item, ("spec", "podSelector"), selector)
    for item, policy in policies(world):
        for rule in policy.rules:
            if not are_judged(world, rule):
                yield from _peers_without_pods(world, others, item, rule)


def _peers_without_pods(world: World, others: AbstractSet[str], item: Item, rule: Rule) -> Iterator[Fault]:
    for peer in rule.peers:
        if not chosen(world, peer) and peer.namespace in world.workloads_of and not is_empty(peer.pods):
            yield from _unmatched(world, others, item, (*peer.path, "podSelector"), peer.pods, peer.namespace)


def monitors_without_services(world: World) -> Iterator[Fault]:
    """Yield ServiceMonitors that find no Service in the namespaces they look in."""
    by_namespace: dict[str, list[Item]] = {}
    for service in world.of("", "Service"):
        by_namespace.setdefault(namespace_of(service), []).append(service)
    for item in world.of(_MONITORING, "ServiceMonitor"):
        places = _watched(item, by_namespace.keys())
        selector = a_map(item.body, "spec", "selector")
        services = [service for place in places for service in by_namespace.get(place, ())]
        if (
            services
            and not places & SYSTEM
            and not any(fits(selector, a_map(s.body, "metadata", "labels")) for s in services)
        ):
            cure = "labels of the Service itself count, not those of its pods"
            yield Fault(_CODE, item, ("spec", "selector"), "it matches no Service", cure, on_key=True)


def _watched(item: Item, every: AbstractSet[str]) -> AbstractSet[str]:
    if at(item.body, "spec", "namespaceSelector", "any") is True:
        return every
    return set(texts(item.body, "spec", "namespaceSelector", "matchNames")) or {namespace_of(item)}


def _unmatched(  # noqa: PLR0913, PLR0917 -- where, and what is looked for
    world: World, others: AbstractSet[str], item: Item, path: Path, selector: Body, namespace: str = ""
) -> Iterator[Fault]:
    place = namespace or namespace_of(item)
    if place in others or selected(world, place, selector):
        return
    message = f"it matches no pod of namespace `{place}`"
    yield Fault(_CODE, item, path, message, _cure(world, place, selector), on_key=True)


def _cure(world: World, namespace: str, selector: Body) -> str:
    """Name the label that keeps it from matching, where one alone does."""
    labels = a_map(selector, "matchLabels")
    for key in labels if len(labels) > 1 else ():
        rest = {**selector, "matchLabels": {k: v for k, v in labels.items() if k != key}}
        if found := selected(world, namespace, rest):
            there = found[0].labels.get(key)
            told = f"have `{key}: {there}`" if there is not None else f"have no label `{key}`"
            return f"the pods of {found[0].item} {told}"
    return "compare it with the labels of the pod templates"
