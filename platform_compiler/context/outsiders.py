"""Callers without a link: gateways, and whoever a rule of `access` names that is no application of ours."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.identities import enters_by_sidecar, namespace_of_identity, principals
from platform_compiler.context.ports import direct, network_ports
from platform_compiler.context.rules import ports_of, rule_record
from platform_compiler.link.edge import seen_paths
from platform_compiler.link.model import (
    AccessRule,
    CidrSource,
    GatewaySource,
    Interface,
    PrincipalSource,
    Route,
)

Record = dict[str, Any]
_PASSED = "expose.{}"
"""What a rule for connections that are passed through is called: no rule of `access`, which may ask more, is."""


def gateway_caller(route: Route, spec: Mapping[str, Any], mtls: str, *, behind: bool) -> Record:
    """Return the gateway that an exposure is reached by."""
    plane = spec["gateways"][route.gateway]
    exposure = route.exposure
    hosts = [] if exposure.passthrough else gateway_hosts(route, spec)
    return {
        **_plane(route.gateway, plane, spec),
        "networkPorts": network_ports(direct([route.port], behind=behind), tunnelled=route.target.interface.meshed),
        "rules": [
            rule_record(
                _PASSED.format(exposure.name) if exposure.passthrough else exposure.name,
                [route.port],
                mtls=mtls,
                methods=exposure.methods,
                paths=seen_paths(route),
                hosts=hosts,
            )
        ],
    }


def as_seen_from(cluster: str, route: Route, record: Record) -> Record:
    """Return a gateway as a cluster sees it: of one on another no pods are here, nor is its namespace."""
    if route.target.cluster == cluster:
        return record
    return {
        **{key: value for key, value in record.items() if key not in {"namespace", "podLabels"}},
        "networkPorts": [],
    }


def gateway_hosts(route: Route, spec: Mapping[str, Any]) -> list[str]:
    """Return under which names requests of an exposure arrive."""
    name = route.target.interface.hosts[0] if enters_by_sidecar(spec) else route.host
    return [name, f"{name}:*"]


def _plane(name: str, plane: Mapping[str, Any], spec: Mapping[str, Any]) -> Record:
    return {
        "ref": name,
        "kind": "gateway",
        "name": name,
        "namespace": plane["namespace"],
        "podLabels": plane["podLabels"],
        "principals": principals(spec, plane["namespace"], plane["serviceAccount"]),
    }


def source_callers(
    rule: AccessRule, interface: Interface, spec: Mapping[str, Any], mtls: str, *, behind: bool
) -> Iterable[Record]:
    """Yield whom a rule names that is no application of ours."""
    ports = ports_of(rule, interface)
    record = rule_record(rule.name, ports, mtls=mtls, methods=rule.methods, paths=rule.paths)
    for source in rule.sources:
        reached = network_ports(direct(ports, behind=behind), tunnelled=interface.meshed)
        opened = {"networkPorts": reached, "rules": [record]}
        if isinstance(source, GatewaySource) and source.gateway in spec.get("gateways", {}):
            yield {**_plane(source.gateway, spec["gateways"][source.gateway], spec), **opened}
        elif isinstance(source, PrincipalSource):
            yield {**_stranger(source, spec), **opened, "networkPorts": _of_proxies(reached)}
        elif isinstance(source, CidrSource):
            outside = network_ports(ports, tunnelled=False)
            yield {
                "ref": source.cidr,
                "kind": "cidr",
                "name": source.cidr,
                "principals": [],
                "cidr": source.cidr,
                "networkPorts": outside,
                "rules": [record],
            }


def _stranger(source: PrincipalSource, spec: Mapping[str, Any]) -> Record:
    """Return who has an identity and no manifest, with where it connects from: a range, or its namespace here."""
    record = {"ref": source.name, "kind": "principal", "name": source.name, "principals": [source.name]}
    if source.cidr is not None:
        return {**record, "addresses": [source.cidr]}
    namespace = namespace_of_identity(source.name, spec)
    return {**record, "namespace": namespace, "podLabels": {}} if namespace else record


def _of_proxies(ports: Iterable[Record]) -> list[Record]:
    """Return the ports at which an identity is asked for: nobody does on a udp port."""
    return [port for port in ports if port["protocol"] == "TCP"]
