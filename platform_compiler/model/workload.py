"""Application, part one: the program and how it runs."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from platform_compiler.model import words as w
from platform_compiler.model.base import Closed, required, word


class Port(Closed):
    """A port; `port` is the Service's, `targetPort` the program's."""

    port: w.PortNumber = required("the Service's port", 80)
    targetPort: w.PortNumber | None = word("the port the program listens on; default: `port`", 8080)
    protocol: w.Protocol | None = word("what is spoken on it; default: http", "grpc")
    internal: bool | None = word("not in the Service: probes and metrics only", True)
    container: w.DnsLabel | None = word("the sidecar that serves it; default: the program", "tls-proxy")
    mtls: Literal["strict", "permissive"] | None = word("mutual TLS on this port; default: mesh.mtls", "permissive")


class SecretValue(Closed):
    """An environment variable from a secret."""

    one_of: ClassVar[bool] = True
    secret: w.DnsLabel = required("a key of `secrets`", "db")
    key: w.FileName = required("the key in it", "password")
    optional: bool | None = word("whether it may be missing", True)


class ConfigMapValue(Closed):
    """An environment variable from a config map."""

    one_of: ClassVar[bool] = True
    configMap: w.DnsLabel = required("a key of `configMaps`", "features")
    key: w.FileName = required("the key in it", "mode")
    optional: bool | None = word("whether it may be missing", True)


class CallValue(Closed):
    """An environment variable that is the address of something I call."""

    one_of: ClassVar[bool] = True
    call: w.Ref = required("a key of `calls`", "payments/ledger")
    port: w.PortName | None = word("which of its ports; default: its primary one", "grpc")
    format: Literal["url", "hostport", "host", "port"] | None = word(
        "the form of the address; default: url", "hostport"
    )


class SelfValue(Closed):
    """An environment variable that is my own in-cluster address."""

    one_of: ClassVar[bool] = True
    self: w.PortName = required("one of my ports", "http")
    format: Literal["url", "hostport", "host", "port"] | None = word("the form of the address; default: url", "url")


class ExposeValue(Closed):
    """An environment variable that is my own public URL."""

    one_of: ClassVar[bool] = True
    expose: w.DnsLabel = required("a key of `expose`", "web")


class FieldValue(Closed):
    """An environment variable from a field of the pod."""

    one_of: ClassVar[bool] = True
    field: str = required("a field of the pod", "status.podIP")


class ResourceValue(Closed):
    """An environment variable from the container's resources."""

    one_of: ClassVar[bool] = True
    resource: Annotated[str, Field(pattern=r"^(limits|requests)\.(cpu|memory|ephemeral-storage)$")] = required(
        "a request or limit", "limits.memory"
    )


EnvValue = str | int | SecretValue | ConfigMapValue | CallValue | SelfValue | ExposeValue | FieldValue | ResourceValue
Env = dict[w.EnvName, EnvValue]


class EnvFromSecret(Closed):
    """All keys of a secret as environment variables."""

    one_of: ClassVar[bool] = True
    secret: w.DnsLabel = required("a key of `secrets`", "db")
    prefix: w.EnvName | None = word("put before each name", "DB_")


class EnvFromConfigMap(Closed):
    """All keys of a config map as environment variables."""

    one_of: ClassVar[bool] = True
    configMap: w.DnsLabel = required("a key of `configMaps`", "features")
    prefix: w.EnvName | None = word("put before each name", "FEATURE_")


class ExistingConfigMap(Closed):
    """A config map that somebody else makes."""

    one_of: ClassVar[bool] = True
    existing: Literal[True] = required("it is not ours to write", True)


class Secret(Closed):
    """A secret from a store."""

    store: w.DnsLabel = required("a key of Platform.secretStores", "vault")
    path: w.Slug = required("where it lies in the store", "shop/db")
    keys: dict[w.FileName, w.Slug] = required("key in the Secret: property in the store", {"password": "pw"})
    refresh: w.Duration | None = word("how often it is read again", "1h")


