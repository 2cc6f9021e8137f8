"""The whole of what templates of each scope see."""

from typing import Annotated, Any, NotRequired, TypedDict

from platform_compiler.context.types.access import (
    AdmittedRecord,
    AuthorizerRecord,
    CallerRecord,
    CallRecord,
    DeniedRecord,
    OutsideRecord,
    TokenRecord,
)
from platform_compiler.context.types.cluster import GatewayRecord
from platform_compiler.context.types.mesh import (
    AcrossRecord,
    Connections,
    EgressPeer,
    ProxyVolumes,
    Visibility,
    WaypointRecord,
)
from platform_compiler.context.types.observe import ObserveRecord, SloRecord
from platform_compiler.context.types.parts import CommonContext
from platform_compiler.context.types.places import NamespaceRecord, TeamRecord
from platform_compiler.context.types.pods import Identity, Labels, NetworkPort, PeerRecord, PortRecord
from platform_compiler.context.types.routes import (
    AtGateway,
    ClosedRecord,
    GuardRecord,
    ParentRecord,
    PieceRecord,
    PolicyOfRoute,
    RouteRecord,
    VersionService,
)
from platform_compiler.context.types.traffic import (
    DestinationRecord,
    ExposureBucket,
    LimitedRule,
    ReplicaBucket,
    TrafficRecord,
    TrafficRule,
)
from platform_compiler.model.application import ApplicationBase


class AppContext(CommonContext):
    """What templates of scope `app` see."""

    app: Annotated[ApplicationBase, "the merged spec, and what is computed from it"]
    identity: Annotated[Identity, "who it is"]
    selector: Annotated[Labels, "what selects its pods, whatever their version"]
    podLabels: Annotated[Labels, "labels of its pods, whatever their version"]
    namespace: Annotated[NamespaceRecord, "where it runs"]
    team: Annotated[TeamRecord, "whose it is"]
    calls: Annotated[list[CallRecord], "whom it calls, by ref"]
    callers: Annotated[list[CallerRecord], "who may call it, by kind and ref"]
    admitted: Annotated[list[AdmittedRecord], "each rule of each caller with an identity"]
    admittedAddresses: Annotated[list[AdmittedRecord], "the same for callers that have an address and no identity"]
    denied: Annotated[list[DeniedRecord], "what is denied, whatever is granted"]
    closedPorts: Annotated[list[str], "pod ports on which the platform can close paths; empty: all"]
    tokens: Annotated[list[TokenRecord], "tokens that its proxy reads, one a provider"]
    authorizers: Annotated[list[AuthorizerRecord], "who is asked about requests from outside"]
    gatewayPrincipals: Annotated[list[str], "identities of the gateways that expose it"]
    closed: Annotated[list[ClosedRecord], "what the platform closes to those gateways"]
    routes: Annotated[list[RouteRecord], "its exposures"]
    atGateway: Annotated[AtGateway, "how a gateway treats its pods"]
    atGatewayOnly: Annotated[
        bool, "whether a gateway alone decides how requests behave: no mesh, and no application calls"
    ]
    versionServices: Annotated[
        list[VersionService], "Services that a gateway shares requests out between; none where another hop does"
    ]
    gatewayNamespaces: Annotated[list[str], "where the proxies of its gateways run"]
    routeObjects: Annotated[list[PieceRecord], "the route objects of all exposures"]
    routeTraffic: Annotated[list[PolicyOfRoute], "the traffic policies of all exposures"]
    routeSecurity: Annotated[list[PolicyOfRoute], "the security policies of all exposures"]
    traffic: Annotated[TrafficRecord, "how requests to it behave"]
    limit: NotRequired[Annotated[ReplicaBucket, "how many requests a replica lets pass"]]
    across: Annotated[AcrossRecord, "ways between clusters of one mesh"]
    outside: Annotated[list[OutsideRecord], "fixed addresses outside the cluster that it calls"]
    anywhere: Annotated[list[NetworkPort], "ports that it calls at addresses which nobody knows beforehand"]
    egressGateway: Annotated[list[EgressPeer], "the gateway on the way out; empty where no call goes by it"]
    proxyVolumes: NotRequired[Annotated[ProxyVolumes, "secrets that its proxies read"]]
    visibility: Annotated[Visibility, "who sees it, and what it sees"]
    observe: Annotated[ObserveRecord, "what can be seen of it"]
    waypoint: NotRequired[Annotated[WaypointRecord, "the waypoint before it, where one is needed"]]
    connections: Annotated[Connections, "what ambient mode decides without reading requests"]
    waypointsCalled: Annotated[list[PeerRecord], "waypoints that its calls go through"]
    params: Annotated[Any, "the blueprint's parameters"]


class MachineRecord(TypedDict):
    """A machine that runs a proxy of the mesh."""

    name: Annotated[str, "its name"]
    address: Annotated[str, "its address"]
    ports: NotRequired[Annotated[dict[str, int], "other ports than declared, by name"]]
    labels: NotRequired[Annotated[Labels, "its labels"]]
    weight: NotRequired[Annotated[int, "its share"]]
    locality: NotRequired[Annotated[str, "region and zone"]]


class OutsideHop(TypedDict):
    """Connections on the way to a host outside."""

    match: Annotated[list[Any], "which connections, in a VirtualService's shape"]
    destinations: Annotated[list[DestinationRecord], "where they go"]


class OutsidePolicy(TypedDict):
    """How proxies treat a host outside."""

    resourceName: Annotated[str, "the name of its DestinationRule"]
    host: Annotated[str, "the host"]
    policy: Annotated[Any, "a DestinationRule's `trafficPolicy`"]


