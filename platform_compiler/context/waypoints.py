"""Waypoints as templates see them: who they are, who comes through them, which pods they lead to.

One for a namespace where an application needs it (`link/waypoints.py`), with a fixed size, so that it can be counted
in the namespace's quota.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from platform_compiler.context.cluster import principals, waypoint_peer
from platform_compiler.context.identities import namespace_of_identity
from platform_compiler.context.outside import external_ways, outside_of
from platform_compiler.context.ports import HBONE, named, network_ports
from platform_compiler.link.ambient import WAYPOINT
from platform_compiler.link.handshake import offered_ports
from platform_compiler.link.model import GatewaySource, Linked, Port, PrincipalSource, Target
from platform_compiler.link.waypoints import served_by_waypoint
from platform_compiler.quantities import amount
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
_REPLICAS = 2
_SURGE = 1
"""How many pods a rolling update adds: a quarter, rounded up."""
_RESOURCES = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "2", "memory": "1Gi"}}
_MEBI = 1024 * 1024


def app_waypoint(
    target: Target, spec: Mapping[str, Any], linked: Linked, admitted: Iterable[Record], denied: Iterable[Record]
) -> Record | None:
    """Return the waypoint before an application, or None; with the ports that it leads to, and its rules."""
    if (target.cluster, target.ref) not in linked.waypoints:
        return None
    interface = target.interface
    ports = [port for port in interface.ports.values() if served_by_waypoint(port)]
    return {
        "name": WAYPOINT,
        **waypoint_peer(interface.namespace),
        "principals": principals(spec, interface.namespace, WAYPOINT),
        "podPorts": [str(number) for number in sorted({port.target_port for port in ports})],
        "networkPorts": network_ports(ports, tunnelled=True),
        "admitted": [row for row in admitted if row["rule"]["servicePorts"]],
        "denied": [rule for rule in denied if rule["servicePorts"]],
        "closedPorts": [] if all(port.l7 for port in ports) else _service_ports(ports),
    }


def _service_ports(ports: Iterable[Port]) -> list[str]:
    """Return the ports on which paths can be closed: on others a rule about paths would refuse all."""
    return [str(number) for number in sorted({port.port for port in ports if port.l7})]


def called_waypoints(target: Target, linked: Linked) -> list[Record]:
    """Return the waypoints that an application's calls go through, each once."""
    if not (linked.waypoints and target.interface.meshed):
        return []
    links = linked.links_out.get((target.cluster, target.ref), ())
    found = {
        link.callee.interface.namespace
        for link in links
        if (link.callee.cluster, link.callee.ref) in linked.waypoints
        and any(served_by_waypoint(link.callee.interface.ports[name]) for grant in link.grants for name in grant.ports)
    }
    return [waypoint_peer(namespace) for namespace in sorted(found)]


def behind_waypoints(cluster: str, linked: Linked) -> dict[str, list[Target]]:
    """Return what stands behind the waypoint of each namespace of a cluster."""
    found: dict[str, list[Target]] = {}
    for ref, target in linked.targets[cluster].items() if linked.waypoints else ():
        if (cluster, ref) in linked.waypoints:
            found.setdefault(target.interface.namespace, []).append(target)
    return found


def namespace_waypoint(
    namespace: str, behind: list[Target], spec: Mapping[str, Any], linked: Linked, collector: Record | None
) -> Record | None:
    """Return the waypoint of a namespace, or None where nothing is `behind` one; `collector` takes its traces."""
    if not behind:
        return None
    return {
        "name": WAYPOINT,
        **waypoint_peer(namespace),
        "replicas": _REPLICAS,
        "resources": _RESOURCES,
        "callers": _callers(behind, spec, linked),
        "callees": [
            {
                "podLabels": {"app.kubernetes.io/name": target.interface.name},
                "networkPorts": network_ports(
                    filter(served_by_waypoint, target.interface.ports.values()), tunnelled=True
                ),
            }
            for target in behind
            if target.interface.kind == "app"
        ],
        **_outside(behind, linked),
        "collectors": [_traces_to(collector)] if collector and any(map(_is_traced, behind)) else [],
    }


