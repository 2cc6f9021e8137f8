"""What exists without a manifest of its own: made by controllers from objects that are judged.

Where a namespace holds kinds that we know nothing of, these may make pods, Secrets and ConfigMaps; what is missing
there is not called missing.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from platform_compiler.objects import Body, a_map, at, maps, text
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import World, namespace_of

Named: TypeAlias = tuple[str, str, str]
_MAKE_NO_PODS = (
    "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps", "argoproj.io",
    "authentication.istio.io", "autoscaling", "batch", "bitnami.com", "cert-manager.io", "cilium.io",
    "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "extensions.istio.io", "external-secrets.io",
    "flowcontrol.apiserver.k8s.io", "kustomize.config.k8s.io", "kustomize.toolkit.fluxcd.io", "networking.istio.io",
    "networking.k8s.io", "node.k8s.io", "notification.toolkit.fluxcd.io", "policy", "rbac.authorization.k8s.io",
    "scheduling.k8s.io", "security.istio.io", "source.toolkit.fluxcd.io", "storage.k8s.io", "telemetry.istio.io", "",
)  # fmt: skip
_SILENT_KINDS = frozenset(
    {"ServiceMonitor", "PodMonitor", "Probe", "PrometheusRule", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute",
     "UDPRoute", "ReferenceGrant", "BackendTLSPolicy", "GatewayClass", "ScaledObject", "TriggerAuthentication",
     "BackendTrafficPolicy", "ClientTrafficPolicy", "SecurityPolicy", "EnvoyExtensionPolicy", "EnvoyPatchPolicy",
     "Backend", "HTTPRouteFilter"}
)  # fmt: skip
"""Kinds of other groups that make no pods."""
_MAKING = frozenset({("argoproj.io", "Rollout"), ("argoproj.io", "Workflow"), ("argoproj.io", "CronWorkflow")})
_NAMES_OF_SECRETS: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("external-secrets.io", "ExternalSecret"): (("spec", "target", "name"), ("metadata", "name")),
    ("cert-manager.io", "Certificate"): (("spec", "secretName"),),
    ("bitnami.com", "SealedSecret"): (("spec", "template", "metadata", "name"), ("metadata", "name")),
    ("secrets.hashicorp.com", "VaultStaticSecret"): (("spec", "destination", "name"),),
    ("secrets.hashicorp.com", "VaultDynamicSecret"): (("spec", "destination", "name"),),
    ("secrets.hashicorp.com", "VaultPKISecret"): (("spec", "destination", "name"),),
    ("onepassword.com", "OnePasswordItem"): (("metadata", "name"),),
}
_ISSUERS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme")
_SERVING = "service.beta.openshift.io/serving-cert-secret-name"
_ALWAYS = frozenset({"kube-root-ca.crt", "istio-ca-root-cert", "openshift-service-ca.crt"})


SYSTEM = frozenset({"kube-system", "kube-public", "kube-node-lease"})
"""Namespaces that clusters come with, and much in them that nobody has a manifest of."""


def makers(world: World) -> list[Item]:
    """Return the objects of kinds that are none of Kubernetes' workloads, but that may make pods all the same."""
    return [item for kind in world.kinds if _makes_pods(*kind) for item in world.of(*kind)]


def _makes_pods(group: str, kind: str) -> bool:
    return (group, kind) in _MAKING or (group not in _MAKE_NO_PODS and kind not in _SILENT_KINDS)


def filled_by_others(world: World) -> AbstractSet[str]:
    """Return the namespaces in which pods may run that no judged workload makes."""
    judged = {namespace_of(item) for item in world.once(makers)}
    return (
        judged
        | SYSTEM
        | world.charted
        | {namespace for kind, namespace, _ in world.facts.promised if kind not in _NO_PODS_WHEN_PROMISED}
    )


_NO_PODS_WHEN_PROMISED = _SILENT_KINDS | {
    "ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount", "PriorityClass", "Service", "ExternalSecret",
    "NetworkPolicy", "AuthorizationPolicy", "VirtualService", "DestinationRule", "Sidecar", "Certificate", "Namespace",
    "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "HorizontalPodAutoscaler", "PodDisruptionBudget",
    "Application", "AppProject", "CustomResourceDefinition", "GitRepository", "Ingress", "IngressClass",
    "Kustomization", "LimitRange", "PeerAuthentication", "PersistentVolume", "RequestAuthentication", "ResourceQuota",
    "ServiceEntry", "StorageClass", "Telemetry",
}  # fmt: skip


def made(world: World) -> AbstractSet[Named]:
    """Return the Secrets that objects ask controllers to make, as (kind, namespace, name)."""
    return {("Secret", *named) for named in _secrets(world)}


def _secrets(world: World) -> Iterator[tuple[str, str]]:
    for kind, paths in _NAMES_OF_SECRETS.items():
        for item in world.of(*kind):
            name = next((found for path in paths if (found := text(at(item.body, *path)))), "")
            yield namespace_of(item), name
    for item in world.of("networking.k8s.io", "Ingress"):
        if any(issuer in a_map(item.body, "metadata", "annotations") for issuer in _ISSUERS):
            for _, tls in maps(item.body, "spec", "tls"):
                yield namespace_of(item), text(tls, "secretName")
    for item in world.of("secrets-store.csi.x-k8s.io", "SecretProviderClass"):
        for _, secret in maps(item.body, "spec", "secretObjects"):
            yield namespace_of(item), text(secret, "secretName")
    for item in world.of("", "Service"):
        yield namespace_of(item), text(item.body, "metadata", "annotations", _SERVING)


def everywhere(kind: str, name: str, world: World) -> bool:
    """Whether an object of that name exists in every namespace, or in one that only a kustomization knows."""
    if (kind, name) in world.once(_generated):
        return True
    if kind == "ConfigMap":
        bundles = (item.name for item in world.of("trust.cert-manager.io", "Bundle"))
        return name in _ALWAYS or name in set(bundles)
    names = (_cluster_wide(item.body) for item in world.of("external-secrets.io", "ClusterExternalSecret"))
    return kind == "Secret" and name in set(names)


def _generated(world: World) -> AbstractSet[tuple[str, str]]:
    """Return what kustomizations make, as (kind, name): they name it in full where it is used."""
    found = {
        (kind, text(entry, "name"))
        for what in ("Kustomization", "Component")
        for item in world.of("kustomize.config.k8s.io", what)
        for key, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret"))
        for _, entry in maps(item.body, key)
    }
    return frozenset(found)


def _cluster_wide(body: Body) -> str:
    return text(at(body, "spec", "externalSecretSpec", "target", "name")) or text(body, "metadata", "name")


def may_make(world: World, namespace: str, name: str) -> bool:
    """Whether an object that we know nothing of may have made one of that name: it is named after it."""
    others = world.once(owners).get(namespace, ())
    return any(other and (name == other or name.startswith(f"{other}-")) for other in others)


def owners(world: World) -> Mapping[str, AbstractSet[str]]:
    """Return the names of objects whose kind we know nothing of, by namespace: what they make is named after them."""
    found: dict[str, set[str]] = {}
    for item in world.once(makers):
        found.setdefault(namespace_of(item), set()).add(item.name)
    for kind, namespace, name in world.facts.promised:
        if kind not in _NO_PODS_WHEN_PROMISED:
            found.setdefault(namespace, set()).add(name)
    return found
