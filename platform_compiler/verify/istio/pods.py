"""What a selector of the mesh meets: workloads, and machines outside of the cluster."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from platform_compiler.verify.istio.reading import NETWORKING, Selection, selection_at, selector
from platform_compiler.verify.item import Item
from platform_compiler.verify.workloads import Workload
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
class Machine:
    """A machine outside of the cluster, or what its kind is described by."""

    item: Item
    namespace: str
    labels: Mapping[str, str]


Member: TypeAlias = Workload | Machine
"""Something that selectors meet: pods of a workload, or a machine."""


class Pods(NamedTuple):
    """Everything that selectors meet: the workloads of a world, and machines by their namespace."""

    world: World
    machines: Mapping[str, Sequence[Machine]]
    hidden: frozenset[str]

    def known(self, namespace: str) -> bool:
        """Whether all that runs in a namespace is known, and something does."""
        runs = namespace in self.world.workloads_of or namespace in self.machines
        return runs and namespace not in self.hidden

    def selected(self, one: Selection) -> Sequence[Member]:
        """Return what carries all labels of a selection in its namespace; without labels, everything."""
        pods = self.world.carrying(one.wanted)
        machines = self.machines.get(one.namespace)
        return [*pods, *_carrying(one.labels, machines)] if machines else pods

    def selected_anywhere(self, labels: Mapping[str, str]) -> Sequence[Member]:
        """Return what carries all of `labels`, which are not empty, in any namespace."""
        pods = self.world.anywhere(labels)
        if not self.machines:
            return pods
        return [*pods, *_carrying(labels, [one for machines in self.machines.values() for one in machines])]


def _carrying(labels: Mapping[str, str], members: Sequence[Machine]) -> list[Machine]:
    return [member for member in members if labels.items() <= member.labels.items()]


def pods_of(world: World) -> Pods:
    """Return everything that selectors meet in a world."""
    found: dict[str, list[Machine]] = {}
    for kind, path in (("WorkloadEntry", ("spec", "labels")), ("WorkloadGroup", ("spec", "metadata", "labels"))):
        for item in world.of(NETWORKING, kind):
            machine = Machine(item, namespace_of(item), selector(item, *path))
            found.setdefault(machine.namespace, []).append(machine)
    return Pods(world, found, frozenset(_hidden(world)))


def _hidden(world: World) -> Iterator[str]:
    """Yield namespaces where something may make pods that are not judged."""
    for kind, namespace, _ in world.facts.promised:
        if kind not in _PODLESS:
            yield namespace
    for group, kind in world.kinds:
        if group not in _PODLESS_GROUPS:
            yield from map(namespace_of, world.of(group, kind))


def services_of(world: World) -> Mapping[Member, Sequence[Item]]:
    """Return the Services that lead to what selectors meet, where there are any."""
    pods = world.once(pods_of)
    found: dict[Member, list[Item]] = defaultdict(list)
    for service, selection in world.read("", "Service", selection_at("spec", "selector")):
        for member in pods.selected(selection) if selection.labels else ():
            found[member].append(service)
    return found
