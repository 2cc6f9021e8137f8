"""What templates see, declared: one TypedDict a record, one annotation a field with its meaning.

A map keyed by name iterates in key order as records that carry `name`. A field that may be absent is NotRequired: read
it with `${{? }}`, `default` or `is defined`. The static check of templates and `docs/blueprint-context.md` are made
from these.
"""

from typing import Annotated, Any, NotRequired, TypedDict

from platform_compiler.model.application import ApplicationBase

Labels = dict[str, str]


class PortRecord(TypedDict):
    """A port, defaults filled."""

    name: Annotated[str, "its name"]
    port: Annotated[int, "the Service's port: routes, addresses and ServiceEntries use it"]
    targetPort: Annotated[int, "the pod's port: network and authorization policies, probes and containers use it"]
    protocol: Annotated[str, "http, http2, grpc, https, tcp, tls or udp"]
    appProtocol: Annotated[str, "the Service's `appProtocol`"]
    transport: Annotated[str, "TCP or UDP"]
    l7: Annotated[bool, "whether a proxy can read requests on it"]
    internal: Annotated[bool, "whether it is left out of the Service"]
    container: NotRequired[Annotated[str, "the sidecar that serves it; absent: the program"]]
    mtls: Annotated[str, "strict or permissive"]


class NetworkPort(TypedDict):
    """A port in a NetworkPolicy."""

    protocol: Annotated[str, "TCP or UDP"]
    port: Annotated[int, "the pod's port"]


class Container(TypedDict):
    """A container in Kubernetes' own shape, where shapes differ from the manifest's."""

    name: Annotated[str, "its name"]
    image: Annotated[str, "its image"]
    command: NotRequired[Annotated[list[str], "its entry point"]]
    args: NotRequired[Annotated[list[str], "its arguments"]]
    env: Annotated[list[Any], "environment variables, each after those it refers to with `$(NAME)`"]
    envFrom: Annotated[list[Any], "whole sources of variables"]
    ports: Annotated[list[Any], "container ports"]
    mounts: Annotated[list[Any], "volume mounts; /tmp is always writable"]
    resources: NotRequired[Annotated[Any, "requests and limits"]]
    startupProbe: NotRequired[Annotated[Any, "its startup probe"]]
    readinessProbe: NotRequired[Annotated[Any, "its readiness probe"]]
    livenessProbe: NotRequired[Annotated[Any, "its liveness probe"]]
    preStop: NotRequired[Annotated[Any, "what runs before the stop signal; the program's alone"]]
    restartPolicy: NotRequired[Annotated[str, "Always for a native sidecar"]]


class VersionRecord(TypedDict):
    """One version of an application: a workload of its own behind the same Service."""

    name: Annotated[str, "`stable`, or the key under `versions`"]
    stable: Annotated[bool, "whether it is the spec itself"]
    weight: Annotated[int, "its share of requests in percent"]
    resourceName: Annotated[str, "the name of its Deployment"]
    imageTag: Annotated[str, "the image's tag as a label value"]
    selector: Annotated[Labels, "what selects its pods alone"]
    podLabels: Annotated[Labels, "labels of its pods"]
    replicas: NotRequired[Annotated[int, "how many run; absent where an autoscaler decides"]]
    autoscaler: NotRequired[Annotated[Any, "its autoscaler: min, max and what it follows"]]
    container: Annotated[Container, "the program"]


class ConfigRecord(TypedDict):
    """A ConfigMap to write."""

    name: Annotated[str, "its key in the manifest"]
    resourceName: Annotated[str, "the name of the ConfigMap"]
    data: Annotated[Labels, "its content"]


class SecretRecord(TypedDict):
    """A Secret that a store fills."""

    name: Annotated[str, "its key in the manifest"]
    resourceName: Annotated[str, "the name of the Secret"]
    store: Annotated[Any, "name and kind of the store"]
    path: Annotated[str, "where it lies in the store"]
    refresh: Annotated[str, "how often it is read again"]
    keys: Annotated[Labels, "key in the Secret: property in the store"]


