"""Facts of a cluster: its mesh, network, gateways and observers."""

from typing import Annotated, Any, NotRequired, TypedDict

from platform_compiler.context.types.access import OutsideRecord
from platform_compiler.context.types.mesh import WayOut
from platform_compiler.context.types.pods import Labels, NetworkPort, PeerRecord


class ReachRecord(TypedDict):
    """Pods that are called from other clusters."""

    host: Annotated[str, "the name that is dialled"]
    namespace: Annotated[str, "where they run"]
    podLabels: Annotated[Labels, "their labels"]
    networkPorts: Annotated[list[NetworkPort], "their ports"]


class GatewayWays(TypedDict):
    """A gateway that finds pods on other clusters."""

    name: Annotated[str, "its name"]
    namespace: Annotated[str, "where its proxies run"]
    podLabels: Annotated[Labels, "labels of its proxies"]
    out: Annotated[list[WayOut], "the ways there"]


class EastWestRecord(TypedDict):
    """The gateway between networks."""

    address: Annotated[str, "its address for other networks"]
    port: Annotated[int, "its port"]
    namespace: Annotated[str, "where its proxies run"]
    podLabels: Annotated[Labels, "labels of its pods"]
    reach: Annotated[list[ReachRecord], "what is called through it, by host"]
    gateways: Annotated[list[GatewayWays], "gateways here that find pods on other clusters"]


class EgressWay(TypedDict):
    """A host that is reached by the gateway on the way out."""

    name: Annotated[str, "the name of its subset and server"]
    host: Annotated[str, "the host"]
    protocol: Annotated[str, "HTTPS where requests can be read inside, else TLS"]
    hosts: Annotated[list[str], "under which names requests may ask for it; empty: none can be read"]
    principals: Annotated[list[str], "identities of those that call it"]
    policy: Annotated[Any, "how callers reach the gateway on its behalf: a subset's `trafficPolicy`"]


class EgressRecord(TypedDict):
    """The gateway on the way out."""

    namespace: Annotated[str, "where its proxies run"]
    podLabels: Annotated[Labels, "their labels"]
    name: Annotated[str, "what its objects are called"]
    host: Annotated[str, "its Service's full name"]
    port: Annotated[int, "its port, of Service and pods alike"]
    networkPorts: Annotated[list[NetworkPort], "the same for a NetworkPolicy"]
    ways: Annotated[list[EgressWay], "the hosts that are called through it"]
    callers: Annotated[list[PeerRecord], "pods that come to it"]
    addresses: Annotated[list[str], "addresses of machines that come to it"]
    exportTo: Annotated[list[str], "namespaces of those that come to it"]
    outside: Annotated[list[OutsideRecord], "fixed addresses that it leads to"]
    anywhere: Annotated[list[NetworkPort], "ports that it leads to at addresses which nobody knows beforehand"]


class MeshRecord(TypedDict):
    """Facts of the mesh."""

    part: Annotated[str, "the blueprint that plays it, or `none`"]
    mode: Annotated[str, "none, sidecar or ambient"]
    id: Annotated[str, "clusters of one id are one mesh"]
    network: Annotated[str, "the network"]
    trustDomain: Annotated[str, "the first part of identities"]
    rootNamespace: Annotated[str, "where Istio runs"]
    revision: Annotated[str, "the revision label of namespaces"]
    nativeSidecars: Annotated[bool, "whether proxies are native sidecars"]
    cni: Annotated[bool, "whether Istio's CNI plugin is there"]
    eastWest: NotRequired[Annotated[EastWestRecord, "how other networks reach it"]]
    egress: NotRequired[Annotated[EgressRecord, "the gateway on the way out"]]


class PrometheusRecord(PeerRecord):
    """Who reads metrics."""

    ref: NotRequired[Annotated[str, "`team/name`, where it is an application of ours"]]
    principals: Annotated[list[str], "its identities; none where it is outside of the mesh"]


class TracingRecord(PeerRecord):
    """Who collects traces."""

    ref: NotRequired[Annotated[str, "`team/name`, where it is an application of ours"]]
    port: Annotated[int, "its pods' port"]
    meshed: Annotated[bool, "whether it is in the mesh"]
    provider: NotRequired[Annotated[str, "its name in the mesh's settings"]]


class NetworkRecord(TypedDict):
    """Facts of the network."""

    dns: Annotated[PeerRecord, "who answers DNS"]
    nodeLocalDns: NotRequired[Annotated[str, "the node's own DNS cache, as an address range"]]
    privateRanges: Annotated[list[str], "addresses that are not the internet"]
    apiServer: Annotated[list[str], "the API server"]
    clusterDomain: Annotated[str, "the DNS domain of Services"]


