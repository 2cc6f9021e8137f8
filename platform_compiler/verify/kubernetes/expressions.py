"""Selectors that nothing can meet: their parts exclude each other, or compare with what is no number."""

from collections.abc import Iterator

from platform_compiler.objects import Body, Path, a_list, a_map, at, maps, text, texts
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import Workload, World

_CODE = "PC5114"
_COMPARING = ("Gt", "Lt")
_OF_KIND: tuple[tuple[str, str, Path], ...] = (
    ("apps", "Deployment", ("spec", "selector")),
    ("apps", "StatefulSet", ("spec", "selector")),
    ("apps", "DaemonSet", ("spec", "selector")),
    ("apps", "ReplicaSet", ("spec", "selector")),
    ("policy", "PodDisruptionBudget", ("spec", "selector")),
    ("networking.k8s.io", "NetworkPolicy", ("spec", "podSelector")),
    ("monitoring.coreos.com", "ServiceMonitor", ("spec", "selector")),
    ("monitoring.coreos.com", "PodMonitor", ("spec", "selector")),
    ("", "PersistentVolumeClaim", ("spec", "selector")),
)
_RULES = (("ingress", "from"), ("egress", "to"))
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def impossible_selectors(world: World) -> Iterator[Fault]:
    """Yield requirements of label selectors that exclude `matchLabels` beside them."""
    for item, path, selector in _selectors(world):
        labels = a_map(selector, "matchLabels")
        for i, wanted in maps(selector, "matchExpressions"):
            key, operator, values = text(wanted, "key"), text(wanted, "operator"), texts(wanted, "values")
            value = labels.get(key)
            never = {"In": value not in values, "NotIn": value in values, "DoesNotExist": True}
            if key in labels and never.get(operator, False):
                message = f"nothing meets both this and `{key}: {value}` of `matchLabels`"
                yield Fault(_CODE, item, (*path, "matchExpressions", i), message, "remove one of them")


def comparisons(world: World) -> Iterator[Fault]:
    """Yield requirements of nodes that compare with anything but one whole number."""
    for workload in world.workloads:
        for path, wanted in _of_nodes(workload):
            operator, values = text(wanted, "operator"), a_list(wanted, "values")
            if operator in _COMPARING and not (len(values) == 1 and str(values[0]).removeprefix("-").isdecimal()):
                message = f"`{operator}` compares with one whole number"
                yield Fault(
                    _CODE, workload.item, (*path, "values"), message, "name exactly one, in quotes", on_key=True
                )


def _selectors(world: World) -> Iterator[tuple[Item, Path, Body]]:
    """Yield every label selector, with its place."""
    for group, kind, path in _OF_KIND:
        for item in world.of(group, kind):
            yield item, path, a_map(item.body, *path)
    for item in world.of("networking.k8s.io", "NetworkPolicy"):
        yield from _of_peers(item)
    for kind in _WEBHOOKS:
        for item in world.of("admissionregistration.k8s.io", kind):
            for i, hook in maps(item.body, "webhooks"):
                for field in ("namespaceSelector", "objectSelector"):
                    yield item, ("webhooks", i, field), a_map(hook, field)
    for workload in world.workloads:
        for path, selector in _of_pods(workload):
            yield workload.item, (*workload.spec_path, *path), selector


def _of_peers(item: Item) -> Iterator[tuple[Item, Path, Body]]:
    for direction, side in _RULES:
        for i, rule in maps(item.body, "spec", direction):
            for j, peer in maps(rule, side):
                for field in ("podSelector", "namespaceSelector"):
                    yield item, ("spec", direction, i, side, j, field), a_map(peer, field)


def _of_pods(workload: Workload) -> Iterator[tuple[Path, Body]]:
    """Yield the selectors that a pod's spec chooses other pods by."""
    for i, spread in maps(workload.pod, "topologySpreadConstraints"):
        yield ("topologySpreadConstraints", i, "labelSelector"), a_map(spread, "labelSelector")
    for affinity in ("podAffinity", "podAntiAffinity"):
        for need, below in (("required", ()), ("preferred", ("podAffinityTerm",))):
            field = f"{need}DuringSchedulingIgnoredDuringExecution"
            for i, term in maps(workload.pod, "affinity", affinity, field):
                for selector in ("labelSelector", "namespaceSelector"):
                    path = ("affinity", affinity, field, i, *below, selector)
                    yield path, a_map(term, *below, selector)


def _of_nodes(workload: Workload) -> Iterator[tuple[Path, Body]]:
    """Yield the requirements that a pod's spec chooses nodes by."""
    root: Path = ("affinity", "nodeAffinity")
    required: Path = (*root, "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    preferred: Path = (*root, "preferredDuringSchedulingIgnoredDuringExecution")
    for path, below in ((required, ()), (preferred, ("preference",))):
        for i, term in maps(workload.pod, *path):
            for j, wanted in maps(at(term, *below), "matchExpressions"):
                yield (*workload.spec_path, *path, i, *below, "matchExpressions", j), wanted
