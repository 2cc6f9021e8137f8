"""Limits of requests: buckets of tokens for proxies of Istio, rules of a policy for Envoy Gateway."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.durations import duration
from platform_compiler.link.model import Interface, Route
from platform_compiler.quantities import seconds
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
Spec = Mapping[str, Any]
_UNITS = {1: "Second", 60: "Minute", 3600: "Hour", 86400: "Day"}


def replica_limit(interface: Interface, spec: Spec) -> Record | None:
    """Return the limit of each replica, and the pod ports on which requests are counted."""
    limit = spec.get("resilience", {}).get("rateLimit")
    if limit is None:
        return None
    ports = {port.target_port for port in interface.ports.values() if port.l7 and not port.internal}
    return {**_bucket(limit), "ports": sorted(ports)} if ports else None


def exposure_limit(route: Route, settings: Spec) -> str | None:
    """Return what an exposure's requests are counted under at its gateway, where they are limited together."""
    limit = settings.get("rateLimit", {"by": "nothing"})
    counted = limit.get("by", "service") == "service" and not route.exposure.redirects
    return f"{route.target.ref}/{route.exposure.name}" if counted else None


def host_limits(routes: Iterable[Route]) -> list[Record]:
    """Return the limits of a host's exposures."""
    found = []
    for route in routes:
        node = at(route.target.spec, "expose", route.exposure.name)
        settings = plain(node) if node is not None else {}
        name = exposure_limit(route, settings)
        if name is not None:
            found.append({"name": name, **_bucket(settings["rateLimit"])})
    return sorted(found, key=lambda limit: str(limit["name"]))


def limited_rules(rules: Iterable[Spec]) -> list[Record]:
    """Return the names of rules whose requests are counted, each once."""
    named = {rule["name"]: rule["limit"] for rule in rules if "limit" in rule}
    return [{"name": name, "limit": limit} for name, limit in sorted(named.items())]


def route_limits(own: Spec | None, bound: Spec | None) -> Record:
    """Return what Envoy Gateway keeps of an exposure's limit and its gateway's: a route has one policy, so it has both.

    A proxy that counts by itself can keep one; linking has seen to it that an exposure's own is the narrower.
    """
    both = [limit for limit in (own, bound) if limit is not None]
    by_itself = not both or both[0].get("by", "service") == "service"
    kept = both[:1] if by_itself else both
    return {
        "limits": [rule for limit in kept for rule in _rules(limit)],
        "limitType": "Local" if by_itself else "Global",
    }


def _rules(limit: Spec) -> list[Record]:
    """Return a limit as rules of a BackendTrafficPolicy."""
    record: Record = {"limit": {"requests": limit["requests"], "unit": _UNITS[round(seconds(limit["per"]))]}}
    by = limit.get("by", "service")
    selectors: list[Record]
    if by == "client":
        selectors = [{"sourceCIDR": {"type": "Distinct", "value": cidr}} for cidr in ("0.0.0.0/0", "::/0")]
    elif by.startswith("header:"):
        selectors = [{"headers": [{"name": by.removeprefix("header:"), "type": "Distinct"}]}]
    else:
        return [record]
    return [{"clientSelectors": [selector], **record} for selector in selectors]


def _bucket(limit: Spec) -> Record:
    return {
        "requests": limit["requests"],
        "atOnce": limit.get("burst", limit["requests"]),
        "per": duration(limit["per"]),
    }
