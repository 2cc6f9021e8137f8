"""No check raises, whatever stands where no schema looks."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from platform_compiler.diagnostics import Span
from platform_compiler.source.node import ScalarNode
from platform_compiler.verify import kubernetes
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile
from platform_compiler.verify.world import Facts, World

KINDS = (
    "apps/v1 Deployment", "apps/v1 StatefulSet", "apps/v1 DaemonSet", "batch/v1 Job", "batch/v1 CronJob", "v1 Pod",
    "v1 Service", "v1 ConfigMap", "v1 Secret", "v1 ServiceAccount", "v1 LimitRange", "v1 PersistentVolumeClaim",
    "v1 Namespace", "policy/v1 PodDisruptionBudget", "autoscaling/v2 HorizontalPodAutoscaler",
    "networking.k8s.io/v1 NetworkPolicy", "networking.k8s.io/v1 Ingress", "keda.sh/v1alpha1 ScaledObject",
    "rbac.authorization.k8s.io/v1 RoleBinding", "rbac.authorization.k8s.io/v1 Role", "cert-manager.io/v1 Certificate",
    "monitoring.coreos.com/v1 ServiceMonitor", "monitoring.coreos.com/v1 PodMonitor",
    "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration", "external-secrets.io/v1 ExternalSecret",
    "apiregistration.k8s.io/v1 APIService", "secrets-store.csi.x-k8s.io/v1 SecretProviderClass",
)  # fmt: skip
WORDS = (
    "metadata", "labels", "annotations", "name", "namespace", "spec", "template", "selector", "matchLabels",
    "matchExpressions", "key", "operator", "values", "containers", "initContainers", "env", "value", "valueFrom",
    "envFrom", "prefix", "configMapRef", "secretRef", "configMapKeyRef", "secretKeyRef", "ports", "port", "targetPort",
    "containerPort", "hostPort", "nodePort", "protocol", "volumes", "volumeMounts", "mountPath", "items", "mode",
    "defaultMode", "configMap", "secret", "secretName", "projected", "sources", "persistentVolumeClaim", "claimName",
    "volumeClaimTemplates", "resources", "requests", "limits", "cpu", "memory", "livenessProbe", "httpGet", "lifecycle",
    "preStop", "exec", "command", "args", "sleep", "seconds", "scaleTargetRef", "kind", "minReplicas", "maxReplicas",
    "metrics", "resource", "containerResource", "container", "target", "averageUtilization", "minAvailable",
    "maxUnavailable", "maxSurge", "rollingUpdate", "strategy", "updateStrategy", "type", "schedule", "timeZone",
    "jobTemplate", "completionMode", "replicas", "serviceName", "ingress", "egress", "from", "to", "podSelector",
    "namespaceSelector", "ipBlock", "cidr", "except", "endPort", "policyTypes", "rules", "http", "paths", "backend",
    "service", "tls", "subjects", "roleRef", "webhooks", "clientConfig", "data", "binaryData", "stringData",
    "endpoints",
    "interval", "scrapeTimeout", "duration", "renewBefore", "affinity", "nodeAffinity", "topologySpreadConstraints",
    "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms", "tolerations", "imagePullSecrets",
    "securityContext", "runAsUser", "capabilities", "add", "hostAliases", "ip", "serviceAccountName", "limits",
)  # fmt: skip
TEXTS = (
    "",
    "a",
    "web",
    "$(A)",
    "* * * * *",
    "0 0 31 2 *",
    "1Gi",
    "-1",
    "1e999999999",
    "10.0.0.0/8",
    "::/0",
    "50%",
    "x" * 70,
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(TEXTS)
    | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(WORDS), below, max_size=5),
    max_leaves=25,
)


def item(kind: str, body: Mapping[str, Any]) -> Item:
    api_version, word = kind.split()
    nowhere = InFile(ScalarNode(None, Span(""), ""))
    return Item({**body, "apiVersion": api_version, "kind": word}, "", nowhere)


def judged(items: list[Item]) -> None:
    world = World(items, Facts(), whole=True)
    for check in (*kubernetes.ALONE, *kubernetes.WHOLE):
        for fault in check(world):
            assert fault.message
            assert fault.help
            assert all(isinstance(step, str | int) for step in fault.path)


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=4)), max_size=4)
)
@settings(max_examples=200, deadline=None)
def test_no_check_raises_on_bodies_of_any_shape(drawn: list[tuple[str, dict[str, Any]]]) -> None:
    judged([item(kind, body) for kind, body in drawn])


POD = {
    "containers": [
        {
            "name": "a",
            "env": [{"name": "A", "value": "$(B)", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
            "envFrom": [{"prefix": "x", "configMapRef": {"name": "c"}}], "args": ["$(A)"],
            "ports": [{"name": "http", "containerPort": 80, "hostPort": 80, "protocol": "TCP"}],
            "livenessProbe": {"httpGet": {"port": "http"}}, "lifecycle": {"preStop": {"sleep": {"seconds": 60}}},
            "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "1m"}},
            "volumeMounts": [{"name": "v", "mountPath": "/"}],
            "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}, "allowPrivilegeEscalation": False},
        },
    ],
    "volumes": [
        {"name": "v", "secret": {"secretName": "s", "items": [{"key": "k", "path": "p", "mode": 400}]}},
        {"name": "w", "projected": {"sources": [{"configMap": {"name": "c", "items": [{"key": "k"}]}}]}},
        {"name": "x", "persistentVolumeClaim": {"claimName": "p"}},
    ],
    "hostAliases": [{"ip": "x"}], "tolerations": [{"key": "a"}], "imagePullSecrets": [{"name": "r"}],
    "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
        {"preference": {"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["x"]}]}},
    ]}},
    "topologySpreadConstraints": [
        {"labelSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["x"]}]}},
    ],
}  # fmt: skip
META = {"name": "web", "namespace": "shop", "labels": {"app": "web"}}
SELECTOR = {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}
FULL: dict[str, dict[str, Any]] = {
    "apps/v1 Deployment": {"metadata": META, "spec": {
        "selector": SELECTOR, "replicas": 2, "strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": "0%"}},
        "template": {"metadata": META, "spec": POD},
    }},
    "apps/v1 StatefulSet": {"metadata": META, "spec": {
        "selector": SELECTOR, "serviceName": "web", "template": {"metadata": META, "spec": POD},
        "volumeClaimTemplates": [{"metadata": {"name": "d"}, "spec": {"storageClassName": "s"}}],
    }},
    "batch/v1 CronJob": {"metadata": META, "spec": {
        "schedule": "0 0 * * *", "timeZone": "Etc/UTC",
        "jobTemplate": {"spec": {"completionMode": "Indexed", "template": {"metadata": META, "spec": POD}}},
    }},
    "v1 Service": {"metadata": META, "spec": {
        "selector": {"app": "web"}, "type": "NodePort",
        "ports": [{"name": "a", "port": 80, "targetPort": "http", "nodePort": 1}],
    }},
    "policy/v1 PodDisruptionBudget": {"metadata": META, "spec": {"minAvailable": "50%", "selector": SELECTOR}},
    "autoscaling/v2 HorizontalPodAutoscaler": {"metadata": META, "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": 2, "maxReplicas": 1,
        "metrics": [{"type": "Resource", "resource": {"name": "memory", "target": {"averageUtilization": 1}}}],
    }},
    "networking.k8s.io/v1 NetworkPolicy": {"metadata": META, "spec": {
        "podSelector": SELECTOR, "policyTypes": ["Egress"],
        "ingress": [
            {"from": [{"podSelector": SELECTOR, "namespaceSelector": SELECTOR}], "ports": [{"port": 2, "endPort": 1}]},
        ],
        "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["::/0"]}}]}],
    }},
    "networking.k8s.io/v1 Ingress": {"metadata": META, "spec": {
        "rules": [{"http": {"paths": [{"backend": {"service": {"name": "web", "port": {"number": 1}}}}]}}],
        "tls": [{"secretName": "t"}],
    }},
    "rbac.authorization.k8s.io/v1 RoleBinding": {
        "metadata": META, "roleRef": {"kind": "Role", "name": "r"},
        "subjects": [{"kind": "ServiceAccount", "name": "a", "namespace": "shop"}],
    },
    "v1 ConfigMap": {"metadata": META, "data": {"a/b": "x"}, "binaryData": {"k": "x"}},
}  # fmt: skip


def paths(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything below a value."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, inner in below for path in ((*above, key), *paths(inner, (*above, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a copy with what stands at a path replaced."""
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_no_check_raises_when_any_one_field_holds_anything(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(FULL)))
    path = data.draw(st.sampled_from(paths(FULL[kind])))
    damaged = replaced(FULL[kind], path, data.draw(VALUES))
    others = [item(other, body) for other, body in FULL.items() if other != kind]
    judged([*others, item(kind, damaged)])
