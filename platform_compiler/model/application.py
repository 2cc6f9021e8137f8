"""The Application: what a team writes for one service, worker or job."""

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field

from platform_compiler.model import traffic as t
from platform_compiler.model import words as w
from platform_compiler.model import workload as k
from platform_compiler.model.base import Closed, required, word


class Metadata(Closed):
    """Who this document is."""

    name: w.AppName = required("the file's name without .yaml; unique in the team", "checkout")
    labels: w.Labels | None = word("copied to every resource; policies select by them", {"cost-center": "shop"})
    annotations: dict[w.LabelKey, str] | None = word("for people; not copied", {"wiki": "https://wiki/checkout"})
    formerly: list[w.Ref] | None = word("earlier names; old references still resolve, with a warning", ["shop/orders"])


class Placement(Closed):
    """Where it runs; all that is given must match."""

    environments: list[w.DnsLabel] | None = word("only these environments", ["dev", "prod"])
    clusters: list[w.Glob] | None = word("only clusters with such a name", ["prod-*"])
    regions: list[w.Glob] | None = word("only clusters in such a region", ["eu-*"])
    labels: w.Labels | None = word("only clusters that carry these labels", {"gpu": "true"})


class Metrics(Closed):
    """Where metrics are read."""

    port: w.PortName | None = word("which port; default: the primary one", "admin")
    path: Annotated[str, Field(pattern=r"^/\S*$")] | None = word("which path; default: /metrics", "/metrics")
    interval: w.Duration | None = word("how often; default: 30s", "30s")


class Tracing(Closed):
    """How many requests are traced."""

    samplePercent: Annotated[float, Field(ge=0, le=100, strict=False)] = required("the share in percent", 5)


class Latency(Closed):
    """How fast answers must be: a duration for a percentile."""

    p50: w.Duration | None = word("half of the answers", "50ms")
    p90: w.Duration | None = word("nine of ten", "100ms")
    p95: w.Duration | None = word("95 of 100", "250ms")
    p99: w.Duration | None = word("99 of 100", "250ms")


class Failed(Closed):
    """Which answers count as failed, by a label of the metric."""

    label: w.MetricLabel = required("the label", "code")
    matches: w.Slug = required("an expression for the whole of its value", "5..")


class SloMetric(Closed):
    """My own metrics, instead of the mesh's or where there is no mesh."""

    requests: w.MetricName | None = word("a counter of answers", "http_requests_total")
    failed: Failed | None = word("which of them failed; default: code 5..", {"label": "code", "matches": "5.."})
    duration: w.MetricName | None = word("a histogram in seconds, without _bucket", "http_request_duration_seconds")
    buckets: Annotated[list[w.Duration], Field(min_length=1)] | None = word(
        "its buckets; default: those of Prometheus' clients, 5ms to 10s", ["100ms", "250ms", "1s"]
    )


class OutsideSlo(Closed):
    """What callers may expect, as their proxies count."""

    availability: Annotated[float, Field(gt=0, lt=100, strict=False)] | None = word("good answers in percent", 99.9)
    latency: Latency | None = word("how fast answers are", {"p99": "250ms"})
    window: w.Duration | None = word("over which time; default: 30d", "30d")
    runbook: w.Url | None = word("what to do about an alert", "https://runbooks.acme.com/checkout")


class Slo(OutsideSlo):
    """What users may expect."""

    metric: SloMetric | None = word("my own metrics instead of the mesh's", {"requests": "http_requests_total"})


class Observe(Closed):
    """What can be seen of me."""

    metrics: Metrics | None = word("where metrics are read", {"port": "admin"})
    tracing: Tracing | None = word("how many requests are traced", {"samplePercent": 5})
    accessLog: Literal["none", "errors", "all"] | None = word("which requests are logged by the proxy", "errors")
    slo: Slo | None = word("what users may expect", {"availability": 99.9})
    dashboard: bool | None = word("whether there is a dashboard", True)
    instrument: Literal["java", "python", "nodejs", "dotnet", "go"] | None = word("automatic tracing", "java")
    logs: list[w.DnsLabel] | None = word("destinations of the platform for the program's logs", ["loki"])


class ProxyAmounts(Closed):
    """What a proxy takes; Istio knows these two."""

    cpu: w.Quantity | None = word("processor time", "50m")
    memory: w.Quantity | None = word("memory", "64Mi")


class ProxyResources(Closed):
    """What a proxy asks for and may use."""

    requests: ProxyAmounts | None = word("what is set aside for it", {"cpu": "50m"})
    limits: ProxyAmounts | None = word("what it may not exceed", {"memory": "256Mi"})


class Mesh(Closed):
    """My place in the mesh."""

    member: bool | None = word("whether I have a proxy", True)
    mtls: Literal["permissive", "strict"] | None = word("whether callers must prove who they are", "strict")
    proxyResources: ProxyResources | None = word("what the proxy asks for", {"requests": {"cpu": "50m"}})


PatchPath: TypeAlias = Annotated[
    str,
    Field(pattern=r"^(/([^~]|~[01])*)?$", description="a JSON pointer", examples=["/spec/minReadySeconds"]),
]


