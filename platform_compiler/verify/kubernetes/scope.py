"""Namespaces where there are none, and none where there should be one."""

from collections.abc import Iterator

from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World

_CLUSTER_WIDE = frozenset(
    {
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("cert-manager.io", "ClusterIssuer"),
        ("external-secrets.io", "ClusterExternalSecret"),
        ("external-secrets.io", "ClusterSecretStore"),
        ("gateway.networking.k8s.io", "GatewayClass"),
        ("networking.k8s.io", "IngressClass"),
        ("node.k8s.io", "RuntimeClass"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "StorageClass"),
    }
)
_NAMESPACED_GROUPS = frozenset({"", "apps", "autoscaling", "batch", "policy"})
"""Groups of Kubernetes whose kinds live in namespaces, but for those above."""


def namespaces_of_cluster_kinds(world: World) -> Iterator[Fault]:
    """Yield objects that name a namespace though their kind has none."""
    for item in world.items:
        if item.namespace and (item.group, item.kind) in _CLUSTER_WIDE:
            message = f"`namespace` means nothing here: a {item.kind} belongs to the whole cluster"
            yield Fault("PC5102", item, ("metadata", "namespace"), message, "remove it", on_key=True)


def namespaces_left_open(world: World) -> Iterator[Fault]:
    """Yield objects that name no namespace where most others do: who applies them decides where they land."""
    kinds = ((item, (item.group, item.kind)) for item in world.items)
    living = [item for item, kind in kinds if kind[0] in _NAMESPACED_GROUPS and kind not in _CLUSTER_WIDE]
    without = [item for item in living if not item.namespace]
    if len(without) * 2 < len(living):
        for item in without:
            message = "it names no namespace, unlike most others here"
            yield Fault("PC5103", item, ("metadata",), message, "add `namespace`", on_key=True)
