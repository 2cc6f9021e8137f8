"""Every kind of document, and where its file must stand."""

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field

from platform_compiler.model import policies as p
from platform_compiler.model import traffic as t
from platform_compiler.model import words as w
from platform_compiler.model import workload as k
from platform_compiler.model.application import ApplicationBase, Metadata, OutsideSlo, Placement
from platform_compiler.model.base import Closed, required, word
from platform_compiler.model.overlay import overlay_of

ApplicationOverlay = overlay_of(ApplicationBase)


class PlainMetadata(Closed):
    """Who this document is."""

    name: w.DnsLabel = required("the file's name without .yaml", "prod")
    labels: w.Labels | None = word("labels; policies and placement select by them", {"tier": "gold"})
    annotations: dict[w.LabelKey, str] | None = word("for people", {})


class ApplicationSpec(ApplicationBase):
    """What a team writes for one service, worker or job."""

    environments: dict[w.DnsLabel, ApplicationOverlay] | None = word(  # type: ignore[valid-type]
        "what is different in an environment", {"prod": {"scale": {"min": 4}}}
    )
    clusters: dict[w.DnsLabel, ApplicationOverlay] | None = word(  # type: ignore[valid-type]
        "what is different on a cluster", {"prod-us": {"calls": {"stripe": None}}}
    )


class ExternalPort(Closed):
    """A port of something outside."""

    port: w.PortNumber = required("the port that programs dial", 5432)
    targetPort: w.PortNumber | None = word("the port the mesh goes to; default: `port`", 5433)
    protocol: w.Protocol | None = word("what is spoken on it; default: http", "tcp")


class ExternalTls(Closed):
    """Who starts TLS, and whom to trust."""

    origin: Literal["application", "mesh"] | None = word("who starts TLS; default: application", "mesh")
    sni: w.Hostname | None = word("the name that is asked for", "db.shop.internal")
    subjectAltNames: list[w.Slug] | None = word("names that its certificate must carry", ["db"])
    ca: w.Slug | None = word("who signed it", "corp-ca")
    clientCertificate: w.Slug | None = word("the certificate to show", "db-client")


class Endpoint(Closed):
    """One address of something outside."""

    address: w.Address = required("an IP address or a DNS name", "10.30.0.5")
    ports: dict[w.PortName, w.PortNumber] | None = word("other ports than declared", {"postgres": 5432})
    region: w.DnsLabel | None = word("where it stands", "eu-west-1")
    zone: w.DnsLabel | None = word("where it stands", "eu-1a")
    network: w.DnsLabel | None = word("the network it is in", "vm-net")
    weight: w.Positive | None = word("its share", 1)
    labels: w.Labels | None = word("its labels", {})


class ExternalIdentity(Closed):
    """Who it is when it calls."""

    one_of: ClassVar[bool] = True
    namespace: w.DnsLabel | None = word("the namespace of its service account", "vm-erp")
    serviceAccount: w.DnsLabel | None = word("its service account", "erp")
    spiffe: w.Slug | None = word("a whole identity instead", "corp/ns/erp/sa/erp")


class MachineHealth(Closed):
    """The health check of machines, which their proxies make."""

    readiness: k.Probe | None = word("may it get requests?", {"path": "/ready"})


class OutsideObserve(Closed):
    """What can be seen of something outside."""

    accessLog: Literal["none", "errors", "all"] | None = word("which requests its machines' proxies log", "errors")
    slo: OutsideSlo | None = word("what callers may expect; their proxies count", {"availability": 99.5})


