"""Who is let in, in the rows that parts write rules from: by identity, by address, by connection, by gateway."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.outsiders import gateway_hosts
from platform_compiler.context.paths import authz_paths
from platform_compiler.context.rules import numbers
from platform_compiler.link.model import Route

Record = dict[str, Any]


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
    return numbers(p["targetPort"] for p in rule["ports"] if p["internal"] and p["transport"] == "TCP")


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
