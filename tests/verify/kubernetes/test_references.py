"""References: to what is judged, to what others make, to what is built in, to nothing."""

import pytest

from tests.verify.kubernetes.checked import stream, thing, told, workload

RBAC = "rbac.authorization.k8s.io/v1"
POD = "spec.template.spec."


@pytest.mark.parametrize(
    ("pod", "target", "line"),
    [
        (
            "serviceAccountName: web",
            "v1 ServiceAccount",
            "PC5135 serviceAccountName: there is no ServiceAccount shop/web",
        ),
        (
            "volumes: [{name: v, persistentVolumeClaim: {claimName: web}}]",
            "v1 PersistentVolumeClaim",
            "PC5135 volumes[0].persistentVolumeClaim.claimName: there is no PersistentVolumeClaim shop/web",
        ),
        (
            "imagePullSecrets: [{name: web}]",
            "v1 Secret",
            "PC5137 imagePullSecrets[0].name: Secret shop/web is not among what is judged",
        ),
        (
            "volumes: [{name: v, secret: {secretName: web}}]",
            "v1 Secret",
            "PC5137 volumes[0].secret.secretName: Secret shop/web is not among what is judged",
        ),
        (
            "volumes: [{name: v, projected: {sources: [{configMap: {name: web}}]}}]",
            "v1 ConfigMap",
            "PC5137 volumes[0].projected.sources[0].configMap.name: ConfigMap shop/web is not among what is judged",
        ),
        (
            "containers: [{name: a, envFrom: [{configMapRef: {name: web}}]}]",
            "v1 ConfigMap",
            "PC5137 containers[0].envFrom[0].configMapRef.name: ConfigMap shop/web is not among what is judged",
        ),
        (
            "initContainers: [{name: a, env: [{name: A, valueFrom: {secretKeyRef: {name: web, key: k}}}]}]",
            "v1 Secret",
            "PC5137 initContainers[0].env[0].valueFrom.secretKeyRef.name: Secret shop/web is not among what is judged",
        ),
    ],
)
def test_pods_use_what_exists(pod: str, target: str, line: str) -> None:
    user = workload(pod, name="user")
    found = [text for text in told(user) if not text.startswith("PC5124")]
    assert found == [line.replace(" ", f" {POD}", 1)]
    other = [text for text in told(stream(user, thing(target, ""))) if not text.startswith("PC5124")]
    assert other == []
    alone = [text for text in told(user, whole=False) if not text.startswith("PC5124")]
    assert alone == []
    kind = target.split()[1]
    promised = told(user, promised=frozenset({(kind, "shop", "web")}))
    assert [text for text in promised if not text.startswith("PC5124")] == []


@pytest.mark.parametrize(
    "pod",
    [
        "serviceAccountName: default",
        "containers: [{name: a, envFrom: [{secretRef: {name: x, optional: true}}]}]",
        "containers: [{name: a, volumeMounts: [{name: v}]}], volumes: [{name: v, configMap: {name: kube-root-ca.crt}}]",
        "priorityClassName: system-node-critical",
    ],
)
def test_what_is_built_in_or_optional_is_not_missed(pod: str) -> None:
    assert told(workload(pod)) == []


@pytest.mark.parametrize(
    "maker",
    [
        thing("external-secrets.io/v1 ExternalSecret", "spec: {target: {name: web}}", name="other"),
        thing("external-secrets.io/v1 ExternalSecret", "spec: {}"),
        thing("cert-manager.io/v1 Certificate", "spec: {secretName: web}", name="other"),
        thing("bitnami.com/v1alpha1 SealedSecret", "spec: {template: {metadata: {name: web}}}", name="other"),
        thing("secrets.hashicorp.com/v1beta1 VaultStaticSecret", "spec: {destination: {name: web}}", name="other"),
        thing("postgresql.cnpg.io/v1 Cluster", "spec: {}"),
    ],
)
def test_secrets_that_others_make_count(maker: str) -> None:
    assert told(stream(workload("imagePullSecrets: [{name: web}]"), maker)) == []


