"""How requests to a Service behave at its waypoint, in the shape of HTTPRoutes: one for each port that can be read.

The Gateway API picks the most specific match whatever the order, and the path counts before headers. So each version
that is asked for by header has a rule for every path that has one.
"""

from collections.abc import Mapping
from itertools import product
from typing import Any

from platform_compiler.context.paths import path_records
from platform_compiler.context.traffic import weights
from platform_compiler.link.interface import patterns
from platform_compiler.link.model import Port, Target
from platform_compiler.link.waypoints import served_by_waypoint
from platform_compiler.quantities import seconds
from platform_compiler.source.node import at

Spec = Mapping[str, Any]
Record = dict[str, Any]
_RULES, _MATCHES, _MATCHES_OF_RULE = 16, 128, 64


def service_routes(target: Target, spec: Spec) -> Record:
    """Return `httpRoutes`, and the `services` that requests go to: the application's own and one for each version."""
    app, versions = target.interface.name, weights(spec)
    ports = [port for port in target.interface.ports.values() if port.l7 and served_by_waypoint(port)]
    several = [f"{app}-{version}" for version in versions] if len(versions) > 1 else []
    return {
        "services": [app, *several],
        "httpRoutes": [
            {"name": f"{app}.{port.name}{'.' + str(part) if part > 1 else ''}", "port": port.port, "rules": rules}
            for port in ports
            for part, rules in enumerate(_fitting(_rules(target, spec, port)), start=1)
        ],
    }


def _rules(target: Target, spec: Spec, port: Port) -> list[Record]:
    app, traffic, shares = target.interface.name, spec["traffic"], weights(spec)
    if len(shares) > 1:
        everywhere = [_backend(f"{app}-{version}", port, weight) for version, weight in shares.items() if weight]
    else:
        everywhere = [_backend(app, port)]
    routes = [
        (_matches(target, name, route), {**traffic, **route})
        for name, route in sorted(traffic.get("routes", {}).items())
    ]
    asked: list[tuple[list[Record], Spec]] = [*routes, ([{}], traffic)]
    found: list[Record] = []
    for version, settings in sorted(spec.get("versions", {}).items()):
        headers = _headers(settings.get("match", {}).get("headers", {}))
        if headers:
            to = [_backend(f"{app}-{version}", port)]
            for matches, behaviour in asked:
                both = [met for match in matches if (met := _asking(match, headers)) is not None]
                found += [_rule(some, to, behaviour, app, port) for some in _portions(both)]
    for matches, behaviour in routes:
        found += [_rule(some, everywhere, behaviour, app, port) for some in _portions(matches)]
    return [*found, _rule([{}], everywhere, traffic, app, port)]


def _portions(matches: list[Record]) -> list[list[Record]]:
    """Return matches in portions that a rule takes."""
    return [matches[at : at + _MATCHES_OF_RULE] for at in range(0, len(matches), _MATCHES_OF_RULE)]


def _fitting(rules: list[Record]) -> list[list[Record]]:
    """Return rules as several objects' worth: an HTTPRoute takes 16 of them, and 128 matches in all."""
    if len(rules) == 1:
        return [rules]
    found: list[list[Record]] = [[]]
    matches = 0
    for rule in rules:
        own = len(rule.get("matches", [{}]))
        if len(found[-1]) == _RULES or matches + own > _MATCHES:
            found.append([])
            matches = 0
        found[-1].append(rule)
        matches += own
    return found


def _rule(matches: list[Record], backends: list[Record], behaviour: Spec, app: str, port: Port) -> Record:
    rule: Record = {"backends": backends, "timeout": period(behaviour["timeout"])}
    if matches != [{}]:
        rule["matches"] = matches
    if "mirror" in behaviour:
        mirror = behaviour["mirror"]
        to = {"kind": "Service", **_backend(f"{app}-{mirror['version']}", port)}
        rule["mirror"] = {"backendRef": to, "percent": mirror.get("percent", 100)}
    return rule


def _backend(service: str, port: Port, weight: int | None = None) -> Record:
    record: Record = {"name": service, "port": port.port}
    return record if weight is None else {**record, "weight": weight}


def _matches(target: Target, name: str, route: Spec) -> list[Record]:
    """Return the requests of a route: each path with each method."""
    paths = path_records(patterns(at(target.spec, "traffic", "routes", name, "paths")))
    forms = [{"path": record["httpRoute"]} for record in paths] or [{}]
    methods = [{"method": method} for method in sorted(route.get("methods", []))] or [{}]
    headers = _headers(route.get("headers", {}))
    shared: Record = {"headers": headers} if headers else {}
    return [{**form, **method, **shared} for form, method in product(forms, methods)]


def _headers(headers: Mapping[str, str]) -> list[Record]:
    return [{"type": "Exact", "name": name.lower(), "value": value} for name, value in sorted(headers.items())]


def _asking(match: Record, headers: list[Record]) -> Record | None:
    """Return a match with more headers, or None where it wants another value of one of them."""
    wanted = {header["name"]: header for header in match.get("headers", [])}
    if any(wanted.get(header["name"], header) != header for header in headers):
        return None
    merged = {**wanted, **{header["name"]: header for header in headers}}
    return {**match, "headers": [merged[name] for name in sorted(merged)]}


def period(text: str) -> str:
    """Return a duration as the Gateway API writes it: whole seconds or milliseconds; `0s` is for ever."""
    thousandths = round(seconds(text) * 1000)
    return f"{thousandths}ms" if thousandths % 1000 else f"{thousandths // 1000}s"
