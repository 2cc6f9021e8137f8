"""What templates see, declared: one TypedDict a record, one annotation a field with its meaning.

A map keyed by name iterates in key order as records that carry `name`. A field that may be absent is NotRequired: read it with
`${{? }}`, `default` or `is defined`. The static check of templates and `docs/blueprint-context.md` are made from these.
"""

from typing import Annotated, Any, NotRequired, TypedDict

from platform_compiler.model.application import ApplicationBase

Doc = Annotated
Labels = dict[str, str]


class PortRecord(TypedDict):
    """A port, defaults filled."""

    name: Doc[str, "its name"]
    port: Doc[int, "the Service's port: routes, addresses and ServiceEntries use it"]
    targetPort: Doc[int, "the pod's port: network and authorization policies, probes and containers use it"]
    protocol: Doc[str, "http, http2, grpc, https, tcp, tls or udp"]
    appProtocol: Doc[str, "the Service's `appProtocol`"]
    transport: Doc[str, "TCP or UDP"]
    l7: Doc[bool, "whether a proxy can read requests on it"]
    internal: Doc[bool, "whether it is left out of the Service"]
    container: NotRequired[Doc[str, "the sidecar that serves it; absent: the program"]]
    mtls: Doc[str, "strict or permissive"]


class NetworkPort(TypedDict):
    """A port in a NetworkPolicy."""

    protocol: Doc[str, "TCP or UDP"]
    port: Doc[int, "the pod's port"]


class Container(TypedDict):
    """A container in Kubernetes' own shape, where shapes differ from the manifest's."""

    name: Doc[str, "its name"]
    image: Doc[str, "its image"]
    command: NotRequired[Doc[list[str], "its entry point"]]
    args: NotRequired[Doc[list[str], "its arguments"]]
    env: Doc[list[Any], "environment variables, each after those it refers to with `$(NAME)`"]
    envFrom: Doc[list[Any], "whole sources of variables"]
    ports: Doc[list[Any], "container ports"]
    mounts: Doc[list[Any], "volume mounts; /tmp is always writable"]
    resources: NotRequired[Doc[Any, "requests and limits"]]
    startupProbe: NotRequired[Doc[Any, "its startup probe"]]
    readinessProbe: NotRequired[Doc[Any, "its readiness probe"]]
    livenessProbe: NotRequired[Doc[Any, "its liveness probe"]]


class VersionRecord(TypedDict):
    """One version of an application: a workload of its own behind the same Service."""

    name: Doc[str, "`stable`, or the key under `versions`"]
    stable: Doc[bool, "whether it is the spec itself"]
    weight: Doc[int, "its share of requests in percent"]
    resourceName: Doc[str, "the name of its Deployment"]
    imageTag: Doc[str, "the image's tag as a label value"]
    selector: Doc[Labels, "what selects its pods alone"]
    podLabels: Doc[Labels, "labels of its pods"]
    replicas: NotRequired[Doc[int, "how many run; absent where an autoscaler decides"]]
    autoscaler: NotRequired[Doc[Any, "its autoscaler: min, max and what it follows"]]
    container: Doc[Container, "the program"]


class ConfigRecord(TypedDict):
    """A ConfigMap to write."""

    name: Doc[str, "its key in the manifest"]
    resourceName: Doc[str, "the name of the ConfigMap"]
    data: Doc[Labels, "its content"]


class SecretRecord(TypedDict):
    """A Secret that a store fills."""

    name: Doc[str, "its key in the manifest"]
    resourceName: Doc[str, "the name of the Secret"]
    store: Doc[Any, "name and kind of the store"]
    path: Doc[str, "where it lies in the store"]
    refresh: Doc[str, "how often it is read again"]
    keys: Doc[Labels, "key in the Secret: property in the store"]


class PodRecord(TypedDict):
    """What all versions' pods share."""

    volumes: Doc[list[Any], "volumes, one a source"]
    init: Doc[list[Container], "init containers, in order"]
    sidecars: Doc[list[Container], "native sidecars, by name"]
    terminationGracePeriodSeconds: Doc[int, "time until a pod is killed"]
    preStop: NotRequired[Doc[Any, "what runs before the stop signal"]]
    capabilities: Doc[list[str], "kernel rights beyond none"]
    tolerations: Doc[list[Any], "taints to accept"]
    nodeSelector: NotRequired[Doc[Labels, "labels a node must carry"]]
    architectures: Doc[list[str], "processor kinds the image has; empty: any"]
    topologyKeys: Doc[list[str], "node labels to spread over"]
    labels: Doc[Labels, "extra labels from the manifest"]
    annotations: Doc[Labels, "extra annotations from the manifest"]


