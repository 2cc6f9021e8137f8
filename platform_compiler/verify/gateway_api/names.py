"""The groups and kinds of Gateway API and its kin, and references as objects write them."""

from collections.abc import Sequence
from typing import NamedTuple

from platform_compiler.objects import Body, Path, text
from platform_compiler.verify.item import Item
from platform_compiler.verify.kubernetes.elsewhere import may_make
from platform_compiler.verify.workloads import GroupKind
from platform_compiler.verify.world import World, namespace_of

GATEWAY_API = "gateway.networking.k8s.io"
ENVOY_GATEWAY = "gateway.envoyproxy.io"
ISTIO_NETWORKING = "networking.istio.io"
ISTIO_SECURITY = "security.istio.io"
GATEWAY: GroupKind = (GATEWAY_API, "Gateway")
SERVICE: GroupKind = ("", "Service")
SECRET: GroupKind = ("", "Secret")
LISTENER_SETS: tuple[GroupKind, ...] = ((GATEWAY_API, "ListenerSet"), ("gateway.networking.x-k8s.io", "XListenerSet"))
SERVICE_ENTRY: GroupKind = (ISTIO_NETWORKING, "ServiceEntry")
MESH_PARENTS: tuple[GroupKind, ...] = (SERVICE, SERVICE_ENTRY)
ROUTE_KINDS = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")


class Reference(NamedTuple):
    """A reference, with what it does not say filled in, and where it stands in its object."""

    kind: GroupKind
    namespace: str
    name: str
    body: Body
    path: Path

    def __str__(self) -> str:
        return f"{self.kind[1]} `{self.namespace}/{self.name}`"


def reference(item: Item, body: Body, path: Path, kind: GroupKind) -> Reference:
    """Return a reference of `item`; `kind` is what it means where it names none."""
    group = text(body, "group") if "group" in body else kind[0]
    namespace = text(body, "namespace") or namespace_of(item)
    return Reference((group, text(body, "kind") or kind[1]), namespace, text(body, "name"), body, path)


def target(world: World, ref: Reference) -> Item | None:
    """Return the object that is meant, if it is judged."""
    found = world.find(*ref.kind, ref.namespace, ref.name)
    if found is None and ref.namespace == "default":
        return world.find(*ref.kind, "", ref.name)
    return found


def is_missing(world: World, ref: Reference) -> bool:
    """Whether the object that is meant does not exist; unknown namespaces are not judged."""
    promised = (ref.kind[1], ref.namespace, ref.name) in world.facts.promised
    if not ref.name or promised or ref.namespace not in world.populated or target(world, ref) is not None:
        return False
    return ref.kind != SERVICE or not may_make(world, ref.namespace, ref.name)


def routes(world: World) -> Sequence[Item]:
    """Return all routes, kind by kind."""
    return [item for kind in ROUTE_KINDS for item in world.of(GATEWAY_API, kind)]