class ExistingSecret(Closed):
    """A secret that somebody else makes."""

    one_of: ClassVar[bool] = True
    existing: Literal[True] = required("it is not ours to write", True)


class ConfigMapFile(Closed):
    """A config map as a directory, or one key of it as a file."""

    one_of: ClassVar[bool] = True
    configMap: w.DnsLabel = required("a key of `configMaps`", "features")
    key: w.FileName | None = word("only this key, as a file", "flags.yaml")
    mode: w.FileMode | None = word("the files' mode", "0444")


class SecretFile(Closed):
    """A secret as a directory, or one key of it as a file."""

    one_of: ClassVar[bool] = True
    secret: w.DnsLabel = required("a key of `secrets`", "db")
    key: w.FileName | None = word("only this key, as a file", "ca.pem")
    mode: w.FileMode | None = word("the files' mode", "0440")


class ContentFile(Closed):
    """A file written here."""

    one_of: ClassVar[bool] = True
    content: str = required("the file's text", "hello")
    mode: w.FileMode | None = word("the file's mode", "0444")


class EmptyFile(Closed):
    """An empty directory that lives as long as the pod."""

    one_of: ClassVar[bool] = True
    empty: w.Quantity = required("its size limit", "1Gi")
    medium: Literal["disk", "memory"] | None = word("where it lies; default: disk", "memory")


class VolumeFile(Closed):
    """A volume of `volumes`."""

    one_of: ClassVar[bool] = True
    volume: w.DnsLabel = required("a key of `volumes`", "data")
    subPath: str | None = word("a path inside the volume", "orders")
    readOnly: bool | None = word("mounted read-only; default: false", False)


class TokenSource(Closed):
    """What a projected token is for."""

    audience: w.Slug = required("who it is for", "vault")
    expires: w.Duration | None = word("its life time; default: 1h", "1h")


class TokenFile(Closed):
    """A service account token."""

    one_of: ClassVar[bool] = True
    token: TokenSource = required("its audience and life time", {"audience": "vault"})


FileSource = ConfigMapFile | SecretFile | ContentFile | EmptyFile | VolumeFile | TokenFile


class NewVolume(Closed):
    """A volume of its own."""

    one_of: ClassVar[bool] = True
    size: w.Quantity = required("its size", "10Gi")
    storageClass: w.DnsLabel | None = word("its storage class; default: the cluster's", "fast")
    accessMode: Literal["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"] | None = word(
        "who may mount it; default: ReadWriteOnce", "ReadWriteOnce"
    )


class ClaimedVolume(Closed):
    """A volume that exists."""

    one_of: ClassVar[bool] = True
    claim: w.DnsLabel = required("the name of a PersistentVolumeClaim", "orders-data")


class Probe(Closed):
    """A health check; its type follows the port's protocol unless given."""

    one_of: ClassVar[bool] = True
    type: Literal["http", "grpc", "tcp", "exec"] | None = word("how it asks; default: by the port's protocol", "http")
    path: Annotated[str, Field(pattern=r"^/\S*$")] | None = word("what an http probe asks for; default: /", "/ready")
    port: w.PortName | None = word("which port; default: the primary one", "admin")
    service: str | None = word("the service name a grpc probe asks for", "shop.Cart")
    command: Annotated[list[str], Field(min_length=1)] | None = word("what an exec probe runs", ["/app", "ping"])
    headers: dict[w.HeaderName, str] | None = word("headers of an http probe", {"Cookie": "probe"})
    initialDelay: w.Duration | None = word("wait before the first check", "10s")
    period: w.Duration | None = word("time between checks", "10s")
    timeout: w.Duration | None = word("how long an answer may take", "1s")
    failureThreshold: w.Positive | None = word("failures in a row until it counts", 3)
    successThreshold: w.Positive | None = word("successes in a row until it counts again", 1)


