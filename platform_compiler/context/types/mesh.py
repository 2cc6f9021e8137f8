"""Ways between clusters, waypoints, and what may be connected to what."""

from typing import Annotated, Any, TypedDict

from platform_compiler.context.types.access import AdmittedRecord, DeniedRecord, OutsideRecord
from platform_compiler.context.types.pods import Labels, NetworkPort, PeerRecord


class WayOut(TypedDict):
    """A gateway of another network."""

    cidr: Annotated[str, "its address as a range"]
    networkPorts: Annotated[list[NetworkPort], "its port"]


class WayIn(TypedDict):
    """The gateway that callers of other networks come through."""

    namespace: Annotated[str, "where it runs"]
    podLabels: Annotated[Labels, "labels of its pods"]
    networkPorts: Annotated[list[NetworkPort], "pod ports that it leads to"]


class EgressPeer(TypedDict):
    """The gateway on the way out, as callers see it."""

    namespace: Annotated[str, "where its proxies run"]
    podLabels: Annotated[Labels, "their labels"]
    host: Annotated[str, "its Service's full name"]
    networkPorts: Annotated[list[NetworkPort], "its pods' port"]


class ProxyVolumes(TypedDict):
    """Secrets that proxies read, as JSON for the annotations of pods."""

    volumes: Annotated[str, "volumes by name"]
    mounts: Annotated[str, "mounts by volume"]


class AcrossRecord(TypedDict):
    """Ways between clusters of one mesh."""

    out: Annotated[list[WayOut], "gateways of the clusters that it calls"]
    into: Annotated[list[WayIn], "the gateway that callers on other clusters come through"]


class Visibility(TypedDict):
    """Who sees it, and what it sees."""

    exportTo: Annotated[list[str], "`.`, and the namespaces of callers and gateways"]
    sidecarHosts: Annotated[list[str], "`namespace/host` of everything it calls"]
    visible: Annotated[int, "how many services its proxy knows"]
    total: Annotated[int, "how many there are on the cluster"]


class WaypointRecord(TypedDict):
    """The waypoint before an application."""

    name: Annotated[str, "its name"]
    namespace: Annotated[str, "where it runs: the application's namespace"]
    podLabels: Annotated[Labels, "labels of its pods"]
    principals: Annotated[list[str], "its identities"]
    podPorts: Annotated[list[str], "pod ports that it leads to, as text"]
    networkPorts: Annotated[list[NetworkPort], "the same for a NetworkPolicy"]
    admitted: Annotated[list["AdmittedRecord"], "each rule of each caller that comes through it"]
    denied: Annotated[list[DeniedRecord], "what is refused on the way through it, to whom"]
    closedPorts: Annotated[list[str], "Service ports on which paths can be closed; empty: all"]


class AllowedConnection(TypedDict):
    """Who may connect to which ports."""

    principals: Annotated[list[str], "identities"]
    ports: Annotated[list[str], "pod ports as text"]


class DeniedConnection(TypedDict):
    """Which ports are refused to whom."""

    sources: Annotated[list[Any], "to whom, as an AuthorizationPolicy's `from`; empty: everybody"]
    ports: Annotated[list[str], "pod ports as text"]


class Connections(TypedDict):
    """What ztunnel decides at the pods; where a waypoint stands before them, that is whom it lets in."""

    allowed: Annotated[list[AllowedConnection], "who may connect"]
    denied: Annotated[list[DeniedConnection], "who may not, whatever else lets them in"]


class CalleeRecord(TypedDict):
    """Pods that a waypoint leads to."""

    podLabels: Annotated[Labels, "their labels"]
    networkPorts: Annotated[list[NetworkPort], "their ports"]


class NamespaceWaypoint(TypedDict):
    """The waypoint of a namespace."""

    name: Annotated[str, "its name"]
    namespace: Annotated[str, "where it runs"]
    podLabels: Annotated[Labels, "labels of its pods"]
    replicas: Annotated[int, "how many pods; the quota counts them"]
    resources: Annotated[Any, "what each asks for"]
    callers: Annotated[list["PeerRecord"], "pods that come through it"]
    callees: Annotated[list[CalleeRecord], "pods that it leads to"]
    outside: Annotated[list["OutsideRecord"], "fixed addresses of external services that it leads to"]
    anywhere: Annotated[list[NetworkPort], "ports of those whose addresses nobody knows beforehand"]
    collectors: Annotated[list["CollectorPeer"], "where it sends traces"]


class CollectorPeer(TypedDict):
    """Pods that collect traces."""

    namespace: Annotated[str, "where they run"]
    podLabels: Annotated[Labels, "their labels"]
    networkPorts: Annotated[list[NetworkPort], "their ports"]