class PodRecord(TypedDict):
    """What all versions' pods share."""

    volumes: Annotated[list[Any], "volumes, one a source"]
    init: Annotated[list[Container], "init containers, in order"]
    sidecars: Annotated[list[Container], "native sidecars, by name"]
    terminationGracePeriodSeconds: Annotated[int, "time until a pod is killed"]
    capabilities: Annotated[list[str], "kernel rights beyond none"]
    tolerations: Annotated[list[Any], "taints to accept"]
    nodeSelector: NotRequired[Annotated[Labels, "labels a node must carry"]]
    architectures: Annotated[list[str], "processor kinds the image has; empty: any"]
    topologyKeys: Annotated[list[str], "node labels to spread over"]
    labels: Annotated[Labels, "extra labels from the manifest"]
    annotations: Annotated[Labels, "extra annotations from the manifest"]


class ClaimRecord(TypedDict):
    """A volume of the application's own."""

    name: Annotated[str, "its key in the manifest"]
    volume: Annotated[str, "what the pod calls it"]
    claim: Annotated[str, "the name of the claim, where all pods share one"]
    size: Annotated[str, "its size"]
    accessMode: Annotated[str, "who may mount it"]
    storageClass: NotRequired[Annotated[str, "its storage class; absent: the cluster's"]]


class RunsRecord(TypedDict):
    """How a job runs, times in whole seconds."""

    activeDeadline: NotRequired[Annotated[int, "how long it may take; absent: for ever"]]
    backoffLimit: Annotated[int, "how often it is tried again"]
    completions: Annotated[int, "how many runs must succeed"]
    parallelism: Annotated[int, "how many run at once"]
    ttlAfterFinished: NotRequired[Annotated[int, "how long it is kept"]]
    startingDeadline: NotRequired[Annotated[int, "how late a run may start"]]
    restartPolicy: Annotated[str, "Never or OnFailure"]


class Digests(TypedDict):
    """Digests that roll the pods when content changes."""

    config: NotRequired[Annotated[str, "of config maps and written files"]]
    secrets: NotRequired[Annotated[str, "of where secrets come from"]]


class AppExtras(TypedDict):
    """What is added to the merged spec; where a name is in both, this one stands."""

    name: Annotated[str, "its name"]
    team: Annotated[str, "its team"]
    ref: Annotated[str, "`team/name`"]
    presence: Annotated[str, "full, or client where callers are and its pods are not"]
    ports: Annotated[dict[str, PortRecord], "ports by name"]
    primaryPort: NotRequired[Annotated[PortRecord, "the port that is meant where none is named"]]
    servicePorts: Annotated[list[PortRecord], "ports of the Service"]
    versions: Annotated[list[VersionRecord], "the stable one first"]
    pod: Annotated[PodRecord, "what all versions' pods share"]
    configMaps: Annotated[list[ConfigRecord], "config maps to write"]
    secrets: Annotated[list[SecretRecord], "secrets that a store fills"]
    digests: Annotated[Digests, "digests of content"]
    probePorts: Annotated[list[int], "pod ports that the kubelet asks whether it is well"]
    claims: Annotated[list[ClaimRecord], "volumes of its own"]
    runs: Annotated[RunsRecord, "how it runs, where it is a job"]
    roleRules: Annotated[list[Any], "what it may do with the Kubernetes API, in a Role's shape"]
    peersService: Annotated[str, "the Service that names its pods, where they have names"]
    peerPorts: Annotated[list[PortRecord], "internal ports, on which such pods reach each other"]


class Identity(TypedDict):
    """Who a workload is."""

    serviceAccount: Annotated[str, "its ServiceAccount"]
    principal: Annotated[str, "`<trust domain>/ns/<namespace>/sa/<service account>`"]
    principals: Annotated[list[str], "the same under every trust domain of the mesh"]


class PathRecord(TypedDict):
    """A path of the path language in every form that a part needs."""

    text: Annotated[str, "as written"]
    kind: Annotated[str, "exact, below or all"]
    authz: Annotated[list[str], "for an AuthorizationPolicy"]
    virtualService: Annotated[list[Any], "for a VirtualService's `uri`"]
    httpRoute: Annotated[Any, "for an HTTPRoute's `path`"]


