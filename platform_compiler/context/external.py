"""External services as templates see them: what stands outside, and who may see it."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

from platform_compiler.context.ports import port_record
from platform_compiler.link.model import Link, Target
from platform_compiler.source.node import plain

Record = dict[str, Any]


def external_record(target: Target, links: Iterable[Link]) -> Record:
    """Return one external service on one cluster; it is visible where somebody calls it, and nowhere else."""
    spec: Record = plain(target.spec)
    interface = target.interface
    endpoints = [_endpoint(endpoint) for _, endpoint in sorted(spec.get("endpoints", {}).items())]
    callers = {link.caller.interface.namespace for link in links} - {interface.namespace}
    return {
        "name": interface.name,
        "ref": interface.ref,
        "hosts": list(interface.hosts),
        "addresses": spec.get("addresses", []),
        "ports": {name: port_record(port, "permissive") for name, port in sorted(interface.ports.items())},
        "location": "MESH_INTERNAL" if spec.get("location") == "mesh" else "MESH_EXTERNAL",
        "resolution": _resolution(spec),
        "endpoints": endpoints,
        "exportTo": [".", *sorted(callers)],
    }


def _endpoint(endpoint: Record) -> Record:
    record: Record = {"address": endpoint["address"]}
    for key in ("ports", "labels", "network", "weight"):
        if endpoint.get(key):
            record[key] = endpoint[key]
    place = "/".join(endpoint[key] for key in ("region", "zone") if key in endpoint)
    return {**record, "locality": place} if place else record


def _resolution(spec: Record) -> str:
    """Return how addresses are found.

    Endpoints are static, full names DNS, `*.suffix` dynamic DNS; a range of addresses goes where the caller dialled,
    since Istio looks no names up for ranges.
    """
    chosen = spec.get("resolution", "auto")
    if chosen != "auto":
        return str(chosen).upper()
    endpoints = spec.get("endpoints", {})
    if endpoints:
        return "STATIC" if all(_is_address(e["address"]) for e in endpoints.values()) else "DNS"
    if any("/" in address for address in spec.get("addresses", [])):
        return "NONE"
    return "DYNAMIC_DNS" if any(host.startswith("*.") for host in spec["hosts"]) else "DNS"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
