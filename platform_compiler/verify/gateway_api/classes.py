"""GatewayClasses: who runs a Gateway."""

from collections.abc import Iterator

from platform_compiler.objects import text
from platform_compiler.verify.gateway_api.listeners import listeners_of, owner
from platform_compiler.verify.gateway_api.names import GATEWAY, GATEWAY_API, target
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_MESH_CONTROLLER = "istio.io/mesh-controller"
_WELL_KNOWN = frozenset(
    {
        *("agentgateway", "agentgateway-waypoint", "amazon-vpc-lattice", "apisix", "azure-alb-external", "cilium"),
        *("contour", "eg", "envoy", "envoy-gateway", "gloo-gateway", "haproxy", "higress", "istio", "istio-east-west"),
        *("istio-remote", "istio-waypoint", "kgateway", "kgateway-waypoint", "kong", "kuma", "linkerd", "nginx"),
        *("openshift-default", "traefik", "tyk", "webapprouting.kubernetes.azure.com"),
    }
)
_OF_CLOUDS = ("gke-", "asm-", "aws-", "amazon-", "azure-", "istio-")


def unknown(world: World) -> Iterator[Fault]:
    """Yield Gateways of a class that nobody seems to install."""
    for gateway in world.of(*GATEWAY):
        name = text(gateway.body, "spec", "gatewayClassName")
        known = (
            name in _WELL_KNOWN
            or name.startswith(_OF_CLOUDS)
            or ("GatewayClass", "default", name) in world.facts.promised
        )
        if name and not known and world.find(GATEWAY_API, "GatewayClass", "", name) is None:
            message = f"no GatewayClass `{name}` is among the objects, and it is none that controllers bring along"
            cure = "without it no controller runs the Gateway; ignore this if the class is installed elsewhere"
            yield Fault("PC5322", gateway, ("spec", "gatewayClassName"), message, cure)


def controller(world: World, item: Item) -> str:
    """Return who runs a Gateway or the Gateway of a ListenerSet; the name of its class where that is all we know."""
    gateway = item if item.kind == GATEWAY[1] else target(world, owner(item))
    name = text(gateway.body, "spec", "gatewayClassName") if gateway else ""
    known = world.find(GATEWAY_API, "GatewayClass", "", name)
    return text(known.body, "spec", "controllerName") if known else name


def is_waypoint(world: World, gateway: Item) -> bool:
    """Whether a Gateway may be a waypoint: by its class, or because it speaks HBONE."""
    own = controller(world, gateway)
    hbone = any(listener.protocol == "HBONE" for listener in listeners_of(world, gateway))
    return own == _MESH_CONTROLLER or own.endswith("-waypoint") or hbone
