"""D3: every row of immutable fields, with what is refused, what is allowed, and what is only written otherwise."""

from dataclasses import dataclass
from typing import Any

import pytest

from platform_compiler.diff.model import Family, Level
from platform_compiler.diff.risk.immutable import immutable_changes
from platform_compiler.diff.risk.immutable_rows import ROWS, Row
from tests.diff.patches import GONE, body, patched


@dataclass(frozen=True)
class Case:
    """A resource; changes refused, each by the pointer that is told; changes allowed; the same said otherwise."""

    row: str
    old: dict[str, Any]
    refused: dict[str, dict[str, Any]]
    allowed: dict[str, Any]
    same: dict[str, Any]


TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "a", "image": "a:1"}]}}
SELECTOR = {"spec.selector": {"matchLabels": {"app": "a"}}, "spec.template": TEMPLATE}
OTHER_LABELS = {"spec.selector": {"spec.selector.matchLabels": {"app": "x"}}}
NEW_IMAGE = {"spec.template.spec.containers.0.image": "a:2"}
EMPTY_EXPRESSIONS: dict[str, Any] = {"spec.selector.matchExpressions": []}
CLAIM = {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}
ROLE = {"roleRef.kind": "Role", "roleRef.name": "r", "roleRef.apiGroup": "rbac.authorization.k8s.io"}
BALANCED = {"spec.type": "LoadBalancer", "spec.ports": [{"port": 80}]}
RBAC, STORAGE = "rbac.authorization.k8s.io/v1", "storage.k8s.io/v1"
SECRET = {"type": "kubernetes.io/tls", "immutable": True, "data": {"k": "dg=="}, "stringData": {"s": "v"}}
CONFIG = {"immutable": True, "data": {"k": "v"}, "binaryData": {"b": "dg=="}}
CRD = {
    "spec.group": "g.io",
    "spec.scope": "Namespaced",
    "spec.names.plural": "things",
    "spec.versions": [{"name": "v1"}, {"name": "v2"}],
}
CASES = (
    Case(
        "* kind, metadata.name, metadata.namespace",
        body("Widget"),
        {
            "kind": {"kind": "X"},
            "metadata.name": {"metadata.name": "x"},
            "metadata.namespace": {"metadata.namespace": "x"},
        },
        {"metadata.labels": {"a": "b"}},
        {"apiVersion": "v2"},
    ),
    *(
        Case(f"{kind} spec.selector", body(kind, SELECTOR, "apps/v1"), OTHER_LABELS, NEW_IMAGE, EMPTY_EXPRESSIONS)
        for kind in ("Deployment", "DaemonSet", "ReplicaSet")
    ),
    Case(
        "StatefulSet spec besides replicas",
        body("StatefulSet", {**SELECTOR, "spec.serviceName": "a", "spec.volumeClaimTemplates": [CLAIM]}, "apps/v1"),
        {
            "spec.selector": {"spec.selector.matchLabels": {"app": "x"}},
            "spec.serviceName": {"spec.serviceName": "x"},
            "spec.podManagementPolicy": {"spec.podManagementPolicy": "Parallel"},
            "spec.volumeClaimTemplates": {"spec.volumeClaimTemplates.0.spec.resources.requests.storage": "2Gi"},
        },
        {**NEW_IMAGE, "spec.replicas": 3, "spec.updateStrategy": {"type": "OnDelete"}, "spec.minReadySeconds": 5},
        {
            "spec.podManagementPolicy": "OrderedReady",
            "spec.volumeClaimTemplates.0.spec.volumeMode": "Filesystem",
            "spec.volumeClaimTemplates.0.spec.resources.requests.storage": "1024Mi",
        },
    ),
    Case(
        "Job spec.selector, spec.completionMode, spec.podFailurePolicy, spec.backoffLimitPerIndex, spec.manualSelector",
        body("Job", SELECTOR, "batch/v1"),
        {
            "spec.selector": {"spec.selector.matchLabels": {"app": "x"}},
            "spec.completionMode": {"spec.completionMode": "Indexed"},
            "spec.podFailurePolicy": {"spec.podFailurePolicy": {"rules": [{"action": "Ignore"}]}},
            "spec.backoffLimitPerIndex": {"spec.backoffLimitPerIndex": 2},
            "spec.manualSelector": {"spec.manualSelector": True},
        },
        {"spec.parallelism": 3, "spec.suspend": True, "spec.ttlSecondsAfterFinished": 5},
        {"spec.completionMode": "NonIndexed", "spec.manualSelector": False, "spec.selector.matchExpressions": []},
    ),
    Case(
        "Job spec.completions if not elastic",
        body("Job", {"spec.template": TEMPLATE, "spec.completionMode": "Indexed"}, "batch/v1"),
        {"spec.completions": {"spec.completions": 2}},
        {"spec.completions": 2, "spec.parallelism": 2},
        {"spec.completions": 1},
    ),
    Case(
        "Job spec.template if running",
        body("Job", {"spec.template": TEMPLATE}, "batch/v1"),
        {"spec.template": NEW_IMAGE},
        {"spec.backoffLimit": 1},
        {"spec.template.spec.restartPolicy": "Always"},
    ),
    Case(
        "Job spec.template if suspended",
        body("Job", {"spec.template": TEMPLATE, "spec.suspend": True}, "batch/v1"),
        {"spec.template": NEW_IMAGE},
        {"spec.template.spec.nodeSelector": {"disk": "ssd"}},
        {"spec.template.spec.dnsPolicy": "ClusterFirst"},
    ),
    Case(
        "Pod spec besides containers",
        body("Pod", {"spec": TEMPLATE["spec"]}),
        {"spec.restartPolicy": {"spec.restartPolicy": "Never"}, "spec.nodeName": {"spec.nodeName": "n"}},
        {"spec.activeDeadlineSeconds": 5, "spec.terminationGracePeriodSeconds": 5},
        {"spec.restartPolicy": "Always"},
    ),
    Case(
        "Pod spec.containers, spec.initContainers",
        body("Pod", {"spec": TEMPLATE["spec"], "spec.initContainers": [{"name": "i", "image": "i:1"}]}),
        {
            "spec.containers": {"spec.containers.0.args": ["x"]},
            "spec.initContainers": {"spec.initContainers.0.args": ["x"]},
        },
        {"spec.containers.0.image": "a:2", "spec.initContainers.0.image": "i:2"},
        {"spec.containers.0.terminationMessagePolicy": "File"},
    ),
    Case(
        "Pod spec.tolerations",
        body("Pod", {"spec.tolerations": [{"key": "a"}]}),
        {"spec.tolerations": {"spec.tolerations": [{"key": "x"}]}},
        {"spec.tolerations": [{"key": "a"}, {"key": "x"}]},
        {"spec.schedulerName": "default-scheduler"},
    ),
    Case(
        "Pod spec.schedulingGates",
        body("Pod", {"spec.schedulingGates": [{"name": "a"}]}),
        {"spec.schedulingGates": {"spec.schedulingGates": [{"name": "x"}]}},
        {"spec.schedulingGates": GONE},
        {"spec.schedulingGates.0.name": "a", "spec.dnsPolicy": "ClusterFirst"},
    ),
    Case(
        "Service spec.clusterIP, spec.clusterIPs.0 if fixed address",
        body("Service", {"spec.clusterIP": "10.0.0.1", "spec.clusterIPs": ["10.0.0.1"]}),
        {"spec.clusterIP": {"spec.clusterIP": "10.0.0.2"}, "spec.clusterIPs.0": {"spec.clusterIPs": ["10.0.0.2"]}},
        {"spec.type": "ExternalName", "spec.clusterIP": "", "spec.clusterIPs": []},
        {"spec.clusterIP": GONE, "spec.clusterIPs": GONE, "spec.type": "ClusterIP"},
    ),
    Case(
        "Service spec.clusterIP, spec.clusterIPs.0 if turned headless",
        body("Service", {"spec.ports": [{"port": 80}]}),
        {"spec.clusterIP": {"spec.clusterIP": "None"}, "spec.clusterIPs.0": {"spec.clusterIPs": ["None"]}},
        {"spec.clusterIP": "10.0.0.1"},
        {"spec.clusterIP": "", "spec.ports.0.targetPort": 80},
    ),
    Case(
        "Service spec.ipFamilies.0 if both have address",
        body("Service", {"spec.ipFamilies": ["IPv4"]}),
        {"spec.ipFamilies.0": {"spec.ipFamilies": ["IPv6"]}},
        {"spec.ipFamilies": ["IPv4", "IPv6"]},
        {"spec.ipFamilies": GONE, "spec.sessionAffinity": "None"},
    ),
    Case(
        "Service spec.loadBalancerClass if both balanced",
        body("Service", {**BALANCED, "spec.loadBalancerClass": "a/b"}),
        {"spec.loadBalancerClass": {"spec.loadBalancerClass": "a/x"}},
        {"spec.type": "ClusterIP", "spec.loadBalancerClass": GONE},
        {"spec.ports.0.protocol": "TCP"},
    ),
    Case(
        "Service spec.healthCheckNodePort if both balanced",
        body("Service", {**BALANCED, "spec.healthCheckNodePort": 30000}),
        {"spec.healthCheckNodePort": {"spec.healthCheckNodePort": 30001}},
        {"spec.type": "ClusterIP", "spec.healthCheckNodePort": GONE},
        {"spec.healthCheckNodePort": GONE, "spec.internalTrafficPolicy": "Cluster"},
    ),
    Case(
        "PersistentVolumeClaim spec besides resources",
        body("PersistentVolumeClaim", {"spec": CLAIM["spec"], "spec.accessModes": ["ReadWriteOnce"]}),
        {
            "spec.accessModes": {"spec.accessModes": ["ReadWriteMany"]},
            "spec.storageClassName": {"spec.storageClassName": "fast"},
            "spec.volumeMode": {"spec.volumeMode": "Block"},
            "spec.dataSourceRef": {"spec.dataSourceRef": {"kind": "X", "name": "x"}},
        },
        {"spec.volumeAttributesClassName": "gold"},
        {"spec.volumeMode": "Filesystem"},
    ),
    Case(
        "PersistentVolumeClaim spec.resources.limits",
        body("PersistentVolumeClaim", {"spec": CLAIM["spec"], "spec.resources.limits.storage": "1Gi"}),
        {"spec.resources.limits": {"spec.resources.limits.storage": "2Gi"}},
        {"spec.resources.requests.storage": "2Gi"},
        {"spec.resources.limits.storage": "1024Mi"},
    ),
    Case(
        "PersistentVolumeClaim spec.resources.requests.storage",
        body("PersistentVolumeClaim", {"spec": CLAIM["spec"]}),
        {"spec.resources.requests.storage": {"spec.resources.requests.storage": "1000Mi"}},
        {"spec.resources.requests.storage": "2Gi"},
        {"spec.resources.requests.storage": "1024Mi"},
    ),
    Case(
        "PersistentVolume spec besides accessModes",
        body("PersistentVolume", {"spec.nfs": {"server": "s", "path": "/"}, "spec.capacity.storage": "1Gi"}),
        {"spec.nfs": {"spec.nfs.server": "x"}, "spec.volumeMode": {"spec.volumeMode": "Block"}},
        {
            "spec.capacity.storage": "2Gi",
            "spec.persistentVolumeReclaimPolicy": "Delete",
            "spec.nodeAffinity": {"a": "b"},
        },
        {"spec.volumeMode": "Filesystem", "spec.capacity.storage": "1024Mi"},
    ),
    Case(
        "PersistentVolume spec.nodeAffinity",
        body("PersistentVolume", {"spec.nodeAffinity": {"required": {"nodeSelectorTerms": [{"a": "b"}]}}}),
        {"spec.nodeAffinity": {"spec.nodeAffinity": GONE}},
        {"spec.mountOptions": ["ro"]},
        {"spec.persistentVolumeReclaimPolicy": "Retain"},
    ),
    Case(
        "StorageClass provisioner, parameters, reclaimPolicy, volumeBindingMode",
        body("StorageClass", {"provisioner": "p", "parameters": {"a": "b"}}, STORAGE),
        {
            "provisioner": {"provisioner": "x"},
            "parameters": {"parameters.a": "x"},
            "reclaimPolicy": {"reclaimPolicy": "Retain"},
            "volumeBindingMode": {"volumeBindingMode": "WaitForFirstConsumer"},
        },
        {"allowVolumeExpansion": True},
        {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    ),
    Case("Secret type", body("Secret"), {"type": {"type": "x"}}, {"data": {"k": "dg=="}}, {"type": "Opaque"}),
    Case(
        "Secret data, stringData, immutable if was immutable",
        body("Secret", SECRET),
        {
            "data": {"data.k": "eA=="},
            "stringData": {"stringData": {"s": "x"}},
            "immutable": {"immutable": GONE},
        },
        {"metadata.labels": {"a": "b"}},
        {"data": {"k": "dg=="}},
    ),
    Case(
        "ConfigMap data, binaryData, immutable if was immutable",
        body("ConfigMap", CONFIG),
        {
            "data": {"data.k": "x"},
            "binaryData": {"binaryData": GONE},
            "immutable": {"immutable": False},
        },
        {"metadata.labels": {"a": "b"}},
        {"data": {"k": "v"}},
    ),
    *(
        Case(
            f"{kind} roleRef",
            body(kind, ROLE, RBAC),
            {"roleRef": {"roleRef.name": "x"}},
            {"subjects": [{"kind": "User", "name": "u"}]},
            {"roleRef.apiGroup": GONE},
        )
        for kind in ("RoleBinding", "ClusterRoleBinding")
    ),
    Case(
        "PriorityClass value, preemptionPolicy",
        body("PriorityClass", {"value": 5}, "scheduling.k8s.io/v1"),
        {"value": {"value": 6}, "preemptionPolicy": {"preemptionPolicy": "Never"}},
        {"description": "x"},
        {"preemptionPolicy": "PreemptLowerPriority"},
    ),
    Case(
        "RuntimeClass handler",
        body("RuntimeClass", {"handler": "a", "overhead.podFixed.cpu": "1"}, "node.k8s.io/v1"),
        {"handler": {"handler": "x"}},
        {"scheduling": {"nodeSelector": {"a": "b"}}},
        {"overhead.podFixed.cpu": "1000m"},
    ),
    Case(
        "IngressClass spec.controller",
        body("IngressClass", {"spec.controller": "a/b", "spec.parameters.name": "p"}, "networking.k8s.io/v1"),
        {"spec.controller": {"spec.controller": "a/x"}},
        {"spec.parameters.name": "x"},
        {"spec.parameters.scope": "Cluster"},
    ),
    Case(
        "ResourceQuota spec.scopes, spec.scopeSelector",
        body(
            "ResourceQuota",
            {"spec.hard": {"pods": "4"}, "spec.scopeSelector.matchExpressions": [{"operator": "Exists"}]},
        ),
        {
            "spec.scopes": {"spec.scopes": ["BestEffort"]},
            "spec.scopeSelector": {"spec.scopeSelector.matchExpressions.0.operator": "DoesNotExist"},
        },
        {"spec.hard.pods": "5"},
        {"spec.scopes": []},
    ),
    Case(
        "EndpointSlice addressType",
        body("EndpointSlice", {"addressType": "IPv4"}, "discovery.k8s.io/v1"),
        {"addressType": {"addressType": "IPv6"}},
        {"endpoints": [{"addresses": ["10.0.0.1"]}]},
        {"endpoints": []},
    ),
    Case(
        "ControllerRevision data",
        body("ControllerRevision", {"data": {"a": "b"}, "revision": 1}, "apps/v1"),
        {"data": {"data.a": "x"}},
        {"revision": 2},
        {"data.list": []},
    ),
    Case(
        "CSIDriver spec.attachRequired, spec.fsGroupPolicy, spec.volumeLifecycleModes",
        body("CSIDriver", {"spec.podInfoOnMount": True}, STORAGE),
        {
            "spec.attachRequired": {"spec.attachRequired": False},
            "spec.fsGroupPolicy": {"spec.fsGroupPolicy": "None"},
            "spec.volumeLifecycleModes": {"spec.volumeLifecycleModes": ["Ephemeral"]},
        },
        {"spec.requiresRepublish": True},
        {
            "spec.attachRequired": True,
            "spec.fsGroupPolicy": "ReadWriteOnceWithFSType",
            "spec.volumeLifecycleModes": ["Persistent"],
        },
    ),
    Case(
        "CertificateSigningRequest spec",
        body(
            "CertificateSigningRequest", {"spec": {"request": "r", "usages": ["client auth"]}}, "certificates.k8s.io/v1"
        ),
        {"spec": {"spec.request": "x"}},
        {"metadata.labels": {"a": "b"}},
        {"spec.groups": []},
    ),
    Case(
        "CustomResourceDefinition spec.group, spec.names.plural, spec.scope",
        body("CustomResourceDefinition", CRD, "apiextensions.k8s.io/v1"),
        {
            "spec.group": {"spec.group": "x.io"},
            "spec.names.plural": {"spec.names.plural": "x"},
            "spec.scope": {"spec.scope": "Cluster"},
        },
        {"spec.names.shortNames": ["t"]},
        {"spec.conversion": {"strategy": "None"}},
    ),
    Case(
        "CustomResourceDefinition spec.versions",
        body("CustomResourceDefinition", CRD, "apiextensions.k8s.io/v1"),
        {"spec.versions": {"spec.versions": [{"name": "v2"}]}},
        {"spec.versions": [{"name": "v1"}, {"name": "v2", "served": True}, {"name": "v3"}]},
        {"spec.versions": [{"name": "v2"}, {"name": "v1"}]},
    ),
    Case(
        "GatewayClass spec.controllerName",
        body("GatewayClass", {"spec.controllerName": "a/b"}, "gateway.networking.k8s.io/v1"),
        {"spec.controllerName": {"spec.controllerName": "a/x"}},
        {"spec.description": "d"},
        {"metadata.labels": {}},
    ),
)


def row_of(case: Case) -> Row:
    """Return the row of a case: its label starts with the case's, or is it."""
    found = [row for row in ROWS if row.label == case.row] or [row for row in ROWS if row.label.startswith(case.row)]
    assert len(found) == 1, (case.row, [row.label for row in ROWS])
    return found[0]


def each(field: str) -> list[Any]:
    return [pytest.param(case.old, getattr(case, field), id=case.row) for case in CASES]


@pytest.mark.parametrize(
    ("old", "pointer", "patch"),
    [pytest.param(c.old, p, patch, id=f"{c.row}-{p}") for c in CASES for p, patch in c.refused.items()],
)
def test_d3_immutable_field_that_changes_is_told_at_its_pointer(
    old: dict[str, Any], pointer: str, patch: dict[str, Any]
) -> None:
    found = immutable_changes(old, patched(old, patch))
    assert [".".join(map(str, risk.pointer)) for risk in found] == [pointer]
    assert {(risk.name, risk.family, risk.level) for risk in found} == {
        ("immutable-change", Family.IMMUTABLE, Level.HIGH)
    }
    assert all(risk.advice and pointer in risk.message for risk in found)


@pytest.mark.parametrize(("old", "patch"), each("allowed"))
def test_d3_immutable_change_that_the_server_allows_is_not_told(old: dict[str, Any], patch: dict[str, Any]) -> None:
    new = patched(old, patch)
    assert new != old
    assert immutable_changes(old, new) == []


@pytest.mark.parametrize(("old", "patch"), each("same"))
def test_d3_immutable_default_written_out_or_left_out_is_not_told(old: dict[str, Any], patch: dict[str, Any]) -> None:
    new = patched(old, patch)
    assert immutable_changes(old, new) == immutable_changes(new, old) == []


def test_d3_immutable_table_and_cases_agree_row_by_row() -> None:
    assert sorted(row_of(case).label for case in CASES) == sorted(row.label for row in ROWS)
    for case in CASES:
        row = row_of(case)
        assert case.refused, row.label
        assert case.allowed, row.label
        assert case.same, row.label
        if row.besides is None:
            assert set(row.paths) == set(case.refused), row.label


def test_d3_immutable_risk_never_tells_a_secret() -> None:
    old = body("Secret", {"immutable": True, "data": {"password": "aHVudGVyMg=="}})
    found = immutable_changes(old, patched(old, {"data.password": "c2VjcmV0"}))
    assert [risk.pointer for risk in found] == [("data",)]
    assert not any(word in str(found) for word in ("aHVudGVyMg", "c2VjcmV0"))


def test_d3_immutable_claims_never_shrink_to_a_storage_of_nothing() -> None:
    old = body("PersistentVolumeClaim", {"spec": CLAIM["spec"]})
    found = immutable_changes(old, patched(old, {"spec.resources.requests": GONE}))
    assert [risk.pointer for risk in found] == [("spec", "resources", "requests", "storage")]
