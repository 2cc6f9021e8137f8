"""Whence clients may come, as Istio's gateways keep it: whoever comes from elsewhere is refused, by host and path.

A rule about hosts or paths would refuse every connection that is passed through beside it, since nothing of those can
be read: so it leaves their names out. Of two exposures the one with the more specific path decides.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from platform_compiler.context.paths import authz_paths
from platform_compiler.link.model import PathPattern, Route
from platform_compiler.link.paths import meet

Record = dict[str, Any]
_ALL = (PathPattern("/*"),)


def source_guards(routes: Sequence[Route], passed_through: Sequence[str]) -> list[Record]:
    """Return what to refuse on one host; `passed_through` are hosts that the same proxies read nothing of."""
    return [_guard(route, routes, passed_through) for route in routes if route.exposure.ranges]


def _guard(route: Route, routes: Iterable[Route], passed_through: Sequence[str]) -> Record:
    ranges = list(route.exposure.ranges)
    if route.exposure.passthrough:
        asked = {"key": "connection.sni", "values": [route.host]}
        return {"hosts": [], "authzPaths": [], "notAuthzPaths": [], "ranges": ranges, "conditions": [asked]}
    return {
        "hosts": [route.host, f"{route.host}:*"],
        "authzPaths": authz_paths(route.exposure.paths),
        "notAuthzPaths": authz_paths(_of_others(route, routes)),
        "ranges": ranges,
        "conditions": [{"key": "connection.sni", "notValues": list(passed_through)}] if passed_through else [],
    }


def _of_others(route: Route, routes: Iterable[Route]) -> list[PathPattern]:
    """Return the paths inside an exposure's own that are another one's, from other addresses."""
    found = {
        theirs
        for other in routes
        if other is not route and other.exposure.ranges != route.exposure.ranges
        for mine in route.exposure.paths or _ALL
        for theirs in other.exposure.paths or _ALL
        if mine != theirs and meet(mine, theirs) == theirs
    }
    return sorted(found)


def is_unclear(route: Route, routes: Iterable[Route]) -> bool:
    """Whether another takes requests of the same paths from elsewhere, and methods or headers alone tell them apart."""
    return any(
        meet(mine, theirs) is not None
        for other in routes
        if other is not route and other.exposure.ranges != route.exposure.ranges
        if _narrows(route) or _narrows(other)
        for mine in route.exposure.paths or _ALL
        for theirs in other.exposure.paths or _ALL
    )


def _narrows(route: Route) -> bool:
    return bool(route.exposure.methods or route.exposure.headers)
