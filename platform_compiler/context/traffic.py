"""How requests to an application behave: rules for a VirtualService, policies for a DestinationRule.

Durations are seconds as protobuf writes them (`0.5s`). Rules stand most specific first, everything else last; timeouts
and retries are written out in each, since what Istio does without them is not what anybody expects.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.paths import path_records
from platform_compiler.link.interface import patterns
from platform_compiler.link.model import PathPattern, Port, Target
from platform_compiler.quantities import seconds
from platform_compiler.source.node import at

Spec = Mapping[str, Any]
Record = dict[str, Any]
_POLICIES = {"leastRequest": "LEAST_REQUEST", "roundRobin": "ROUND_ROBIN", "random": "RANDOM"}
_ALL = (PathPattern("/*"),)


def weights(spec: Spec) -> dict[str, int]:
    """Return the share of requests of each version, in percent: `stable` first, with what the others leave."""
    others = {name: version.get("weight", 0) for name, version in sorted(spec.get("versions", {}).items())}
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
    record: Record = {
        "rules": rules,
        "subsets": [{"name": name, "labels": {"platformc.dev/version": name}} for name in versions]
        if len(versions) > 1
        else [],
        "loadBalancer": _load_balancer(spec["traffic"]["loadBalancer"]),
    }
    resilience = spec.get("resilience", {})
    if "circuitBreaker" in resilience:
        record["connectionPool"] = _connection_pool(resilience["circuitBreaker"])
    if "outlierDetection" in resilience:
        record["outlierDetection"] = _outliers(resilience["outlierDetection"])
    return record


def port_rules(target: Target, spec: Spec, port: Port) -> list[Record]:
    """Return the rules of one port: versions that are asked for, routes, everything else."""
    traffic = spec["traffic"]
    host = target.interface.hosts[0]
    everywhere = _destinations(host, port, weights(spec))
    rules = []
    for version, settings in sorted(spec.get("versions", {}).items()):
        headers = settings.get("match", {}).get("headers")
        if headers:
            to = [{"host": host, "port": port.port, "subset": version}]
            match = [{"port": port.port, "headers": _headers(headers)}]
            rules.append({"name": f"{port.name}-{version}", "match": match, "destinations": to, **_behaviour(traffic)})
    for name, route in ordered_routes(target, traffic.get("routes", {})):
        paths = patterns(at(target.spec, "traffic", "routes", name, "paths"))
        rules.append(
            {
                "name": f"{port.name}-{name}",
                "match": matches(paths, route.get("methods", []), route.get("headers", {}), port.port),
                "destinations": everywhere,
                **_behaviour({**traffic, **route}),
            }
        )
    last = {"name": port.name, "match": [{"port": port.port}], "destinations": everywhere, **_behaviour(traffic)}
    return [_mirrored(rule, traffic, host, port) for rule in [*rules, last]]


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
        paths = patterns(at(target.spec, "traffic", "routes", item[0], "paths")) or _ALL
        best = min((kinds[p.kind], -len(p.base)) for p in paths)
        return (*best, item[0])

    return sorted(routes.items(), key=rank)


def _destinations(host: str, port: Port, versions: Mapping[str, int]) -> list[Record]:
    if len(versions) == 1:
        return [{"host": host, "port": port.port}]
    return [
        {"host": host, "port": port.port, "subset": name, "weight": weight}
        for name, weight in versions.items()
        if weight
    ]


def _behaviour(traffic: Spec) -> Record:
    retries = traffic["retries"]
    record: Record = {"retries": {"attempts": retries.get("attempts", 0)}}
    if record["retries"]["attempts"]:
        conditions = retries.get("retryOn", ["connect-failure", "refused-stream", "unavailable", "cancelled"])
        record["retries"]["retryOn"] = ",".join(str(condition) for condition in conditions)
        if seconds(retries.get("perTryTimeout", "0s")):
            record["retries"]["perTryTimeout"] = duration(retries["perTryTimeout"])
    if seconds(traffic["timeout"]):
        record["timeout"] = duration(traffic["timeout"])
    if "fault" in traffic:
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
    if "mirror" not in traffic:
        return rule
    mirror = traffic["mirror"]
    to = {"host": host, "port": {"number": port.port}, "subset": mirror["version"]}
    return {**rule, "mirror": {"destination": to, "percentage": {"value": mirror.get("percent", 100)}}}


def _load_balancer(settings: Spec) -> Record:
    affinity = settings.get("affinity")
    if affinity is None:
        return {"simple": _POLICIES[settings.get("policy", "leastRequest")]}
    if "header" in affinity:
        return {"consistentHash": {"httpHeaderName": affinity["header"]}}
    cookie = {"name": affinity["cookie"], "ttl": duration(affinity.get("ttl", "0s"))}
    return {"consistentHash": {"httpCookie": cookie}}


def _connection_pool(breaker: Spec) -> Record:
    names = {
        "maxPendingRequests": "http1MaxPendingRequests",
        "maxRequests": "http2MaxRequests",
        "maxRequestsPerConnection": "maxRequestsPerConnection",
    }
    http = {there: breaker[here] for here, there in names.items() if here in breaker}
    record: Record = {"http": http} if http else {}
    if "maxConnections" in breaker:
        record["tcp"] = {"maxConnections": breaker["maxConnections"]}
    return record


def _outliers(settings: Spec) -> Record:
    record: Record = {
        "consecutive5xxErrors": settings.get("consecutiveErrors", 5),
        "interval": duration(settings.get("interval", "10s")),
        "baseEjectionTime": duration(settings.get("ejectFor", "30s")),
        "maxEjectionPercent": settings.get("maxEjectionPercent", 10),
    }
    return record


def duration(text: str) -> str:
    """Return a duration as protobuf's JSON form writes it."""
    return f"{seconds(text):.9f}".rstrip("0").rstrip(".") + "s"