class Has(TypedDict):
    """What the cluster's versions can do."""

    containerResource: Annotated[bool, "autoscaling on one container's use"]
    listenerSet: Annotated[bool, "listeners that stand apart from their Gateway"]
    namedRules: Annotated[bool, "rules of routes that have names"]
    routeTimeouts: Annotated[bool, "timeouts in HTTPRoutes"]
    routeCors: Annotated[bool, "CORS in HTTPRoutes"]
    tlsRoutes: Annotated[bool, "TLSRoutes, for connections that are passed through"]
    istioTlsRoutes: Annotated[bool, "the same where Istio runs the gateways"]
    nativeSidecars: Annotated[bool, "native sidecars"]
    clientCA: Annotated[bool, "Istio gateways that name who signs clients' certificates"]
    dynamicDns: Annotated[bool, "proxies that look names up under a wildcard"]
    sidecarContainers: Annotated[bool, "containers that start before the program and end after it"]


class GatewayReach(TypedDict):
    """Pods that a gateway routes to."""

    namespace: Annotated[str, "where they run"]
    podLabels: Annotated[Labels, "their labels"]
    host: Annotated[str, "their Service's full name"]
    networkPorts: Annotated[list[NetworkPort], "their ports"]


class ListenerRecord(TypedDict):
    """A host that a gateway listens for with a certificate."""

    fqdn: Annotated[str, "the host, or `*.` and a domain"]
    resourceName: Annotated[str, "the name of its objects"]
    certificate: Annotated[str, "the Secret that holds its certificate; empty where TLS ends at the program"]
    issued: Annotated[bool, "whether a Certificate makes that Secret; else its owner brings it"]
    passthrough: Annotated[bool, "whether TLS ends at the program, so that there is no certificate here"]
    mode: NotRequired[
        Annotated[str, "SIMPLE, MUTUAL where clients show a certificate, or PASSTHROUGH; of one host only"]
    ]
    clientCA: NotRequired[Annotated[str, "the Secret of who signs clients' certificates"]]
    namespaces: Annotated[list[str], "whose routes may answer"]
    plain: Annotated[bool, "whether plain http is answered too, with a redirect"]
    gatewayNamespace: Annotated[str, "where the redirecting routes are"]


class KeysRecord(TypedDict):
    """Where the keys are that tokens are checked with."""

    host: Annotated[str, "the host"]
    port: Annotated[int, "its port"]
    protocol: Annotated[str, "TLS or HTTP"]
    resourceName: Annotated[str, "the name of its objects"]


class GatewayRecord(TypedDict):
    """A Gateway on a cluster."""

    name: Annotated[str, "its name"]
    namespace: Annotated[str, "where its proxies run"]
    podLabels: Annotated[Labels, "labels of its proxies"]
    serviceAccount: Annotated[str, "their identity"]
    principals: Annotated[list[str], "their identities"]
    issuer: Annotated[str, "the cert-manager ClusterIssuer"]
    minVersion: Annotated[str, "the least TLS version, in Istio's words"]
    tlsVersion: Annotated[str, "the same as a number"]
    httpRedirect: Annotated[int, "the status that sends http to https"]
    reach: Annotated[list[GatewayReach], "what it routes to"]
    className: NotRequired[Annotated[str, "its GatewayClass"]]
    sidecar: Annotated[bool, "whether it is foreign to the mesh and enters it by a sidecar of its own"]
    hosts: Annotated[list[ListenerRecord], "its hosts that have certificates of their own"]
    owners: Annotated[list[str], "namespaces of those hosts' owners"]
    wildcard: NotRequired[Annotated[ListenerRecord, "all hosts of its domain that share one certificate"]]
    keys: Annotated[list[KeysRecord], "where it finds the keys of tokens"]
    passedThrough: Annotated[list[str], "hosts whose connections its proxies pass through"]
    rateLimit: NotRequired[Annotated[Any, "how many requests pass for an exposure that says nothing of its own"]]


class ClusterRecord(TypedDict):
    """The cluster."""

    name: Annotated[str, "its name"]
    region: Annotated[str, "where it stands"]
    versions: Annotated[Any, "what runs on it"]
    mesh: Annotated[MeshRecord, "facts of its mesh"]
    network: Annotated[NetworkRecord, "facts of its network"]
    gateways: Annotated[dict[str, GatewayRecord], "Gateways by name"]
    observability: Annotated[str, "the blueprint that plays it, or `none`"]
    prometheus: NotRequired[Annotated[PrometheusRecord, "who reads metrics"]]
    tracing: NotRequired[Annotated[TracingRecord, "who collects traces"]]
    has: Annotated[Has, "what its versions can do"]