class Digests(TypedDict):
    """Digests that roll the pods when content changes."""

    config: NotRequired[Doc[str, "of config maps and written files"]]
    secrets: NotRequired[Doc[str, "of where secrets come from"]]


class AppExtras(TypedDict):
    """What is added to the merged spec; where a name is in both, this one stands."""

    name: Doc[str, "its name"]
    team: Doc[str, "its team"]
    ref: Doc[str, "`team/name`"]
    ports: Doc[dict[str, PortRecord], "ports by name"]
    primaryPort: NotRequired[Doc[PortRecord, "the port that is meant where none is named"]]
    servicePorts: Doc[list[PortRecord], "ports of the Service"]
    versions: Doc[list[VersionRecord], "the stable one first"]
    pod: Doc[PodRecord, "what all versions' pods share"]
    configMaps: Doc[list[ConfigRecord], "config maps to write"]
    secrets: Doc[list[SecretRecord], "secrets that a store fills"]
    digests: Doc[Digests, "digests of content"]


class Identity(TypedDict):
    """Who a workload is."""

    serviceAccount: Doc[str, "its ServiceAccount"]
    principal: Doc[str, "`<trust domain>/ns/<namespace>/sa/<service account>`"]
    principals: Doc[list[str], "the same under every trust domain of the mesh"]


class PathRecord(TypedDict):
    """A path of the path language in every form that a part needs."""

    text: Doc[str, "as written"]
    kind: Doc[str, "exact, below or all"]
    authz: Doc[list[str], "for an AuthorizationPolicy"]
    virtualService: Doc[list[Any], "for a VirtualService's `uri`"]
    httpRoute: Doc[Any, "for an HTTPRoute's `path`"]


class RuleRecord(TypedDict):
    """What a caller may do."""

    name: Doc[str, "the access rule, `implied`, or the exposure"]
    ports: Doc[list[PortRecord], "on which ports"]
    podPorts: Doc[list[str], "the same as text, for an AuthorizationPolicy"]
    methods: Doc[list[str], "with which methods; empty: all"]
    paths: Doc[list[PathRecord], "on which paths; empty: all"]
    authzPaths: Doc[list[str], "the same for an AuthorizationPolicy"]
    hosts: Doc[list[str], "under which host names; empty: all"]


class CallerRecord(TypedDict):
    """One that may call."""

    ref: Doc[str, "`team/name`, the gateway's name, or the address"]
    kind: Doc[str, "app, gateway, principal or cidr"]
    name: Doc[str, "its name"]
    namespace: NotRequired[Doc[str, "where it runs"]]
    podLabels: NotRequired[Doc[Labels, "labels of its pods"]]
    principals: Doc[list[str], "its identities"]
    cidr: NotRequired[Doc[str, "its addresses"]]
    networkPorts: Doc[list[NetworkPort], "pod ports it may reach"]
    rules: Doc[list[RuleRecord], "what it may do"]


class AdmittedRecord(TypedDict):
    """One rule of one caller with an identity: the rows of an AuthorizationPolicy."""

    caller: Doc[CallerRecord, "who"]
    rule: Doc[RuleRecord, "what"]


class CallRecord(TypedDict):
    """One that is called."""

    ref: Doc[str, "`team/name`, or `kubernetes`"]
    kind: Doc[str, "app, external or kubernetes"]
    name: Doc[str, "its name"]
    namespace: Doc[str, "where it runs"]
    hosts: Doc[list[str], "its host names"]
    ports: Doc[list[PortRecord], "its ports"]
    podLabels: NotRequired[Doc[Labels, "labels of its pods"]]
    cidrs: Doc[list[str], "its addresses, where it has fixed ones"]
    open: Doc[bool, "whether its addresses are unknown: then every public address on its ports is meant"]
    networkPorts: Doc[list[NetworkPort], "its pods' ports"]


class DestinationRecord(TypedDict):
    """Where requests go."""

    host: Doc[str, "the Service's full name"]
    port: Doc[int, "the Service's port"]
    subset: NotRequired[Doc[str, "the version"]]
    weight: NotRequired[Doc[int, "its share in percent"]]


class TrafficRule(TypedDict):
    """Requests that behave alike; the most specific first, everything else last."""

    name: Doc[str, "its name"]
    match: NotRequired[Doc[list[Any], "which requests, in a VirtualService's shape; absent: all"]]
    destinations: Doc[list[DestinationRecord], "where they go"]
    timeout: Doc[str, "how long an answer may take; 0s: for ever"]
    retries: Doc[Any, "attempts, perTryTimeout and retryOn, always written out"]
    fault: NotRequired[Doc[Any, "faults on purpose, in a VirtualService's shape"]]
    mirror: NotRequired[Doc[Any, "destination and percentage of a copy"]]
    rewrite: NotRequired[Doc[Any, "what the program sees instead of the path"]]
    redirect: NotRequired[Doc[Any, "where the request is sent instead"]]
    headers: NotRequired[Doc[Any, "how headers change"]]
    cors: NotRequired[Doc[Any, "what pages of other origins may do"]]


