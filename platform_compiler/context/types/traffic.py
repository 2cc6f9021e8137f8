"""How requests behave and are shared out."""

from typing import Annotated, Any, NotRequired, TypedDict


class DestinationRecord(TypedDict):
    """Where requests go."""

    host: Annotated[str, "the Service's full name"]
    port: Annotated[int, "the Service's port"]
    subset: NotRequired[Annotated[str, "the version"]]
    weight: NotRequired[Annotated[int, "its share in percent"]]


class TrafficRule(TypedDict):
    """Requests that behave alike; the most specific first, everything else last."""

    name: Annotated[str, "its name"]
    match: NotRequired[Annotated[list[Any], "which requests, in a VirtualService's shape; absent: all"]]
    destinations: Annotated[list[DestinationRecord], "where they go; none where the gateway answers"]
    timeout: NotRequired[Annotated[str, "how long an answer may take; absent: for ever"]]
    retries: NotRequired[
        Annotated[Any, "attempts, perTryTimeout and retryOn, always written out where it goes somewhere"]
    ]
    fault: NotRequired[Annotated[Any, "faults on purpose, in a VirtualService's shape"]]
    mirror: NotRequired[Annotated[Any, "destination and percentage of a copy"]]
    rewrite: NotRequired[Annotated[Any, "what the program sees instead of the path"]]
    redirect: NotRequired[Annotated[Any, "where the request is sent instead"]]
    directResponse: NotRequired[Annotated[Any, "what the gateway answers by itself"]]
    headers: NotRequired[Annotated[Any, "how headers change"]]
    cors: NotRequired[Annotated[Any, "what pages of other origins may do"]]
    limit: NotRequired[Annotated[str, "the limit under which its requests are counted"]]


class Bucket(TypedDict):
    """A bucket of tokens: each request takes one."""

    requests: Annotated[int, "how many are put in"]
    per: Annotated[str, "in which time"]
    atOnce: Annotated[int, "how many it holds"]


class ReplicaBucket(Bucket):
    """A limit at each replica."""

    ports: Annotated[list[int], "pod ports on which requests are counted, each for itself"]


class ExposureBucket(Bucket):
    """A limit at each proxy of a gateway."""

    name: Annotated[str, "what is counted: `team/name/exposure`"]


class LimitedRule(TypedDict):
    """A rule of a host whose requests are counted."""

    name: Annotated[str, "the rule's name"]
    limit: Annotated[str, "the limit's name"]


class ConnectionRule(TypedDict):
    """How connections to a port are shared out between versions, where no request can be read."""

    port: Annotated[int, "the Service's port"]
    destinations: Annotated[list[DestinationRecord], "where they go"]


class ServiceRule(TypedDict):
    """Requests to a Service that behave alike at its waypoint."""

    matches: NotRequired[Annotated[list[Any], "which requests, in an HTTPRoute's shape; absent: all"]]
    backends: Annotated[list[Any], "where they go, in an HTTPRoute's shape"]
    timeout: Annotated[str, "how long an answer may take; 0s: for ever"]
    mirror: NotRequired[Annotated[Any, "an HTTPRoute's `requestMirror`"]]


class ServiceRoute(TypedDict):
    """A port of a Service that a waypoint reads."""

    name: Annotated[str, "the name of its HTTPRoute"]
    port: Annotated[int, "the Service's port"]
    rules: Annotated[list[ServiceRule], "what happens to requests, everything else last"]


class TrafficRecord(TypedDict):
    """How requests to an application behave."""

    rules: Annotated[list[TrafficRule], "for a VirtualService; empty where no port can be read"]
    connections: Annotated[list[ConnectionRule], "the same for TCP; empty where there is one version"]
    subsets: Annotated[list[Any], "name and labels of each version; empty where there is one"]
    loadBalancer: Annotated[Any, "a DestinationRule's `loadBalancer`"]
    connectionPool: NotRequired[Annotated[Any, "a DestinationRule's `connectionPool`"]]
    outlierDetection: NotRequired[Annotated[Any, "a DestinationRule's `outlierDetection`"]]
    services: Annotated[list[str], "Services that requests go to: its own, and one for each of several versions"]
    httpRoutes: Annotated[list[ServiceRoute], "for HTTPRoutes at a waypoint; empty where no port can be read"]
