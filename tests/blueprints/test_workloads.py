"""The five workload blueprints: every setting they honour changes what they make, and nothing else is taken."""

from pathlib import Path
from typing import Any

import pytest

from platform_compiler.blueprints.catalog import Catalog, load_catalog
from platform_compiler.diagnostics import Bag
from platform_compiler.load import load
from platform_compiler.source.tree import Directory
from tests.blueprints.small import Objects, Spec, compiled, findings, of_kind, pod, write

HERE = Path(__file__).parents[2] / "fixtures" / "base"
BASE: dict[str, Spec] = {
    "web-service": {"ports": {"http": {"port": 80}}},
    "worker": {},
    "stateful-service": {"ports": {"http": {"port": 80}, "peer": {"port": 7000, "protocol": "tcp", "internal": True}}},
    "job": {},
    "cron-job": {"cron": {"schedule": "15 3 * * *"}},
}
KINDS = {
    "web-service": "Deployment",
    "worker": "Deployment",
    "stateful-service": "StatefulSet",
    "job": "Job",
    "cron-job": "CronJob",
}
PING = {"command": ["/app", "ping"]}
SCALED = {"scale": {"max": 9, "cpuPercent": 60}}
Change = tuple[Spec, Spec]
PROOFS: dict[str, Change] = {
    "image": ({}, {"image": "a.example/b:2"}),
    "command": ({}, {"command": ["/app"]}),
    "args": ({}, {"args": ["serve"]}),
    "ports": ({}, {"ports": {"admin": {"port": 9901, "internal": True}}}),
    "env": ({}, {"env": {"A": "b"}}),
    "envFrom": ({"secrets": {"db": {"existing": True}}}, {"envFrom": [{"secret": "db"}]}),
    "configMaps": ({}, {"configMaps": {"flags": {"a": "b"}}}),
    "secrets": ({}, {"secrets": {"db": {"store": "vault", "path": "a/b", "keys": {"a": "b"}}}}),
    "files": ({}, {"files": {"/cache": {"empty": "1Gi"}}}),
    "volumes": (
        {"volumes": {"data": {"claim": "one"}}, "files": {"/data": {"volume": "data"}}},
        {"volumes": {"data": {"claim": "two"}}},
    ),
    "health": ({}, {"health": {"readiness": PING}}),
    "health.startup": ({}, {"health": {"startup": PING}}),
    "health.liveness": ({}, {"health": {"liveness": PING}}),
    "resources": ({}, {"resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}),
    "scale.min": ({}, {"scale": {"min": 3}}),
    "scale.max": ({}, {"scale": {"max": 9}}),
    "scale.cpuPercent": (SCALED, {"scale": {"max": 9, "cpuPercent": 55}}),
    "scale.memoryPercent": (SCALED, {"scale": {**SCALED["scale"], "memoryPercent": 55}}),
    "scale.external": (
        SCALED,
        {"scale": {**SCALED["scale"], "external": {"lag": {"metric": "kafka_lag", "averageValue": "9"}}}},
    ),
    "scale.scaleDownAfter": (SCALED, {"scale": {**SCALED["scale"], "scaleDownAfter": "1m"}}),
    "scale.scaleUpAfter": (SCALED, {"scale": {**SCALED["scale"], "scaleUpAfter": "0s"}}),
    "strategy": ({}, {"strategy": {"maxSurge": 1}}),
    "stateful": ({}, {"stateful": {"partition": 1}}),
    "disruption": ({"scale": {"min": 2}}, {"disruption": {"maxUnavailable": "20%"}}),
    "scheduling": ({}, {"scheduling": {"priorityClass": "high"}}),
    "shutdown": ({}, {"shutdown": {"gracePeriod": "60s"}}),
    "security": ({}, {"security": {"runAsUser": 2000}}),
    "serviceAccount": ({}, {"serviceAccount": {"annotations": {"a.example/role": "b"}}}),
    "imagePullSecrets": ({}, {"imagePullSecrets": ["registry"]}),
    "pod": ({}, {"pod": {"annotations": {"a": "b"}}}),
    "init": ({}, {"init": {"migrate": {"image": "a.example/m:1"}}}),
    "sidecars": ({}, {"sidecars": {"proxy": {"image": "a.example/p:1"}}}),
    "versions": ({}, {"versions": {"canary": {"image": "a.example/b:2", "scale": {"min": 1}}}}),
    "cron": ({}, {"cron": {"schedule": "15 4 * * *"}}),
    "job.activeDeadline": ({}, {"job": {"activeDeadline": "1h"}}),
    "job.backoffLimit": ({}, {"job": {"backoffLimit": 0}}),
    "job.completions": ({}, {"job": {"completions": 2}}),
    "job.parallelism": ({}, {"job": {"parallelism": 2}}),
    "job.restartPolicy": ({}, {"job": {"restartPolicy": "OnFailure"}}),
    "job.ttlAfterFinished": ({}, {"job": {"ttlAfterFinished": "0s"}}),
}
"""For each honoured setting: what the spec says besides the base, and what changes."""


def catalog() -> Catalog:
    bag = Bag()
    return load_catalog(Directory(HERE), load(Directory(HERE), bag), bag)


def honoured(name: str) -> list[str]:
    contract = catalog().blueprints[name][-1].contract
    return sorted(".".join(honour.path) for honour in contract.honours)


def made(root: Path, blueprint: str, *specs: Spec, mesh: str = "none") -> Objects:
    return compiled(write(root, {"app": program(blueprint, *specs)}, mesh))


def workload(objects: Objects, blueprint: str) -> dict[str, Any]:
    (found,) = of_kind(objects, KINDS[blueprint])
    return found


def program(blueprint: str, *specs: Spec) -> Spec:
    spec: Spec = {"blueprint": f"{blueprint}@1", "image": "a.example/b:1", **BASE[blueprint]}
    for one in specs:
        spec |= one
    return spec


def by_application(objects: Objects) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for _, body in sorted(objects.items()):
        found.setdefault(body["metadata"]["labels"].get("app.kubernetes.io/name", ""), []).append(body)
    return found


@pytest.mark.parametrize("blueprint", BASE)
def test_every_honoured_setting_changes_the_output(blueprint: str, tmp_path: Path) -> None:
    names = {path: path.lower().replace(".", "-") for path in honoured(blueprint)}
    first = {name: program(blueprint, PROOFS[path][0]) for path, name in names.items()}
    then = {name: program(blueprint, *PROOFS[path]) for path, name in names.items()}
    before = by_application(compiled(write(tmp_path, first, "none")))
    after = by_application(compiled(write(tmp_path, then, "none")))
    assert [path for path, name in names.items() if before[name] == after[name]] == []


@pytest.mark.parametrize("blueprint", BASE)
def test_a_setting_of_another_workload_is_an_error_at_its_line(blueprint: str, tmp_path: Path) -> None:
    words = {path.partition(".")[0] for path in honoured(blueprint)}
    foreign = {path: path.lower().replace(".", "-") for path in PROOFS if path.partition(".")[0] not in words}
    root = write(tmp_path, {n: program(blueprint, *PROOFS[path]) for path, n in foreign.items()}, "none")
    told = {(found.span.path, found.message.split("`")[1]) for found in findings(root) if found.code == "PC1310"}
    assert told >= {(f"teams/shop/{name}.yaml", path.partition(".")[0]) for path, name in foreign.items()}
    assert blueprint in {"web-service", "worker"} or foreign


@pytest.mark.parametrize("blueprint", BASE)
def test_defaults_for_other_workloads_are_left_out_in_silence(blueprint: str, tmp_path: Path) -> None:
    defaults = {
        "scale": {"min": 2, "max": 4},
        "strategy": {"maxSurge": 1},
        "job": {"activeDeadline": "1h"},
        "stateful": {"retainVolumes": False},
    }
    root = write(
        tmp_path,
        {"app": program(blueprint)},
        "none",
        environment={"defaults": defaults, "mandates": {"minReplicas": 2}},
    )
    assert workload(compiled(root), blueprint)


@pytest.mark.parametrize("blueprint", BASE)
def test_pods_run_as_the_restricted_level_wants(blueprint: str, tmp_path: Path) -> None:
    spec = pod(workload(made(tmp_path, blueprint), blueprint))
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = spec["containers"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert spec["automountServiceAccountToken"] is False


@pytest.mark.parametrize("blueprint", BASE)
@pytest.mark.parametrize("mesh", ["none", "istio-sidecar@1"])
def test_selectors_select_exactly_their_own_pods(blueprint: str, mesh: str, tmp_path: Path) -> None:
    objects = made(tmp_path, blueprint, mesh=mesh)
    body = workload(objects, blueprint)
    template = body["spec"].get("jobTemplate", body)["spec"]["template"]
    labels = template["metadata"]["labels"].items()
    selectors = [
        policy["spec"]["podSelector"]["matchLabels"]
        for policy in of_kind(objects, "NetworkPolicy")
        if policy["spec"]["podSelector"]
    ]
    selectors += [
        one["spec"]["workloadSelector"]["labels"]
        for one in of_kind(objects, "Sidecar")
        if "workloadSelector" in one["spec"]
    ]
    selectors += [one["spec"]["selector"] for one in of_kind(objects, "Service")]
    assert selectors
    for selector in selectors:
        assert selector == {"app.kubernetes.io/name": "app"}
        assert selector.items() <= labels


@pytest.mark.parametrize("blueprint", ["web-service", "worker", "job", "cron-job"])
def test_a_volume_of_its_own_becomes_a_claim_that_the_pods_mount(blueprint: str, tmp_path: Path) -> None:
    volume = {"size": "10Gi", "storageClass": "fast", "accessMode": "ReadWriteMany"}
    objects = made(tmp_path, blueprint, {"volumes": {"data": volume}, "files": {"/data": {"volume": "data"}}})
    (claim,) = of_kind(objects, "PersistentVolumeClaim")
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert claim["spec"]["storageClassName"] == "fast"
    assert claim["spec"]["resources"] == {"requests": {"storage": "10Gi"}}
    volumes = {v["name"]: v for v in pod(workload(objects, blueprint))["volumes"]}
    assert volumes["volume-data"]["persistentVolumeClaim"] == {"claimName": claim["metadata"]["name"]}


@pytest.mark.parametrize("blueprint", BASE)
def test_rules_become_a_role_of_its_own(blueprint: str, tmp_path: Path) -> None:
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["leader"]}
    account = {"automountToken": True, "rules": [rule]}
    objects = made(tmp_path, blueprint, {"serviceAccount": account, "calls": {"kubernetes": {}}})
    assert objects["Role", "app"]["rules"] == [rule]
    binding = objects["RoleBinding", "app"]
    assert binding["roleRef"]["name"] == "app"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "app", "namespace": "shop"}]


