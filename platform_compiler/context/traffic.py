"""How requests to an application behave: rules for a VirtualService, policies for a DestinationRule.

Durations are seconds as protobuf writes them (`0.5s`). Rules stand most specific first, everything else last; timeouts
and retries are written out in each, since what Istio does without them is not what anybody expects.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.durations import duration
from platform_compiler.context.paths import path_records
from platform_compiler.link.interface import patterns
from platform_compiler.link.model import PathPattern, Port, Target
from platform_compiler.quantities import seconds
from platform_compiler.source.node import at

Spec = Mapping[str, Any]
Record = dict[str, Any]
_ALL = (PathPattern("/*"),)


def weights(spec: Spec) -> dict[str, int]:
    """Return the share of requests of each version, in percent: `stable` first, with what the others leave."""
    declared = spec.get("versions")
    if not declared:
        return {"stable": 100}
    others = {name: version.get("weight", 0) for name, version in sorted(declared.items())}
    return {"stable": 100 - sum(others.values()), **others}


def traffic_record(target: Target, spec: Spec) -> Record:
    """Return the behaviour of requests to one target, from mesh and gateway alike."""
    rules = [
        rule
        for port in target.interface.ports.values()
        if port.l7 and not port.internal
        for rule in port_rules(target, spec, port)
    ]
    versions = weights(spec)
    return {
        "rules": rules,
        "connections": connection_rules(target, versions),
        "subsets": [{"name": name, "labels": {"platformc.dev/version": name}} for name in versions]
        if len(versions) > 1
        else [],
    }


def port_rules(target: Target, spec: Spec, port: Port) -> list[Record]:
    """Return the rules of one port: routes and everything else, for each version that is asked for, then for everybody.

    Whoever asks for a version by header still gets the behaviour of the route.
    """
    traffic = spec["traffic"]
    host = target.interface.hosts[0]
    everywhere = _destinations(host, port, weights(spec))
    routes: list[tuple[str, tuple[PathPattern, ...], Spec, Record]] = [
        (name, _route_paths(target, name), route, _behaviour(_overridden(traffic, route)))
        for name, route in ordered_routes(target, traffic.get("routes", {}))
    ]
    routes.append(("", (), {}, _behaviour(traffic)))
    rules = []
    for version, asked in [*asked_for(spec), ("", {})]:
        to = [{"host": host, "port": port.port, "subset": version}] if version else everywhere
        for name, paths, route, behaviour in routes:
            headers = both_headers(route.get("headers", {}), asked)
            if headers is not None:
                rule = {
                    "name": f"{port.name}{'.' if version else ''}{version}{'-' if name else ''}{name}",
                    "match": matches(paths, route.get("methods", []), headers, port.port),
                    "destinations": to,
                    **behaviour,
                }
                rules.append(_mirrored(rule, traffic, host, port))
    return rules


def connection_rules(target: Target, versions: Mapping[str, int]) -> list[Record]:
    """Return how connections are shared out between several versions, on ports where no request can be read."""
    if len(versions) == 1:
        return []
    host = target.interface.hosts[0]
    return [
        {"port": port.port, "destinations": _destinations(host, port, versions)}
        for port in target.interface.ports.values()
        if port.protocol == "tcp" and not port.internal
    ]


def asked_for(spec: Spec) -> list[tuple[str, Mapping[str, str]]]:
    """Return versions that requests ask for by header, those that want more headers first."""
    versions = spec.get("versions")
    if not versions:
        return []
    found = [
        (name, version["match"]["headers"])
        for name, version in versions.items()
        if version.get("match", {}).get("headers")
    ]
    return sorted(found, key=lambda item: (-len(item[1]), item[0]))


def both_headers(one: Mapping[str, str], other: Mapping[str, str]) -> Mapping[str, str] | None:
    """Return the headers of two conditions together, or None where they want two values of one."""
    if not one and not other:
        return one
    mine = {name.lower(): value for name, value in one.items()}
    theirs = {name.lower(): value for name, value in other.items()}
    both = {**mine, **theirs}
    return None if any(both[name] != value for name, value in mine.items()) else both


def _overridden(traffic: Spec, route: Spec) -> Spec:
    """Return how requests of a route behave; of retries it may say a part."""
    retries = {**traffic["retries"], **route.get("retries", {})}
    return {**traffic, **route, "retries": retries}


def passed_on(spec: Spec) -> Record:
    """Return the spec as a hop before a waypoint reads it: that one alone waits, splits and tries again."""
    calm = {"timeout": "0s", "retries": {"attempts": 0}, "loadBalancer": spec["traffic"]["loadBalancer"]}
    return {**{key: value for key, value in spec.items() if key != "versions"}, "traffic": calm}


def matches(
    paths: Iterable[PathPattern], methods: Iterable[str], headers: Mapping[str, str], port: int | None
) -> list[Record]:
    """Return requests in a VirtualService's shape: each path form with all other conditions."""
    shared: Record = {} if port is None else {"port": port}
    chosen = sorted(methods)
    if chosen:
        shared["method"] = {"exact": chosen[0]} if len(chosen) == 1 else {"regex": "|".join(chosen)}
    if headers:
        shared["headers"] = _headers(headers)
    listed = tuple(paths)
    if not listed:
        return [shared]
    return [{**shared, "uri": form} for record in path_records(listed) for form in record["virtualService"]]


