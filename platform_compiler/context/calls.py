"""Whom a target calls, as templates see it: hosts, ports, and the pods or addresses behind them."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.names import pod_labels
from platform_compiler.context.once import Once
from platform_compiler.context.outside import external_ways
from platform_compiler.context.ports import direct, named, network_ports, port_record
from platform_compiler.diagnostics import Span
from platform_compiler.link.egress import leaves_by_gateway
from platform_compiler.link.model import Interface, Link, Port, Target
from platform_compiler.link.references import KUBERNETES

Record = dict[str, Any]
_NOWHERE = Span("built-in")


def calls(  # noqa: PLR0913 -- whom, from where, and how
    target: Target,
    links: Iterable[Link],
    cluster: Mapping[str, Any],
    mtls: str,
    waypoints: frozenset[tuple[str, str]] = frozenset(),
    *,
    once: Once | None = None,
) -> list[Record]:
    """Return whom a target calls, by ref, but not where; the Kubernetes API stands among them when it is called."""
    found: dict[str, Record] = {}
    for link in sorted(links, key=lambda one: one.callee.cluster != target.cluster):  # its own cluster first
        ref = link.callee.interface.ref
        if ref not in found:
            found[ref] = _call(link, mtls, waypoints, once or Once())
    if KUBERNETES in [call.ref for call in target.interface.calls]:
        found.setdefault(KUBERNETES, _kubernetes(cluster))
    return [found[ref] for ref in sorted(found)]


def _call(link: Link, mtls: str, waypoints: frozenset[tuple[str, str]], once: Once) -> Record:
    here = link.callee.cluster == link.caller.cluster
    meshed = link.caller.interface.meshed
    behind = meshed and bool(waypoints) and (link.callee.cluster, link.callee.ref) in waypoints
    return once(
        ("call", once.looks(link.callee), once.equal(link.grants), meshed, mtls, here, behind),
        lambda: _called(link, mtls, here=here, behind=behind),
    )


def _called(link: Link, mtls: str, *, here: bool, behind: bool) -> Record:
    callee = link.callee.interface
    ports = _granted(link)
    record: Record = {
        "ref": callee.ref,
        "kind": callee.kind,
        "name": callee.name,
        "namespace": callee.namespace,
        "hosts": list(callee.hosts),
        "ports": [port_record(port, mtls) for port in ports],
        "here": here,
        "clusters": [],
    }
    if not record["here"]:
        return {**record, "cidrs": [], "ways": [], "open": False, "networkPorts": []}
    if callee.kind == "app":
        meshed = link.caller.interface.meshed
        tunnelled = meshed and callee.meshed
        straight = direct(ports, behind=behind)
        reached = {"podLabels": pod_labels(callee), "cidrs": [], "ways": [], "open": False}
        return {**record, **reached, "networkPorts": network_ports(straight, tunnelled=tunnelled)}
    if leaves_by_gateway(link.callee):  # the way there is the gateway's, whoever calls
        return {**record, "cidrs": [], "ways": [], "open": False, "networkPorts": [], "egress": "gateway"}
    if behind:
        return {**record, "cidrs": [], "ways": [], "open": False, "networkPorts": []}
    ways, unknown = external_ways(link.callee, ports)
    cidrs = sorted({cidr for way in ways for cidr in way["cidrs"]})
    opened = {"cidrs": cidrs, "ways": ways, "open": unknown}
    return {**record, **opened, "networkPorts": network_ports(ports, tunnelled=False)}


def on_clusters(called: Iterable[Record], cluster: str, links: Iterable[Link], once: Once) -> list[Record]:
    """Return the calls of a cluster with where they are answered; the way to others stands with those of the caller."""
    where: dict[str, tuple[str, ...]] = {}
    for link in links:
        callee = link.callee
        where[callee.ref] = (*where.get(callee.ref, ()), callee.cluster)
    return [
        _answered(call, where.get(call["ref"], (cluster,)), once) if "clusters" in call else call for call in called
    ]


def _answered(call: Record, where: tuple[str, ...], once: Once) -> Record:
    """Return a call with the clusters that answer it: the same for all that make it there."""
    clusters = once(("clusters", where), lambda: sorted(set(where)))
    return once.of("answered", (call, clusters), lambda: {**call, "clusters": clusters})


def _granted(link: Link) -> list[Port]:
    callee: Interface = link.callee.interface
    return named(callee, [name for grant in link.grants for name in grant.ports])


def _kubernetes(cluster: Mapping[str, Any]) -> Record:
    network = cluster["network"]
    https = Port("https", 443, 443, "https", internal=False, container=None, mtls=None, span=_NOWHERE)
    opened = network_ports([https], tunnelled=False)
    return {
        "ref": KUBERNETES,
        "kind": "kubernetes",
        "name": KUBERNETES,
        "namespace": "default",
        "here": True,
        "clusters": [],
        "hosts": [f"kubernetes.default.svc.{network['clusterDomain']}"],
        "ports": [port_record(https, "permissive")],
        "cidrs": network["apiServer"],
        "ways": [{"cidrs": network["apiServer"], "networkPorts": opened}] if network["apiServer"] else [],
        "open": not network["apiServer"],
        "networkPorts": opened,
    }
