"""Ambient mode: which workloads and Services are in it, and which waypoint they use."""

from collections.abc import Mapping

from platform_compiler.objects import Body, a_map, text
from platform_compiler.verify.gateway_api.names import GATEWAY, Reference, target
from platform_compiler.verify.item import Item
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World, namespace_of

MODE = "istio.io/dataplane-mode"
USE = "istio.io/use-waypoint"
USE_NAMESPACE = "istio.io/use-waypoint-namespace"
INGRESS = "istio.io/ingress-use-waypoint"
_FOR = "istio.io/waypoint-for"
_GATEWAY_LABELS = ("gateway.networking.k8s.io/gateway-name", "istio.io/gateway-name")


def labels_of(item: Item | None) -> Body:
    """Return the labels of an object."""
    return a_map(item.body, "metadata", "labels") if item else {}


def is_used(world: World) -> bool:
    """Whether anything may be in ambient mode."""
    return any(labels_of(item).get(MODE) == "ambient" for item in world.namespaces.values()) or any(
        workload.label(MODE) == "ambient" for workload in world.workloads
    )


def in_ambient(world: World, namespace: str) -> bool:
    """Whether a namespace is enrolled as a whole."""
    return labels_of(world.namespaces.get(namespace)).get(MODE) == "ambient"


def enrolled(world: World, workload: Workload) -> bool:
    """Whether a workload's pods are in ambient mode: their own label counts first."""
    mode = workload.label(MODE) or labels_of(world.namespaces.get(workload.namespace)).get(MODE)
    injected = workload.label("sidecar.istio.io/inject") == "true"
    return mode == "ambient" and not injected


def all_enrolled(world: World, namespace: str, selector: Mapping[str, object]) -> bool:
    """Whether what a selector of a namespace picks is in ambient mode and not a gateway; nothing else is known of it.

    An empty selector picks all workloads, so it is enough that the namespace is enrolled where none is judged.
    """
    if not world.once(is_used) or any(key in selector for key in _GATEWAY_LABELS):
        return False
    picked = world.selected(namespace, selector)
    return all(enrolled(world, one) for one in picked) if picked else not selector and in_ambient(world, namespace)


def binding(world: World, item: Item) -> Reference | None:
    """Return the waypoint of a Service or another object of a namespace: by its own label, else by the namespace's."""
    for place in (item, world.namespaces.get(namespace_of(item))):
        labels = labels_of(place)
        if place is not None and (name := text(labels, USE)):
            return None if name == "none" else waypoint(labels, name, namespace_of(item))
    return None


def waypoint(labels: Mapping[str, object], name: str, namespace: str) -> Reference:
    """Return the Gateway that labels name as waypoint for objects of a namespace."""
    own = text(labels, USE_NAMESPACE) or namespace
    return Reference(GATEWAY, own, name, {}, ("metadata", "labels", USE))


def serves_services(world: World, ref: Reference) -> bool:
    """Whether a waypoint takes the traffic of Services: unless its label says that it is for workloads, or for none."""
    gateway = target(world, ref)
    return labels_of(gateway).get(_FOR, "service") in ("service", "all")