class RuleRecord(TypedDict):
    """What a caller may do."""

    name: Annotated[str, "the access rule, `implied`, or the exposure"]
    ports: Annotated[list[PortRecord], "on which ports"]
    podPorts: Annotated[list[str], "the pod's ports as text, for an AuthorizationPolicy at the pod"]
    servicePorts: Annotated[list[str], "the Service's ports as text, for an AuthorizationPolicy at a waypoint"]
    methods: Annotated[list[str], "with which methods; empty: all"]
    paths: Annotated[list[PathRecord], "on which paths; empty: all"]
    authzPaths: Annotated[list[str], "the same for an AuthorizationPolicy"]
    hosts: Annotated[list[str], "under which host names; empty: all"]
    notAuthzPaths: Annotated[list[str], "but not on these paths, for an AuthorizationPolicy"]
    requestPrincipals: Annotated[list[str], "with a token of one of these; empty: none is asked for"]
    conditions: Annotated[list["ConditionRecord"], "what the token must say"]


class ConditionRecord(TypedDict):
    """Something that must hold of a request, in an AuthorizationPolicy's shape."""

    key: Annotated[str, "the attribute"]
    values: Annotated[list[str], "one of these"]


class DeniedRecord(RuleRecord):
    """What is denied, to whom."""

    sources: Annotated[list[Any], "to whom, as an AuthorizationPolicy's `from`; empty: everybody"]


class TokenRecord(TypedDict):
    """A token that the proxy reads, and passes on."""

    issuer: Annotated[str, "who signs it"]
    jwksUri: Annotated[str, "where the keys are"]
    audiences: Annotated[list[str], "for whom it may be"]
    headers: NotRequired[Annotated[list[Any], "headers that it may be in"]]
    cookies: NotRequired[Annotated[list[str], "cookies that it may be in"]]
    parameters: NotRequired[Annotated[list[str], "query parameters that it may be in"]]


class CallerRecord(TypedDict):
    """One that may call."""

    ref: Annotated[str, "`team/name`, the gateway's name, or the address"]
    kind: Annotated[str, "app (its own peers too), gateway, machine, principal, cidr or prometheus"]
    name: Annotated[str, "its name"]
    namespace: NotRequired[Annotated[str, "where it runs"]]
    podLabels: NotRequired[Annotated[Labels, "labels of its pods; absent where none are on this cluster"]]
    principals: Annotated[list[str], "its identities"]
    cidr: NotRequired[Annotated[str, "its addresses"]]
    addresses: NotRequired[Annotated[list[str], "addresses of a machine, which has an identity besides"]]
    networkPorts: Annotated[list[NetworkPort], "pod ports it may reach; empty: all through a waypoint"]
    rules: Annotated[list[RuleRecord], "what it may do"]


class AdmittedRecord(TypedDict):
    """One rule of one caller with an identity: the rows of an AuthorizationPolicy."""

    caller: Annotated[CallerRecord, "who"]
    rule: Annotated[RuleRecord, "what"]


class OutsideRecord(TypedDict):
    """Addresses outside the cluster with the same ports."""

    cidrs: Annotated[list[str], "the addresses"]
    networkPorts: Annotated[list[NetworkPort], "their ports"]


class CallRecord(TypedDict):
    """One that is called."""

    ref: Annotated[str, "`team/name`, or `kubernetes`"]
    kind: Annotated[str, "app, external, kubernetes, collector, or read: by Prometheus alone"]
    name: Annotated[str, "its name"]
    namespace: Annotated[str, "where it runs"]
    hosts: Annotated[list[str], "its host names"]
    ports: Annotated[list[PortRecord], "its ports"]
    podLabels: NotRequired[Annotated[Labels, "labels of its pods; absent where none are on this cluster"]]
    here: Annotated[bool, "whether it is on this cluster"]
    clusters: Annotated[list[str], "the clusters of the mesh where it answers"]
    cidrs: Annotated[list[str], "its addresses, where it has fixed ones"]
    ways: Annotated[list["OutsideRecord"], "the same with the ports there"]
    open: Annotated[bool, "whether its addresses are unknown: then every public address on its ports is meant"]
    networkPorts: Annotated[list[NetworkPort], "its pods' ports; empty: all through a waypoint"]


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


class WayOut(TypedDict):
    """A gateway of another network."""

    cidr: Annotated[str, "its address as a range"]
    networkPorts: Annotated[list[NetworkPort], "its port"]


class WayIn(TypedDict):
    """The gateway that callers of other networks come through."""

    namespace: Annotated[str, "where it runs"]
    podLabels: Annotated[Labels, "labels of its pods"]
    networkPorts: Annotated[list[NetworkPort], "pod ports that it leads to"]


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
    denied: Annotated[list[RuleRecord], "what nobody may do through it"]


