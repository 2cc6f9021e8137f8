"""What exists without being judged: of charts, of operators, of volumes that are there already."""

import pytest

from tests.verify.judged import codes
from tests.verify.kubernetes.checked import stream, thing, told, workload

INGRESS = (
    "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: shop}, "
    "spec: {rules: [{http: {paths: "
    "[{path: /, pathType: Prefix, backend: {service: {name: db-http, port: {number: 80}}}}]}}]}}"
)
SELECTS = thing("v1 Service", "spec: {selector: {app: db}, ports: [{port: 80}]}", name="other")
MISSING = {"PC5136", "PC5201", "PC5309"}
RELEASE = "spec: {interval: 1m, chartRef: {kind: HelmChart, name: db}%s}"


@pytest.mark.parametrize(
    "chart",
    [
        thing("helm.toolkit.fluxcd.io/v2 HelmRelease", RELEASE % "", name="chart"),
        thing("helm.toolkit.fluxcd.io/v2 HelmRelease", RELEASE % ", targetNamespace: shop", namespace="flux-system"),
        thing(
            "argoproj.io/v1alpha1 Application",
            "spec: {project: a, source: {repoURL: 'https://a', chart: db}, destination: {name: a, namespace: shop}}",
            namespace="argocd",
        ),
    ],
)
def test_what_a_chart_brings_is_not_missed(chart: str) -> None:
    account = workload("serviceAccountName: db, containers: [{name: a, envFrom: [{secretRef: {name: db}}]}]")
    for user in (INGRESS, SELECTS, account):
        assert told(stream(user, chart)) == []


@pytest.mark.parametrize(
    "other",
    [
        thing("helm.toolkit.fluxcd.io/v2 HelmRelease", RELEASE % "", namespace="elsewhere"),
        thing(
            "argoproj.io/v1alpha1 Application",
            "spec: {project: a, source: {repoURL: 'https://a', path: db}, destination: {name: a, namespace: shop}}",
            namespace="argocd",
        ),
    ],
)
def test_charts_elsewhere_and_folders_of_git_bring_nothing_new(other: str) -> None:
    for user in (INGRESS, SELECTS):
        assert told(stream(user, other)) != []


def test_service_named_after_an_unknown_object_is_its_own() -> None:
    cluster = thing("postgresql.cnpg.io/v1 Cluster", "spec: {}", name="db")
    route = thing(
        "gateway.networking.k8s.io/v1 HTTPRoute",
        "spec: {parentRefs: [{name: a, namespace: b}], rules: [{backendRefs: [{name: db-http, port: 80}]}]}",
    )
    virtual = thing(
        "networking.istio.io/v1 VirtualService",
        "spec: {hosts: [a.org], http: [{route: [{destination: {host: db-http}}]}]}",
    )
    for user in (INGRESS, route, virtual):
        assert not codes(stream(user, cluster)) & MISSING
        assert codes(stream(user, cluster.replace("name: db", "name: dbx"))) & MISSING


def test_class_of_a_volume_that_is_there_needs_no_object() -> None:
    known = thing("storage.k8s.io/v1 StorageClass", "provisioner: a", name="known", namespace="")
    claim = thing(
        "v1 PersistentVolumeClaim",
        "spec: {storageClassName: manual, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}",
    )
    volume = thing(
        "v1 PersistentVolume",
        "spec: {storageClassName: %s, capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /a}}",
        namespace="",
    )
    assert told(stream(known, claim, volume % "manual")) == []
    assert told(stream(known, claim, volume % "other")) != []
