"""Ways between clusters of one mesh: where calls go out, and whence they come in.

What runs on several clusters is called on all of them, so the ways stand open before anything fails. Identities survive
the way through a gateway between networks: a callee's rules name callers of every cluster.
"""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from platform_compiler.context.once import Once
from platform_compiler.context.ports import network_ports
from platform_compiler.link.model import Link, Linked, Route, Target

Record = dict[str, Any]
Specs = Mapping[str, Mapping[str, Any]]
PORT = 15443
_POD_LABELS = {"istio": "eastwestgateway"}
_NOWHERE: Record = {"out": [], "into": []}


def east_west(mesh: Mapping[str, Any]) -> Record | None:
    """Return the gateway between networks of a cluster, with the defaults of what its facts leave out."""
    gateway = mesh.get("eastWest")
    if gateway is None:
        return None
    return {
        "address": gateway["address"],
        "port": gateway.get("port", PORT),
        "namespace": gateway.get("namespace", mesh.get("rootNamespace", "istio-system")),
        "podLabels": gateway.get("podLabels", _POD_LABELS),
    }


def ways(target: Target, into: Iterable[Link], linked: Linked, specs: Specs) -> Record:
    """Return the ways of one application: in from clusters that call it, and none out yet."""
    if not linked.reached.get(target.cluster):
        return _NOWHERE
    return {"out": [], "into": list(_ways_in(target, into, linked, specs))}


def with_ways_out(across: Record, cluster: str, out: Iterable[Link], specs: Specs, once: Once) -> Record:
    """Return the ways of an application on a cluster with those out, to the clusters that it calls."""
    called = frozenset(link.callee.cluster for link in out) - {cluster}
    if not called:
        return across
    ways = once(("ways out", called), lambda: _ways_out(called, specs))
    return once.of("across", (across, ways), lambda: {**across, "out": ways})


def _gateway(cluster: str, specs: Specs) -> Record | None:
    return east_west(specs[cluster].get("mesh", {}))


def routes_from_afar(target: Target, linked: Linked) -> list[Route]:
    """Return exposures of an application on other clusters, whose gateways find its pods here too.

    Only those that are exposed here as well: what is asked of requests is this cluster's to say.
    """
    here = linked.routes.get((target.cluster, target.ref))
    if not here:
        return []
    own = {route.exposure.name for route in here}
    found = (linked.routes.get((other.cluster, other.ref), ()) for other in linked.elsewhere(target))
    return [route for routes in found for route in routes if route.exposure.name in own]


def gateway_ways(cluster: str, linked: Linked, specs: Specs) -> list[Record]:
    """Return the gateways of a cluster that find pods on other clusters, with the ways there, by name."""
    found: dict[str, set[str]] = {}
    for (where, _), routes in linked.routes.items():
        for route in routes if where == cluster else ():
            away = {other.cluster for other in linked.elsewhere(route.target) if _exposes(other, route, linked)}
            if away:
                found.setdefault(route.gateway, set()).update(away)
    planes = specs[cluster].get("gateways", {})
    return [
        {
            "name": name,
            "namespace": planes[name]["namespace"],
            "podLabels": planes[name]["podLabels"],
            "out": _ways_out(away, specs),
        }
        for name, away in sorted(found.items())
    ]


def _exposes(target: Target, route: Route, linked: Linked) -> bool:
    found = linked.routes.get((target.cluster, target.ref), ())
    return any(one.exposure.name == route.exposure.name for one in found)


def _ways_out(clusters: Iterable[str], specs: Specs) -> list[Record]:
    gateways = {(gateway["address"], gateway["port"]) for cluster in clusters if (gateway := _gateway(cluster, specs))}
    return [
        {"cidr": str(ip_network(ip_address(address))), "networkPorts": [{"protocol": "TCP", "port": port}]}
        for address, port in sorted(gateways)
    ]


def _ways_in(target: Target, links: Iterable[Link], linked: Linked, specs: Specs) -> Iterator[Record]:
    """Yield the gateway that callers of other clusters come through, with the ports that they may use."""
    ports = target.interface.ports
    cluster = target.cluster
    afar = [link for link in links if link.caller.cluster != cluster]
    names = {name for link in afar for grant in link.grants for name in grant.ports}
    names |= {route.port.name for route in routes_from_afar(target, linked)}
    opened = [ports[name] for name in names if name in ports and ports[name].protocol != "udp"]
    gateway = _gateway(target.cluster, specs) if opened else None
    if gateway is not None:
        chosen = {key: gateway[key] for key in ("namespace", "podLabels")}
        yield {**chosen, "networkPorts": network_ports(opened, tunnelled=False)}


def reach(cluster: str, linked: Linked, specs: Specs) -> list[Record]:
    """Return the applications of a cluster that others call from afar: their hosts, pods and ports, by host."""
    found = []
    for ref, target in linked.targets[cluster].items():
        for way in _ways_in(target, linked.links_in.get((cluster, ref), ()), linked, specs):
            interface = target.interface
            found.append(
                {
                    "host": interface.hosts[0],
                    "namespace": interface.namespace,
                    "podLabels": {"app.kubernetes.io/name": interface.name},
                    "networkPorts": way["networkPorts"],
                }
            )
    return sorted(found, key=lambda row: str(row["host"]))


def is_spread(target: Target, linked: Linked, once: Once) -> bool:
    """Whether some caller, or a gateway, finds an application on several clusters."""
    if not any(linked.reached.values()):
        return False
    routed = bool(linked.routes.get((target.cluster, target.ref)) and linked.elsewhere(target))
    return routed or once(("spread", target.ref), lambda: _is_called_on_several(target.ref, linked))


def _is_called_on_several(ref: str, linked: Linked) -> bool:
    """Whether some caller finds an application on several clusters."""
    seen: set[tuple[str, str]] = set()
    for cluster in linked.targets:
        callers = {(one.caller.cluster, one.caller.ref) for one in linked.links_in.get((cluster, ref), ())}
        if seen & callers:
            return True
        seen |= callers
    return False
