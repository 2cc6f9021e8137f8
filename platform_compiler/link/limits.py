"""Limits of requests that somebody can keep: what is counted, over which time, and within what a gateway allows."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.layers.placement import text
from platform_compiler.link.facts import uses_sidecars
from platform_compiler.link.model import Linked, Route, Target
from platform_compiler.load import Loaded
from platform_compiler.quantities import seconds
from platform_compiler.source.node import Node, at, plain

_PERIODS = {1: "1s", 60: "1m", 3600: "1h", 86400: "1d"}
_SHORTEST = 0.05
_ENVOY_GATEWAY = "envoy-gateway@"


def check_limits(routes: Iterable[Route], loaded: Loaded, bag: Bag) -> None:
    """Report limits of exposures and of gateways that nobody can keep as they stand."""
    for gateway in loaded.gateways.values():
        _check_period(at(gateway.spec, "rateLimit", "per"), bag)
    _check_parts(loaded, bag)
    for route in routes:
        limit = at(route.target.spec, "expose", route.exposure.name, "rateLimit")
        if limit is not None:
            _check_period(at(limit, "per"), bag)
            _check_redirect(route, limit, bag)
            _check_gateway(route, limit, loaded, bag)


def check_replica_limit(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:  # noqa: ARG001 -- a check
    """Report a limit at the program that has nothing to count, or counts faster than a proxy can."""
    limit = at(target.spec, "resilience", "rateLimit")
    if limit is None or not target.interface.meshed:
        return
    if not uses_sidecars(text(loaded.clusters[target.cluster].spec, "parts", "mesh")):
        return  # its part says so
    per = at(limit, "per")
    if per is not None and seconds(str(plain(per))) < _SHORTEST:
        bag.add("PC4321", f"a proxy cannot count requests per `{plain(per)}`", per.span, help="50ms is the shortest")
    own = limit.span.path == target.path
    if own and not any(port.l7 and not port.internal for port in target.interface.ports.values()):
        bag.add(
            "PC4323",
            "there are no requests to count: no port that others may call speaks HTTP",
            limit.span,
            help="limit connections, by `resilience.circuitBreaker`; or say the port's `protocol`: http, http2, grpc",
        )


def _check_period(node: Node | None, bag: Bag) -> None:
    if node is not None and seconds(str(plain(node))) not in _PERIODS:
        bag.add(
            "PC2442",
            f"gateways do not count requests per `{plain(node)}`",
            node.span,
            help=f"one of {', '.join(_PERIODS.values())}",
        )


def _check_parts(loaded: Loaded, bag: Bag) -> None:
    """Report limits of gateways on clusters where nothing keeps them."""
    for cluster in loaded.clusters.values():
        ingress = text(cluster.spec, "parts", "ingress") or "none"
        for name, gateway in loaded.gateways.items() if not ingress.startswith(_ENVOY_GATEWAY) else ():
            limit = at(gateway.spec, "rateLimit")
            if limit is not None and at(cluster.spec, "gateways", name) is not None:
                bag.add(
                    "PC4303",
                    f"`rateLimit` of a Gateway has no effect on cluster `{cluster.name}`",
                    limit.span,
                    help=f"it needs envoy-gateway@1; `{ingress}` limits exposures at most, by `expose.*.rateLimit`",
                )


def _check_redirect(route: Route, limit: Node, bag: Bag) -> None:
    if route.exposure.redirects:
        bag.add(
            "PC4320",
            "a redirect is answered by the gateway itself, which counts only what it passes on",
            limit.span,
            help="remove the limit, or limit where it is redirected to",
        )


def _check_gateway(route: Route, limit: Node, loaded: Loaded, bag: Bag) -> None:
    """Report a limit that would replace its gateway's, and lets more pass."""
    manifest = loaded.gateways.get(route.gateway)
    bound = at(manifest.spec, "rateLimit") if manifest else None
    ingress = text(loaded.clusters[route.target.cluster].spec, "parts", "ingress") or "none"
    if bound is None or not ingress.startswith(_ENVOY_GATEWAY) or _within(plain(limit), plain(bound)):
        return
    bag.add(
        "PC4322",
        f"gateway `{route.gateway}` lets less pass for each exposure, or counts in another way",
        limit.span,
        also=[Label(bound.span, "the gateway's limit")],
        help="count in the same way and let no more pass, at once and in the long run; or leave it out",
    )


def _within(own: Mapping[str, Any], bound: Mapping[str, Any]) -> bool:
    """Whether a route can keep both: the rate limit service counts for any number of limits, a proxy for one."""
    by_proxies = [limit.get("by", "service") == "service" for limit in (own, bound)]
    if not any(by_proxies):
        return True
    return all(by_proxies) and own["requests"] <= bound["requests"] and _rate(own) <= _rate(bound)


def _rate(limit: Mapping[str, Any]) -> float:
    return float(limit["requests"]) / (seconds(limit["per"]) or _SHORTEST)