class AllowedConnection(TypedDict):
    """Who may connect to which ports."""

    principals: Annotated[list[str], "identities"]
    ports: Annotated[list[str], "pod ports as text"]


class Connections(TypedDict):
    """What ztunnel decides at the pods; where a waypoint stands before them, that is whom it lets in."""

    allowed: Annotated[list[AllowedConnection], "who may connect"]
    denied: Annotated[list[list[str]], "pod ports, as text, that are denied to all"]


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


class NamespaceRecord(TypedDict):
    """A namespace of a team on a cluster."""

    name: Annotated[str, "its name"]
    team: Annotated[str, "its team"]
    labels: Annotated[Labels, "labels from team.yaml"]
    podSecurity: Annotated[str, "the Pod Security level that is enforced"]
    quota: NotRequired[Annotated[Any, "its ResourceQuota"]]
    waypoint: NotRequired[Annotated[NamespaceWaypoint, "its waypoint, where one is needed; scope `namespace` only"]]


class TeamRecord(TypedDict):
    """The team."""

    name: Annotated[str, "its name"]
    owners: Annotated[Any, "whom to ask"]


class PlatformRecord(TypedDict):
    """The organisation."""

    name: Annotated[str, "its name"]
    labelPrefix: Annotated[str, "the prefix of its labels"]
    closedPaths: Annotated[list[PathRecord], "paths that no gateway lets in"]
    closedAuthzPaths: Annotated[list[str], "the same for an AuthorizationPolicy"]


class EnvironmentRecord(TypedDict):
    """The environment."""

    name: Annotated[str, "its name"]


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


class PeerRecord(TypedDict):
    """Pods of the platform."""

    namespace: Annotated[str, "where they run"]
    podLabels: Annotated[Labels, "their labels"]


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
    nativeSidecars: Annotated[bool, "native sidecars"]
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
    certificate: Annotated[str, "the Secret that holds its certificate"]
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


class Slots(TypedDict):
    """What parts contribute to each other's resources."""

    pod: Annotated["MarkSlots", "marks of pods"]
    namespace: Annotated["LabelSlots", "marks of namespaces"]
    service: Annotated["ServiceSlots", "labels and ports of Services"]
    network: Annotated["NetworkSlots", "rules of network policies"]
    dashboard: Annotated["DashboardSlots", "content of the dashboard"]
    guarded: Annotated["GuardedSlots", "marks of objects whose deletion loses what no commit brings back"]


class MarkSlots(TypedDict):
    """Marks of pods."""

    labels: Annotated[Labels, "labels"]
    annotations: Annotated[Labels, "annotations"]


class LabelSlots(TypedDict):
    """Marks of namespaces."""

    labels: Annotated[Labels, "labels"]


class ServiceSlots(TypedDict):
    """Labels and ports of Services."""

    labels: Annotated[Labels, "labels"]
    ports: Annotated[list[Any], "ports"]


class NetworkSlots(TypedDict):
    """Rules of network policies."""

    ingress: Annotated[list[Any], "rules for what comes in"]
    egress: Annotated[list[Any], "rules for what goes out"]


class DashboardSlots(TypedDict):
    """Content of the dashboard."""

    panels: Annotated[list[Any], "panels in Grafana's shape"]


class GuardedSlots(TypedDict):
    """Marks of objects whose deletion loses what no commit brings back."""

    annotations: Annotated[Labels, "annotations"]


class Blueprint(TypedDict):
    """The blueprint that a template belongs to."""

    name: Annotated[str, "its name"]
    version: Annotated[str, "its version"]


class ProjectRecord(TypedDict):
    """What one team may deliver on a cluster."""

    name: Annotated[str, "its name, unique over all clusters"]
    team: Annotated[str, "the team"]
    namespaces: Annotated[list[str], "the team's namespaces here"]


class RootRecord(TypedDict):
    """What applies the delivery objects of a cluster."""

    name: Annotated[str, "its name"]
    path: Annotated[str, "their folder in the repository"]