class OutsideRoutes(TypedDict):
    """How requests and connections to a host outside are led."""

    resourceName: Annotated[str, "the name of its VirtualService"]
    host: Annotated[str, "the host"]
    gateways: NotRequired[Annotated[list[str], "where the routes hold; absent: at callers alone"]]
    rules: Annotated[list[TrafficRule], "for requests; empty where none can be read"]
    tls: NotRequired[Annotated[list[OutsideHop], "for connections on which programs speak TLS"]]
    tcp: NotRequired[Annotated[list[OutsideHop], "for other connections"]]


class OutsideIdentity(TypedDict):
    """Who stands outside or beside the clusters."""

    serviceAccount: NotRequired[Annotated[str, "its ServiceAccount"]]
    principals: Annotated[list[str], "its identities"]


class ExternalRecord(TypedDict):
    """Something outside the clusters."""

    name: Annotated[str, "its name"]
    ref: Annotated[str, "`team/name`"]
    hosts: Annotated[list[str], "its names"]
    addresses: Annotated[list[str], "addresses that callers dial"]
    ports: Annotated[dict[str, PortRecord], "ports by name"]
    location: Annotated[str, "MESH_EXTERNAL or MESH_INTERNAL"]
    resolution: Annotated[str, "STATIC, DNS, DYNAMIC_DNS or NONE"]
    endpoints: Annotated[list[Any], "its addresses, in a ServiceEntry's shape"]
    machines: Annotated[list[MachineRecord], "machines of the mesh"]
    exportTo: Annotated[list[str], "namespaces of those that call it"]
    selector: Annotated[Labels, "labels of its machines"]
    identity: NotRequired[Annotated[OutsideIdentity, "who it is when it calls"]]
    origin: Annotated[str, "who starts TLS: application or mesh"]
    waypoint: NotRequired[Annotated[str, "the waypoint before it, where one is needed"]]
    reads: Annotated[bool, "whether requests can be read on one of its ports"]
    balanced: Annotated[bool, "whether proxies choose among its addresses"]
    virtualServices: Annotated[list[OutsideRoutes], "how requests are led, one a host"]
    destinationRules: Annotated[list[OutsidePolicy], "how proxies treat it, one a host; none where nothing is asked"]
    probe: NotRequired[Annotated[Any, "how its machines are checked, in a WorkloadGroup's shape"]]
    accessLog: NotRequired[Annotated[str, "which requests its machines' proxies log: none, errors or all"]]
    slo: NotRequired[Annotated[SloRecord, "what callers may expect"]]
    counted: NotRequired[Annotated[str, "labels of callers' metrics that tell it from others, where there is an slo"]]
    egress: Annotated[str, "direct or gateway"]
    calls: Annotated[bool, "whether it calls anybody"]
    admitted: Annotated[list[AdmittedRecord], "each rule of each caller with an identity"]
    tokens: Annotated[list[TokenRecord], "tokens that its machines' proxies read"]
    sidecarHosts: Annotated[list[str], "what its machines' proxies have to know"]


class ExternalContext(CommonContext):
    """What templates of scope `external` see."""

    external: Annotated[ExternalRecord, "what stands outside"]
    namespace: Annotated[NamespaceRecord, "its owner's namespace"]
    team: Annotated[TeamRecord, "whose it is"]


class RawContext(CommonContext):
    """What templates of scope `raw` see: how RawResources, which need no template, are delivered."""

    namespace: Annotated[NamespaceRecord, "where they are"]
    team: Annotated[TeamRecord, "whose they are"]


class NamespaceContext(CommonContext):
    """What templates of scope `namespace` see."""

    namespace: Annotated[NamespaceRecord, "the namespace"]
    team: Annotated[TeamRecord, "whose it is"]


class HostRecord(TypedDict):
    """A host name that a gateway answers."""

    fqdn: Annotated[str, "the name"]
    resourceName: Annotated[str, "the name of its resources"]
    owner: Annotated[str, "`team/name` of its owner"]
    ownerNamespace: Annotated[str, "where its owner runs"]
    certificate: Annotated[str, "the Secret that holds its certificate; empty where TLS ends at the program"]
    issued: Annotated[bool, "whether a Certificate makes that Secret; else its owner brings it"]
    passthrough: Annotated[bool, "whether TLS ends at the program, so that there is no certificate here"]
    mode: Annotated[str, "SIMPLE, MUTUAL where clients show a certificate, or PASSTHROUGH"]
    clientCA: NotRequired[Annotated[str, "the Secret of who signs clients' certificates"]]
    httpRedirect: Annotated[bool, "whether plain http is redirected"]
    plain: Annotated["ParentRecord", "the Gateway API listener that plain http arrives at"]
    shared: Annotated[bool, "whether the certificate is the gateway's, for the whole domain"]
    rules: Annotated[list[TrafficRule], "routes of all teams, most specific first"]
    connections: Annotated[list[OutsideHop], "where connections go that are passed through, instead of rules"]
    guards: Annotated[list[GuardRecord], "who is refused for where it comes from"]
    limits: Annotated[list[ExposureBucket], "limits of its exposures that count all their requests together"]
    limited: Annotated[list[LimitedRule], "rules whose requests are counted"]


class HostContext(CommonContext):
    """What templates of scope `host` see."""

    host: Annotated[HostRecord, "the host"]
    gateway: Annotated[GatewayRecord, "the Gateway that answers it"]


class ClusterContext(CommonContext):
    """What templates of scope `cluster` see."""