def _outside(behind: Iterable[Target], linked: Linked) -> Record:
    """Return what a waypoint may reach outside, for those that call external services by way of it."""
    ways = []
    for target in behind:
        if target.interface.kind == "external":
            links = linked.links_in.get((target.cluster, target.ref), ())
            granted = named(target.interface, (name for link in links for grant in link.grants for name in grant.ports))
            fixed, unknown = external_ways(target, granted)
            ways.append({"ways": fixed, "open": unknown, "networkPorts": network_ports(granted, tunnelled=False)})
    return outside_of(ways)


def _is_traced(target: Target) -> bool:
    share = at(target.spec, "observe", "tracing", "samplePercent")
    return share is not None and bool(plain(share))


def _traces_to(collector: Mapping[str, Any]) -> Record:
    ports = [collector["port"], *([HBONE] if collector["meshed"] else [])]
    return {
        "namespace": collector["namespace"],
        "podLabels": collector["podLabels"],
        "networkPorts": [{"protocol": "TCP", "port": port} for port in ports],
    }


def _callers(behind: Iterable[Target], spec: Mapping[str, Any], linked: Linked) -> list[Record]:
    """Return the pods that come through a waypoint: applications in the mesh, and gateways."""
    found: dict[tuple[str, str], Record] = {}
    for target in behind:
        key = (target.cluster, target.ref)
        for link in linked.links_in.get(key, ()):
            caller = link.caller.interface
            if caller.meshed and any(
                served_by_waypoint(target.interface.ports[name]) for grant in link.grants for name in grant.ports
            ):
                labels = {"app.kubernetes.io/name": caller.name}
                found["app", caller.ref] = {"namespace": caller.namespace, "podLabels": labels}
        for gateway in gateways_to(target, linked):
            plane = spec.get("gateways", {}).get(gateway)
            if plane:
                found["gateway", gateway] = {"namespace": plane["namespace"], "podLabels": plane["podLabels"]}
        for identity in _strangers_to(target):
            namespace = namespace_of_identity(identity, spec)
            if namespace:
                found["principal", identity] = {"namespace": namespace, "podLabels": {}}
    return [found[key] for key in sorted(found)]


def gateways_to(target: Target, linked: Linked) -> list[str]:
    """Return the Gateways that expose an application, or that its access rules name."""
    routes = linked.routes.get((target.cluster, target.ref), ())
    named = (
        source.gateway
        for rule in target.interface.access
        for source in rule.sources
        if isinstance(source, GatewaySource)
    )
    return sorted({*(route.gateway for route in routes), *named})


def _strangers_to(target: Target) -> set[str]:
    """Return the identities without a manifest that access rules let in on ports behind the waypoint."""
    return {
        source.name
        for rule in target.interface.access
        if any(served_by_waypoint(port) for port in offered_ports(rule, target.interface))
        for source in rule.sources
        if isinstance(source, PrincipalSource)
    }


def with_waypoint(record: Record, waypoint: Record) -> Record:
    """Return a namespace's record with its waypoint, whose pods the quota allows for besides the team's own."""
    quota = record.get("quota")
    counted = {"quota": {key: _raised(key, value) for key, value in quota.items()}} if quota else {}
    return {**record, **counted, "waypoint": waypoint}


def _raised(key: str, value: str) -> str:
    """Return one bound of a quota, raised by what the waypoint takes of it while it is rolled out."""
    pods = _REPLICAS + _SURGE
    group, _, resource = key.rpartition(".")
    if key in ("pods", "count/pods"):
        return str(amount(value) + pods)
    if key in ("services", "count/services"):
        return str(amount(value) + 1)
    own = _RESOURCES.get(group or "requests", {}).get(resource)
    if own is None:
        return value
    return _written(resource, amount(value) + pods * amount(own))


def _written(resource: str, total: Decimal) -> str:
    """Return a quantity as people write it: cores or thousandths of them, mebibytes or bytes."""
    if resource == "cpu":
        return str(int(total)) if total == int(total) else f"{int(total * 1000)}m"
    return f"{int(total) // _MEBI}Mi" if int(total) % _MEBI == 0 else str(int(total))
