"""What callers do with the replicas of an application: a DestinationRule's load balancer, limits and ejection."""

from collections.abc import Mapping
from typing import Any

from platform_compiler.context.durations import duration

Spec = Mapping[str, Any]
Record = dict[str, Any]
_OF_REQUESTS = {
    "maxPendingRequests": "http1MaxPendingRequests",
    "maxRequests": "http2MaxRequests",
    "maxRequestsPerConnection": "maxRequestsPerConnection",
}
_POLICIES = {"leastRequest": "LEAST_REQUEST", "roundRobin": "ROUND_ROBIN", "random": "RANDOM"}


def client_policy(spec: Spec, *, spread: bool = False) -> Record:
    """Return `loadBalancer`, and `connectionPool` and `outlierDetection` where they are asked for.

    Requests leave a region only when its replicas are ejected, so failover brings ejection with it; and so does an
    application that callers find on several clusters (`spread`), since Istio would share requests out among all.
    """
    resilience = spec.get("resilience", {})
    record: Record = {"loadBalancer": _load_balancer(spec["traffic"]["loadBalancer"])}
    failover = resilience.get("failover", {}).get("to")
    if failover:
        record["loadBalancer"]["localityLbSetting"] = _failover(failover)
    elif spread:
        record["loadBalancer"]["localityLbSetting"] = {"enabled": True}
    pool = _connection_pool(resilience.get("circuitBreaker", {}))
    if pool:
        record["connectionPool"] = pool
    if "outlierDetection" in resilience or failover or spread:
        record["outlierDetection"] = _outliers(resilience.get("outlierDetection", {}))
    return record


def _load_balancer(settings: Spec) -> Record:
    affinity = settings.get("affinity")
    if not affinity:
        return {"simple": _POLICIES[settings.get("policy", "leastRequest")]}
    if "header" in affinity:
        return {"consistentHash": {"httpHeaderName": affinity["header"]}}
    cookie = {"name": affinity["cookie"], "ttl": duration(affinity.get("ttl", "0s"))}
    return {"consistentHash": {"httpCookie": cookie}}


def _failover(regions: Spec) -> Record:
    pairs = [{"from": here, "to": there} for here, there in sorted(regions.items())]
    return {"enabled": True, "failover": pairs}


def _connection_pool(breaker: Spec) -> Record:
    http = {there: breaker[here] for here, there in _OF_REQUESTS.items() if here in breaker}
    record: Record = {"http": http} if http else {}
    if "maxConnections" in breaker:
        record["tcp"] = {"maxConnections": breaker["maxConnections"]}
    return record


def _outliers(settings: Spec) -> Record:
    return {
        "consecutive5xxErrors": settings.get("consecutiveErrors", 5),
        "interval": duration(settings.get("interval", "10s")),
        "baseEjectionTime": duration(settings.get("ejectFor", "30s")),
        "maxEjectionPercent": settings.get("maxEjectionPercent", 10),
    }