class ExternalServiceBase(Closed):
    """The part of an ExternalService that overlays may hold too."""

    description: str | None = word("what it is", "The orders database")
    location: Literal["external", "mesh"] | None = word(
        "outside, or machines that run a proxy; default: external", "mesh"
    )
    hosts: Annotated[list[w.Hostname], Field(min_length=1)] = required(
        "its names; the first is its address", ["db.acme.com"]
    )
    addresses: list[w.Cidr] | None = word("for callers that dial an address", ["10.30.0.0/24"])
    ports: dict[w.PortName, ExternalPort] = required(
        "its ports by name", {"postgres": {"port": 5432, "protocol": "tcp"}}
    )
    tls: ExternalTls | None = word("who starts TLS", {"origin": "mesh"})
    resolution: Literal["auto", "dns", "static", "none"] | None = word(
        "how its addresses are found; default: auto", "dns"
    )
    endpoints: dict[w.DnsLabel, Endpoint] | None = word("its addresses by name", {"a": {"address": "10.30.0.5"}})
    identity: ExternalIdentity | None = word(
        "who it is when it calls", {"namespace": "vm-erp", "serviceAccount": "erp"}
    )
    access: dict[w.DnsLabel, t.Access] | None = word("who may call it", {"all": {"from": ["shop/*"]}})
    egress: Literal["direct", "gateway"] | None = word("which way out; default: direct", "gateway")
    health: MachineHealth | None = word("for machines in the mesh", {"readiness": {"path": "/ready"}})
    calls: dict[w.Ref, t.Call] | None = word("whom it calls, for machines in the mesh", {})
    traffic: t.OutsideTraffic | None = word("how requests to it behave", {"timeout": "2s"})
    resilience: t.OutsideResilience | None = word("what protects callers from its failure", {})
    observe: OutsideObserve | None = word("what can be seen of it", {"slo": {"availability": 99.5}})


ExternalServiceOverlay = overlay_of(ExternalServiceBase)


class ExternalServiceSpec(ExternalServiceBase):
    """SaaS, a database, a machine: what stands outside the clusters."""

    environments: dict[w.DnsLabel, ExternalServiceOverlay] | None = word("what is different in an environment", {})  # type: ignore[valid-type]
    clusters: dict[w.DnsLabel, ExternalServiceOverlay] | None = word("what is different on a cluster", {})  # type: ignore[valid-type]


class RawResourcesSpec(Closed):
    """Kubernetes objects as they are."""

    description: str | None = word("what they are for", "Alerts of the shop")
    namespace: w.DnsLabel | None = word("one of the team's namespaces; default: its defaultNamespace", "shop")
    placement: Placement | None = word("where they go; default: everywhere", {"environments": ["dev"]})
    resources: Annotated[list[dict[str, Any]], Field(min_length=1)] = required(
        "the objects", [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "greeting"}}]
    )


RawKind: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Z][A-Za-z0-9]*$",
        description="`Kind` or `group/Kind`",
        examples=["apps/DaemonSet"],
    ),
]

_MandateValue = {
    "mtls": (Literal["permissive", "strict"], "the least strict mutual TLS", "strict"),
    "podSecurity": (Literal["baseline", "restricted"], "the least strict pod security", "restricted"),
    "minReplicas": (w.Count, "the least that `scale.min` may be", 2),
    "maxReplicas": (w.Positive, "the most that `scale.max` may be", 50),
    "allowedRegistries": (list[w.Slug], "image prefixes by path segment", ["ghcr.io/acme"]),
    "allowedGateways": (list[w.DnsLabel], "gateways that may be used", ["internal"]),
    "failoverRegions": (list[w.Glob], "regions that may be failed over to", ["eu-*"]),
    "imageDigest": (Literal["optional", "required"], "whether images carry a digest", "required"),
    "automountToken": (bool, "whether API tokens may be mounted", False),
    "fault": (Literal["allowed", "forbidden"], "whether faults on purpose may be set", "forbidden"),
}


def _mandates() -> type[Closed]:
    """Build the closed table of mandates: each a value, or `{value, since}`."""
    from pydantic import create_model  # noqa: PLC0415 -- used once

    fields: dict[str, Any] = {}
    kind: Any
    for name, (kind, meaning, example) in _MandateValue.items():
        dated = create_model(
            f"Dated{name[0].upper()}{name[1:]}",
            __base__=Closed,
            __doc__="A bound that holds from a day on; until then a breach is a warning.",
            value=(kind, required(meaning, example)),
            since=(w.Date, required("the first day on which a breach is an error", "2027-01-31")),
        )
        dated.one_of = True
        fields[name] = (kind | dated | None, word(meaning, example))
    return create_model("Mandates", __base__=Closed, __doc__="Bounds that layers below cannot relax.", **fields)


Mandates = _mandates()


class Owners(Closed):
    """Whom to ask."""

    github: list[w.Slug] | None = word("GitHub teams or users", ["acme/shop"])
    slack: w.Slug | None = word("a channel", "#shop")
    oncall: w.Slug | None = word("an on-call schedule", "pd-shop")
    email: w.Slug | None = word("an address", "shop@acme.com")


