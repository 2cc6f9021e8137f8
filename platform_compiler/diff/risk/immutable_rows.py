"""The fields that the API server never lets change, a row per kind and condition.

Source: the validation of updates of the Kubernetes API server and its API reference, current minor versions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from platform_compiler.diff.equality import quantity
from platform_compiler.objects import Body, a_list, a_map, at, maps, text

_Check: TypeAlias = Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """Fields of a kind that may not change.

    `paths` are dotted; with `besides`, everything directly below the one path but those. `when` looks at both bodies;
    `refused` at both values of a field that differs, and `seen` takes the parts out of a value that may change.
    """

    group: str
    kind: str
    paths: tuple[str, ...]
    besides: tuple[str, ...] | None = None
    when: _Check | None = None
    refused: _Check | None = None
    seen: Callable[[Any], Any] | None = None
    advice: str = ""

    @property
    def label(self) -> str:
        """A name of the row for people."""
        besides = f" besides {', '.join(self.besides)}" if self.besides is not None else ""
        when = f" if {self.when.__name__.strip('_').replace('_', ' ')}" if self.when is not None else ""
        return f"{self.kind} {', '.join(self.paths)}{besides}{when}"


def _once_set(old: Any, new: Any) -> bool:
    """Where the server keeps its own value for an absent one."""
    return old not in (None, "", [], {}) and new not in (None, "", [], {})


def _was_set(old: Any, _new: Any) -> bool:
    return old not in (None, {})


def _both_have_address(old: Body, new: Body) -> bool:
    return all(text(body, "spec", "type") != "ExternalName" for body in (old, new))


def _fixed_address(old: Body, new: Body) -> bool:
    """Both have an address, and neither is headless: that has a row of its own."""
    return _both_have_address(old, new) and not _headless(old) and not _headless(new)


def _headless(body: Body) -> bool:
    return "None" in (at(body, "spec", "clusterIP"), at(body, "spec", "clusterIPs", 0))


def _turned_headless(old: Body, new: Body) -> bool:
    return _both_have_address(old, new) and _headless(old) != _headless(new)


def _both_balanced(old: Body, new: Body) -> bool:
    return all(text(body, "spec", "type") == "LoadBalancer" for body in (old, new))


def _was_immutable(old: Body, _new: Body) -> bool:
    return old.get("immutable") is True


def _suspended(old: Body, _new: Body) -> bool:
    return at(old, "spec", "suspend") is True


def _running(old: Body, new: Body) -> bool:
    return not _suspended(old, new)


def _not_elastic(old: Body, new: Body) -> bool:
    """An Indexed job may change its completions together with its parallelism."""
    indexed = text(old, "spec", "completionMode") == "Indexed"
    return not (indexed and at(new, "spec", "completions") == at(new, "spec", "parallelism"))


def _not_kept(old: Any, new: Any) -> bool:
    """The server's own value stays where nobody wrote one, though parallelism alone would now default to none."""
    return not (old == 1 and new is None)


def _shrinks(old: Any, new: Any) -> bool:
    before, after = quantity(old), quantity(new)
    return before is not None and (after is None or after < before)


def _some_gone(old: Any, new: Any) -> bool:
    left = a_list(new)
    return any(item not in left for item in a_list(old))


def _some_new(old: Any, new: Any) -> bool:
    return _some_gone(new, old)


def _without_scheduling(template: Any) -> Any:
    """Return a job's template without what may change while it is suspended."""
    if not isinstance(template, dict):
        return template
    words = ("nodeSelector", "tolerations", "affinity", "schedulingGates")
    spec = {key: value for key, value in a_map(template, "spec").items() if key not in words}
    return {**{key: value for key, value in template.items() if key != "metadata"}, "spec": spec}


def _without_images(found: Any) -> Any:
    return [{key: v for key, v in item.items() if key != "image"} for _, item in maps(found)]


def _version_names(versions: Any) -> list[Any]:
    return [item.get("name") for _, item in maps(versions)]


def _version_dropped(old: Any, new: Any) -> bool:
    left = _version_names(new)
    return any(name not in left for name in _version_names(old))


_REPLACE = "delete it with --cascade=orphan and apply the new one, or make one with another name and move over"
_NEW_NAME = "make one with another name and refer to that"
_RBAC, _STORAGE, _CRD = "rbac.authorization.k8s.io", "storage.k8s.io", "apiextensions.k8s.io"
_SELECTOR = "keep the selector; to change it, delete the workload first or give it another name"
_JOB = "delete the job and let it be made again, or give it a name that changes with its content"
_CLAIM = "make a claim with another name and copy the data"

