"""RawResources: which objects a team may write as they are. What they would open or own is refused by kind.

Blueprints make pods within the mandates, links open what `calls` and `access` agree on, parts own the mesh and the ways
in. An object that goes round one of them is refused unless the platform allows its kind by name; one that is in no
namespace is never a team's.
"""

from collections.abc import Iterator, Mapping

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import strings, text
from platform_compiler.load import Loaded
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at, key_span, nearest

_PODS = "pods are made by blueprints, within the mandates"
_SCALE = "`scale` of an Application decides it, within the mandates"
_MESH = "the mesh is configured by links and by the mesh part"
_EDGE = "what comes in is said by `expose` and made by the ingress part"
_OPENS = "links open what `calls` and `access` agree on"
_POWER = "it grants power over the cluster's API"
_DELIVERY = "the delivery part owns it"
_SPACE = "the namespace part owns it"
_KINDS: Mapping[str, str] = {
    "Pod": _PODS,
    "ReplicationController": _PODS,
    "PodTemplate": _PODS,
    "Secret": "secrets do not lie in Git: `secrets` of an Application takes them from a store",
    "Endpoints": _OPENS,
    "Namespace": _SPACE,
    "ResourceQuota": _SPACE,
    "LimitRange": _SPACE,
    "PersistentVolume": "it is the cluster's",
    "Node": "it is the cluster's",
    "apps/Deployment": _PODS,
    "apps/StatefulSet": _PODS,
    "apps/DaemonSet": _PODS,
    "apps/ReplicaSet": _PODS,
    "batch/Job": _PODS,
    "batch/CronJob": _PODS,
    "autoscaling/HorizontalPodAutoscaler": _SCALE,
    "discovery.k8s.io/EndpointSlice": _OPENS,
    "networking.k8s.io/NetworkPolicy": _OPENS,
    "networking.k8s.io/Ingress": _EDGE,
}
_GROUPS: Mapping[str, str] = {
    "autoscaling.k8s.io": _SCALE,
    "keda.sh": _SCALE,
    "rbac.authorization.k8s.io": _POWER,
    "admissionregistration.k8s.io": _POWER,
    "apiextensions.k8s.io": _POWER,
    "apiregistration.k8s.io": _POWER,
    "certificates.k8s.io": _POWER,
    "policy.networking.k8s.io": _OPENS,
    "cilium.io": _OPENS,
    "crd.projectcalico.org": _OPENS,
    "projectcalico.org": _OPENS,
    "networking.istio.io": _MESH,
    "security.istio.io": _MESH,
    "telemetry.istio.io": _MESH,
    "extensions.istio.io": _MESH,
    "gateway.networking.k8s.io": _EDGE,
    "gateway.networking.x-k8s.io": _EDGE,
    "gateway.envoyproxy.io": _EDGE,
    "cert-manager.io": _EDGE,
    "argoproj.io": _DELIVERY,
    "kustomize.toolkit.fluxcd.io": _DELIVERY,
    "source.toolkit.fluxcd.io": _DELIVERY,
    "helm.toolkit.fluxcd.io": _DELIVERY,
    "notification.toolkit.fluxcd.io": _DELIVERY,
    "image.toolkit.fluxcd.io": _DELIVERY,
}
_NEVER = frozenset(
    {
        "Namespace",
        "PersistentVolume",
        "Node",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "APIService",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "CertificateSigningRequest",
    }
)
"""Kinds that are in no namespace, and so nobody can allow."""
_OPEN_SERVICES = ("NodePort", "LoadBalancer", "ExternalName")
_OURS = ("app.kubernetes.io/name", "app.kubernetes.io/managed-by")
_PREFIX = "platformc.dev/"
_MARKED = (
    ("metadata",),
    ("spec", "template", "metadata"),
    ("spec", "jobTemplate", "metadata"),
    ("spec", "jobTemplate", "spec", "template", "metadata"),
)
"""Where objects, and the pods that they make, carry labels."""


def objects_of(spec: MapNode) -> Iterator[tuple[int, MapNode]]:
    """Yield the objects of RawResources with their positions."""
    listed = at(spec, "resources")
    for position, node in enumerate(listed.items if isinstance(listed, ListNode) else ()):
        if isinstance(node, MapNode):
            yield position, node


def kind_word(node: Node) -> str:
    """Return the kind of an object as the platform's list says it: `Kind` or `group/Kind`."""
    group = (text(node, "apiVersion") or "").rpartition("/")[0]
    kind = text(node, "kind") or ""
    return f"{group}/{kind}" if group else kind


