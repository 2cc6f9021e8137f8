"""What a change opens to callers from outside: addresses, hosts, listeners, origins, and calls to the outside."""

from collections.abc import Iterator

from platform_compiler.diff.model import Level, Risk
from platform_compiler.diff.risk.covers import range_covers
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.rules import (
    APPEARS,
    GATEWAY_API,
    GATEWAY_ROUTES,
    HTTP_ROUTES,
    NETWORKING,
    VIRTUAL_SERVICE,
    GroupKind,
    Rule,
)
from platform_compiler.diff.risk.shape import named
from platform_compiler.objects import Body, a_list, a_map, at, group_of, kind_of, maps, text, texts
from platform_compiler.source.node import Pointer

_OPEN_TYPES = ("NodePort", "LoadBalancer")
_ANYWHERE = ["0.0.0.0/0", "::/0"]
_INTERNAL = (
    "service.beta.kubernetes.io/aws-load-balancer-internal",
    "service.beta.kubernetes.io/aws-load-balancer-scheme",
    "service.beta.kubernetes.io/azure-load-balancer-internal",
    "service.beta.kubernetes.io/openstack-internal-load-balancer",
    "networking.gke.io/load-balancer-type",
    "cloud.google.com/load-balancer-type",
)


def _service(old: Body, new: Body) -> Iterator[Risk]:
    was, now = text(old, "spec", "type"), text(new, "spec", "type")
    if now in _OPEN_TYPES and was not in (now, "LoadBalancer"):
        yield risk("service-exposed", ("spec", "type"), f"the service is reachable from outside as {now}")
    known = texts(old, "spec", "externalIPs")
    addresses = [address for address in texts(new, "spec", "externalIPs") if address not in known]
    if addresses:
        message = f"the service is reachable from outside at {named(5, addresses)}"
        yield risk("service-exposed", ("spec", "externalIPs"), message)


def _balancer(old: Body, new: Body) -> Iterator[Risk]:
    if any(text(body, "spec", "type") != "LoadBalancer" for body in (old, new)):
        return
    before, after = (texts(body, "spec", "loadBalancerSourceRanges") or _ANYWHERE for body in (old, new))
    more = [cidr for cidr in after if not any(range_covers(outer, cidr) for outer in before)]
    if more:
        yield risk("source-ranges-widened", ("spec", "loadBalancerSourceRanges"), f"{named(5, more)} may call it now")
    internal = _internal(old)
    if internal and not _internal(new):
        message = "the load balancer is no longer an internal one"
        yield risk("internal-balancer-dropped", ("metadata", "annotations", internal[0]), message)


def _internal(service: Body) -> list[str]:
    """Return the annotations that keep a load balancer inside its network."""
    annotations = a_map(service, "metadata", "annotations")
    return [key for key in _INTERNAL if text(annotations, key).lower() in ("true", "internal", "0.0.0.0/0")]


def _hosts(old: Body, new: Body) -> Iterator[Risk]:
    known = {host for _, host in _hosts_of(old)}
    for pointer, host in _hosts_of(new):
        if host not in known:
            known.add(host)
            level = Level.HIGH if "*" in host.rpartition("/")[2] else None
            yield risk("host-added", pointer, f"host `{host}` is served at the edge", level)


def _hosts_of(body: Body) -> list[tuple[Pointer, str]]:
    """Return the hosts that a resource serves at the edge; a virtual service of the mesh alone serves none."""
    kind = group_of(body), kind_of(body)
    if kind == (NETWORKING, "Gateway"):
        servers = maps(body, "spec", "servers")
        return [(("spec", "servers", i, "hosts"), host) for i, server in servers for host in texts(server, "hosts")]
    if kind == (GATEWAY_API, "Gateway"):
        listeners = maps(body, "spec", "listeners")
        return [(("spec", "listeners", i, "hostname"), text(item, "hostname") or "*") for i, item in listeners]
    if kind == VIRTUAL_SERVICE:
        hosts = texts(body, "spec", "hosts") if _gateways(body) else []
        return [(("spec", "hosts"), host) for host in hosts]
    if kind_of(body) == "Ingress":
        return [(("spec", "rules", i, "host"), text(rule, "host") or "*") for i, rule in maps(body, "spec", "rules")]
    return [(("spec", "hostnames"), host) for host in texts(body, "spec", "hostnames")]


def _attached(old: Body, new: Body) -> Iterator[Risk]:
    """Of a route that was at some gateway: the first one is told by its hosts."""
    before = _gateways(old)
    more = [gateway for gateway in _gateways(new) if gateway not in before]
    if before and more:
        field = "gateways" if kind_of(new) == "VirtualService" else "parentRefs"
        yield risk("gateway-attached", ("spec", field), f"the route is served at {named(3, more)} too")


def _gateways(route: Body) -> list[str]:
    refs = [
        "/".join(part for part in (text(ref, "namespace"), text(ref, "name"), text(ref, "sectionName")) if part)
        for _, ref in maps(route, "spec", "parentRefs")
    ]
    return [gateway for gateway in (*texts(route, "spec", "gateways"), *refs) if gateway != "mesh"]


