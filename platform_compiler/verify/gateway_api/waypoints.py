"""The waypoints that labels name are there, and traffic from outside goes through them."""

from collections.abc import Iterator

from platform_compiler.objects import text
from platform_compiler.verify.gateway_api.ambient import INGRESS, USE, binding, labels_of, waypoint
from platform_compiler.verify.gateway_api.attach import attachments
from platform_compiler.verify.gateway_api.backends import backends
from platform_compiler.verify.gateway_api.classes import controller, is_waypoint
from platform_compiler.verify.gateway_api.names import GATEWAY, SERVICE, SERVICE_ENTRY, Reference, is_missing, target
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_ISTIO_GATEWAYS = frozenset({"istio", "istio.io/gateway-controller"})


def missing(world: World) -> Iterator[Fault]:
    """Yield labels that name no waypoint."""
    for item, ref in _labelled(world):
        gateway = target(world, ref)
        if is_missing(world, ref):
            message = f"there is no waypoint {ref}"
        elif gateway is not None and not is_waypoint(world, gateway):
            message = f"{ref} is no waypoint: its class is `{text(gateway.body, 'spec', 'gatewayClassName')}`"
        else:
            continue
        cure = "name a Gateway of the class `istio-waypoint`; one elsewhere needs `istio.io/use-waypoint-namespace`"
        yield Fault("PC5333", item, ref.path, message, cure)


def passed_by(world: World) -> Iterator[Fault]:
    """Yield Services that Istio's ingress sends requests to without their waypoint."""
    told: set[Item] = set()
    for found in attachments(world):
        gateway = found.parent
        if gateway.kind != GATEWAY[1] or controller(world, gateway) not in _ISTIO_GATEWAYS:
            continue
        for ref in backends(world)[found.route] if found.serving else ():
            service = target(world, ref) if ref.kind == SERVICE else None
            if service is not None and service not in told and _goes_by(world, service):
                told.add(service)
                message = f"{found.ref} sends requests past its waypoint, whose rules do not hold for them"
                also = (Other(found.route, ref.path, "is exposed here"),)
                cure = f'set the label `{INGRESS}: "true"` on the Service or its namespace'
                yield Fault("PC5337", service, ("metadata", "labels"), message, cure, also)


def _labelled(world: World) -> Iterator[tuple[Item, Reference]]:
    for kind in (("", "Namespace"), SERVICE, SERVICE_ENTRY):
        for item in world.of(*kind):
            labels = labels_of(item)
            name = text(labels, USE) if USE in labels else ""
            if name and name != "none":
                own = item.name if kind[1] == "Namespace" else namespace_of(item)
                yield item, waypoint(labels, name, own)
    for one in world.workloads:
        name = one.label(USE) or ""
        if name and name != "none":
            ref = waypoint(one.labels, name, one.namespace)
            path = (*one.path, "metadata", "labels", USE)
            yield one.item, ref._replace(path=path)


def _goes_by(world: World, service: Item) -> bool:
    if binding(world, service) is None:
        return False
    above = world.namespaces.get(namespace_of(service))
    return not any(str(labels_of(place).get(INGRESS)) == "true" for place in (service, above))