def test_secret_named_after_an_unknown_object_is_its_own() -> None:
    cluster = thing("postgresql.cnpg.io/v1 Cluster", "spec: {}", name="db")
    assert told(stream(workload("imagePullSecrets: [{name: db-app}]"), cluster)) == []
    assert told(stream(workload("imagePullSecrets: [{name: other}]"), cluster)) != []


def test_certificate_of_an_ingress_is_made_where_an_issuer_is_named() -> None:
    ingress = (
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, "
        "metadata: {name: web, namespace: shop, annotations: {%s: x}}, spec: {tls: [{secretName: tls}]}}"
    )
    assert told(ingress % "cert-manager.io/cluster-issuer") == []
    assert told(ingress % "other") == ["PC5137 spec.tls[0].secretName: Secret shop/tls is not among what is judged"]


def test_entry_that_is_asked_for_is_there() -> None:
    env = "containers: [{name: a, env: [{name: A, valueFrom: {configMapKeyRef: {name: web, key: %s}}}]}]"
    config = thing("v1 ConfigMap", "data: {there: x}")
    assert told(stream(workload(env % "there"), config)) == []
    assert told(stream(workload(env % "gone"), config)) == [
        f"PC5138 {POD}containers[0].env[0].valueFrom.configMapKeyRef.key: ConfigMap shop/web has no entry gone"
    ]
    assert told(stream(workload(env % "gone"), thing("v1 ConfigMap", ""))) == []
    mount = "containers: [{name: a, volumeMounts: [{name: v}]}]"
    volume = "volumes: [{name: v, secret: {secretName: web, items: [{key: gone, path: a}]}}]"
    secret = thing("v1 Secret", "stringData: {there: x}")
    assert told(stream(workload(f"{mount}, {volume}"), secret)) == [
        f"PC5138 {POD}volumes[0].secret.items[0].key: Secret shop/web has no entry gone"
    ]


def test_secret_holds_what_its_type_needs() -> None:
    assert told(thing("v1 Secret", "type: kubernetes.io/tls, data: {tls.crt: a, tls.key: b}")) == []
    assert told(thing("v1 Secret", "type: kubernetes.io/tls, data: {tls.crt: a, key: b}")) == [
        "PC5138 type: type kubernetes.io/tls needs an entry tls.key"
    ]


def test_bindings_name_roles_and_accounts_that_exist() -> None:
    binding = "roleRef: {kind: Role, name: reader}, subjects: [{kind: ServiceAccount, name: web, namespace: shop}]"
    role = thing(f"{RBAC} Role", "rules: []", name="reader")
    account, other = thing("v1 ServiceAccount", ""), thing("v1 ServiceAccount", "", name="other")
    bound = thing(f"{RBAC} RoleBinding", binding)
    assert told(stream(bound, role, account)) == []
    assert told(stream(bound, role)) == []
    assert told(stream(bound, role, other)) == ["PC5135 subjects[0].name: there is no ServiceAccount shop/web"]
    assert told(stream(bound, account)) == ["PC5135 roleRef.name: there is no Role shop/reader"]


def test_subjects_of_namespaces_that_are_not_judged_are_not_missed() -> None:
    subjects = "subjects: [{kind: ServiceAccount, name: prometheus, namespace: monitoring}]"
    account = thing("v1 ServiceAccount", "")
    assert told(stream(account, thing(f"{RBAC} ClusterRoleBinding", subjects, namespace=""))) == []