class NamespaceSettings(Closed):
    """One namespace of a team."""

    quota: dict[w.Slug, w.Quantity] | None = word("its ResourceQuota", {"pods": 50})
    labels: w.Labels | None = word("labels of the namespace", {"data": "pii"})


class TeamEnvironment(Closed):
    """What is different for a team in an environment."""

    quota: dict[w.Slug, w.Quantity] | None = word("the quota of each namespace", {"requests.cpu": "200"})
    defaults: ApplicationOverlay | None = word("defaults for its applications", {"scale": {"min": 2}})  # type: ignore[valid-type]
    mandates: Mandates | None = word("bounds for its applications", {"minReplicas": 2})  # type: ignore[valid-type]


class TeamSpec(Closed):
    """A team: who it is and what is its own."""

    owners: Owners = required("whom to ask", {"github": ["acme/shop"]})
    namespaces: dict[w.DnsLabel, NamespaceSettings] = required("its namespaces", {"shop": {}})
    defaultNamespace: w.DnsLabel | None = word("where applications go that name none; default: the only one", "shop")
    domains: list[w.Hostname] | None = word("domains that its absolute hosts lie in", ["*.shop.acme.com"])
    gateways: list[w.DnsLabel] | None = word("gateways it may use; default: those that let it", ["public"])
    blueprints: list[w.DnsLabel] | None = word("blueprints it may use; default: all", ["web-service"])
    sameTeamCalls: Literal["implied", "explicit"] | None = word(
        "whether calls inside the team need `access`", "implied"
    )
    quota: dict[w.Slug, w.Quantity] | None = word("the quota of each namespace", {"requests.cpu": "50"})
    defaults: ApplicationOverlay | None = word("defaults for its applications", {"scale": {"min": 2}})  # type: ignore[valid-type]
    mandates: Mandates | None = word("bounds for its applications", {"minReplicas": 2})  # type: ignore[valid-type]
    environments: dict[w.DnsLabel, TeamEnvironment] | None = word("what is different in an environment", {})


class Promotion(Closed):
    """How changes come to an environment."""

    after: w.DnsLabel | None = word("the environment before it", "staging")
    pinImage: bool | None = word("images come from the application's own overlay alone", True)


class Destination(Closed):
    """Where an environment's output is committed."""

    repository: w.DnsLabel = required("a key of Platform.delivery.repositories", "env")
    branch: w.GitBranch | None = word("the branch; default: main", "main")
    path: str | None = word("a folder in it", "prod")


class IdentityProvider(Closed):
    """Who signs tokens."""

    issuer: w.Slug = required("the issuer in its tokens", "https://idp.acme.com/")
    jwksUri: w.Slug = required("where its keys are", "https://idp.acme.com/keys")
    audiences: list[w.Slug] | None = word("audiences that are accepted where an application names none", ["acme"])


class EnvironmentSpec(Closed):
    """A stage that applications are promoted through."""

    promotion: Promotion | None = word("how changes come here", {"after": "staging"})
    namespaceSuffix: Annotated[str, Field(pattern=r"^(-[a-z0-9]+)*$")] | None = word(
        "put behind each namespace", "-stg"
    )
    blueprints: dict[w.DnsLabel, w.SemVer] | None = word("versions that are used here", {"web-service": "1.4.2"})
    destination: Destination | None = word("where the output is committed", {"repository": "env"})
    identityProviders: dict[w.DnsLabel, IdentityProvider] | None = word("other identity providers here", {})
    defaults: ApplicationOverlay | None = word("defaults for every application", {"scale": {"min": 2}})  # type: ignore[valid-type]
    mandates: Mandates | None = word("bounds for every application", {"mtls": "strict"})  # type: ignore[valid-type]


class Versions(Closed):
    """What runs on a cluster."""

    kubernetes: w.Version = required("its minor version", "1.33")
    istio: w.Version | None = word("its minor version", "1.29")
    gatewayApi: w.Version | None = word("its minor version", "1.4")


