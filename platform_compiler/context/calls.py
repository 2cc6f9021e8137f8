"""Whom a target calls, as templates see it: hosts, ports, and the pods or addresses behind them."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from platform_compiler.context.callers import pod_labels
from platform_compiler.context.ports import direct, named, network_ports, port_record
from platform_compiler.diagnostics import Span
from platform_compiler.link.model import Interface, Link, Port, Target
from platform_compiler.link.references import KUBERNETES
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
_NOWHERE = Span("built-in")


def calls(
    target: Target,
    links: Iterable[Link],
    cluster: Mapping[str, Any],
    mtls: str,
    waypoints: frozenset[tuple[str, str]] = frozenset(),
) -> list[Record]:
    """Return whom a target calls, by ref; the Kubernetes API stands among them when it is called."""
    found = {link.callee.ref: _call(link, mtls, waypoints) for link in links}
    if any(call.ref == KUBERNETES for call in target.interface.calls):
        found.setdefault(KUBERNETES, _kubernetes(cluster))
    return [found[ref] for ref in sorted(found)]


def _call(link: Link, mtls: str, waypoints: frozenset[tuple[str, str]]) -> Record:
    callee = link.callee.interface
    ports = _granted(link)
    record: Record = {
        "ref": callee.ref,
        "kind": callee.kind,
        "name": callee.name,
        "namespace": callee.namespace,
        "hosts": list(callee.hosts),
        "ports": [port_record(port, mtls) for port in ports],
    }
    if callee.kind == "app":
        meshed = link.caller.interface.meshed
        tunnelled = meshed and callee.meshed
        straight = direct(ports, behind=meshed and (link.callee.cluster, link.callee.ref) in waypoints)
        reached = {"podLabels": pod_labels(callee), "cidrs": [], "open": False}
        return {**record, **reached, "networkPorts": network_ports(straight, tunnelled=tunnelled)}
    cidrs = endpoint_ranges(link.callee)
    return {**record, "cidrs": cidrs, "open": not cidrs, "networkPorts": network_ports(ports, tunnelled=False)}


def _granted(link: Link) -> list[Port]:
    callee: Interface = link.callee.interface
    return named(callee, (name for grant in link.grants for name in grant.ports))


def endpoint_ranges(target: Target) -> list[str]:
    """Return the addresses of an external service as ranges, sorted; none when any of them is a name."""
    node = at(target.spec, "endpoints")
    endpoints: dict[str, Any] = plain(node) if node else {}
    declared = at(target.spec, "addresses")
    ranges: set[str] = set(plain(declared)) if declared else set()
    for endpoint in endpoints.values():
        try:
            ranges.add(str(ip_network(ip_address(endpoint["address"]))))
        except ValueError:
            return []
    return sorted(ranges)


def _kubernetes(cluster: Mapping[str, Any]) -> Record:
    network = cluster["network"]
    https = Port("https", 443, 443, "https", internal=False, container=None, mtls=None, span=_NOWHERE)
    return {
        "ref": KUBERNETES,
        "kind": "kubernetes",
        "name": KUBERNETES,
        "namespace": "default",
        "hosts": [f"kubernetes.default.svc.{network['clusterDomain']}"],
        "ports": [port_record(https, "permissive")],
        "cidrs": network["apiServer"],
        "open": not network["apiServer"],
        "networkPorts": network_ports([https], tunnelled=False),
    }