def refusal(version: str, kind: str) -> str | None:
    """Return why a kind is not for raw resources unless the platform allows it; None where any team may write it."""
    group = version.rpartition("/")[0]
    return _KINDS.get(f"{group}/{kind}" if group else kind) or _GROUPS.get(group)


def allowed_kinds(loaded: Loaded) -> frozenset[str]:
    """Return the kinds that the platform allows by name."""
    return frozenset(strings(at(loaded.platform.spec, "rawResources", "allow"))) if loaded.platform else frozenset()


def check_raw(settings: Settings, namespace: str, loaded: Loaded, bag: Bag) -> bool:
    """Report objects that a team may not write as they are; return whether there is none."""
    found = Bag()
    allowed = allowed_kinds(loaded)
    for _, node in objects_of(settings.spec):
        if _check_identity(node, found):
            _check_kind(node, allowed, found)
            _check_namespace(node, namespace, settings, found)
            for path in _MARKED:
                _check_marks(node, path, loaded, found)
    bag.extend(found)
    return not found.has_errors


def _check_identity(node: MapNode, bag: Bag) -> bool:
    missing = [p for p in (("apiVersion",), ("kind",), ("metadata", "name")) if not text(node, *p)]
    for pointer in missing:
        words, cure = f"a raw resource has no `{'.'.join(pointer)}`", "write it: an object is known by these"
        bag.add("PC4082", words, nearest(node, *pointer), help=cure)
    return not missing


def _check_kind(node: MapNode, allowed: frozenset[str], bag: Bag) -> None:
    word = kind_word(node)
    why = refusal(text(node, "apiVersion") or "", text(node, "kind") or "")
    if why is not None and (word not in allowed or word.rpartition("/")[2] in _NEVER):
        refuse(word, why, _span(node, "kind"), bag)
    kind_of_service = text(node, "spec", "type")
    if word == "Service" and word not in allowed and kind_of_service in _OPEN_SERVICES:
        refuse(word, f"{_EDGE}, and its type is {kind_of_service}", _span(node, "spec", "type"), bag)
    if word == "Service" and word not in allowed and at(node, "spec", "externalIPs") is not None:
        refuse(word, f"{_EDGE}, and it has `externalIPs`", _span(node, "spec", "externalIPs"), bag)


def refuse(word: str, why: str, span: Span, bag: Bag) -> None:
    """Report a raw resource of a kind that is not a team's."""
    allowing = f"or the platform team allows it: `rawResources: {{allow: [{word}]}}` in platform.yaml"
    never = "remove it: a team's raw resources stay in its namespaces"
    cure = (never,) if word.rpartition("/")[2] in _NEVER else ("remove it", allowing)
    bag.add("PC4080", f"`{word}` is not for raw resources: {why}", span, help=cure)


def _check_namespace(node: MapNode, namespace: str, settings: Settings, bag: Bag) -> None:
    written = at(node, "metadata", "namespace")
    if isinstance(written, ScalarNode) and written.text != namespace:
        chosen = at(settings.spec, "namespace")
        also = [Label(chosen.span, "chosen here")] if chosen else []
        bag.add(
            "PC4081",
            f"the raw resources of `{settings.manifest.ref}` are in `{namespace}`, and not in `{written.text}`",
            written.span,
            also=also,
            help="remove `namespace`; for another namespace of the team write another file, with `spec.namespace`",
        )


def _check_marks(node: MapNode, path: tuple[str, ...], loaded: Loaded, bag: Bag) -> None:
    """Report labels and annotations that are ours to write: selectors, policies and the ledger go by them."""
    prefix = text(loaded.platform.spec, "labelPrefix") if loaded.platform else None
    for word in ("labels", "annotations"):
        marks = at(node, *path, word)
        for key in marks.entries if isinstance(marks, MapNode) else ():
            assert isinstance(marks, MapNode)
            team = prefix is not None and key == f"{prefix}/team"
            if key in _OURS or key.startswith(_PREFIX) or team:
                cure = "remove it: what is compiled carries it already"
                bag.add("PC4083", f"`{key}` is not for raw resources to write", key_span(marks, key), help=cure)


def _span(node: MapNode, *pointer: str) -> Span:
    found = at(node, *pointer)
    if isinstance(found, ScalarNode):
        return found.span
    above = at(node, *pointer[:-1])
    return key_span(above, pointer[-1]) if isinstance(above, MapNode) else node.span
