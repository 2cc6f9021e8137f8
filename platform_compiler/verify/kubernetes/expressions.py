"""Selectors that nothing can meet: their parts exclude each other, or compare with what is no number."""

from collections.abc import Iterator

from platform_compiler.objects import Body, Path, a_list, a_map, at, maps, text, texts
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.kubernetes.peers import policies
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World

_CODE = "PC5114"
_EXPRESSIONS = "matchExpressions"
_COMPARING = ("Gt", "Lt")
_OF_KIND: tuple[tuple[str, str, str], ...] = (
    ("apps", "Deployment", "selector"),
    ("apps", "StatefulSet", "selector"),
    ("apps", "DaemonSet", "selector"),
    ("apps", "ReplicaSet", "selector"),
    ("policy", "PodDisruptionBudget", "selector"),
    ("networking.k8s.io", "NetworkPolicy", "podSelector"),
    ("monitoring.coreos.com", "ServiceMonitor", "selector"),
    ("monitoring.coreos.com", "PodMonitor", "selector"),
    ("", "PersistentVolumeClaim", "selector"),
)
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
        for path, wanted in _of_nodes(workload) if "affinity" in workload.pod else ():
            operator, values = text(wanted, "operator"), a_list(wanted, "values")
            if operator in _COMPARING and not (len(values) == 1 and str(values[0]).removeprefix("-").isdecimal()):
                message = f"`{operator}` compares with one whole number"
                yield Fault(
                    _CODE, workload.item, (*path, "values"), message, "name exactly one, in quotes", on_key=True
                )


def _selectors(world: World) -> Iterator[tuple[Item, Path, Body]]:
    """Yield every label selector with expressions, and its place."""
    for group, kind, field in _OF_KIND:
        for item in world.of(group, kind):
            selector = a_map(item.body, "spec", field)
            if _EXPRESSIONS in selector:
                yield item, ("spec", field), selector
    for item, policy in policies(world):
        for peer in policy.special:
            if _EXPRESSIONS in peer.pods:
                yield item, (*peer.path, "podSelector"), peer.pods
            if _EXPRESSIONS in peer.namespaces:
                yield item, (*peer.path, "namespaceSelector"), peer.namespaces
    yield from _of_webhooks(world)
    for workload in world.workloads:
        for path, selector in _of_pods(workload):
            yield workload.item, (*workload.spec_path, *path), selector


def _with_expressions(body: Body, fields: tuple[str, ...]) -> list[tuple[str, Body]]:
    selectors = [(field, selector) for field in fields if isinstance(selector := body.get(field), dict)]
    return [found for found in selectors if _EXPRESSIONS in found[1]]


def _of_webhooks(world: World) -> Iterator[tuple[Item, Path, Body]]:
    for kind in _WEBHOOKS:
        for item in world.of("admissionregistration.k8s.io", kind):
            for i, hook in maps(item.body, "webhooks"):
                for field, selector in _with_expressions(hook, ("namespaceSelector", "objectSelector")):
                    yield item, ("webhooks", i, field), selector


def _of_pods(workload: Workload) -> Iterator[tuple[Path, Body]]:
    """Yield the selectors that a pod's spec chooses other pods by."""
    for i, spread in maps(workload.pod, "topologySpreadConstraints"):
        for field, selector in _with_expressions(spread, ("labelSelector",)):
            yield ("topologySpreadConstraints", i, field), selector
    for affinity in ("podAffinity", "podAntiAffinity") if "affinity" in workload.pod else ():
        for need, below in (("required", ()), ("preferred", ("podAffinityTerm",))):
            kind = f"{need}DuringSchedulingIgnoredDuringExecution"
            for i, term in maps(workload.pod, "affinity", affinity, kind):
                for field, selector in _with_expressions(
                    a_map(at(term, *below)), ("labelSelector", "namespaceSelector")
                ):
                    yield ("affinity", affinity, kind, i, *below, field), selector


def _of_nodes(workload: Workload) -> Iterator[tuple[Path, Body]]:
    """Yield the requirements that a pod's spec chooses nodes by."""
    root: Path = ("affinity", "nodeAffinity")
    required: Path = (*root, "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    preferred: Path = (*root, "preferredDuringSchedulingIgnoredDuringExecution")
    for path, below in ((required, ()), (preferred, ("preference",))):
        for i, term in maps(at(workload.pod, *path)):
            for j, wanted in maps(at(term, *below), "matchExpressions"):
                yield (*workload.spec_path, *path, i, *below, "matchExpressions", j), wanted
