"""A program and its pods."""

from typing import Annotated, Any, NotRequired, TypedDict

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


class PeerRecord(TypedDict):
    """Pods of the platform."""

    namespace: Annotated[str, "where they run"]
    podLabels: Annotated[Labels, "their labels"]
