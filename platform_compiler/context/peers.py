"""Pods of one stateful application: they reach each other on its internal ports, and on no other."""

from collections.abc import Mapping
from typing import Any

from platform_compiler.context.cluster import principals
from platform_compiler.context.names import pod_labels
from platform_compiler.context.ports import network_ports, port_record
from platform_compiler.context.rules import rule_record
from platform_compiler.link.model import Interface, Port, Target

Record = dict[str, Any]
_RULE = "peers"


def peers_service(app: str) -> str:
    """Return the name of the Service that gives each pod a name."""
    return f"{app}-peers"


def with_peers(records: list[Record], own: Record | None) -> list[Record]:
    """Return callers or calls together with the application's own pods, in their order."""
    if own is None:
        return records
    return sorted(
        [*records, own], key=lambda record: (record["kind"], record["ref"]) if "rules" in own else record["ref"]
    )


def peer_caller(target: Target, specs: Mapping[str, Mapping[str, Any]], mtls: str) -> Record | None:
    """Return an application among its own callers; None where its pods have no business with each other."""
    interface, ports = target.interface, _ports(target.interface)
    if not ports:
        return None
    who = principals(specs[target.cluster], interface.namespace, interface.service_account)
    return {
        **_pods(interface, ports),
        "principals": who if interface.meshed else [],
        "rules": [rule_record(_RULE, ports, mtls=mtls)],
    }


def peer_call(target: Target, cluster: Mapping[str, Any], mtls: str) -> Record | None:
    """Return an application among those it calls, by the name of the Service that names its pods."""
    interface, ports = target.interface, _ports(target.interface)
    if not ports:
        return None
    service = f"{peers_service(interface.name)}.{interface.namespace}.svc.{cluster['network']['clusterDomain']}"
    return {
        **_pods(interface, ports),
        "hosts": [service],
        "ports": [port_record(port, mtls) for port in ports],
        "here": True,
        "clusters": [],
        "cidrs": [],
        "ways": [],
        "open": False,
    }


def _pods(interface: Interface, ports: list[Port]) -> Record:
    return {
        "ref": interface.ref,
        "kind": "app",
        "name": interface.name,
        "namespace": interface.namespace,
        "podLabels": pod_labels(interface),
        "networkPorts": network_ports(ports, tunnelled=interface.meshed),
    }


def _ports(interface: Interface) -> list[Port]:
    return [port for port in interface.ports.values() if port.internal] if interface.has_peers else []