def test_no_rules_no_role(tmp_path: Path) -> None:
    assert not of_kind(made(tmp_path, "web-service"), "Role")


@pytest.mark.parametrize("blueprint", BASE)
def test_init_containers_run_in_their_order_after_native_sidecars(blueprint: str, tmp_path: Path) -> None:
    beside = {
        "init": {"b": {"image": "a.example/i:1", "order": 1}, "a": {"image": "a.example/i:1", "order": 2}},
        "sidecars": {"y": {"image": "a.example/s:1", "order": 1}, "x": {"image": "a.example/s:1", "order": 2}},
    }
    spec = pod(workload(made(tmp_path, blueprint, beside), blueprint))
    assert [(c["name"], c.get("restartPolicy")) for c in spec["initContainers"]] == [
        ("y", "Always"),
        ("x", "Always"),
        ("b", None),
        ("a", None),
    ]


@pytest.mark.parametrize("blueprint", BASE)
def test_sidecars_need_a_cluster_that_knows_them(blueprint: str, tmp_path: Path) -> None:
    spec = program(blueprint, {"sidecars": {"proxy": {"image": "a.example/p:1"}}})
    old = write(tmp_path, {"app": spec}, "none", cluster={"versions": {"kubernetes": "1.28", "istio": "1.29"}})
    told = [found for found in findings(old) if found.code == "PC4301"]
    assert [found.span.path for found in told] == ["teams/shop/app.yaml"]


