"""What stands behind a waypoint, the proxy of a namespace in ambient mode that reads requests.

ztunnel, which every pod has, knows identities and ports. Only where somebody asks for more is there a waypoint: rules
about requests, timeouts and routes, load balancing, limits, versions, TLS that the mesh starts. Values decide, not who
wrote them, so that an application that stays as it was published (`layers/published.py`) is judged like any other.
"""

from collections.abc import Iterable
from typing import Any

from platform_compiler.link.externals import originates
from platform_compiler.link.facts import ClusterFacts
from platform_compiler.link.interface import listed_paths
from platform_compiler.link.model import (
    AccessRule,
    CidrSource,
    GatewaySource,
    Interface,
    Link,
    Linked,
    Port,
    PrincipalSource,
    Route,
    Target,
)
from platform_compiler.link.protection import token_rule_of
from platform_compiler.load import Loaded
from platform_compiler.source.node import at, plain

_AS_WITHOUT: dict[str, Any] = {"timeout": "0s", "loadBalancer": {"policy": "leastRequest"}}
"""Settings of `traffic` that say what holds without any proxy, as far as one can say it."""
_OF_REQUESTS = ("timeout", "routes", "mirror")


def served_by_waypoint(port: Port) -> bool:
    """Whether a waypoint takes the traffic of a port: it stands before Services, and does not know UDP."""
    return port.protocol != "udp" and not port.internal


def behind_waypoints(linked: Linked, facts: dict[str, ClusterFacts], loaded: Loaded) -> frozenset[tuple[str, str]]:
    """Return (cluster, `team/name`) of each application and external service that needs a waypoint."""
    closed = bool(listed_paths(at(loaded.platform.spec, "closedPaths"))) if loaded.platform else False
    return frozenset(
        (cluster, ref)
        for cluster, targets in linked.targets.items()
        if facts[cluster].mesh_mode == "ambient"
        for ref, target in targets.items()
        if _needed(
            target, linked.links_in.get((cluster, ref), ()), linked.routes.get((cluster, ref), ()), closed=closed
        )
    )


def _needed(target: Target, links: tuple[Link, ...], routes: tuple[Route, ...], *, closed: bool) -> bool:
    interface = target.interface
    if interface.kind == "external":
        mine = [link for link in links if link.caller.interface.meshed]
        return (
            not interface.meshed
            and bool(mine)
            and (originates(target) or _is_limited(interface, links, (), closed=False))
        )
    if interface.kind != "app" or not interface.meshed:
        return False
    ports = [port for port in interface.ports.values() if served_by_waypoint(port)]
    called = [*links, *routes, *(rule for rule in interface.access if _lets_others_in(rule))]
    if not ports or not called:
        return False
    limited = _is_limited(interface, links, routes, closed=closed)
    return limited or _behaves(target, read=any(port.l7 for port in ports))


def _lets_others_in(rule: AccessRule) -> bool:
    return any(isinstance(source, GatewaySource | PrincipalSource) for source in rule.sources)


def _lets_gateways_in(rule: AccessRule) -> bool:
    return any(isinstance(source, GatewaySource) for source in rule.sources)


def _is_limited(interface: Interface, links: tuple[Link, ...], routes: tuple[Route, ...], *, closed: bool) -> bool:
    """Whether what callers may do is said in terms of requests."""
    grants = (
        bool(grant.paths or grant.jwt) or _chooses(grant.methods, (interface.ports[name] for name in grant.ports))
        for link in links
        for grant in link.grants
    )
    exposed = (
        (closed and not route.exposure.passthrough)
        or bool(route.exposure.paths)
        or _chooses(route.exposure.methods, [route.port])
        or token_rule_of(route) is not None
        for route in routes
    )
    rules = (
        bool(rule.paths or rule.methods or rule.jwt) or (closed and _lets_gateways_in(rule))
        for rule in interface.access
        if _lets_others_in(rule)
    )
    return any(grants) or any(exposed) or any(rules) or any(map(_denies_requests, interface.deny))


def _denies_requests(rule: AccessRule) -> bool:
    """Whether a rule refuses requests, or whom a gateway speaks for, which it tells in a request."""
    return bool(rule.paths or rule.methods) or any(isinstance(source, CidrSource) for source in rule.sources)


def _chooses(methods: Iterable[str], ports: Iterable[Port]) -> bool:
    """Whether methods limit anything: every call of gRPC is a POST."""
    listed = list(methods)
    return bool(listed) and not (listed == ["POST"] and all(port.protocol == "grpc" for port in ports))


def _behaves(target: Target, *, read: bool) -> bool:
    """Whether requests shall behave in another way than they do without a proxy."""
    spec: dict[str, Any] = plain(target.spec)
    traffic = spec.get("traffic", {})
    set_otherwise = {key for key, value in traffic.items() if value and value != _AS_WITHOUT.get(key)}
    if spec.get("resilience") or "loadBalancer" in set_otherwise:
        return True
    return read and bool(spec.get("versions") or set_otherwise.intersection(_OF_REQUESTS))
