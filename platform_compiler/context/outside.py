"""Addresses outside the clusters, for network policies: a row for those with the same ports, never a cross product."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from platform_compiler.context.ports import network_ports
from platform_compiler.link.model import Port, Target
from platform_compiler.link.resolution import is_address, resolution_of
from platform_compiler.source.node import plain

Record = dict[str, Any]
_NOTHING: Record = {"outside": [], "anywhere": []}


def external_ways(target: Target, ports: Iterable[Port]) -> tuple[list[Record], bool]:
    """Return the fixed addresses of an external service with the ports there, and whether others are unknown."""
    listed = list(ports)
    spec: dict[str, Any] = plain(target.spec)
    endpoints = _fixed(spec)
    dialled = resolution_of(spec, dynamic=False) == "NONE"
    by_ports: dict[tuple[tuple[str, int], ...], set[str]] = {}
    for address in spec.get("addresses", []):
        _add_way(by_ports, address, (p._replace(target_port=p.port) if dialled else p for p in listed))
    for endpoint in endpoints:
        own = endpoint.get("ports", {})
        there = (p._replace(target_port=own.get(p.name, p.target_port)) for p in listed)
        _add_way(by_ports, str(ip_network(ip_address(endpoint["address"]))), there)
    ways = _rows(by_ports)
    return ways, len(endpoints) < len(spec.get("endpoints", {})) or not ways


def _add_way(found: dict[tuple[tuple[str, int], ...], set[str]], address: str, ports: Iterable[Port]) -> None:
    opened = tuple((row["protocol"], row["port"]) for row in network_ports(ports, tunnelled=False))
    found.setdefault(opened, set()).add(address)


def outside_of(called: Iterable[Mapping[str, Any]]) -> Record:
    """Return what an application may reach outside: fixed addresses, and ports of those whose address is unknown."""
    by_ports: dict[tuple[tuple[str, int], ...], set[str]] = {}
    unknown: set[tuple[str, int]] = set()
    for call in called:
        for way in call.get("ways", []):
            key = tuple((row["protocol"], row["port"]) for row in way["networkPorts"])
            by_ports.setdefault(key, set()).update(way["cidrs"])
        if call["open"]:
            unknown.update((row["protocol"], row["port"]) for row in call["networkPorts"])
    return {"outside": _rows(by_ports), "anywhere": _ports(sorted(unknown))} if by_ports or unknown else _NOTHING


def _rows(by_ports: Mapping[tuple[tuple[str, int], ...], set[str]]) -> list[Record]:
    return [{"cidrs": sorted(cidrs), "networkPorts": _ports(key)} for key, cidrs in sorted(by_ports.items())]


def _ports(pairs: Iterable[tuple[str, int]]) -> list[Record]:
    return [{"protocol": protocol, "port": number} for protocol, number in pairs]


def endpoint_addresses(target: Target) -> list[str]:
    """Return the fixed addresses of an external service's endpoints as ranges, sorted."""
    return sorted({str(ip_network(ip_address(e["address"]))) for e in _fixed(plain(target.spec))})


def _fixed(spec: Mapping[str, Any]) -> list[Record]:
    return [e for e in spec.get("endpoints", {}).values() if is_address(e["address"])]