def test_zero_values_survive(tmp_path: Path) -> None:
    idle = workload(made(tmp_path / "a", "worker", {"scale": {"min": 0}}), "worker")
    assert idle["spec"]["replicas"] == 0
    jobs = {
        "job": {"backoffLimit": 0, "ttlAfterFinished": "0s"},
        "cron": {"schedule": "15 3 * * *", "keep": {"succeeded": 0, "failed": 0}},
    }
    cron = workload(made(tmp_path / "b", "cron-job", jobs), "cron-job")["spec"]
    assert (cron["successfulJobsHistoryLimit"], cron["failedJobsHistoryLimit"]) == (0, 0)
    assert cron["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert cron["jobTemplate"]["spec"]["ttlSecondsAfterFinished"] == 0
    assert cron["suspend"] is False
    store = workload(made(tmp_path / "c", "stateful-service"), "stateful-service")["spec"]
    assert store["updateStrategy"]["rollingUpdate"] == {"partition": 0}
    up = made(tmp_path / "d", "web-service", {"scale": {"max": 3, "scaleUpAfter": "0s"}})
    (scaler,) = of_kind(up, "HorizontalPodAutoscaler")
    assert scaler["spec"]["behavior"]["scaleUp"] == {"stabilizationWindowSeconds": 0}


def test_equal_bounds_make_no_autoscaler(tmp_path: Path) -> None:
    objects = made(tmp_path, "web-service", {"scale": {"min": 3, "max": 3, "cpuPercent": 70}})
    assert not of_kind(objects, "HorizontalPodAutoscaler")
    assert workload(objects, "web-service")["spec"]["replicas"] == 3
