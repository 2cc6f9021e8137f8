"""Hosts as templates see them: one owner, one certificate, the routes of all teams in precedence."""

from typing import Any

from platform_compiler.context.exposed import host_rules
from platform_compiler.context.gateways import owner_of_host, resource_name, under_wildcard
from platform_compiler.link.model import Route
from platform_compiler.source.node import at, plain

Record = dict[str, Any]


def host_record(fqdn: str, routes: tuple[Route, ...], gateway: Record) -> Record:
    """Return one host on one cluster; routes that match everything come last."""
    owner = owner_of_host(routes)
    resource = resource_name(fqdn)
    shared = "wildcard" in gateway and under_wildcard(fqdn, gateway["wildcard"]["fqdn"].removeprefix("*."))
    rules = [rule for route in routes for rule in _rules(route)]
    redirect = at(owner.target.spec, "expose", owner.exposure.name, "httpRedirect")
    return {
        "fqdn": fqdn,
        "resourceName": resource,
        "owner": owner.owner,
        "certificate": f"{resource}-tls",
        "httpRedirect": plain(redirect) if redirect else True,
        "shared": shared,
        "rules": sorted(rules, key=_breadth),
    }


def _rules(route: Route) -> list[Record]:
    return host_rules(route, plain(route.target.spec))


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
