"""One application on one cluster as its templates see it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from platform_compiler.context.across import is_spread, routes_from_afar, ways, with_ways_out
from platform_compiler.context.admission import admitted, admitted_addresses, closed_records, connections
from platform_compiler.context.authorizers import authorizer_records
from platform_compiler.context.callers import callers
from platform_compiler.context.calls import calls, on_clusters
from platform_compiler.context.client_policy import client_policy
from platform_compiler.context.cluster import principals
from platform_compiler.context.denials import with_sources
from platform_compiler.context.edge import at_gateway, edge_routes
from platform_compiler.context.egress import through_gateway
from platform_compiler.context.identities_outside import proxy_volumes
from platform_compiler.context.limits import replica_limit
from platform_compiler.context.names import pod_labels
from platform_compiler.context.observe import observe_record
from platform_compiler.context.observers import observed, reader
from platform_compiler.context.outside import outside_of
from platform_compiler.context.peers import peer_call, peer_caller, with_peers
from platform_compiler.context.program import program_record
from platform_compiler.context.prometheus import prometheus_caller
from platform_compiler.context.rules import closed_ports, denied
from platform_compiler.context.service_routes import service_routes
from platform_compiler.context.surroundings import Surroundings
from platform_compiler.context.tokens import token_records, with_tokens
from platform_compiler.context.traffic import traffic_record
from platform_compiler.context.versions import version_services
from platform_compiler.context.waypoints import app_waypoint, called_waypoints
from platform_compiler.link.model import Link, Route, Target
from platform_compiler.link.scope import visible

Record = dict[str, Any]
_OF_TRAFFIC = ("traffic", "resilience", "versions")
_NOT_EXPOSED: Record = {"routes": [], "routeObjects": [], "routeTraffic": [], "routeSecurity": []}
_NOT_BY_GATEWAYS: Record = {"gatewayPrincipals": [], "gatewayNamespaces": [], "closed": []}


def app_record(target: Target, around: Surroundings, clients: tuple[Link, ...] | None = None) -> Record:
    """Return the part of a context that is about the application itself.

    `clients` are the links of callers where nothing else of the application is.
    """
    program = program_record(target, around, "full" if clients is None else "client")
    dealings, cluster = dealings_record(target, around, clients), target.cluster
    out = around.linked.links_out.get((cluster, target.ref), ())
    called = on_clusters(dealings["calls"], cluster, out, around.once)
    across = with_ways_out(dealings["across"], cluster, out, around.specs, around.once)
    return {**dealings, "calls": called, "across": across, **program}


def dealings_record(target: Target, around: Surroundings, clients: tuple[Link, ...] | None = None) -> Record:
    """Return whom an application deals with, and how: all but its program, and to which clusters its calls go."""
    key = (target.cluster, target.ref)
    out = around.linked.links_out.get(key, ())
    into = around.linked.links_in.get(key, ()) if clients is None else clients
    routes = around.linked.routes.get(key, ())
    interface, once = target.interface, around.once
    spec = once.plain(target.spec)
    mtls = spec["mesh"]["mtls"]
    spread = is_spread(target, around.linked, once)
    settings = [spread, spec["traffic"], spec.get("resilience")]
    policy = once.of("policy", settings, lambda: client_policy(spec, spread=spread))
    traffic = once(
        ("traffic", once.looks(target), spread, *[id(spec.get(word)) for word in _OF_TRAFFIC]),
        lambda: {**traffic_record(target, spec), **policy, **service_routes(target, spec)},
    )
    waypoints = around.linked.waypoints
    afar = routes_from_afar(target, around.linked)
    who = callers(target, into, [*routes, *afar], around.specs, mtls, once, behind=key in waypoints)
    authorizers = authorizer_records(routes, who, around.specs[target.cluster])
    who = with_tokens(who, target, routes, around.providers)
    who += prometheus_caller(target, around.specs[target.cluster], mtls)
    who = with_peers(who, peer_caller(target, around.specs, mtls))
    labels = pod_labels(interface)
    called = calls(target, out, around.cluster, mtls, waypoints, once=once)
    called = with_peers(called, peer_call(target, around.cluster, mtls))
    everybody = who + reader(target, around.cluster, mtls)
    who, rows = once.of("callers and rows", everybody, lambda: (everybody, admitted(everybody)))
    called += observed(target, around.cluster, around.linked.targets[target.cluster].values())
    across = ways(target, into, around.linked, around.specs)
    refused = with_sources(denied(interface, mtls), target, around.linked, around.specs, around.namespaces)
    parts = around.specs[target.cluster].get("parts", {})
    split = version_services(interface.name, spec, routes, who, parts, behind=key in waypoints)
    waypoint = app_waypoint(target, around.specs[target.cluster], around.linked, rows, refused)
    return {
        **({"waypoint": waypoint} if waypoint else {}),
        "waypointsCalled": called_waypoints(target, around.linked),
        "identity": _identity(target, around),
        "selector": labels,
        "podLabels": labels,
        "calls": called,
        "callers": who,
        "admitted": rows,
        "admittedAddresses": admitted_addresses(who),
        "denied": refused,
        "closedPorts": closed_ports(interface),
        "connections": connections(rows, refused, waypoint),
        "tokens": token_records(target, routes, around.providers),
        "authorizers": authorizers,
        **_let_in_from_gateways(target, routes, who, around),
        **(_edge(target, spec, around) if routes else _NOT_EXPOSED),
        "atGateway": once.of("atGateway", (spec["traffic"], spec.get("resilience")), lambda: at_gateway(spec)),
        "versionServices": split,
        "atGatewayOnly": any(not route.exposure.passthrough for route in routes)
        and around.cluster["mesh"]["part"] == "none"
        and not any(caller["kind"] == "app" for caller in who),
        "traffic": traffic,
        **({"limit": limit} if (limit := replica_limit(interface, spec)) else {}),
        "across": across,
        **outside_of(called),
        "egressGateway": through_gateway(called, around.cluster),
        **({"proxyVolumes": volumes} if (volumes := proxy_volumes(target, out)) else {}),
        "visibility": {
            **_visibility(
                interface.namespace, who, called, across, around, [f"{a['namespace']}/{a['host']}" for a in authorizers]
            ),
            "visible": visible(target, around.linked),
            "total": around.services,
        },
        "observe": observe_record(target, spec, around.cluster, around.linked, around.logs),
    }


def _let_in_from_gateways(
    target: Target, routes: Iterable[Route], who: Iterable[Record], around: Surroundings
) -> Record:
    """Return which gateways are among the callers, and what the platform closes to them."""
    gateways = [caller for caller in who if caller["kind"] == "gateway"]
    if not gateways:
        return _NOT_BY_GATEWAYS
    closed = around.closed if any(port.l7 for port in target.interface.ports.values()) else []
    return {
        "gatewayPrincipals": sorted({principal for gateway in gateways for principal in gateway["principals"]}),
        "gatewayNamespaces": sorted({gateway["namespace"] for gateway in gateways if "namespace" in gateway}),
        "closed": closed_records(gateways, routes, closed, around.specs[target.cluster]),
    }


def _edge(target: Target, spec: Record, around: Surroundings) -> Record:
    """Return the exposures, and the objects that they become, each with its exposure."""
    routes = edge_routes(target, spec, around.linked, around.cluster, around.specs[target.cluster], around.providers)
    objects = [{**piece, "route": route} for route in routes for piece in route["pieces"]]
    return {
        "routes": routes,
        "routeObjects": objects,
        "routeTraffic": [{**policy, "route": piece["route"]} for piece in objects for policy in piece["traffic"]],
        "routeSecurity": [{**policy, "route": piece["route"]} for piece in objects for policy in piece["security"]],
    }


def _identity(target: Target, around: Surroundings) -> Record:
    interface = target.interface
    found = principals(around.specs[target.cluster], interface.namespace, interface.service_account)
    return {"serviceAccount": interface.service_account, "principal": found[0], "principals": found}


def _visibility(  # noqa: PLR0913, PLR0917 -- everybody who sees and is seen
    own: str,
    who: Iterable[Record],
    called: Sequence[Record],
    across: Record,
    around: Surroundings,
    asked: Iterable[str],
) -> Record:
    root = around.cluster["mesh"]["rootNamespace"]
    namespaces = {
        caller["namespace"]
        for caller in who
        if caller["kind"] in {"app", "gateway", "machine"} and "namespace" in caller
    }
    namespaces = (namespaces | {way["namespace"] for way in across["into"]}) - {own}
    hosts = sidecar_hosts(called, around.cluster, asked)
    return {"exportTo": [".", *sorted(namespaces)], "sidecarHosts": [f"{root}/*", *hosts]}


def sidecar_hosts(called: Sequence[Record], cluster: Mapping[str, Any], asked: Iterable[str] = ()) -> list[str]:
    """Return what a proxy has to know to reach whom its program calls, and whom it is `asked` to know besides."""
    hosts = {f"{call['namespace']}/{host}" for call in called for host in call["hosts"]}
    hosts.update(f"{gateway['namespace']}/{gateway['host']}" for gateway in through_gateway(called, cluster))
    return sorted(hosts.union(asked))
