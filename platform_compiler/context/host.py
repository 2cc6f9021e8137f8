"""Hosts as templates see them: one owner, one certificate, the routes of all teams in precedence."""

from typing import Any

from platform_compiler.context.exposed import host_rules
from platform_compiler.context.gateways import answers_plain, secured, under_wildcard
from platform_compiler.context.limits import host_limits, limited_rules
from platform_compiler.context.names import resource_name
from platform_compiler.context.source_ranges import source_guards
from platform_compiler.context.surroundings import Surroundings
from platform_compiler.context.traffic import passed_on
from platform_compiler.link.model import Route
from platform_compiler.link.tls import owner_of_host

Record = dict[str, Any]


def host_record(fqdn: str, routes: tuple[Route, ...], gateway: Record, around: Surroundings) -> Record:
    """Return one host on one cluster; routes that match everything come last."""
    owner = owner_of_host(routes)
    resource = resource_name(fqdn)
    domain = gateway["wildcard"]["fqdn"].removeprefix("*.") if "wildcard" in gateway else None
    shared = under_wildcard(fqdn, domain, routes)
    redirects = answers_plain(routes)
    read = [route for route in routes if not route.exposure.passthrough]
    rules = [rule for route in read for rule in _rules(route, around, secured=shared and not redirects)]
    if len(routes) > 1:
        rules = [part for rule in rules for part in _by_path(rule)]
    return {
        "fqdn": fqdn,
        "resourceName": resource,
        "owner": owner.owner,
        **secured(fqdn, routes),
        "ownerNamespace": owner.target.interface.namespace,
        "httpRedirect": redirects,
        "shared": shared,
        "plain": _plain(resource, owner, gateway, shared=shared, apart=around.cluster["has"]["listenerSet"]),
        "rules": sorted(rules, key=_breadth),
        "limits": host_limits(routes),
        "limited": limited_rules(rules),
        "connections": [_connections(route) for route in routes if route.exposure.passthrough],
        "guards": source_guards(routes, gateway["passedThrough"]),
    }


def _connections(route: Route) -> Record:
    """Return where connections go that are passed through, by the name that a client asks for."""
    return {
        "match": [{"port": 443, "sniHosts": [route.host]}],
        "destinations": [{"host": route.target.interface.hosts[0], "port": route.port.port}],
    }


def _plain(resource: str, owner: Route, gateway: Record, *, shared: bool, apart: bool) -> Record:
    """Return where plain http arrives: at the Gateway, or where listeners stand `apart` from it, beside their owner."""
    if apart and not shared:
        place = {"name": resource, "namespace": owner.target.interface.namespace}
        return {"kind": "ListenerSet", **place, "section": "http"}
    name = gateway["wildcard"]["resourceName"] if shared else resource
    place = {"name": gateway["name"], "namespace": gateway["namespace"]}
    return {"kind": "Gateway", **place, "section": f"{name}.http"}


def _rules(route: Route, around: Surroundings, *, secured: bool) -> list[Record]:
    """Return a route's rules; `secured` ones leave out plain http, where the listener takes it for other hosts.

    Behind a waypoint requests are shared out and tried again there, on that hop alone.
    """
    spec = around.once.plain(route.target.spec)
    behind = (route.target.cluster, route.target.ref) in around.linked.waypoints
    rules = host_rules(route, passed_on(spec) if behind else spec)
    if not secured:
        return rules
    return [{**rule, "match": [{**match, "port": 443} for match in rule.get("match", [{}])]} for rule in rules]


def _by_path(rule: Record) -> list[Record]:
    """Return a rule for each of its paths, so that rules of several exposures can stand in one order."""
    groups: list[list[Record]] = []
    for match in rule.get("match", []):
        before = groups[-1][-1].get("uri", {}).get("exact") if groups else None
        if before is not None and match.get("uri") == {"prefix": f"{before}/"}:
            groups[-1].append(match)
        else:
            groups.append([match])
    return [{**rule, "match": group} for group in groups] or [rule]


def _breadth(rule: Record) -> tuple[int, int]:
    """Sort exact paths first, then longer prefixes, then everything; equal ones keep their order."""
    ranks = []
    for match in rule.get("match", [{}]):
        uri = match.get("uri", {})
        if "exact" in uri:
            ranks.append((0, -len(uri["exact"])))
        elif "prefix" in uri:
            ranks.append((1, -len(uri["prefix"])))
        else:
            ranks.append((2, -len(match.get("headers", {}))))
    return max(ranks)
