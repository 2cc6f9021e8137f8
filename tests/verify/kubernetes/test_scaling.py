"""Autoscalers and disruption budgets beside the workloads that they are about."""

import pytest

from tests.verify.kubernetes.checked import stream, thing, told, workload

REQUESTING = "containers: [{name: a, resources: {requests: {cpu: 1}}}]"


def scaler(spec: str, version: str = "v2") -> str:
    aim = "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}"
    return thing(f"autoscaling/{version} HorizontalPodAutoscaler", f"spec: {{{aim}, {spec}}}")


def utilisation(where: str = "resource", more: str = "", resource: str = "cpu") -> str:
    metric = f"{{name: {resource}{more}, target: {{type: Utilization, averageUtilization: 80}}}}"
    return f"maxReplicas: 3, metrics: [{{type: x, {where}: {metric}}}]"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("minReplicas: 3, maxReplicas: 3", []),
        ("maxReplicas: 1", []),
        ("minReplicas: 4, maxReplicas: 3", ["PC5126 spec.minReplicas: minReplicas (4) is above maxReplicas (3)"]),
        ("minReplicas: 0, maxReplicas: 3", ["PC5126 spec.minReplicas: nothing can be measured of no pods at all"]),
        ("minReplicas: 0, maxReplicas: 3, metrics: [{type: External}]", []),
    ],
)
def test_bounds_of_an_autoscaler(spec: str, expected: list[str]) -> None:
    assert told(stream(workload("containers: []"), scaler(spec))) == expected


def test_bounds_of_keda() -> None:
    spec = "spec: {minReplicaCount: 5, maxReplicaCount: 2, scaleTargetRef: {name: web}}"
    found = told(stream(workload("containers: []"), thing("keda.sh/v1alpha1 ScaledObject", spec)))
    assert found == ["PC5126 spec.minReplicaCount: minReplicaCount (5) is above maxReplicaCount (2)"]


def test_replicas_are_left_to_the_autoscaler() -> None:
    fixed = workload("containers: []", more="replicas: 2")
    assert told(stream(fixed, scaler("maxReplicas: 3"))) == [
        "PC5127 spec.replicas: it sets replicas, which HorizontalPodAutoscaler shop/web decides"
    ]
    assert told(fixed) == []


@pytest.mark.parametrize(
    "pod",
    [
        REQUESTING,
        "containers: [{name: a, resources: {limits: {cpu: 1}}}]",
        "resources: {requests: {cpu: 1}}, containers: [{name: a}]",
        f"{REQUESTING}, initContainers: [{{name: b}}]",
    ],
)
def test_share_of_a_request_can_be_told(pod: str) -> None:
    assert told(stream(workload(pod), scaler(utilisation()))) == []


@pytest.mark.parametrize(
    ("pod", "name"),
    [
        ("containers: [{name: a}]", "a"),
        ("containers: [{name: a, resources: {requests: {memory: 1Gi}}}]", "a"),
        (f"{REQUESTING}, initContainers: [{{name: b, restartPolicy: Always}}]", "b"),
    ],
)
def test_share_of_no_request_cannot_be_told(pod: str, name: str) -> None:
    words = f"container {name} requests no cpu, so nobody can tell how much of it is used"
    assert told(stream(workload(pod), scaler(utilisation()))) == [f"PC5128 spec.metrics[0].resource.name: {words}"]
    old = scaler("maxReplicas: 3, targetCPUUtilizationPercentage: 80", version="v1")
    assert told(stream(workload(pod), old)) == [f"PC5128 spec.targetCPUUtilizationPercentage: {words}"]


def test_requests_may_come_from_the_namespace() -> None:
    limits = thing("v1 LimitRange", "spec: {limits: [{type: Container, defaultRequest: {cpu: 100m}}]}")
    assert told(stream(workload("containers: [{name: a}]"), scaler(utilisation()), limits)) == []


def test_container_of_a_metric_exists() -> None:
    metric = utilisation("containerResource", ", container: {0}")
    assert told(stream(workload(REQUESTING), scaler(metric.replace("{0}", "a")))) == []
    assert told(stream(workload(REQUESTING), scaler(metric.replace("{0}", "b")))) == [
        "PC5126 spec.metrics[0].containerResource.container: Deployment shop/web has no container b"
    ]


@pytest.mark.parametrize(
    ("budget", "replicas", "blocked"),
    [
        ("maxUnavailable: 1", 1, False),
        ("maxUnavailable: 0", 3, True),
        ("maxUnavailable: 0%", 3, True),
        ("minAvailable: 2", 3, False),
        ("minAvailable: 3", 3, True),
        ("minAvailable: 100%", 3, True),
        ("minAvailable: 50%", 2, False),
        ("minAvailable: 50%", 1, True),
        ("minAvailable: 1", 0, False),
    ],
)
def test_budget_lets_a_pod_go(budget: str, replicas: int, *, blocked: bool) -> None:
    pods = workload("containers: []", more=f"replicas: {replicas}")
    spec = f"spec: {{{budget}, selector: {{matchLabels: {{app: web}}}}}}"
    found = told(stream(pods, thing("policy/v1 PodDisruptionBudget", spec)))
    assert [line[:7] for line in found] == (["PC5129 "] if blocked else [])


def test_budget_is_held_against_the_least_that_an_autoscaler_leaves() -> None:
    spec = "spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}"
    budget = thing("policy/v1 PodDisruptionBudget", spec)
    assert told(stream(workload("containers: []"), scaler("minReplicas: 3, maxReplicas: 5"), budget)) == []
    assert told(stream(workload("containers: []"), scaler("minReplicas: 2, maxReplicas: 5"), budget)) == [
        "PC5129 spec.minAvailable: 2 must stay of 2 pods, so none may go"
    ]