ROWS: tuple[Row, ...] = (
    Row("*", "*", ("kind", "metadata.name", "metadata.namespace"), advice="this is a deletion and a new object"),
    Row("apps", "Deployment", ("spec.selector",), advice=_SELECTOR),
    Row("apps", "DaemonSet", ("spec.selector",), advice=_SELECTOR),
    Row("apps", "ReplicaSet", ("spec.selector",), advice=_SELECTOR),
    Row(
        "apps",
        "StatefulSet",
        ("spec",),
        besides=(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
        ),
        advice=_REPLACE,
    ),
    Row(
        "batch",
        "Job",
        (
            "spec.selector",
            "spec.completionMode",
            "spec.podFailurePolicy",
            "spec.backoffLimitPerIndex",
            "spec.manualSelector",
        ),
        advice=_JOB,
    ),
    Row("batch", "Job", ("spec.completions",), when=_not_elastic, refused=_not_kept, advice=_JOB),
    Row("batch", "Job", ("spec.template",), when=_running, advice=_JOB),
    Row("batch", "Job", ("spec.template",), when=_suspended, seen=_without_scheduling, advice=_JOB),
    Row(
        "",
        "Pod",
        ("spec",),
        besides=(
            "containers",
            "initContainers",
            "activeDeadlineSeconds",
            "tolerations",
            "schedulingGates",
            "terminationGracePeriodSeconds",
        ),
    ),
    Row("", "Pod", ("spec.containers", "spec.initContainers"), seen=_without_images),
    Row("", "Pod", ("spec.tolerations",), refused=_some_gone, advice="tolerations may only be added"),
    Row("", "Pod", ("spec.schedulingGates",), refused=_some_new, advice="scheduling gates may only be removed"),
    Row("", "Service", ("spec.clusterIP", "spec.clusterIPs.0"), when=_fixed_address, refused=_once_set),
    Row("", "Service", ("spec.clusterIP", "spec.clusterIPs.0"), when=_turned_headless, advice=_NEW_NAME),
    Row("", "Service", ("spec.ipFamilies.0",), when=_both_have_address, refused=_once_set),
    Row("", "Service", ("spec.loadBalancerClass",), when=_both_balanced, advice="change the type away and back"),
    Row("", "Service", ("spec.healthCheckNodePort",), when=_both_balanced, refused=_once_set),
    Row(
        "",
        "PersistentVolumeClaim",
        ("spec",),
        besides=("resources", "volumeAttributesClassName"),
        advice=_CLAIM,
    ),
    Row("", "PersistentVolumeClaim", ("spec.resources.limits",), advice=_CLAIM),
    Row(
        "", "PersistentVolumeClaim", ("spec.resources.requests.storage",), refused=_shrinks, advice="storage only grows"
    ),
    Row(
        "",
        "PersistentVolume",
        ("spec",),
        besides=(
            "accessModes",
            "capacity",
            "claimRef",
            "mountOptions",
            "nodeAffinity",
            "persistentVolumeReclaimPolicy",
            "storageClassName",
            "volumeAttributesClassName",
        ),
        advice=_NEW_NAME,
    ),
    Row("", "PersistentVolume", ("spec.nodeAffinity",), refused=_was_set, advice=_NEW_NAME),
    Row(
        _STORAGE,
        "StorageClass",
        ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
        advice=_NEW_NAME,
    ),
    Row("", "Secret", ("type",), advice=_NEW_NAME),
    Row("", "Secret", ("data", "stringData", "immutable"), when=_was_immutable, advice=_NEW_NAME),
    Row("", "ConfigMap", ("data", "binaryData", "immutable"), when=_was_immutable, advice=_NEW_NAME),
    Row(_RBAC, "RoleBinding", ("roleRef",), advice=_NEW_NAME),
    Row(_RBAC, "ClusterRoleBinding", ("roleRef",), advice=_NEW_NAME),
    Row("scheduling.k8s.io", "PriorityClass", ("value", "preemptionPolicy"), advice=_NEW_NAME),
    Row("node.k8s.io", "RuntimeClass", ("handler",), advice=_NEW_NAME),
    Row("networking.k8s.io", "IngressClass", ("spec.controller",), advice=_NEW_NAME),
    Row("", "ResourceQuota", ("spec.scopes", "spec.scopeSelector"), advice=_NEW_NAME),
    Row("discovery.k8s.io", "EndpointSlice", ("addressType",), advice=_NEW_NAME),
    Row("apps", "ControllerRevision", ("data",), advice=_NEW_NAME),
    Row(
        _STORAGE,
        "CSIDriver",
        ("spec.attachRequired", "spec.fsGroupPolicy", "spec.volumeLifecycleModes"),
    ),
    Row("certificates.k8s.io", "CertificateSigningRequest", ("spec",), advice=_NEW_NAME),
    Row(
        _CRD,
        "CustomResourceDefinition",
        ("spec.group", "spec.names.plural", "spec.scope"),
        advice="make another definition; deleting this one deletes every object of it",
    ),
    Row(
        _CRD,
        "CustomResourceDefinition",
        ("spec.versions",),
        refused=_version_dropped,
        advice="stop serving it, migrate the stored objects, then drop the version from status.storedVersions",
    ),
    Row("gateway.networking.k8s.io", "GatewayClass", ("spec.controllerName",), advice=_NEW_NAME),
)