def _plain_listeners(old: Body, new: Body) -> Iterator[Risk]:
    known = {key for key, _ in _plain(old)}
    for key, pointer in _plain(new):
        if key not in known:
            yield risk("listener-without-tls", pointer, f"listener `{key}` takes requests without TLS")


def _plain(gateway: Body) -> list[tuple[str, Pointer]]:
    """Return the listeners that answer without TLS, by port; one that only redirects does not count."""
    if group_of(gateway) == GATEWAY_API:
        found = [(("spec", "listeners", i), item) for i, item in maps(gateway, "spec", "listeners")]
        return [(str(item.get("port")), p) for p, item in found if text(item, "protocol") in ("HTTP", "TCP")]
    servers = [(("spec", "servers", i), item) for i, item in maps(gateway, "spec", "servers")]
    return [(str(a_map(item, "port").get("number")), p) for p, item in servers if not a_map(item, "tls")]


def _passed_through(old: Body, new: Body) -> Iterator[Risk]:
    """Of hosts whose requests were read before; what is passed through from the first is told by its route."""
    known = {host for _, host, _ in _modes(old)}
    passed = {host for _, host, mode in _modes(old) if mode == "passthrough"}
    for pointer, host, mode in _modes(new):
        if mode == "passthrough" and host in known - passed:
            yield risk("tls-passed-through", pointer, f"nobody reads requests of `{host}` on their way any more")


def _modes(gateway: Body) -> Iterator[tuple[Pointer, str, str]]:
    """Yield where TLS of each host ends, in small letters: at the program (`passthrough`) or here."""
    for i, item in maps(gateway, "spec", "listeners"):
        mode = text(item, "tls", "mode") or "Terminate"
        yield ("spec", "listeners", i, "tls", "mode"), text(item, "hostname") or "*", mode.lower()
    for i, item in maps(gateway, "spec", "servers"):
        for host in texts(item, "hosts") if a_map(item, "tls") else ():
            yield ("spec", "servers", i, "tls", "mode"), host, text(item, "tls", "mode").lower()


def _all_routes(old: Body, new: Body) -> Iterator[Risk]:
    known = {text(item, "name") for _, item in maps(old, "spec", "listeners") if _allows_all(item)}
    for i, item in maps(new, "spec", "listeners"):
        if _allows_all(item) and text(item, "name") not in known:
            pointer = ("spec", "listeners", i, "allowedRoutes", "namespaces", "from")
            yield risk(
                "allowed-routes-all", pointer, f"listener `{text(item, 'name')}` takes routes of every namespace"
            )


def _allows_all(listener: Body) -> bool:
    return text(listener, "allowedRoutes", "namespaces", "from") == "All"


def _origins(old: Body, new: Body) -> Iterator[Risk]:
    if _any_origin(old):
        return
    for pointer in _any_origin(new):
        yield risk("cors-any-origin", pointer, "pages of every origin may call it from a browser")


def _any_origin(route: Body) -> list[Pointer]:
    places: list[Pointer] = [
        ("spec", "http", i, "corsPolicy", field)
        for i, _ in maps(route, "spec", "http")
        for field in ("allowOrigins", "allowOrigin")
    ]
    places += [
        ("spec", "rules", i, "filters", j, "cors", "allowOrigins")
        for i, rule in maps(route, "spec", "rules")
        for j, _ in maps(rule, "filters")
    ]
    return [place for place in places if any(_is_any(origin) for origin in a_list(at(route, *place)))]


def _is_any(origin: object) -> bool:
    if isinstance(origin, dict):
        return origin.get("exact") == "*" or origin.get("regex") in (".*", ".+") or origin.get("prefix") == ""
    return origin == "*"


def _outside(old: Body, new: Body) -> Iterator[Risk]:
    """Where an entry does not say, its hosts are outside the mesh."""
    before = texts(old, "spec", "hosts") if _is_outside(old) else []
    more = [host for host in texts(new, "spec", "hosts") if _is_outside(new) and host not in before]
    if more:
        yield risk("external-service-added", ("spec", "hosts"), f"the mesh may call {named(5, more)} outside")


def _is_outside(entry: Body) -> bool:
    return text(entry, "spec", "location") in ("", "MESH_EXTERNAL")


_GATEWAYS: tuple[GroupKind, ...] = ((NETWORKING, "Gateway"), (GATEWAY_API, "Gateway"))
_ROUTES: tuple[GroupKind, ...] = (VIRTUAL_SERVICE, *GATEWAY_ROUTES)
_OF_REQUESTS: tuple[GroupKind, ...] = (VIRTUAL_SERVICE, *HTTP_ROUTES)
RULES = (
    Rule(_service, (("", "Service"),), APPEARS),
    Rule(_balancer, (("", "Service"),)),
    Rule(_hosts, (*_GATEWAYS, *_ROUTES, ("networking.k8s.io", "Ingress")), APPEARS),
    Rule(_attached, _ROUTES),
    Rule(_plain_listeners, _GATEWAYS, APPEARS),
    Rule(_passed_through, (*_GATEWAYS, (GATEWAY_API, "ListenerSet"))),
    Rule(_all_routes, _GATEWAYS, APPEARS),
    Rule(_origins, _OF_REQUESTS, APPEARS),
    Rule(_outside, ((NETWORKING, "ServiceEntry"),), APPEARS),
)