class Health(Closed):
    """The health checks of a container."""

    startup: Probe | None = word("has it started? Until then the others wait", {"path": "/ready"})
    readiness: Probe | None = word("may it get requests?", {"path": "/ready"})
    liveness: Probe | None = word("must it be restarted?", {"path": "/live"})


class ResourceList(Closed):
    """Amounts of compute resources."""

    cpu: w.Quantity | None = word("CPU in cores or millicores", "100m")
    memory: w.Quantity | None = word("memory in bytes", "128Mi")
    ephemeral_storage: w.Quantity | None = Field(
        default=None, alias="ephemeral-storage", description="scratch space in bytes", examples=["1Gi"]
    )


class Resources(Closed):
    """What a container asks for and may use."""

    requests: ResourceList | None = word("what is set aside for it", {"cpu": "100m", "memory": "128Mi"})
    limits: ResourceList | None = word("what it may not exceed", {"memory": "256Mi"})


class ExternalMetric(Closed):
    """Scaling on a metric from outside the cluster."""

    metric: w.Slug = required("the metric's name", "kafka_lag")
    selector: w.Labels | None = word("its labels", {"topic": "orders"})
    averageValue: w.Quantity = required("the value a replica should carry", "100")


class Scale(Closed):
    """How many replicas run."""

    min: w.Count | None = word("the least number of replicas", 2)
    max: w.Count | None = word("the greatest number; default: `min`, which means no autoscaler", 10)
    cpuPercent: Annotated[int, Field(ge=1, le=1000)] | None = word("target CPU use in percent of the request", 70)
    memoryPercent: Annotated[int, Field(ge=1, le=1000)] | None = word("target memory use in percent of the request", 80)
    external: dict[w.DnsLabel, ExternalMetric] | None = word("metrics from outside", {"lag": {"metric": "kafka_lag"}})
    scaleDownAfter: w.Duration | None = word("how long the need must be lower before replicas go", "5m")
    scaleUpAfter: w.Duration | None = word("how long the need must be higher before replicas come", "0s")


class Strategy(Closed):
    """How a new revision replaces the old one."""

    type: Literal["RollingUpdate", "Recreate"] | None = word("one after the other, or all at once", "RollingUpdate")
    maxSurge: w.PercentOrCount | None = word("replicas above the wanted number during a rollout", "25%")
    maxUnavailable: w.PercentOrCount | None = word("replicas that may be missing during a rollout", 0)


class Disruption(Closed):
    """How many replicas a drain may take at once."""

    enabled: bool | None = word("whether there is a disruption budget", False)
    maxUnavailable: w.PercentOrCount | None = word("replicas that may be missing", 1)


class Toleration(Closed):
    """A taint that the pods accept; the key is the taint's."""

    value: str | None = word("the taint's value; default: any", "true")
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = word(
        "its effect; default: any", "NoSchedule"
    )


class Scheduling(Closed):
    """Where the pods run."""

    spread: list[Literal["zone", "node"]] | None = word("spread evenly over these", ["zone", "node"])
    nodeSelector: w.Labels | None = word("labels a node must carry", {"disk": "ssd"})
    arch: list[Literal["amd64", "arm64", "s390x", "ppc64le"]] | None = word("processor kinds the image has", ["amd64"])
    tolerations: dict[w.LabelKey, Toleration] | None = word("taints to accept", {"gpu": {"value": "true"}})
    priorityClass: w.DnsLabel | None = word("the PriorityClass; default: that of Platform.tiers", "high")


class Shutdown(Closed):
    """How a pod ends."""

    delay: w.Duration | None = word("wait before the stop signal, while routes forget the pod", "5s")
    gracePeriod: w.Duration | None = word("time until it is killed", "30s")
    command: list[str] | None = word("what runs before the stop signal instead of waiting", ["/app", "drain"])


