"""Selectors of mesh objects that nothing carries; judged only where all that runs in a namespace is known."""

from collections.abc import Iterator, Mapping

from platform_compiler.objects import Path, a_map, maps, text
from platform_compiler.verify.hosts import matching
from platform_compiler.verify.istio.pods import Pods, pods_of
from platform_compiler.verify.istio.reading import NETWORKING, Selection, judged, selection_at, selection_of, selector
from platform_compiler.verify.istio.references import rules_of_hosts
from platform_compiler.verify.istio.rules import policies
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_CURE = "compare it with the labels of the pods"
_SECURITY = "security.istio.io"
_MATCH: tuple[str, ...] = ("spec", "selector", "matchLabels")
_LABELS: tuple[str, ...] = ("spec", "workloadSelector", "labels")
_SELECTORS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (NETWORKING, "Sidecar", _LABELS),
    (NETWORKING, "EnvoyFilter", _LABELS),
    (NETWORKING, "ServiceEntry", _LABELS),
    (NETWORKING, "DestinationRule", ("spec", "workloadSelector", "matchLabels")),
    (NETWORKING, "ProxyConfig", _MATCH),
    (_SECURITY, "RequestAuthentication", _MATCH),
    (_SECURITY, "PeerAuthentication", _MATCH),
    ("telemetry.istio.io", "Telemetry", _MATCH),
    ("extensions.istio.io", "WasmPlugin", _MATCH),
)
# The mesh puts these on pods by itself: those of Gateways that it deploys, and where a node is
_GIVEN = ("gateway.networking.k8s.io/", "gateway.istio.io/", "istio.io/", "topology.", "kubernetes.io/hostname")
_USUAL = ({"istio": "ingressgateway"}, {"istio": "egressgateway"})


def selectors_meet_workloads(world: World) -> Iterator[Fault]:
    """The selector of a mesh object meets a workload of its namespace (IST0127)."""
    pods = world.once(pods_of)
    for item, selection, path in _selections(world):
        namespace, labels, _ = selection
        if labels and not _is_met(pods, selection) and _known(world, pods, namespace):
            message = f"no workload of namespace `{namespace}` has the labels {_worded(labels)}"
            yield Fault("PC5208", item, path, message, _CURE, on_key=True)


def _selections(world: World) -> Iterator[tuple[Item, Selection, Path]]:
    """Yield every object of the mesh with what it selects, and where it says so."""
    for group, kind, path in _SELECTORS:
        for item, selection in world.read(group, kind, selection_at(*path)):
            yield item, selection, path
    for item, policy in policies(world):
        yield item, policy.selection, _MATCH


def _known(world: World, pods: Pods, namespace: str) -> bool:
    """Whether a selector can only mean what is judged: those of the mesh's own namespace mean all namespaces."""
    return judged(world, namespace) and pods.known(namespace)


def _is_met(pods: Pods, selection: Selection) -> bool:
    return bool(pods.selected(selection)) or any(key.startswith(_GIVEN) for key in selection.labels)


def _worded(labels: Mapping[str, str]) -> str:
    return ", ".join(f"`{key}: {value}`" for key, value in labels.items())


def gateways_meet_workloads(world: World) -> Iterator[Fault]:
    """A Gateway's selector meets a workload, judged where some Gateway's does (IST0101)."""
    pods = world.once(pods_of)
    gateways = [(item, selector(item, "spec", "selector")) for item in world.of(NETWORKING, "Gateway")]
    unmet = [(item, labels) for item, labels in gateways if labels and not pods.selected_anywhere(labels)]
    if pods.hidden or len(unmet) == sum(1 for _, labels in gateways if labels):
        return
    for item, labels in unmet:
        if labels not in _USUAL and not any(key.startswith(_GIVEN) for key in labels):
            message = f"no workload has the labels {_worded(labels)}"
            yield Fault("PC5208", item, ("spec", "selector"), message, _CURE, on_key=True)


def subsets_meet_pods(world: World) -> Iterator[Fault]:
    """A subset's labels are those of pods behind its host (IST0173)."""
    pods = world.once(pods_of)
    for item, name in world.once(rules_of_hosts):
        hosts = matching(world.hosts, name) if maps(item.body, "spec", "subsets") and "*" not in name else []
        services = [host.item for host in hosts if host.item.kind == "Service"]
        if len(services) != 1 or len(hosts) != 1:
            continue
        namespace, own = namespace_of(services[0]), selector(services[0], "spec", "selector")
        for i, subset in maps(item.body, "spec", "subsets") if own and _known(world, pods, namespace) else ():
            labels = {key: str(value) for key, value in a_map(subset, "labels").items()}
            if labels and not _is_met(pods, selection_of(namespace, {**own, **labels})):
                also = (Other(services[0], ("spec", "selector"), "the pods of its host"),)
                message = f"subset `{text(subset, 'name')}` has no pods: none has {_worded(labels)}"
                path: Path = ("spec", "subsets", i, "labels")
                yield Fault("PC5208", item, path, message, _CURE, also, on_key=True)
