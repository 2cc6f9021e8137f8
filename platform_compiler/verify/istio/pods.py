"""Which workloads a selector meets, found by the rarest of its labels; machines outside the cluster count too."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from platform_compiler.objects import a_map
from platform_compiler.verify.istio.reading import NETWORKING, selector
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import World, namespace_of

# Groups whose kinds never make pods; what those of others make is not known
_PODLESS_GROUPS = frozenset(
    (
        *("", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io"),
        *("networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io"),
        *("gateway.networking.k8s.io", "gateway.envoyproxy.io", "storage.k8s.io", "scheduling.k8s.io"),
        *("apiextensions.k8s.io", "admissionregistration.k8s.io", "discovery.k8s.io", "coordination.k8s.io"),
        *("cert-manager.io", "external-secrets.io", "bitnami.com", "monitoring.coreos.com", "keda.sh"),
    )
)
# Kinds of them whose content may not be known without hiding pods
_PODLESS = frozenset(
    (
        *("AuthorizationPolicy", "Certificate", "ConfigMap", "DestinationRule", "EnvoyFilter", "ExternalSecret"),
        *("Gateway", "HTTPRoute", "HorizontalPodAutoscaler", "Ingress", "LimitRange", "NetworkPolicy"),
        *("PeerAuthentication", "PersistentVolumeClaim", "PodDisruptionBudget", "PodMonitor", "PriorityClass"),
        *("PrometheusRule", "RequestAuthentication", "ResourceQuota", "Role", "RoleBinding", "SealedSecret"),
        *("Secret", "Service", "ServiceAccount", "ServiceEntry", "ServiceMonitor", "Sidecar", "StorageClass"),
        *("Telemetry", "VirtualService"),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """Something that selectors meet: pods of a workload, or a machine."""

    item: Item
    namespace: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Pods:
    """Everything that selectors meet, by namespace and label."""

    of_namespace: Mapping[str, Sequence[Member]]
    hidden: frozenset[str]
    _by_label: dict[tuple[str, str, str], list[Member]] = field(default_factory=lambda: defaultdict(list))
    _everywhere: dict[tuple[str, str], list[Member]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for namespace, members in self.of_namespace.items():
            for member in members:
                for key, value in member.labels.items():
                    self._by_label[namespace, key, value].append(member)
                    self._everywhere[key, value].append(member)

    def known(self, namespace: str) -> bool:
        """Whether all that runs in a namespace is known, and something does."""
        return namespace not in self.hidden and bool(self.of_namespace.get(namespace))

    def selected(self, namespace: str, labels: Mapping[str, str]) -> Sequence[Member]:
        """Return what carries all of `labels` in a namespace; without labels, everything."""
        if not labels:
            return self.of_namespace.get(namespace, ())
        return _carrying([self._by_label.get((namespace, *pair), ()) for pair in labels.items()], labels)

    def selected_anywhere(self, labels: Mapping[str, str]) -> Sequence[Member]:
        """Return what carries all of `labels`, which are not empty, in any namespace."""
        return _carrying([self._everywhere.get(pair, ()) for pair in labels.items()], labels)


def _carrying(by_label: list[Sequence[Member]], labels: Mapping[str, str]) -> Sequence[Member]:
    """Return those that carry all labels, given who carries each."""
    if len(by_label) == 1:
        return by_label[0]
    return [member for member in min(by_label, key=len) if labels.items() <= member.labels.items()]


def pods_of(world: World) -> Pods:
    """Return everything that selectors meet in a world."""
    found: dict[str, list[Member]] = defaultdict(list)
    for workload in world.workloads:
        found[workload.namespace].append(Member(workload.item, workload.namespace, workload.labels))
    for kind, path in (("WorkloadEntry", ("spec", "labels")), ("WorkloadGroup", ("spec", "metadata", "labels"))):
        for item in world.of(NETWORKING, kind):
            labels = {key: str(value) for key, value in a_map(item.body, *path).items()}
            found[namespace_of(item)].append(Member(item, namespace_of(item), labels))
    return Pods(found, frozenset(_hidden(world)))


def _hidden(world: World) -> Iterator[str]:
    """Yield namespaces where something may make pods that are not judged."""
    for kind, namespace, _ in world.facts.promised:
        if kind not in _PODLESS:
            yield namespace
    versions = {str(item.body.get("apiVersion")): item.group for item in world.items}
    unknown = {version for version, group in versions.items() if group not in _PODLESS_GROUPS}
    for item in world.items if unknown else ():
        if str(item.body.get("apiVersion")) in unknown:
            yield namespace_of(item)


def services_of(world: World) -> Mapping[Member, Sequence[Item]]:
    """Return the Services that lead to what selectors meet, where there are any."""
    pods = world.once(pods_of)
    found: dict[Member, list[Item]] = defaultdict(list)
    for service in world.of("", "Service"):
        labels = selector(service, "spec", "selector")
        for member in pods.selected(namespace_of(service), labels) if labels else ():
            found[member].append(service)
    return found
