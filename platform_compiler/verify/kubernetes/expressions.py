"""Label and node selectors that cannot be met, or that the API server refuses."""

from collections.abc import Iterator

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, a_list, a_map, at, maps, text, texts
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import Workload, World

_CODE = "PC5114"
_VALUED = ("In", "NotIn")
_BARE = ("Exists", "DoesNotExist")
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
    """Yield requirements of selectors that are refused, or that exclude each other."""
    for item, path, selector in _selectors(world):
        labels = a_map(selector, "matchLabels")
        for i, wanted in maps(selector, "matchExpressions"):
            yield from _expression(item, (*path, "matchExpressions", i), wanted, (*_VALUED, *_BARE))
            yield from _against_labels(item, (*path, "matchExpressions", i), wanted, labels)
    for workload in world.workloads:
        for path, wanted in _of_nodes(workload):
            yield from _expression(workload.item, path, wanted, (*_VALUED, *_BARE, *_COMPARING))


def _expression(item: Item, path: Path, wanted: Body, operators: tuple[str, ...]) -> Iterator[Fault]:
    operator, values = text(wanted, "operator"), a_list(wanted, "values")
    if operator not in operators:
        near = did_you_mean(operator, operators)
        cure = f"did you mean `{near}`?" if near else f"there are {', '.join(f'`{word}`' for word in operators)}"
        yield Fault(_CODE, item, (*path, "operator"), f"a selector has no operator `{operator}`", cure)
    elif operator in _VALUED and not values:
        yield Fault(_CODE, item, path, f"`{operator}` without values matches nothing", "name at least one value")
    elif operator in _BARE and values:
        message = f"`{operator}` takes no values"
        yield Fault(_CODE, item, (*path, "values"), message, "remove them, or write `In`", on_key=True)
    elif operator in _COMPARING and not (len(values) == 1 and str(values[0]).lstrip("+-").isdigit()):
        yield Fault(_CODE, item, path, f"`{operator}` compares with one whole number", "name exactly one, in quotes")


def _against_labels(item: Item, path: Path, wanted: Body, labels: Body) -> Iterator[Fault]:
    key, operator, values = text(wanted, "key"), text(wanted, "operator"), texts(wanted, "values")
    if key not in labels:
        return
    value = labels[key]
    never = {"In": bool(values) and value not in values, "NotIn": value in values, "DoesNotExist": True}
    if never.get(operator, False):
        message = f"nothing meets both this and `{key}: {value}` of `matchLabels`"
        yield Fault(_CODE, item, path, message, "remove one of them")


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
            for field in ("matchExpressions", "matchFields"):
                for j, wanted in maps(at(term, *below) if below else term, field):
                    yield (*workload.spec_path, *path, i, *below, field, j), wanted