class DeliveryRecord(TypedDict):
    """How a unit gets to its cluster."""

    name: Annotated[str, "the name of what applies it, at most 63 characters, unique over all clusters"]
    path: Annotated[str, "its folder in the repository"]
    repository: Annotated[str, "the repository's URL"]
    branch: Annotated[str, "the branch"]
    namespace: NotRequired[Annotated[str, "where delivery objects live; absent: the tool's usual one"]]
    cluster: Annotated[str, "what the delivery tool calls the cluster"]
    project: Annotated[str, "whose it is: a team's project, or the platform's"]
    target: Annotated[str, "the namespace of the unit's resources"]
    after: NotRequired[Annotated[str, "the name of what has to be applied before it"]]
    secret: NotRequired[Annotated[str, "the Secret with access to the repository"]]
    root: NotRequired[Annotated[RootRecord, "what applies all of them; scope `cluster` only"]]
    projects: NotRequired[Annotated[list[ProjectRecord], "what teams may deliver; scope `cluster` only"]]
    namespaces: NotRequired[Annotated[list[str], "every namespace in use; scope `cluster` only"]]
    policies: NotRequired[Annotated[bool, "whether policies are shipped to the cluster; scope `cluster` only"]]


class CommonContext(TypedDict):
    """What every template sees."""

    cluster: Annotated[ClusterRecord, "the cluster"]
    delivery: NotRequired[Annotated[DeliveryRecord, "how it gets there, where a part delivers"]]
    env: Annotated[EnvironmentRecord, "its environment"]
    platform: Annotated[PlatformRecord, "the organisation"]
    labels: Annotated[Labels, "labels of every resource"]
    annotations: Annotated[Labels, "annotations of every resource"]
    kinds: Annotated[list[str], "kinds that its parts may make"]
    slots: Annotated[Slots, "what parts contribute"]


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
    kind: Annotated[str, "HTTPRoute, or GRPCRoute where it can say everything of its host"]
    closes: Annotated[bool, "whether the gateway itself must refuse paths that the platform closes"]
    forwards: Annotated[bool, "whether requests come here: not where they are redirected"]
    stranger: Annotated[bool, "whether the program is in the mesh and the gateway is not"]
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


class ClosedRecord(TypedDict):
    """What a gateway may not ask for."""

    principals: Annotated[list[str], "the gateway's identities"]
    hosts: Annotated[list[str], "under which host names; empty: all"]
    otherHosts: Annotated[list[str], "or under all but these"]
    authzPaths: Annotated[list[str], "the paths"]
    opened: Annotated[list[str], "exceptions from them"]


class ReadingRecord(TypedDict):
    """Where Prometheus reads: at the proxy, which merges the program's metrics into its own, else at the program."""

    podPort: Annotated[str, "a port of a container, by name"]
    servicePort: NotRequired[Annotated[str, "a port of the Service, by name"]]
    address: NotRequired[Annotated[int, "the port to read at instead, where no container declares it"]]
    path: Annotated[str, "the path"]
    interval: Annotated[str, "how often"]


class MergedRecord(TypedDict):
    """Where a proxy finds the program's metrics."""

    port: Annotated[str, "the port, as text"]
    path: Annotated[str, "the path"]


class CountingRecord(TypedDict):
    """By which labels the mesh's metrics of requests tell an application from others."""

    reporter: Annotated[str, "who counts: destination, its own proxies, or waypoint"]
    namespaceLabel: Annotated[str, "the label with its namespace"]
    nameLabel: Annotated[str, "the label with its name"]


class TracedRecord(TypedDict):
    """How many requests are traced."""

    samplePercent: Annotated[Any, "the share in percent"]
    provider: Annotated[str, "the collector's name in the mesh's settings"]


class BurnRecord(TypedDict):
    """An alert about how fast an error budget is used up."""

    severity: Annotated[str, "page or ticket"]
    long: Annotated[str, "the window that tells how much is gone"]
    short: Annotated[str, "the window that tells that it still goes on"]
    factor: Annotated[str, "how many times too fast the budget burns"]
    share: Annotated[str, "the percentage of the budget that is gone after the long window"]
    threshold: Annotated[str, "the share of bad answers that is"]


class FailedRecord(TypedDict):
    """Which answers count as failed."""

    label: Annotated[str, "a label of the metric"]
    matches: Annotated[str, "an expression for its value"]