class PatchOperation(Closed):
    """One operation of a JSON patch (RFC 6902)."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"] = required("what is done", "replace")
    path: PatchPath = required("where, as a JSON pointer", "/spec/minReadySeconds")
    from_: PatchPath | None = Field(
        default=None, alias="from", description="for move and copy: from where", examples=["/spec/a"]
    )
    value: Any = word("for add, replace and test: the value", 10)


class Patch(Closed):
    """A change to a generated resource that no word expresses; dated, with a reason."""

    target: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]*/[a-z0-9.-]+$")] = required(
        "Kind/name", "Deployment/checkout"
    )
    merge: dict[str, Any] | None = word(
        "merged into it; lists of Kubernetes by their keys", {"spec": {"minReadySeconds": 10}}
    )
    json_: Annotated[list[PatchOperation], Field(min_length=1)] | None = Field(
        default=None,
        alias="json",
        description="operations of RFC 6902 instead",
        examples=[[{"op": "remove", "path": "/spec/a"}]],
    )
    reason: w.Slug = required("why", "legacy resolver")
    expires: w.Date = required("the last day it holds", "2027-01-31")


class ApplicationBase(Closed):
    """The part of an Application that overlays and defaults may hold too."""

    static: ClassVar[frozenset[str]] = frozenset({"blueprint", "namespace", "placement"})

    description: str | None = word("what it is for", "Turns carts into orders")
    blueprint: w.BlueprintRef = required("what kind of workload; the environment pins the version", "web-service@1")
    params: dict[w.Slug, Any] | None = word("what the blueprint's own schema declares", {"queue": "orders"})
    tier: Literal["experimental", "standard", "critical"] | None = word("how much it matters", "standard")
    namespace: w.DnsLabel | None = word("one of the team's namespaces; default: its defaultNamespace", "shop")
    placement: Placement | None = word("where it runs; default: everywhere", {"environments": ["dev"]})
    image: w.Image = required("the container image", "ghcr.io/acme/checkout:1.4.2")
    command: list[str] | None = word("replaces the image's entry point", ["/app"])
    args: list[str] | None = word("its arguments", ["serve"])
    ports: dict[w.PortName, k.Port] | None = word("ports by name", {"http": {"port": 80, "targetPort": 8080}})
    env: k.Env | None = word("environment variables", {"LOG_LEVEL": "info"})
    envFrom: list[k.EnvFromSecret | k.EnvFromConfigMap] | None = word("whole sources; later wins", [{"secret": "db"}])
    configMaps: dict[w.DnsLabel, k.ExistingConfigMap | dict[w.FileName, str]] | None = word(
        "config by name and key; a change rolls the pods", {"features": {"flags.yaml": "beta: true"}}
    )
    secrets: dict[w.DnsLabel, k.Secret | k.ExistingSecret] | None = word(
        "every secret that is used", {"db": {"store": "vault", "path": "shop/db", "keys": {"password": "pw"}}}
    )
    files: dict[w.AbsolutePath, k.FileSource] | None = word(
        "files by mount path", {"/etc/app": {"configMap": "features"}}
    )
    volumes: dict[w.DnsLabel, k.NewVolume | k.ClaimedVolume] | None = word(
        "volumes by name", {"data": {"size": "10Gi"}}
    )
    health: k.Health | None = word("health checks", {"readiness": {"path": "/ready"}})
    resources: k.Resources | None = word("what it asks for and may use", {"requests": {"cpu": "100m"}})
    scale: k.Scale | None = word("how many replicas run", {"min": 2, "max": 10})
    strategy: k.Strategy | None = word("how a new revision replaces the old one", {"type": "RollingUpdate"})
    disruption: k.Disruption | None = word("how many replicas a drain may take", {"maxUnavailable": 1})
    scheduling: k.Scheduling | None = word("where the pods run", {"spread": ["zone", "node"]})
    shutdown: k.Shutdown | None = word("how a pod ends", {"delay": "5s"})
    security: k.Security | None = word("what the program may do on its node", {"runAsUser": 1000})
    serviceAccount: k.ServiceAccount | None = word("its identity", {"automountToken": False})
    imagePullSecrets: list[w.DnsLabel] | None = word("secrets that the image is pulled with", ["registry"])
    pod: k.Pod | None = word("extra marks on the pods", {"labels": {}})
    init: dict[w.DnsLabel, k.SideContainer] | None = word("what runs before the program", {"migrate": {"image": "m:2"}})
    sidecars: dict[w.DnsLabel, k.SideContainer] | None = word("what runs beside it", {"tls-proxy": {"image": "tls:3"}})
    cron: k.CronSettings | None = word("when a cron job runs", {"schedule": "15 3 * * *"})
    job: k.JobSettings | None = word("how a job runs", {"activeDeadline": "1h"})
    stateful: k.StatefulSettings | None = word("how a stateful service runs", {"podManagement": "Parallel"})
    versions: dict[w.DnsLabel, t.ApplicationVersion] | None = word("other versions beside the stable one", {})
    rollout: t.Rollout | None = word("who moves the weights", {"weightsBy": "platformc"})
    calls: dict[w.Ref, t.Call] | None = word("whom I call", {"payments/ledger": {}})
    access: dict[w.DnsLabel, t.Access] | None = word("whom I let in", {"web": {"from": ["frontend"]}})
    deny: dict[w.DnsLabel, t.Deny] | None = word("what nobody may do", {"admin": {"paths": ["/admin/*"]}})
    expose: dict[w.DnsLabel, t.Expose] | None = word("what a gateway lets in", {"web": {"gateway": "public"}})
    traffic: t.Traffic | None = word("how requests to me behave", {"timeout": "2s"})
    resilience: t.Resilience | None = word("what protects me from failure", {})
    observe: Observe | None = word("what can be seen of me", {"accessLog": "errors"})
    mesh: Mesh | None = word("my place in the mesh", {"mtls": "strict"})
    patches: dict[w.DnsLabel, Patch] | None = word("changes that no word expresses", {})