class TrafficRecord(TypedDict):
    """How requests to an application behave."""

    rules: Doc[list[TrafficRule], "for a VirtualService; empty where no port can be read"]
    subsets: Doc[list[Any], "name and labels of each version; empty where there is one"]
    loadBalancer: Doc[Any, "a DestinationRule's `loadBalancer`"]
    connectionPool: NotRequired[Doc[Any, "a DestinationRule's `connectionPool`"]]
    outlierDetection: NotRequired[Doc[Any, "a DestinationRule's `outlierDetection`"]]


class Visibility(TypedDict):
    """Who sees it, and what it sees."""

    exportTo: Doc[list[str], "`.`, and the namespaces of callers and gateways"]
    sidecarHosts: Doc[list[str], "`namespace/host` of everything it calls"]


class NamespaceRecord(TypedDict):
    """A namespace of a team on a cluster."""

    name: Doc[str, "its name"]
    team: Doc[str, "its team"]
    labels: Doc[Labels, "labels from team.yaml"]
    podSecurity: Doc[str, "the Pod Security level that is enforced"]
    quota: NotRequired[Doc[Any, "its ResourceQuota"]]


class TeamRecord(TypedDict):
    """The team."""

    name: Doc[str, "its name"]
    owners: Doc[Any, "whom to ask"]


class PlatformRecord(TypedDict):
    """The organisation."""

    name: Doc[str, "its name"]
    labelPrefix: Doc[str, "the prefix of its labels"]
    closedPaths: Doc[list[PathRecord], "paths that no gateway lets in"]
    closedAuthzPaths: Doc[list[str], "the same for an AuthorizationPolicy"]


class EnvironmentRecord(TypedDict):
    """The environment."""

    name: Doc[str, "its name"]


class MeshRecord(TypedDict):
    """Facts of the mesh."""

    part: Doc[str, "the blueprint that plays it, or `none`"]
    id: Doc[str, "clusters of one id are one mesh"]
    network: Doc[str, "the network"]
    trustDomain: Doc[str, "the first part of identities"]
    rootNamespace: Doc[str, "where Istio runs"]
    revision: Doc[str, "the revision label of namespaces"]
    nativeSidecars: Doc[bool, "whether proxies are native sidecars"]
    cni: Doc[bool, "whether Istio's CNI plugin is there"]


class PeerRecord(TypedDict):
    """Pods of the platform."""

    namespace: Doc[str, "where they run"]
    podLabels: Doc[Labels, "their labels"]


class NetworkRecord(TypedDict):
    """Facts of the network."""

    dns: Doc[PeerRecord, "who answers DNS"]
    nodeLocalDns: NotRequired[Doc[str, "the node's own DNS cache, as an address range"]]
    privateRanges: Doc[list[str], "addresses that are not the internet"]
    apiServer: Doc[list[str], "the API server"]
    clusterDomain: Doc[str, "the DNS domain of Services"]


class Has(TypedDict):
    """What the cluster's versions can do."""

    containerResource: Doc[bool, "autoscaling on one container's use"]
    nativeSidecars: Doc[bool, "native sidecars"]


class GatewayReach(TypedDict):
    """Pods that a gateway routes to."""

    namespace: Doc[str, "where they run"]
    podLabels: Doc[Labels, "their labels"]
    networkPorts: Doc[list[NetworkPort], "their ports"]


class GatewayRecord(TypedDict):
    """A Gateway on a cluster."""

    name: Doc[str, "its name"]
    namespace: Doc[str, "where its proxies run"]
    podLabels: Doc[Labels, "labels of its proxies"]
    serviceAccount: Doc[str, "their identity"]
    principals: Doc[list[str], "their identities"]
    issuer: Doc[str, "the cert-manager ClusterIssuer"]
    minVersion: Doc[str, "the least TLS version, in Istio's words"]
    httpRedirect: Doc[int, "the status that sends http to https"]
    reach: Doc[list[GatewayReach], "what it routes to"]


class ClusterRecord(TypedDict):
    """The cluster."""

    name: Doc[str, "its name"]
    region: Doc[str, "where it stands"]
    versions: Doc[Any, "what runs on it"]
    mesh: Doc[MeshRecord, "facts of its mesh"]
    network: Doc[NetworkRecord, "facts of its network"]
    gateways: Doc[dict[str, GatewayRecord], "Gateways by name"]
    prometheus: NotRequired[Doc[PeerRecord, "who reads metrics"]]
    has: Doc[Has, "what its versions can do"]