class Parts(Closed):
    """Which blueprint plays which part on a cluster."""

    mesh: w.PartRef | None = word("the mesh; default: none", "istio-sidecar@1")
    ingress: w.PartRef | None = word("the way in; default: none", "istio-gateway@1")
    observability: w.PartRef | None = word("metrics and alerts; default: none", "none")
    delivery: w.PartRef | None = word("who applies the output; default: none", "none")
    namespace: w.PartRef | None = word("what a namespace gets; default: namespace@1", "namespace@1")


class EastWest(Closed):
    """The gateway that other networks come through."""

    address: w.Address = required("its address", "203.0.113.9")
    port: w.PortNumber | None = word("its port; default: 15443", 15443)
    namespace: w.DnsLabel | None = word("where its proxies run; default: the mesh's root namespace", "istio-system")
    podLabels: Annotated[w.Labels, Field(min_length=1)] | None = word(
        "labels of its pods; default: istio: eastwestgateway", {"istio": "eastwestgateway"}
    )


class EgressGateway(Closed):
    """The gateway that calls of external services with `egress: gateway` leave by."""

    namespace: w.DnsLabel | None = word("where its proxies run; default: the mesh's root namespace", "istio-egress")
    podLabels: Annotated[w.Labels, Field(min_length=1)] | None = word(
        "labels of its pods; default: istio: egressgateway", {"istio": "egressgateway"}
    )
    port: w.PortNumber | None = word("a port for them to listen on; default: 8443", 8443)


class ClusterMesh(Closed):
    """Facts of the mesh on a cluster."""

    id: w.DnsLabel | None = word("clusters of one id are one mesh; default: the cluster's name", "acme")
    network: w.DnsLabel | None = word("the network it is in", "eu")
    trustDomain: w.Slug | None = word("the first part of every identity; default: cluster.local", "acme.prod")
    trustDomainAliases: list[w.Slug] | None = word("earlier or other trust domains", ["cluster.local"])
    rootNamespace: w.DnsLabel | None = word("where Istio runs; default: istio-system", "istio-system")
    revision: w.DnsLabel | None = word("the revision label of namespaces; default: default", "stable")
    cni: bool | None = word("whether Istio's CNI plugin is there, which every mesh of ours needs; default: true", True)
    nativeSidecars: bool | None = word("whether proxies are native sidecars", True)
    dnsCapture: bool | None = word("whether proxies answer DNS", True)
    eastWest: EastWest | None = word("how other networks reach it", {"address": "203.0.113.9"})
    egress: EgressGateway | None = word("the gateway on the way out", {"namespace": "istio-egress"})


class DataPlane(Closed):
    """The proxies of a Gateway on a cluster."""

    namespace: w.DnsLabel = required("where they run", "istio-ingress")
    podLabels: Annotated[w.Labels, Field(min_length=1)] = required("labels of their pods", {"istio": "ingress"})
    serviceAccount: w.DnsLabel = required("their identity", "ingress")
    address: w.Address | None = word("their address", "203.0.113.7")
    class_: w.DnsLabel | None = Field(default=None, alias="class", description="their GatewayClass", examples=["istio"])


class Reader(Closed):
    """What reads metrics on the cluster and is not an application of ours."""

    namespace: w.DnsLabel = required("where it runs", "monitoring")
    podLabels: Annotated[w.Labels, Field(min_length=1)] = required("labels of its pods", {"app": "prometheus"})
    serviceAccount: w.DnsLabel | None = word("its identity", "prometheus")
    meshed: bool | None = word("whether it has a proxy", False)


class Collector(Closed):
    """What collects traces on the cluster and is not an application of ours."""

    namespace: w.DnsLabel = required("where it runs", "observability")
    podLabels: Annotated[w.Labels, Field(min_length=1)] = required("labels of its pods", {"app": "collector"})
    meshed: bool | None = word("whether it has a proxy", False)
    port: w.PortNumber | None = word("its port", 4317)
    provider: w.DnsLabel | None = word("its name in the mesh's settings", "otel")


class Authorizer(Closed):
    """Who is asked whether a request may pass, beside tokens and rules."""

    provider: w.DnsLabel | None = word("its name among Istio's extension providers; default: the key", "opa")
    namespace: w.DnsLabel = required("where it runs", "opa")
    service: w.DnsLabel = required("its Service", "opa")
    podLabels: Annotated[w.Labels, Field(min_length=1)] = required("labels of its pods", {"app": "opa"})
    targetPort: w.PortNumber = required("the port of its pods", 9191)


