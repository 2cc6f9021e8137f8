"""Rules as templates see them: what a caller may do, and what nobody may."""

from collections.abc import Iterable
from typing import Any

from platform_compiler.context.paths import authz_paths, path_records
from platform_compiler.context.ports import named, port_record, transport
from platform_compiler.link.model import AccessRule, Interface, PathPattern, Port
from platform_compiler.link.waypoints import served_by_waypoint

Record = dict[str, Any]


def rule_record(  # noqa: PLR0913 -- the parts of a rule, all named
    name: str,
    ports: Iterable[Port],
    *,
    mtls: str,
    methods: Iterable[str] = (),
    paths: Iterable[PathPattern] = (),
    hosts: Iterable[str] = (),
) -> Record:
    """Return what a caller may do; UDP ports are no business of a proxy and are left out of `podPorts`."""
    listed, patterns = list(ports), tuple(paths)
    return {
        "name": name,
        "ports": [port_record(port, mtls) for port in listed],
        "podPorts": numbers([p.target_port for p in listed if transport(p) == "TCP"]),
        "servicePorts": numbers([p.port for p in listed if served_by_waypoint(p)]),
        "methods": sorted(methods),
        "paths": path_records(patterns),
        "authzPaths": authz_paths(patterns),
        "hosts": list(hosts),
        "requestPrincipals": [],
        "notRequestPrincipals": [],
        "conditions": [],
        "notAuthzPaths": [],
    }


def numbers(ports: Iterable[int]) -> list[str]:
    """Return port numbers as rules list them: sorted, as text."""
    return [str(number) for number in sorted(set(ports))]


def ports_of(rule: AccessRule, interface: Interface) -> list[Port]:
    """Return the ports a rule covers: those named, else every open one, and only L7 ones under HTTP conditions."""
    chosen = named(interface, rule.ports) if rule.ports is not None else list(interface.ports.values())
    only_l7 = bool(rule.paths or rule.methods)
    return [p for p in chosen if (rule.ports is not None or not p.internal) and (p.l7 or not only_l7)]


def denied(interface: Interface, mtls: str) -> list[Record]:
    """Return what nobody may do."""
    return [
        rule_record(rule.name, ports_of(rule, interface), mtls=mtls, methods=rule.methods, paths=rule.paths)
        for rule in interface.deny
    ]


def closed_ports(interface: Interface) -> list[str]:
    """Return on which pod ports paths can be closed; none where that is all of them.

    A rule that denies paths would deny whole connections on any other.
    """
    ports = [port for port in interface.ports.values() if transport(port) == "TCP"]
    if all(port.l7 for port in ports):
        return []
    return numbers(port.target_port for port in ports if port.l7)
