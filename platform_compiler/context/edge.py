"""Exposures as templates of the Gateway API see them: where they attach, and how each rule is guarded."""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from platform_compiler.context.gateways import under_wildcard
from platform_compiler.context.identities import enters_by_sidecar, gateway_in_mesh, is_istios
from platform_compiler.context.limits import route_limits
from platform_compiler.context.names import resource_name
from platform_compiler.context.route_filters import cors_filter
from platform_compiler.context.routes import (
    connection_rules,
    gateway_duration,
    pieces,
    route_rules,
    speaks_grpc,
    wants_token,
)
from platform_compiler.context.source_ranges import is_unclear
from platform_compiler.context.traffic import passed_on
from platform_compiler.link.model import Linked, Route, Target
from platform_compiler.link.tls import mode_of
from platform_compiler.quantities import seconds
from platform_compiler.source.node import at, plain

Spec = Mapping[str, Any]
Record = dict[str, Any]


def edge_routes(  # noqa: PLR0913, PLR0917 -- everything that decides a route
    target: Target, spec: Spec, linked: Linked, cluster: Spec, cluster_spec: Spec, providers: Spec
) -> list[Record]:
    """Return the exposures of one target, by name."""
    found = []
    behind = (target.cluster, target.ref) in linked.waypoints
    spec = passed_on(spec) if behind else spec
    for route in linked.routes.get((target.cluster, target.ref), ()):
        if route.gateway in cluster["gateways"]:
            neighbours = linked.hosts[target.cluster, route.host]
            found.append(_route(route, spec, neighbours, cluster, cluster_spec, providers))
    return found


def _route(  # noqa: PLR0913, PLR0917 -- everything that decides a route
    route: Route, spec: Spec, neighbours: tuple[Route, ...], cluster: Spec, cluster_spec: Spec, providers: Spec
) -> Record:
    settings = spec["expose"][route.exposure.name]
    gateway = cluster["gateways"][route.gateway]
    sidecar = enters_by_sidecar(cluster_spec)
    raw = route.exposure.passthrough
    grpc = not (sidecar or raw) and all(map(speaks_grpc, neighbours))
    grpc = grpc and (_policies(cluster_spec) or not _times_out(neighbours))
    name = f"{route.target.interface.name}.{route.exposure.name}"
    rules = connection_rules(route) if raw else route_rules(route, spec, grpc=grpc, sidecar=sidecar)
    token = _token(settings, providers) if wants_token(settings) else None
    record: Record = {
        "name": route.exposure.name,
        "resourceName": name,
        "host": route.host,
        "gateway": gateway,
        "kind": "TLSRoute" if raw else "GRPCRoute" if grpc else "HTTPRoute",
        "closes": any(rule["guard"] == "closed" for rule in rules),
        "tlsMode": mode_of(route),
        "forwards": not route.exposure.redirects,
        "stranger": route.target.interface.meshed and not gateway_in_mesh(cluster_spec, route.gateway),
        "uncounted": raw and "rateLimit" in gateway,
        "ranged": bool(route.exposure.ranges),
        "unclearRanges": bool(route.exposure.ranges) and is_unclear(route, neighbours),
        "istios": is_istios(cluster_spec, route.gateway),
        "parent": _parent(route, neighbours, gateway, cluster),
        "pieces": [_piece(piece, settings, token, raw=raw) for piece in pieces(name, rules)],
        **route_limits(settings.get("rateLimit"), gateway.get("rateLimit")),
    }
    own = next(other for other in neighbours if other.target.ref == route.owner)
    if own is route and not under_wildcard(route.host, _domain(gateway), neighbours) and cluster["has"]["listenerSet"]:
        record["listener"] = next(host for host in gateway["hosts"] if host["fqdn"] == route.host)
    if (cors := cors_filter(settings)) is not None:
        record["cors"] = cors
    return record | ({"token": token} if token else {})


def _policies(cluster_spec: Spec) -> bool:
    """Whether timeouts stand in policies beside routes: a GRPCRoute itself has none."""
    return str(cluster_spec.get("parts", {}).get("ingress", "")).startswith("envoy-gateway@")


def _times_out(routes: Iterable[Route]) -> bool:
    found = [plain(node) for route in routes if (node := at(route.target.spec, "traffic")) is not None]
    every = [t["timeout"] for t in found] + [
        r["timeout"] for t in found for r in t.get("routes", {}).values() if "timeout" in r
    ]
    return any(seconds(text) for text in every)


def _domain(gateway: Spec) -> str | None:
    wildcard = gateway.get("wildcard")
    return wildcard["fqdn"].removeprefix("*.") if wildcard else None


def _parent(route: Route, neighbours: tuple[Route, ...], gateway: Spec, cluster: Spec) -> Record:
    """Return what a route attaches to: its host's own listener, wherever that stands."""
    if under_wildcard(route.host, _domain(gateway), neighbours):
        section = gateway["wildcard"]["resourceName"]
        return {"kind": "Gateway", "name": gateway["name"], "namespace": gateway["namespace"], "section": section}
    resource = resource_name(route.host)
    if not cluster["has"]["listenerSet"]:
        return {"kind": "Gateway", "name": gateway["name"], "namespace": gateway["namespace"], "section": resource}
    owner = next(other for other in neighbours if other.target.ref == route.owner).target.interface
    return {"kind": "ListenerSet", "name": resource, "namespace": owner.namespace, "section": "https"}