class Application(Closed):
    """Something of ours."""

    one_of: ClassVar[bool] = True
    app: w.Ref = required("an application", "platform/prometheus")


class Dns(Closed):
    """Who answers DNS."""

    namespace: w.DnsLabel | None = word("where it runs; default: kube-system", "kube-system")
    podLabels: w.Labels | None = word("labels of its pods; default: k8s-app: kube-dns", {"k8s-app": "kube-dns"})
    nodeLocalAddress: w.IpAddress | None = word("the node's own cache", "169.254.20.10")


class Network(Closed):
    """Facts of a cluster's network."""

    policies: Literal["kubernetes", "none"] | None = word("whether network policies are enforced", "kubernetes")
    dns: Dns | None = word("who answers DNS", {"namespace": "kube-system"})
    privateRanges: list[w.Cidr] | None = word("addresses that are not the internet", ["10.0.0.0/8"])
    apiServer: list[w.Cidr] | None = word("the API server", ["10.96.0.1/32"])
    clusterDomain: w.Hostname | None = word("the DNS domain of Services; default: cluster.local", "cluster.local")


class ClusterDelivery(Closed):
    """How the delivery part reaches a cluster, and the repository."""

    namespace: w.DnsLabel | None = word("where its objects live; default: the tool's usual one", "argocd")
    cluster: w.DnsLabel | None = word("what a central Argo CD calls this cluster; default: in-cluster", "prod-eu")
    secret: w.DnsLabel | None = word("the Secret by which Flux reads the repository", "env-repository")


class ClusterSpec(Closed):
    """Facts of one cluster."""

    environment: w.DnsLabel = required("its one environment", "prod")
    region: w.DnsLabel = required("where it stands", "eu-west-1")
    zones: list[w.DnsLabel] | None = word("every zone of its region that something of ours is in", ["eu-1a", "eu-1b"])
    versions: Versions = required("what runs on it", {"kubernetes": "1.33", "istio": "1.29"})
    parts: Parts = required("which blueprint plays which part", {"mesh": "istio-sidecar@1"})
    mesh: ClusterMesh | None = word("facts of its mesh", {"id": "acme"})
    gateways: dict[w.DnsLabel, DataPlane] | None = word("the proxies of Gateways here", {})
    network: Network | None = word("facts of its network", {"policies": "kubernetes"})
    delivery: ClusterDelivery | None = word("facts of what applies the output", {"namespace": "argocd"})
    authorizers: dict[w.DnsLabel, Authorizer] | None = word("who is asked about requests, by name", {})
    prometheus: Reader | Application | None = word("who reads metrics", {"namespace": "monitoring"})
    tracing: Collector | Application | None = word("who collects traces", {"namespace": "observability"})
    defaults: ApplicationOverlay | None = word("defaults for every application here", {"scale": {"max": 3}})  # type: ignore[valid-type]
    mandates: Mandates | None = word("bounds for every application here", {"maxReplicas": 3})  # type: ignore[valid-type]


class SecretStore(Closed):
    """Where secrets come from."""

    kind: Literal["ClusterSecretStore", "SecretStore"] = required("the kind of the store object", "ClusterSecretStore")
    name: w.DnsLabel | None = word("its name; default: the key", "vault")


class Unsupported(Closed):
    """What happens when a cluster's parts cannot do what a manifest asks for."""

    traffic: Literal["error", "warn"] | None = word("for `traffic`; default: error", "warn")
    resilience: Literal["error", "warn"] | None = word("for `resilience`; default: error", "warn")
    observe: Literal["error", "warn"] | None = word("for `observe`; default: error", "warn")


class LogDestination(Closed):
    """Where programs' logs go: marks by which the collector of logs knows the pods."""

    podLabels: w.Labels | None = word(
        "labels that pods get; default: <labelPrefix>/logs-<name>: true", {"logs": "loki"}
    )
    podAnnotations: dict[w.LabelKey, str] | None = word("annotations that pods get", {"logs.acme.dev/to": "loki"})


class Delivery(Closed):
    """Where output goes."""

    repositories: dict[w.DnsLabel, w.Slug] | None = word(
        "repositories by name", {"env": "https://git.acme.com/env.git"}
    )