class Slots(TypedDict):
    """What parts contribute to each other's resources."""

    pod: Doc["MarkSlots", "marks of pods"]
    namespace: Doc["LabelSlots", "marks of namespaces"]
    service: Doc["PortSlots", "ports of Services"]
    network: Doc["NetworkSlots", "rules of network policies"]


class MarkSlots(TypedDict):
    """Marks of pods."""

    labels: Doc[Labels, "labels"]
    annotations: Doc[Labels, "annotations"]


class LabelSlots(TypedDict):
    """Marks of namespaces."""

    labels: Doc[Labels, "labels"]


class PortSlots(TypedDict):
    """Ports of Services."""

    ports: Doc[list[Any], "ports"]


class NetworkSlots(TypedDict):
    """Rules of network policies."""

    ingress: Doc[list[Any], "rules for what comes in"]
    egress: Doc[list[Any], "rules for what goes out"]


class Blueprint(TypedDict):
    """The blueprint that a template belongs to."""

    name: Doc[str, "its name"]
    version: Doc[str, "its version"]


class CommonContext(TypedDict):
    """What every template sees."""

    cluster: Doc[ClusterRecord, "the cluster"]
    env: Doc[EnvironmentRecord, "its environment"]
    platform: Doc[PlatformRecord, "the organisation"]
    labels: Doc[Labels, "labels of every resource"]
    annotations: Doc[Labels, "annotations of every resource"]
    slots: Doc[Slots, "what parts contribute"]


class AppContext(CommonContext):
    """What templates of scope `app` see."""

    app: Doc[ApplicationBase, "the merged spec, and what is computed from it"]
    identity: Doc[Identity, "who it is"]
    selector: Doc[Labels, "what selects its pods, whatever their version"]
    podLabels: Doc[Labels, "labels of its pods, whatever their version"]
    namespace: Doc[NamespaceRecord, "where it runs"]
    team: Doc[TeamRecord, "whose it is"]
    calls: Doc[list[CallRecord], "whom it calls, by ref"]
    callers: Doc[list[CallerRecord], "who may call it, by kind and ref"]
    admitted: Doc[list[AdmittedRecord], "each rule of each caller with an identity"]
    denied: Doc[list[RuleRecord], "what nobody may do"]
    gatewayPrincipals: Doc[list[str], "identities of the gateways that expose it"]
    traffic: Doc[TrafficRecord, "how requests to it behave"]
    visibility: Doc[Visibility, "who sees it, and what it sees"]
    params: Doc[Any, "the blueprint's parameters"]


class ExternalRecord(TypedDict):
    """Something outside the clusters."""

    name: Doc[str, "its name"]
    ref: Doc[str, "`team/name`"]
    hosts: Doc[list[str], "its names"]
    addresses: Doc[list[str], "addresses that callers dial"]
    ports: Doc[dict[str, PortRecord], "ports by name"]
    location: Doc[str, "MESH_EXTERNAL or MESH_INTERNAL"]
    resolution: Doc[str, "STATIC, DNS, DYNAMIC_DNS or NONE"]
    endpoints: Doc[list[Any], "its addresses, in a ServiceEntry's shape"]
    exportTo: Doc[list[str], "namespaces of those that call it"]


class ExternalContext(CommonContext):
    """What templates of scope `external` see."""

    external: Doc[ExternalRecord, "what stands outside"]
    namespace: Doc[NamespaceRecord, "its owner's namespace"]
    team: Doc[TeamRecord, "whose it is"]


class NamespaceContext(CommonContext):
    """What templates of scope `namespace` see."""

    namespace: Doc[NamespaceRecord, "the namespace"]
    team: Doc[TeamRecord, "whose it is"]


class HostRecord(TypedDict):
    """A host name that a gateway answers."""

    fqdn: Doc[str, "the name"]
    resourceName: Doc[str, "the name of its resources"]
    owner: Doc[str, "`team/name` of its owner"]
    certificate: Doc[str, "the Secret that holds its certificate"]
    httpRedirect: Doc[bool, "whether plain http is redirected"]
    rules: Doc[list[TrafficRule], "routes of all teams, most specific first"]


class HostContext(CommonContext):
    """What templates of scope `host` see."""

    host: Doc[HostRecord, "the host"]
    gateway: Doc[GatewayRecord, "the Gateway that answers it"]


class ClusterContext(CommonContext):
    """What templates of scope `cluster` see."""
