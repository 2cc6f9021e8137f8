"""Exposures as gateways of all kinds serve them."""

from typing import Annotated, Any, NotRequired, TypedDict

from platform_compiler.context.types.cluster import GatewayRecord, ListenerRecord
from platform_compiler.context.types.pods import Labels


class RuleOfRoute(TypedDict):
    """Requests of a route that are treated alike."""

    name: Annotated[str, "its name"]
    guard: Annotated[str, "closed, public, or protected: behind the conditions of the exposure"]
    matches: Annotated[list[Any], "which requests, in the route's shape"]
    filters: Annotated[list[Any], "what happens to them, in the route's shape"]
    backends: Annotated[list[Any], "where they go, in the route's shape; none where they are redirected"]
    traffic: Annotated["RouteTraffic", "how they behave"]


class RouteTraffic(TypedDict):
    """How requests of a route behave."""

    timeout: Annotated[str, "how long an answer may take; 0s: for ever"]
    retry: NotRequired[Annotated[Any, "a BackendTrafficPolicy's `retry`; absent: none"]]
    fault: NotRequired[Annotated[Any, "a BackendTrafficPolicy's `faultInjection`"]]


class PolicyOfRoute(TypedDict):
    """A policy for rules of a route that are treated alike."""

    name: Annotated[str, "its name"]
    object: Annotated[str, "the route object"]
    sections: Annotated[list[str], "the rules' names"]
    traffic: Annotated[RouteTraffic, "how their requests behave"]
    guard: NotRequired[Annotated[str, "closed, public or protected"]]
    admits: NotRequired[Annotated[list[Any], "who gets in, as principals of a SecurityPolicy; none: the token decides"]]
    route: NotRequired[Annotated["RouteRecord", "the exposure; in `routeTraffic` and `routeSecurity` only"]]


class PieceRecord(TypedDict):
    """One route object: it holds at most sixteen rules."""

    name: Annotated[str, "its name"]
    rules: Annotated[list[RuleOfRoute], "its rules"]
    traffic: Annotated[list[PolicyOfRoute], "one for all rules that behave alike"]
    security: Annotated[list[PolicyOfRoute], "one for all rules that are guarded alike; none where everybody gets in"]
    route: NotRequired[Annotated["RouteRecord", "the exposure; in `routeObjects` only"]]


class ParentRecord(TypedDict):
    """What a route attaches to."""

    kind: Annotated[str, "Gateway or ListenerSet"]
    name: Annotated[str, "its name"]
    namespace: Annotated[str, "where it is"]
    section: Annotated[str, "the listener's name"]


class AskedToken(TypedDict):
    """A token that is asked for."""

    provider: Annotated[Any, "who signs it, in a SecurityPolicy's shape"]
    claims: Annotated[list[Any], "every way to carry what is wanted; none: any token will do"]


class RouteRecord(TypedDict):
    """An exposure of the application."""

    name: Annotated[str, "its name"]
    resourceName: Annotated[str, "the name of its objects"]
    host: Annotated[str, "the host"]
    gateway: Annotated[GatewayRecord, "the Gateway"]
    kind: Annotated[str, "HTTPRoute, GRPCRoute where it can say everything of its host, or TLSRoute"]
    closes: Annotated[bool, "whether the gateway itself must refuse paths that the platform closes"]
    tlsMode: Annotated[str, "terminate, passthrough or mutual: where TLS ends, and whether clients show a certificate"]
    forwards: Annotated[bool, "whether requests come here: not where they are redirected"]
    stranger: Annotated[bool, "whether the program is in the mesh and the gateway is not"]
    uncounted: Annotated[bool, "whether the gateway limits requests, and it is passed through"]
    ranged: Annotated[bool, "whether clients of some addresses alone may come"]
    unclearRanges: Annotated[bool, "whether others take the same paths from elsewhere, by methods or headers"]
    istios: Annotated[bool, "whether Istio runs the gateway"]
    parent: Annotated[ParentRecord, "what it attaches to"]
    limits: Annotated[list[Any], "rate limits, as rules of a BackendTrafficPolicy"]
    limitType: Annotated[str, "Local or Global: who counts"]
    cors: NotRequired[Annotated[Any, "what pages of other origins may do, as a CORS filter"]]
    token: NotRequired[Annotated[AskedToken, "the token that is asked for"]]
    listener: NotRequired[Annotated[ListenerRecord, "the host's listener, where it is ours and stands apart"]]


class AtGateway(TypedDict):
    """How a gateway treats an application's pods, in a BackendTrafficPolicy's shape."""

    loadBalancer: Annotated[Any, "its `loadBalancer`"]
    circuitBreaker: NotRequired[Annotated[Any, "its `circuitBreaker`"]]
    passive: NotRequired[Annotated[Any, "its `healthCheck.passive`"]]


class VersionService(TypedDict):
    """The Service of one version."""

    name: Annotated[str, "its name"]
    selector: Annotated[Labels, "what selects the version's pods"]


class GuardRecord(TypedDict):
    """Requests or connections at a gateway that only clients of some addresses may make."""

    hosts: Annotated[list[str], "under which host names; empty where the conditions say"]
    authzPaths: Annotated[list[str], "on which paths; empty: all"]
    notAuthzPaths: Annotated[list[str], "but not on these"]
    ranges: Annotated[list[str], "whence they may come"]
    conditions: Annotated[list[Any], "under which conditions, in an AuthorizationPolicy's shape"]


class ClosedRecord(TypedDict):
    """What a gateway may not ask for."""

    principals: Annotated[list[str], "the gateway's identities"]
    hosts: Annotated[list[str], "under which host names; empty: all"]
    otherHosts: Annotated[list[str], "or under all but these"]
    authzPaths: Annotated[list[str], "the paths"]
    opened: Annotated[list[str], "exceptions from them"]