class PatchLimits(Closed):
    """How long resources may be patched."""

    maxDays: w.Positive | None = word("days that `expires` of a patch may lie ahead; default: 365", 365)


class RawLimits(Closed):
    """What raw resources of teams may be."""

    allow: list[RawKind] | None = word(
        "kinds that are refused otherwise: `Kind` of the core group, `group/Kind` of others", ["apps/DaemonSet"]
    )


class PlatformSpec(Closed):
    """The organisation as a whole."""

    requires: w.VersionRange | None = word("the versions of platformc that may be used", "~= 0.1")
    labelPrefix: w.Hostname | None = word("the prefix of labels of ours; default: platformc.dev", "acme.dev")
    identityProviders: dict[w.DnsLabel, IdentityProvider] | None = word("who signs tokens", {})
    secretStores: dict[w.DnsLabel, SecretStore] | None = word("where secrets come from", {})
    closedPaths: list[w.Path] | None = word("paths that no gateway lets in", ["/metrics"])
    logs: dict[w.DnsLabel, LogDestination] | None = word("destinations of programs' logs", {"loki": {}})
    blueprints: dict[w.DnsLabel, w.SemVer] | None = word("versions that are used", {"web-service": "1.4.2"})
    unsupported: Unsupported | None = word("what happens when parts cannot do what is asked", {"traffic": "warn"})
    defaults: ApplicationOverlay | None = word("defaults for every application", {})  # type: ignore[valid-type]
    tiers: dict[Literal["experimental", "standard", "critical"], ApplicationOverlay] | None = word(  # type: ignore[valid-type]
        "defaults by `tier`, such as its priority class", {"critical": {"scheduling": {"priorityClass": "high"}}}
    )
    mandates: Mandates | None = word("bounds for every application", {"mtls": "strict"})  # type: ignore[valid-type]
    delivery: Delivery | None = word("where output goes", {})
    patches: PatchLimits | None = word("how long resources may be patched", {"maxDays": 365})
    rawResources: RawLimits | None = word("what raw resources may be", {"allow": ["apps/DaemonSet"]})
    waivers: p.WaiverLimits | None = word("how long policies may be waived", {"maxDays": 90})


class GatewayTls(Closed):
    """Certificates of a gateway."""

    issuer: w.DnsLabel = required("the cert-manager ClusterIssuer", "letsencrypt")
    wildcard: bool | None = word("one certificate for the whole domain", True)
    minVersion: Literal["1.2", "1.3"] | None = word("the least TLS version; default: 1.2", "1.2")


class GatewayCluster(Closed):
    """What is different on a cluster."""

    domain: w.Hostname | None = word("the domain of relative hosts", "us.acme.com")


class GatewaySpec(Closed):
    """A shared way in."""

    visibility: Literal["public", "internal"] = required("who can reach it", "public")
    domains: dict[w.DnsLabel, w.Hostname] = required(
        "the domain of relative hosts by environment", {"prod": "acme.com"}
    )
    clusters: dict[w.DnsLabel, GatewayCluster] | None = word("what is different on a cluster", {})
    tls: GatewayTls = required("its certificates", {"issuer": "letsencrypt"})
    httpRedirect: Literal[301, 302, 307, 308] | None = word("the status that sends http to https; default: 308", 308)
    teams: list[w.Glob] = required("teams that may use it", ["*"])
    rateLimit: t.GatewayLimit | None = word(
        "how many requests it lets pass for each exposure", {"requests": 1000, "per": "1s"}
    )


API_VERSION = "platformc.dev/v1"
SPECS: dict[str, tuple[type[Closed], type[Closed]]] = {
    "Application": (Metadata, ApplicationSpec),
    "Cluster": (PlainMetadata, ClusterSpec),
    "Environment": (PlainMetadata, EnvironmentSpec),
    "ExternalService": (Metadata, ExternalServiceSpec),
    "Gateway": (PlainMetadata, GatewaySpec),
    "Platform": (PlainMetadata, PlatformSpec),
    "PolicySet": (PlainMetadata, p.PolicySetSpec),
    "PolicyTest": (p.PolicyMetadata, p.PolicyTestSpec),
    "RawResources": (Metadata, RawResourcesSpec),
    "Team": (PlainMetadata, TeamSpec),
    "Waiver": (PlainMetadata, p.WaiverSpec),
}
"""Metadata and spec of every kind."""
