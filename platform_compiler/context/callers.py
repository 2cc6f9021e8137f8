"""Links as templates see them: who calls, who is called, and what each may do."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.identities import enters_by_sidecar, namespace_of_identity, principals
from platform_compiler.context.identities_outside import identity_of
from platform_compiler.context.once import Once
from platform_compiler.context.outside import endpoint_addresses
from platform_compiler.context.paths import authz_paths, path_records
from platform_compiler.context.ports import direct, named, network_ports, port_record, transport
from platform_compiler.link.edge import seen_paths
from platform_compiler.link.model import (
    AccessRule,
    CidrSource,
    GatewaySource,
    Interface,
    Link,
    PathPattern,
    Port,
    PrincipalSource,
    RefSource,
    Route,
    Target,
)
from platform_compiler.link.waypoints import served_by_waypoint

Record = dict[str, Any]
_PASSED = "expose.{}"
"""What a rule for connections that are passed through is called: no rule of `access`, which may ask more, is."""
Specs = Mapping[str, Mapping[str, Any]]
"""The spec of each cluster as plain data: identities depend on its trust domains."""


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
        "podPorts": _numbers(p.target_port for p in listed if transport(p) == "TCP"),
        "servicePorts": _numbers(p.port for p in listed if served_by_waypoint(p)),
        "methods": sorted(methods),
        "paths": path_records(patterns),
        "authzPaths": authz_paths(patterns),
        "hosts": list(hosts),
        "requestPrincipals": [],
        "notRequestPrincipals": [],
        "conditions": [],
        "notAuthzPaths": [],
    }


def _numbers(ports: Iterable[int]) -> list[str]:
    return [str(number) for number in sorted(set(ports))]


def callers(  # noqa: PLR0913, PLR0917 -- everybody who may call, and how
    target: Target,
    links: Iterable[Link],
    routes: Iterable[Route],
    specs: Specs,
    mtls: str,
    once: Once,
    *,
    behind: bool,
) -> list[Record]:
    """Return everybody who may call a target, by kind and ref; an application on two clusters is one caller.

    Where the target stands `behind` a waypoint, `networkPorts` are those that callers reach without it.
    """
    found: dict[tuple[str, str, str], Record] = {}
    for link in links:
        if link.caller.interface.kind == "external":
            _add(found, _machine(link, specs, mtls), once)
        else:
            _add(found, _application(link, target.cluster, specs, mtls, once, behind=behind), once)
    for route in routes:
        if not route.exposure.redirects:  # nothing of it comes here
            gateway = _gateway(route, specs[route.target.cluster], mtls, behind=behind)
            _add(found, _from(route, target.cluster, gateway), once)
    for rule in target.interface.access:
        if not all(isinstance(source, RefSource) for source in rule.sources):  # those have links
            for record in _sources(rule, target.interface, specs[target.cluster], mtls, behind=behind):
                _add(found, record, once)
    return [found[key] for key in sorted(found)]


def admitted(records: Iterable[Record]) -> list[Record]:
    """Return a row for each rule of each caller with an identity that covers a port a proxy sees."""
    return [
        {"caller": record, "rule": rule}
        for record in records
        if record["principals"]
        for rule in record["rules"]
        if rule["podPorts"]
    ]


def admitted_addresses(records: Iterable[Record]) -> list[Record]:
    """Return the same for callers that have an address and no identity."""
    rows = [(record, rule) for record in records if "cidr" in record for rule in record["rules"]]
    return [{"caller": record, "rule": rule} for record, rule in rows if rule["podPorts"]]


def closed_ports(interface: Interface) -> list[str]:
    """Return on which pod ports paths can be closed; none where that is all of them.

    A rule that denies paths would deny whole connections on any other.
    """
    ports = [port for port in interface.ports.values() if transport(port) == "TCP"]
    if all(port.l7 for port in ports):
        return []
    return [str(number) for number in sorted({port.target_port for port in ports if port.l7})]


def denied(interface: Interface, mtls: str) -> list[Record]:
    """Return what nobody may do."""
    return [
        rule_record(rule.name, _ports(rule, interface), mtls=mtls, methods=rule.methods, paths=rule.paths)
        for rule in interface.deny
    ]


def connections(admitted_rows: Iterable[Record], denied_rules: Iterable[Record], waypoint: Record | None) -> Record:
    """Return what ztunnel, which knows identities and ports alone, lets in at the pods, and what it refuses.

    Behind a waypoint that is the waypoint, and on ports that no Service has whoever may use them.
    """
    allowed = [{"principals": waypoint["principals"], "ports": waypoint["podPorts"]}] if waypoint else []
    for row in admitted_rows:
        here = {"principals": row["caller"]["principals"], "ports": _at_pods(row["rule"], waypoint)}
        if here["ports"] and here not in allowed:
            allowed.append(here)
    shut = (
        {"sources": _of_connections(rule["sources"]), "ports": _at_pods(rule, waypoint)}
        for rule in denied_rules
        if not (rule["methods"] or rule["authzPaths"])
    )
    return {"allowed": allowed, "denied": [row for row in shut if row["ports"]]}


def _of_connections(sources: Iterable[Record]) -> list[Record]:
    """Return the sources that ztunnel knows: a rule that names anything of requests would refuse everybody."""
    return [each for each in sources if "remoteIpBlocks" not in each["source"]]


def _at_pods(rule: Record, waypoint: Record | None) -> list[str]:
    if waypoint is None or not rule["servicePorts"]:
        found: list[str] = rule["podPorts"]
        return found
    return _numbers(p["targetPort"] for p in rule["ports"] if p["internal"] and p["transport"] == "TCP")


def _add(found: dict[tuple[str, str, str], Record], record: Record, once: Once) -> None:
    """Add a caller; one that is known gets more rules, unless it is somebody else on another cluster, with others."""
    key = (record["kind"], record["ref"], "")
    other = found.setdefault(key, record)
    if other is record:
        return
    if other["principals"] != record["principals"] and other["rules"] != record["rules"]:
        key = (record["kind"], record["ref"], " ".join(record["principals"]))
        other = found.setdefault(key, record)
        if other is record:
            return
    found[key] = once.of("callers", (other, record), lambda: _joined(other, record))


def _joined(other: Record, record: Record) -> Record:
    return {
        **record,
        **other,
        **{word: _of_both(word, other, record) for word in ("principals", "addresses") if word in record},
        "networkPorts": sorted(
            {(p["protocol"], p["port"]): p for p in [*other["networkPorts"], *record["networkPorts"]]}.values(),
            key=lambda p: (p["protocol"], p["port"]),
        ),
        "rules": [*other["rules"], *(rule for rule in record["rules"] if rule not in other["rules"])],
    }


def _of_both(word: str, one: Record, other: Record) -> list[str]:
    return list(dict.fromkeys([*one[word], *other[word]]))


def _application(  # noqa: PLR0913 -- both sides of a link
    link: Link, cluster: str, specs: Specs, mtls: str, once: Once, *, behind: bool
) -> Record:
    """Return an application that calls; of one on another cluster no pods are here, and a gateway leads it in."""
    caller, where = link.caller.interface, link.caller.cluster
    here = where == cluster
    tunnelled, behind = here and caller.meshed and link.callee.interface.meshed, behind and caller.meshed
    who = once(
        ("who", once.looks(link.caller), where, here), lambda: once.same(_who_calls(caller, specs[where], here=here))
    )
    opened = once(  # mostly the same to all that call
        ("opened", once.looks(link.callee), once.equal(link.grants), mtls, here, behind, tunnelled),
        lambda: _opened(link, mtls, here=here, behind=behind, tunnelled=tunnelled),
    )
    return once.of("caller", (who, opened), lambda: {**who, **opened})


def _who_calls(caller: Interface, spec: Mapping[str, Any], *, here: bool) -> Record:
    return {
        "ref": caller.ref,
        "kind": "app",
        "name": caller.name,
        "namespace": caller.namespace,
        **({"podLabels": pod_labels(caller)} if here else {}),
        "principals": principals(spec, caller.namespace, caller.service_account) if caller.meshed else [],
    }


def _opened(link: Link, mtls: str, *, here: bool, behind: bool, tunnelled: bool) -> Record:
    """Return what a link opens to its caller, whoever that is."""
    granted = [(grant, named(link.callee.interface, grant.ports)) for grant in link.grants]
    reached = direct([port for _, ports in granted for port in ports if here], behind=behind)
    return {
        "networkPorts": network_ports(reached, tunnelled=tunnelled),
        "rules": [
            rule_record(grant.rule, ports, mtls=mtls, methods=grant.methods, paths=grant.paths)
            for grant, ports in granted
        ],
    }


def _machine(link: Link, specs: Specs, mtls: str) -> Record:
    """Return machines that call from beside the clusters: they have an identity, and addresses instead of pods."""
    caller, callee = link.caller.interface, link.callee.interface
    granted = [(grant, named(callee, grant.ports)) for grant in link.grants]
    identity = identity_of(link.caller, specs)
    near = link.caller.cluster == link.callee.cluster
    opened = network_ports((port for _, ports in granted for port in ports if near), tunnelled=False)
    return {
        "ref": caller.ref,
        "kind": "machine",
        "name": caller.name,
        **({"namespace": caller.namespace} if caller.meshed else {}),
        "principals": identity["principals"] if identity else [],
        "addresses": endpoint_addresses(link.caller) if near else [],
        "networkPorts": opened,
        "rules": [rule_record(g.rule, ports, mtls=mtls, methods=g.methods, paths=g.paths) for g, ports in granted],
    }


def _gateway(route: Route, spec: Mapping[str, Any], mtls: str, *, behind: bool) -> Record:
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


def _from(route: Route, cluster: str, record: Record) -> Record:
    """Return a gateway as a cluster sees it: of one on another no pods are here, nor is its namespace."""
    if route.target.cluster == cluster:
        return record
    return {
        **{key: value for key, value in record.items() if key not in {"namespace", "podLabels"}},
        "networkPorts": [],
    }


def _plane(name: str, plane: Mapping[str, Any], spec: Mapping[str, Any]) -> Record:
    return {
        "ref": name,
        "kind": "gateway",
        "name": name,
        "namespace": plane["namespace"],
        "podLabels": plane["podLabels"],
        "principals": principals(spec, plane["namespace"], plane["serviceAccount"]),
    }


def _sources(
    rule: AccessRule, interface: Interface, spec: Mapping[str, Any], mtls: str, *, behind: bool
) -> Iterable[Record]:
    ports = _ports(rule, interface)
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


def closed_records(
    gateways: Iterable[Record], routes: Iterable[Route], closed: list[str], spec: Mapping[str, Any]
) -> list[Record]:
    """Return what the platform closes to the gateways among the callers: everywhere, but on hosts that open something.

    Those have a row of their own, with their exceptions.
    """
    opened: dict[str, dict[str, list[str]]] = {}
    for route in routes:
        if route.exposure.opens and not route.exposure.passthrough:
            by_host = opened.setdefault(route.gateway, {})
            by_host.setdefault(gateway_hosts(route, spec)[0], []).extend(authz_paths(route.exposure.opens))
    rows: dict[tuple[str, ...], Record] = {}
    for gateway in gateways if closed else ():
        open_hosts = opened.get(gateway["ref"], {})
        apart = tuple(form for host in sorted(open_hosts) for form in (host, f"{host}:*"))
        row = rows.setdefault(
            apart, {"principals": [], "hosts": [], "otherHosts": list(apart), "authzPaths": closed, "opened": []}
        )
        row["principals"] = sorted({*row["principals"], *gateway["principals"]})
        for host, paths in sorted(open_hosts.items()):
            same = rows.get((gateway["ref"], host), {"principals": []})
            rows[gateway["ref"], host] = {
                "principals": list(dict.fromkeys([*same["principals"], *gateway["principals"]])),
                "hosts": [host, f"{host}:*"],
                "otherHosts": [],
                "authzPaths": closed,
                "opened": sorted(set(paths)),
            }
    return list(rows.values())


def gateway_hosts(route: Route, spec: Mapping[str, Any]) -> list[str]:
    """Return under which names requests of an exposure arrive."""
    name = route.target.interface.hosts[0] if enters_by_sidecar(spec) else route.host
    return [name, f"{name}:*"]


def _ports(rule: AccessRule, interface: Interface) -> list[Port]:
    """Return the ports a rule covers: those named, else every open one, and only L7 ones under HTTP conditions."""
    chosen = named(interface, rule.ports) if rule.ports is not None else list(interface.ports.values())
    only_l7 = bool(rule.paths or rule.methods)
    return [p for p in chosen if (rule.ports is not None or not p.internal) and (p.l7 or not only_l7)]


def pod_labels(interface: Interface) -> dict[str, str]:
    """Return what selects an application's pods, whatever their version."""
    return {"app.kubernetes.io/name": interface.name}


__all__ = [
    "admitted",
    "admitted_addresses",
    "callers",
    "closed_ports",
    "closed_records",
    "connections",
    "denied",
    "pod_labels",
    "rule_record",
]