class ObjectiveRecord(TypedDict):
    """One promise of a service level; numbers are text, exact, for expressions."""

    name: Annotated[str, "availability, or latency- and the percentile"]
    kind: Annotated[str, "availability or latency"]
    by: Annotated[str, "who counts: mesh or application"]
    goal: Annotated[str, "good answers in percent"]
    budget: Annotated[str, "the share of answers that may be bad"]
    below: NotRequired[Annotated[str, "how fast good answers are, as written; latency only"]]
    bucket: NotRequired[Annotated[str, "an expression for `le` of the bucket that ends there; latency only"]]
    metric: NotRequired[Annotated[str, "the application's own metric, where it counts"]]
    failed: NotRequired[Annotated[FailedRecord, "which of them are bad; the application's availability only"]]
    windows: Annotated[list[str], "windows that alerts need besides 5m, shortest first"]
    burns: Annotated[list[BurnRecord], "its alerts, fastest first"]


class SloRecord(TypedDict):
    """What users may expect."""

    window: Annotated[str, "over which time"]
    objectives: Annotated[list[ObjectiveRecord], "its promises"]


class ObserveRecord(TypedDict):
    """What can be seen of an application, resolved."""

    reading: NotRequired[Annotated[ReadingRecord, "where its metrics are read; absent: nowhere"]]
    merged: NotRequired[Annotated[MergedRecord, "where its proxy finds the program's metrics"]]
    slo: NotRequired[Annotated[SloRecord, "what users may expect"]]
    counting: NotRequired[Annotated[CountingRecord, "who of the mesh counts requests to it; absent: nobody"]]
    dashboard: Annotated[bool, "whether there is a dashboard"]
    accessLog: NotRequired[Annotated[str, "which requests the proxy logs: none, errors or all"]]
    tracing: NotRequired[Annotated[TracedRecord, "how many requests are traced"]]
    instrument: NotRequired[Annotated[str, "the language whose programs are instrumented"]]
    logs: Annotated[MarkSlots, "marks of pods by which their logs find their destinations"]


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
    gatewayPrincipals: Annotated[list[str], "identities of the gateways that expose it"]
    closed: Annotated[list[ClosedRecord], "what the platform closes to those gateways"]
    routes: Annotated[list[RouteRecord], "its exposures"]
    atGateway: Annotated[AtGateway, "how a gateway treats its pods"]
    atGatewayOnly: Annotated[
        bool, "whether a gateway alone decides how requests behave: no mesh, and no application calls"
    ]
    routeObjects: Annotated[list[PieceRecord], "the route objects of all exposures"]
    routeTraffic: Annotated[list[PolicyOfRoute], "the traffic policies of all exposures"]
    routeSecurity: Annotated[list[PolicyOfRoute], "the security policies of all exposures"]
    traffic: Annotated[TrafficRecord, "how requests to it behave"]
    across: Annotated[AcrossRecord, "ways between clusters of one mesh"]
    outside: Annotated[list[OutsideRecord], "fixed addresses outside the cluster that it calls"]
    anywhere: Annotated[list[NetworkPort], "ports that it calls at addresses which nobody knows beforehand"]
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


class OriginationRecord(TypedDict):
    """A host to which proxies start TLS."""

    resourceName: Annotated[str, "the name of its DestinationRule"]
    host: Annotated[str, "the host"]
    tls: Annotated[Any, "a DestinationRule's `tls`"]


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
    originates: Annotated[list[OriginationRecord], "hosts to which proxies start TLS"]
    egress: Annotated[str, "direct or gateway"]
    calls: Annotated[bool, "whether it calls anybody"]
    admitted: Annotated[list[AdmittedRecord], "each rule of each caller with an identity"]
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
    certificate: Annotated[str, "the Secret that holds its certificate"]
    httpRedirect: Annotated[bool, "whether plain http is redirected"]
    plain: Annotated["ParentRecord", "the Gateway API listener that plain http arrives at"]
    shared: Annotated[bool, "whether the certificate is the gateway's, for the whole domain"]
    rules: Annotated[list[TrafficRule], "routes of all teams, most specific first"]


class HostContext(CommonContext):
    """What templates of scope `host` see."""

    host: Annotated[HostRecord, "the host"]
    gateway: Annotated[GatewayRecord, "the Gateway that answers it"]


class ClusterContext(CommonContext):
    """What templates of scope `cluster` see."""