class Security(Closed):
    """What the program may do on its node."""

    runAsUser: Annotated[int, Field(ge=1)] | None = word("the user id; never root", 1000)
    runAsGroup: Annotated[int, Field(ge=1)] | None = word("the group id", 1000)
    fsGroup: Annotated[int, Field(ge=1)] | None = word("the group that owns volumes", 1000)
    readOnlyRootFilesystem: bool | None = word("whether the image's files are read-only; /tmp is always writable", True)
    addCapabilities: list[Literal["NET_BIND_SERVICE"]] | None = word("kernel rights beyond none", ["NET_BIND_SERVICE"])


class RbacRule(Closed):
    """What the program may do with the Kubernetes API, in its own namespace."""

    apiGroups: list[str] = required("API groups; the core one is an empty string", [""])
    resources: list[w.Slug] = required("resource names in the plural", ["pods"])
    verbs: list[Literal["get", "list", "watch", "create", "update", "patch", "delete"]] = required("verbs", ["get"])
    resourceNames: list[w.Slug] | None = word("only these objects", ["leader"])


class ServiceAccount(Closed):
    """The program's identity."""

    annotations: dict[w.LabelKey, str] | None = word("annotations of the ServiceAccount, for cloud identities", {})
    automountToken: bool | None = word("whether the API token is mounted", False)
    rules: list[RbacRule] | None = word(
        "a Role of its own", [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    )


class Pod(Closed):
    """Extra marks on the pods."""

    labels: w.Labels | None = word("labels of the pods", {"team.acme.dev/kind": "api"})
    annotations: dict[w.LabelKey, str] | None = word("annotations of the pods", {})


class SideContainer(Closed):
    """A container beside or before the program."""

    image: w.Image = required("its image", "ghcr.io/acme/tls:3")
    command: list[str] | None = word("replaces the image's entry point", ["/tls"])
    args: list[str] | None = word("its arguments", ["--listen", "8443"])
    order: int | None = word("position among the init containers; then by name", 1)
    env: Env | None = word("its environment variables", {"LOG_LEVEL": "info"})
    envFrom: list[EnvFromSecret | EnvFromConfigMap] | None = word("whole sources of variables", [{"secret": "db"}])
    files: dict[w.AbsolutePath, FileSource] | None = word("its files, by mount path", {"/var/cache": {"empty": "1Gi"}})
    resources: Resources | None = word("what it asks for", {"requests": {"cpu": "10m"}})
    health: Health | None = word("its health checks", {"startup": {"port": "front"}})


class KeptRuns(Closed):
    """How many finished jobs are kept."""

    succeeded: w.Count | None = word("that succeeded", 3)
    failed: w.Count | None = word("that failed", 1)


class CronSettings(Closed):
    """When a cron job runs."""

    schedule: w.Cron | None = word("when, in five fields", "15 3 * * *")
    timeZone: w.Slug | None = word("the time zone of the schedule", "Etc/UTC")
    concurrencyPolicy: Literal["Allow", "Forbid", "Replace"] | None = word("what if the last run still runs", "Forbid")
    startingDeadline: w.Duration | None = word("how late a run may start", "10m")
    suspend: bool | None = word("whether runs are held back", False)
    keep: KeptRuns | None = word("how many finished runs are kept", {"succeeded": 3, "failed": 1})


class JobSettings(Closed):
    """How a job runs."""

    activeDeadline: w.Duration | None = word("how long it may take", "1h")
    backoffLimit: w.Count | None = word("how often it is tried again", 3)
    completions: w.Positive | None = word("how many runs must succeed", 1)
    parallelism: w.Positive | None = word("how many run at once", 1)
    ttlAfterFinished: w.Duration | None = word("how long it is kept", "7d")
    restartPolicy: Literal["Never", "OnFailure"] | None = word("whether a failed container is restarted", "Never")


class StatefulSettings(Closed):
    """How a stateful service runs."""

    podManagement: Literal["OrderedReady", "Parallel"] | None = word("in what order pods start", "OrderedReady")
    partition: w.Count | None = word("pods below this number keep the old revision", 0)
    retainVolumes: bool | None = word("whether volumes outlive the service", True)
