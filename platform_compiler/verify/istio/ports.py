"""Ports of Services: the mesh knows their protocol by name, and Services of one workload agree on them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, at, maps, number, text
from platform_compiler.verify.istio.pods import Member, services_of
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_PROTOCOLS = frozenset(
    ("grpc", "grpc-web", "http", "http2", "http_proxy", "https", "mongo", "mysql", "redis", "tcp", "tls", "udp")
)
_WELL_KNOWN = (25, 53, 3306, 27017)
"""Ports that the mesh takes for what they usually are, whatever their names: mail, DNS, MySQL, MongoDB."""
_KINDS = (
    ("networking.istio.io", "DestinationRule"),
    ("networking.istio.io", "Sidecar"),
    ("networking.istio.io", "VirtualService"),
    ("security.istio.io", "AuthorizationPolicy"),
    ("security.istio.io", "PeerAuthentication"),
)
_INJECTED = (("istio-injection", "enabled"), ("istio.io/dataplane-mode", "ambient"))


class Port(NamedTuple):
    """A port of a Service, and where it stands."""

    item: Item
    path: Path
    body: Body

    @property
    def number(self) -> int | None:
        """The port that callers use."""
        return number(self.body, "port")

    @property
    def transport(self) -> str:
        """TCP, UDP or SCTP."""
        return _transport(self.body)

    @property
    def protocol(self) -> str:
        """What the mesh takes it for, lower case; empty where it has to look at the bytes."""
        return _protocol(self.body)


def _transport(port: Body) -> str:
    return text(port, "protocol").upper() or "TCP"


def _protocol(port: Body) -> str:
    if named := text(port, "appProtocol"):
        return named.rpartition("/")[2].lower()
    name = text(port, "name").lower()
    by_name = "grpc-web" if name.startswith("grpc-web") else name.partition("-")[0]
    return by_name if by_name in _PROTOCOLS else ""


def _in_mesh(world: World) -> set[str]:
    """Return the namespaces that belong to the mesh: their label says so, or objects of the mesh in them."""
    found = {namespace_of(item) for kind in _KINDS for item in world.of(*kind)}
    for name, item in world.namespaces.items():
        labels = a_map(item.body, "metadata", "labels")
        if "istio.io/rev" in labels or any(labels.get(key) == value for key, value in _INJECTED):
            found.add(name)
    return found - {world.facts.root_namespace}


def _ports(service: Item) -> Iterator[Port]:
    for i, body in maps(service.body, "spec", "ports"):
        yield Port(service, ("spec", "ports", i), body)


def protocols_are_named(world: World) -> Iterator[Fault]:
    """The name of a port begins with its protocol, or `appProtocol` tells it (IST0118, IST0150)."""
    for service, doubtful in world.read("", "Service", _doubtful):
        if not doubtful or namespace_of(service) not in world.once(_in_mesh):
            continue
        for place, port, known in doubtful:
            path = (*place, "name") if "name" in port else place
            message = "a port `tcp` of an ExternalName takes all TCP to that port"
            if not known:
                which = f"port {number(port, 'port')}"
                message = f"nothing tells the protocol of {which}, so the mesh guesses it from the first bytes"
            cure = "begin the name with the protocol, such as `http-`, or set `appProtocol`"
            yield Fault("PC5229", service, path, message, cure)


def _doubtful(body: Body) -> list[tuple[Path, Body, bool]]:
    """Return the ports of a Service that the mesh may misread, and whether it knows their protocol."""
    found: list[tuple[Path, Body, bool]] = []
    for i, port in maps(body, "spec", "ports"):
        known = bool(_protocol(port)) or _transport(port) != "TCP" or number(port, "port") in _WELL_KNOWN
        if not known or (text(port, "name") == "tcp" and text(body, "spec", "type") == "ExternalName"):
            found.append((("spec", "ports", i), port, known))
    return found


def services_agree(world: World) -> Iterator[Fault]:
    """Services of one workload give a port one protocol (IST0116), and a target port one port (IST0137)."""
    seen = set[tuple[str, int, int]]()
    for member, services in world.once(services_of).items():
        # One agrees with itself, and only of others is it asked who is in the mesh
        if len(services) == 1 or member.namespace not in world.once(_in_mesh):
            continue
        by_port: dict[object, list[Port]] = defaultdict(list)
        by_target: dict[object, list[Port]] = defaultdict(list)
        for port in (port for service in services for port in _ports(service)):
            target = (str(at(port.body, "targetPort") or port.number), port.transport)
            for what, known, of_one in (("protocol", by_port, port.number), ("port", by_target, target)):
                other = next((p for p in known[of_one] if p.item is not port.item and _differ(what, p, port)), None)
                known[of_one].append(port)
                key = (what, id(port.body), id(other.body) if other else 0)
                if other is not None and key not in seen:
                    seen.add(key)
                    yield _disagreement(what, other, port, member)


def _differ(what: str, one: Port, other: Port) -> bool:
    if what == "port":
        return one.number != other.number
    if one.transport != other.transport:
        # Load balancers of most clouds take one transport each, so that such pairs of Services are meant
        return "LoadBalancer" not in (text(one.item.body, "spec", "type"), text(other.item.body, "spec", "type"))
    return bool(one.protocol and other.protocol and one.protocol != other.protocol)


def _disagreement(what: str, other: Port, port: Port, member: Member) -> Fault:
    if what == "protocol":
        here = port.protocol or port.transport
        also = (Other(other.item, other.path, f"{other.protocol or other.transport} here"),)
        message = f"port {port.number} is {here} here, and not in another Service of {member.item}"
        return Fault("PC5228", port.item, port.path, message, "use one protocol, or another port", also)
    target = at(port.body, "targetPort") or port.number
    also = (Other(other.item, other.path, f"port {other.number} here"),)
    message = f"port {port.number} leads to `{target}`, as another port of another Service of {member.item} does"
    return Fault("PC5228", port.item, port.path, message, "use the same port in both", also)
