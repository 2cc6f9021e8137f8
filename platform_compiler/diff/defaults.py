"""What the Kubernetes API server fills in where a manifest is silent, for the fields that matter to a comparison.

Source: the Kubernetes API reference, https://kubernetes.io/docs/reference/kubernetes-api/ (the defaults it names).
A row is read like the resource: a scalar is set where the field is absent, a map is looked into where it is present,
a list of one row stands for every item.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class _Made:
    """A map that the server makes where it is absent, if the field beside it named by `when` has that value."""

    fields: Mapping[str, Any]
    when: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Copy:
    """The value of the field beside it."""

    field: str


@dataclass(frozen=True, slots=True)
class _Unless:
    """A value that the server sets only where the field beside it is absent too."""

    field: str
    value: Any


_Row: TypeAlias = Mapping[str, Any]

_PROBE: _Row = {
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
    "httpGet": {"scheme": "HTTP", "path": "/"},
    "grpc": {"service": ""},
}
_HANDLER: _Row = {"httpGet": {"scheme": "HTTP", "path": "/"}}
_CONTAINER: _Row = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "ports": [{"protocol": "TCP"}],
    "env": [{"valueFrom": {"fieldRef": {"apiVersion": "v1"}}}],
    "livenessProbe": _PROBE,
    "readinessProbe": _PROBE,
    "startupProbe": _PROBE,
    "lifecycle": {"preStop": _HANDLER, "postStart": _HANDLER},
}
_FILES: _Row = {"defaultMode": 420}
_POD: _Row = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "terminationGracePeriodSeconds": 30,
    "schedulerName": "default-scheduler",
    "securityContext": _Made({}),
    "containers": [_CONTAINER],
    "initContainers": [_CONTAINER],
    "volumes": [{"configMap": _FILES, "secret": _FILES, "projected": _FILES, "downwardAPI": _FILES}],
}
_TEMPLATE: _Row = {"spec": _POD}
_JOB: _Row = {
    "backoffLimit": 6,
    "completions": _Unless("parallelism", 1),
    "parallelism": 1,
    "completionMode": "NonIndexed",
    "suspend": False,
    "manualSelector": False,
    "template": _TEMPLATE,
}
_CLAIM: _Row = {"volumeMode": "Filesystem"}
_QUARTER: _Row = {"maxSurge": "25%", "maxUnavailable": "25%"}
_ROLE_REF: _Row = {"roleRef": {"apiGroup": "rbac.authorization.k8s.io"}}
_POLICY_RULE: _Row = {"ports": [{"protocol": "TCP"}]}

_DEFAULTS: Mapping[tuple[str, str], _Row] = {
    ("", "Pod"): {"spec": _POD},
    ("", "Secret"): {"type": "Opaque", "immutable": False},
    ("", "ConfigMap"): {"immutable": False},
    ("", "PersistentVolumeClaim"): {"spec": _CLAIM},
    ("", "PersistentVolume"): {"spec": {"volumeMode": "Filesystem", "persistentVolumeReclaimPolicy": "Retain"}},
    ("", "Service"): {
        "spec": {
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "internalTrafficPolicy": "Cluster",
            "ports": [{"protocol": "TCP", "targetPort": _Copy("port")}],
        }
    },
    ("apps", "Deployment"): {
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
            "minReadySeconds": 0,
            "strategy": _Made({"type": "RollingUpdate", "rollingUpdate": _Made(_QUARTER, ("type", "RollingUpdate"))}),
            "template": _TEMPLATE,
        }
    },
    ("apps", "ReplicaSet"): {"spec": {"replicas": 1, "minReadySeconds": 0, "template": _TEMPLATE}},
    ("apps", "DaemonSet"): {
        "spec": {
            "revisionHistoryLimit": 10,
            "minReadySeconds": 0,
            "updateStrategy": _Made(
                {
                    "type": "RollingUpdate",
                    "rollingUpdate": _Made({"maxSurge": 0, "maxUnavailable": 1}, ("type", "RollingUpdate")),
                }
            ),
            "template": _TEMPLATE,
        }
    },
    ("apps", "StatefulSet"): {
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 10,
            "podManagementPolicy": "OrderedReady",
            "updateStrategy": _Made(
                {"type": "RollingUpdate", "rollingUpdate": _Made({"partition": 0}, ("type", "RollingUpdate"))}
            ),
            "volumeClaimTemplates": [{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": _CLAIM}],
            "template": _TEMPLATE,
        }
    },
    ("batch", "Job"): {"spec": _JOB},
    ("batch", "CronJob"): {
        "spec": {
            "concurrencyPolicy": "Allow",
            "suspend": False,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 1,
            "jobTemplate": {"spec": {"template": _TEMPLATE}},
        }
    },
    ("autoscaling", "HorizontalPodAutoscaler"): {"spec": {"minReplicas": 1}},
    ("networking.k8s.io", "NetworkPolicy"): {"spec": {"ingress": [_POLICY_RULE], "egress": [_POLICY_RULE]}},
    ("networking.k8s.io", "IngressClass"): {"spec": {"parameters": {"scope": "Cluster"}}},
    ("rbac.authorization.k8s.io", "RoleBinding"): _ROLE_REF,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _ROLE_REF,
    ("storage.k8s.io", "StorageClass"): {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    ("storage.k8s.io", "CSIDriver"): {
        "spec": {
            "attachRequired": True,
            "fsGroupPolicy": "ReadWriteOnceWithFSType",
            "volumeLifecycleModes": ("Persistent",),
        }
    },
    ("scheduling.k8s.io", "PriorityClass"): {"preemptionPolicy": "PreemptLowerPriority", "globalDefault": False},
    ("apiextensions.k8s.io", "CustomResourceDefinition"): {"spec": {"conversion": _Made({"strategy": "None"})}},
}


def with_defaults(body: Any) -> Any:
    """Return a resource with the server's defaults filled in; parts that need none are shared with `body`."""
    if not isinstance(body, dict):
        return body
    group = str(body.get("apiVersion", "")).rpartition("/")[0]
    row = _DEFAULTS.get((group, str(body.get("kind"))))
    return body if row is None else _filled(body, row)


def _filled(value: Any, row: Any) -> Any:
    """Return `value` with a row's defaults below it."""
    if isinstance(row, list):
        return [_filled(item, row[0]) for item in value] if isinstance(value, list) else value
    if not isinstance(value, dict):
        return value
    filled = dict(value)
    for field, default in row.items():
        found = filled.get(field)
        if found is None:
            made = _made(filled, default)
            if made is not None:
                filled[field] = made
        elif isinstance(default, (Mapping, list)):
            filled[field] = _filled(found, default)
        elif isinstance(default, _Made) and _holds(filled, default):
            filled[field] = _filled(found, default.fields)
    return filled


def _made(beside: Mapping[str, Any], default: Any) -> Any:
    """Return the value of an absent field, or None where the server leaves it absent."""
    if isinstance(default, (Mapping, list)):
        return None
    if isinstance(default, _Copy):
        return beside.get(default.field)
    if isinstance(default, _Unless):
        return default.value if beside.get(default.field) is None else None
    if isinstance(default, _Made):
        return _filled({}, default.fields) if _holds(beside, default) else None
    return list(default) if isinstance(default, tuple) else default


def _holds(beside: Mapping[str, Any], made: _Made) -> bool:
    return made.when is None or beside.get(made.when[0]) == made.when[1]