@pytest.mark.parametrize(
    ("kind", "user", "name", "path"),
    [
        (
            f"{RBAC} ClusterRole",
            f"{RBAC} ClusterRoleBinding|roleRef: {{kind: ClusterRole, name: %s}}",
            "gone",
            "roleRef.name",
        ),
        (
            "networking.k8s.io/v1 IngressClass",
            "networking.k8s.io/v1 Ingress|spec: {ingressClassName: %s}",
            "gone",
            "spec.ingressClassName",
        ),
        (
            "storage.k8s.io/v1 StorageClass",
            "v1 PersistentVolumeClaim|spec: {storageClassName: %s}",
            "gone",
            "spec.storageClassName",
        ),
    ],
)
def test_classes_are_judged_where_some_are(kind: str, user: str, name: str, path: str) -> None:
    api, _, inside = user.partition("|")
    namespace = "" if "Cluster" in api else "shop"
    known = thing(kind, "", name="known", namespace="")
    using = thing(api, inside % name, namespace=namespace)
    assert told(using) == []
    assert told(stream(known, using)) == [f"PC5139 {path}: {kind.split()[1]} gone is not among what is judged"]
    assert told(stream(known, thing(api, inside % "known", namespace=namespace))) == []


def test_built_in_cluster_roles_exist() -> None:
    known = thing(f"{RBAC} ClusterRole", "", name="known", namespace="")
    for role in ("view", "cluster-admin", "system:auth-delegator"):
        binding = thing(f"{RBAC} ClusterRoleBinding", f"roleRef: {{kind: ClusterRole, name: '{role}'}}", namespace="")
        assert told(stream(known, binding)) == []


def test_autoscaler_has_a_target() -> None:
    spec = "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: %s}}"
    web = workload("containers: []")
    assert told(stream(web, thing("autoscaling/v2 HorizontalPodAutoscaler", spec % "web"))) == []
    assert told(stream(web, thing("autoscaling/v2 HorizontalPodAutoscaler", spec % "wob"))) == [
        "PC5135 spec.scaleTargetRef.name: there is no Deployment shop/wob"
    ]
    other = "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: x}}"
    assert told(stream(web, thing("autoscaling/v2 HorizontalPodAutoscaler", other))) == []
    daemons = spec.replace("Deployment", "Deploymnet") % "web"
    assert told(stream(web, thing("autoscaling/v2 HorizontalPodAutoscaler", daemons))) == [
        "PC5135 spec.scaleTargetRef.kind: no Deploymnet of group apps can be scaled"
    ]


SERVICE = thing("v1 Service", "spec: {ports: [{name: http, port: 80}, {name: grpc, port: 90}]}")
RULE = "spec: {rules: [{http: {paths: [{backend: {service: %s}}]}}]}"
BACKEND = "spec.rules[0].http.paths[0].backend.service"


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ("{name: web, port: {number: 80}}", []),
        ("{name: web, port: {name: grpc}}", []),
        ("{name: wob, port: {number: 80}}", [f"PC5136 {BACKEND}.name: there is no Service shop/wob"]),
        ("{name: web, port: {number: 81}}", [f"PC5136 {BACKEND}.port.number: Service shop/web has no port 81"]),
        ("{name: web, port: {name: htp}}", [f"PC5136 {BACKEND}.port.name: Service shop/web has no port htp"]),
    ],
)
def test_backend_of_an_ingress_exists(backend: str, expected: list[str]) -> None:
    ingress = thing("networking.k8s.io/v1 Ingress", RULE % backend)
    assert told(stream(SERVICE, ingress)) == expected
    assert told(stream(SERVICE, ingress), whole=False) == []


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("{name: web, namespace: shop, port: 80}", []),
        ("{name: web, namespace: elsewhere}", []),
        ("{name: wob, namespace: shop}", ["%s.name: there is no Service shop/wob"]),
        ("{name: web, namespace: shop}", ["%s.port: Service shop/web has no port 443"]),
    ],
)
def test_service_of_a_webhook_exists(service: str, expected: list[str]) -> None:
    hooks = f"webhooks: [{{clientConfig: {{service: {service}}}}}]"
    webhook = thing("admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration", hooks, namespace="")
    found = told(stream(SERVICE, webhook))
    assert found == [f"PC5142 {line}" % "webhooks[0].clientConfig.service" for line in expected]
    api = thing("apiregistration.k8s.io/v1 APIService", f"spec: {{service: {service}}}", name="v1.a.b", namespace="")
    assert told(stream(SERVICE, api)) == [f"PC5136 {line}" % "spec.service" for line in expected]
