"""Failover to another region: the way there, and who comes from there.

Identities survive the way through a gateway between networks, so the callee's rules name callers of both clusters.
"""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from platform_compiler.context.denials import mesh_of
from platform_compiler.context.ports import network_ports
from platform_compiler.link.model import Link, Linked, Target
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
Specs = Mapping[str, Mapping[str, Any]]
_PORT = 15443
_POD_LABELS = {"istio": "eastwestgateway"}


def links_from_afar(target: Target, linked: Linked, specs: Specs) -> tuple[Link, ...]:
    """Return the links into a target's application on clusters whose region fails over to the target's."""
    return tuple(
        link
        for cluster in _elsewhere(target, linked, specs)
        if _failover(linked.targets[cluster][target.ref]).get(_region(cluster, specs)) == _region(target.cluster, specs)
        for link in linked.links_in.get((cluster, target.ref), ())
    )


def ways_out(target: Target, linked: Linked, specs: Specs) -> list[Record]:
    """Return the gateways of other networks that a target's calls turn to when its own region fails."""
    found = set()
    for link in linked.links_out.get((target.cluster, target.ref), ()):
        region = _failover(link.callee).get(_region(target.cluster, specs))
        for cluster in _elsewhere(link.callee, linked, specs) if region else ():
            if _region(cluster, specs) == region:
                gateway = specs[cluster]["mesh"]["eastWest"]
                found.add((str(ip_address(gateway["address"])), gateway.get("port", _PORT)))
    return [
        {"cidr": f"{address}/{128 if ':' in address else 32}", "networkPorts": [{"protocol": "TCP", "port": port}]}
        for address, port in sorted(found)
    ]


def way_in(target: Target, links: tuple[Link, ...], specs: Specs) -> list[Record]:
    """Return the gateway that callers of other networks come through, and to which ports; none without such callers."""
    ports = target.interface.ports
    opened = {name for link in links for grant in link.grants for name in grant.ports if ports[name].protocol != "udp"}
    if not opened:
        return []
    mesh = specs[target.cluster]["mesh"]
    gateway = mesh["eastWest"]
    return [
        {
            "namespace": gateway.get("namespace", mesh.get("rootNamespace", "istio-system")),
            "podLabels": gateway.get("podLabels", _POD_LABELS),
            "networkPorts": network_ports((ports[name] for name in opened), tunnelled=False),
        }
    ]


def _elsewhere(target: Target, linked: Linked, specs: Specs) -> Iterator[str]:
    """Yield the other clusters of a target's mesh and environment that run its application and can be reached."""
    mine = specs[target.cluster]
    for cluster, targets in sorted(linked.targets.items()):
        other = specs[cluster]
        if cluster != target.cluster and target.ref in targets and other["environment"] == mine["environment"]:
            same = mesh_of(other, cluster) == mesh_of(mine, target.cluster)
            if same and all("eastWest" in spec.get("mesh", {}) for spec in (mine, other)):
                yield cluster


def _failover(target: Target) -> dict[str, str]:
    node = at(target.spec, "resilience", "failover", "to")
    return plain(node) if node and target.interface.meshed else {}


def _region(cluster: str, specs: Specs) -> str:
    return str(specs[cluster]["region"])
