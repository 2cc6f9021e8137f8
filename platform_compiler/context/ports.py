"""Ports as templates see them."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from platform_compiler.link.model import Interface, Port
from platform_compiler.link.waypoints import served_by_waypoint

HBONE = 15008
"""The port of mesh tunnels; it is opened beside each pod port, since ambient callers of a sidecar use it."""
_APP_PROTOCOLS = {"http": "http", "http2": "http2", "grpc": "grpc", "https": "https", "tcp": "tcp", "tls": "tls"}


def port_record(port: Port, mtls: str) -> dict[str, Any]:
    """Return one port with its defaults; `mtls` is what holds where the port says nothing."""
    record = {
        "name": port.name,
        "port": port.port,
        "targetPort": port.target_port,
        "protocol": port.protocol,
        "appProtocol": _APP_PROTOCOLS.get(port.protocol, "udp"),
        "transport": transport(port),
        "l7": port.l7,
        "internal": port.internal,
        "mtls": port.mtls or mtls,
    }
    return record if port.container is None else {**record, "container": port.container}


def transport(port: Port) -> str:
    """Return the transport protocol of a port."""
    return "UDP" if port.protocol == "udp" else "TCP"


def network_ports(ports: Iterable[Port], *, tunnelled: bool) -> list[dict[str, Any]]:
    """Return pod ports for a NetworkPolicy, sorted, with the tunnels' port where both sides are in the mesh.

    UDP goes through no tunnel.
    """
    return _opened(frozenset([(transport(port), port.target_port) for port in ports]), tunnelled)


@cache
def _opened(pairs: frozenset[tuple[str, int]], tunnelled: bool) -> list[dict[str, Any]]:  # noqa: FBT001 -- a key
    """Return the same list for all that open the same: most open one port, and many the same."""
    if tunnelled and any(protocol == "TCP" for protocol, _ in pairs):
        pairs |= {("TCP", HBONE)}
    return [{"protocol": protocol, "port": number} for protocol, number in sorted(pairs)]


def direct(ports: Iterable[Port], *, behind: bool) -> Iterable[Port]:
    """Return the ports that are reached without a waypoint, where the pods stand behind one."""
    return (port for port in ports if not (behind and served_by_waypoint(port)))


def named(interface: Interface, names: Iterable[str]) -> list[Port]:
    """Return an interface's ports by name, in its own order."""
    wanted = set(names)
    return [port for name, port in interface.ports.items() if name in wanted]