def _headers(headers: Mapping[str, str]) -> Record:
    return {name.lower(): {"exact": value} for name, value in sorted(headers.items())}


def ordered_routes(target: Target, routes: Mapping[str, Record]) -> list[tuple[str, Record]]:
    """Return routes by their most specific path, exact before longer before shorter, then by name."""

    def rank(item: tuple[str, Record]) -> tuple[int, int, str]:
        kinds = {"exact": 0, "below": 1, "all": 2}
        paths = _route_paths(target, item[0]) or _ALL
        best = min((kinds[p.kind], -len(p.base)) for p in paths)
        return (*best, item[0])

    return sorted(routes.items(), key=rank) if routes else []


def _route_paths(target: Target, name: str) -> tuple[PathPattern, ...]:
    return patterns(at(target.spec, "traffic", "routes", name, "paths"))


def _destinations(host: str, port: Port, versions: Mapping[str, int]) -> list[Record]:
    if len(versions) == 1:
        return [{"host": host, "port": port.port}]
    return [{"host": host, "port": port.port, "subset": name, "weight": weight} for name, weight in versions.items()]


def _behaviour(traffic: Spec) -> Record:
    retries = traffic["retries"]
    record: Record = {"retries": {"attempts": retries.get("attempts", 0)}}
    if record["retries"]["attempts"]:
        conditions = retries.get("retryOn", ["connect-failure", "refused-stream", "unavailable", "cancelled"])
        record["retries"]["retryOn"] = ",".join(map(str, conditions))
        if seconds(retries.get("perTryTimeout", "0s")):
            record["retries"]["perTryTimeout"] = duration(retries["perTryTimeout"])
    if seconds(traffic["timeout"]):
        record["timeout"] = duration(traffic["timeout"])
    if traffic.get("fault"):
        record["fault"] = _fault(traffic["fault"])
    return record


def _fault(fault: Spec) -> Record:
    record: Record = {}
    if "abort" in fault:
        abort = fault["abort"]
        record["abort"] = {"httpStatus": abort["status"], "percentage": {"value": abort.get("percent", 100)}}
    if "delay" in fault:
        delay = fault["delay"]
        record["delay"] = {
            "fixedDelay": duration(delay["duration"]),
            "percentage": {"value": delay.get("percent", 100)},
        }
    return record


def _mirrored(rule: Record, traffic: Spec, host: str, port: Port) -> Record:
    """Return a rule with its mirror; who gets all of its requests needs no copy of them."""
    mirror = traffic.get("mirror")
    if mirror is None or [to.get("subset") for to in rule["destinations"]] == [mirror["version"]]:
        return rule
    to = {"host": host, "port": {"number": port.port}, "subset": mirror["version"]}
    return {**rule, "mirror": {"destination": to, "percentage": {"value": mirror.get("percent", 100)}}}


__all__ = ["duration", "matches", "port_rules", "traffic_record", "weights"]