def _piece(piece: Record, settings: Spec, token: Record | None, *, raw: bool) -> Record:
    if raw:  # the one policy is for the whole object, whose rule has no behaviour of requests
        policy = {
            "name": piece["name"],
            "object": piece["name"],
            "sections": [],
            "traffic": piece["rules"][0]["traffic"],
        }
        return {**piece, "traffic": [policy], "security": []}
    return {
        **piece,
        "traffic": _policies_of(piece, [rule for rule in piece["rules"] if rule["guard"] != "closed"], _same_traffic),
        "security": [
            {**policy, "guard": guard, "admits": _admits(guard, settings, token)}
            for guard in ("closed", "public", "protected")
            for policy in _policies_of(piece, [r for r in piece["rules"] if r["guard"] == guard], _same_guard)
            if guard == "closed" or (token and guard == "protected") or settings.keys() & {"sourceRanges", "cors"}
        ],
    }


def _same_traffic(rule: Record) -> str:
    return repr(rule["traffic"])


def _same_guard(rule: Record) -> str:
    return str(rule["guard"])


def _policies_of(piece: Record, rules: list[Record], key: Any) -> list[Record]:
    """Return one policy for all rules that are treated alike, with the names of their sections."""
    groups: dict[str, list[Record]] = {}
    for rule in rules:
        groups.setdefault(key(rule), []).append(rule)
    return [
        {
            "name": f"{piece['name']}.{group[0]['name']}" if len(group) < len(piece["rules"]) else piece["name"],
            "object": piece["name"],
            "sections": [rule["name"] for rule in group],
            "traffic": group[0]["traffic"],
        }
        for group in groups.values()
    ]


def _token(settings: Spec, providers: Spec) -> Record | None:
    """Return the token that is asked for, in a SecurityPolicy's shape."""
    auth = settings["auth"]
    declared = providers.get(auth["jwt"])
    if declared is None:
        return None  # said when it was linked
    provider: Record = {
        "name": auth["jwt"],
        "issuer": declared["issuer"],
        "remoteJWKS": {"uri": declared["jwksUri"]},
    }
    audiences = auth.get("audiences") or declared.get("audiences")
    if audiences:
        provider["audiences"] = audiences
    where = auth.get("tokenFrom")
    if where:
        ((kind, name),) = where.items()
        prefix = {"valuePrefix": "Bearer "} if name.lower() == "authorization" else {}
        forms: dict[str, Record] = {
            "header": {"headers": [{"name": name, **prefix}]},
            "cookie": {"cookies": [name]},
            "query": {"params": [name]},
        }
        provider["extractFrom"] = forms[kind]
    return {"provider": provider, "claims": _claims(auth["jwt"], auth.get("claims", {}))}


def _claims(provider: str, claims: Spec) -> list[Record]:
    """Return every way to carry one wanted value of each claim; a claim may be text or a list, `scope` is words."""
    ways = []
    for name, values in sorted(claims.items()):
        if name == "scope":
            ways.append([{"scopes": [value]} for value in values])
        else:
            ways.append(
                [
                    {"claims": [{"name": name, "valueType": kind, "values": values}]}
                    for kind in ("String", "StringArray")
                ]
            )
    found = []
    for way in product(*ways):
        merged: Record = {"provider": provider}
        for part in way:
            for key, listed in part.items():
                merged[key] = [*merged.get(key, []), *listed]
        found.append(merged)
    return found if claims else []


def _admits(guard: str, settings: Spec, token: Record | None) -> list[Record]:
    """Return who gets in, in an authorization rule's shape; nobody in particular: the token alone decides."""
    if guard == "closed":
        return []
    ranges = settings.get("sourceRanges")
    places: Record = {"clientCIDRs": ranges} if ranges else {}
    if guard == "protected" and token and token["claims"]:
        return [{**places, "jwt": claims} for claims in token["claims"]]
    return [places] if places else []


def at_gateway(spec: Spec) -> Record:
    """Return how a gateway treats an application's pods where no proxy beside the caller does, in a policy's shape."""
    resilience = spec.get("resilience", {})
    record: Record = {"loadBalancer": _balancer(spec["traffic"]["loadBalancer"])}
    breaker = {
        there: resilience.get("circuitBreaker", {})[here]
        for here, there in _BREAKER.items()
        if resilience.get("circuitBreaker", {}).get(here)
    }
    if breaker:
        record["circuitBreaker"] = breaker
    if "outlierDetection" in resilience:
        outliers = resilience["outlierDetection"]
        record["passive"] = {
            "consecutive5XxErrors": outliers.get("consecutiveErrors", 5),
            "interval": gateway_duration(outliers.get("interval", "10s")),
            "baseEjectionTime": gateway_duration(outliers.get("ejectFor", "30s")),
            "maxEjectionPercent": outliers.get("maxEjectionPercent", 10),
        }
    return record


_BREAKER = {
    "maxConnections": "maxConnections",
    "maxPendingRequests": "maxPendingRequests",
    "maxRequests": "maxParallelRequests",
    "maxRequestsPerConnection": "maxRequestsPerConnection",
}
_BALANCERS = {"leastRequest": "LeastRequest", "roundRobin": "RoundRobin", "random": "Random"}


def _balancer(settings: Spec) -> Record:
    affinity = settings.get("affinity")
    if affinity is None:
        return {"type": _BALANCERS[settings.get("policy", "leastRequest")]}
    if "header" in affinity:
        return {"type": "ConsistentHash", "consistentHash": {"type": "Header", "header": {"name": affinity["header"]}}}
    ttl = {"ttl": gateway_duration(affinity["ttl"])} if "ttl" in affinity else {}
    return {
        "type": "ConsistentHash",
        "consistentHash": {"type": "Cookie", "cookie": {"name": affinity["cookie"], **ttl}},
    }
