"""Hosts as templates see them: one owner, one certificate, the routes of all teams in precedence."""

from typing import Any

from platform_compiler.context.traffic import host_rules, passed_on
from platform_compiler.link.model import Route
from platform_compiler.source.node import at, plain

Record = dict[str, Any]


def resource_name(fqdn: str) -> str:
    """Return what objects of a host are called."""
    return fqdn.replace("*", "wildcard").replace(".", "-")


def host_record(fqdn: str, routes: tuple[Route, ...], waypoints: frozenset[tuple[str, str]] = frozenset()) -> Record:
    """Return one host on one cluster; routes that match everything come last.

    Behind one of the `waypoints` requests are shared out and tried again there, on that hop alone.
    """
    owner = next(route for route in routes if route.target.ref == route.owner)
    resource = resource_name(fqdn)
    rules = [rule for route in routes for rule in _rules(route, waypoints)]
    redirect = at(owner.target.spec, "expose", owner.exposure.name, "httpRedirect")
    return {
        "fqdn": fqdn,
        "resourceName": resource,
        "owner": owner.owner,
        "certificate": f"{resource}-tls",
        "httpRedirect": plain(redirect) if redirect else True,
        "rules": sorted(rules, key=_breadth),
    }


def _rules(route: Route, waypoints: frozenset[tuple[str, str]]) -> list[Record]:
    spec = plain(route.target.spec)
    behind = (route.target.cluster, route.target.ref) in waypoints
    return host_rules(route, passed_on(spec) if behind else spec)


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
