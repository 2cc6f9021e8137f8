"""Rules about how a program runs that depend on layers: tiers, defaults of others, and what is not judged."""

from pathlib import Path

from tests.blueprints.small import Spec, compiled, findings, pod, write

WEB: Spec = {"blueprint": "web-service@1", "image": "a.example/w:1", "ports": {"http": {"port": 80}}}
TIERS: Spec = {
    "tiers": {"critical": {"scheduling": {"priorityClass": "high"}}, "standard": {"shutdown": {"gracePeriod": "60s"}}}
}


def codes(root: Path) -> list[str]:
    return [found.code for found in findings(root)]


def test_a_tier_brings_the_platforms_defaults_for_it(tmp_path: Path) -> None:
    apps = {"web": {**WEB, "tier": "critical"}, "api": WEB}
    objects = compiled(write(tmp_path, apps, "none", platform=TIERS))
    critical, standard = (pod(objects["Deployment", name]) for name in ("web", "api"))
    assert critical["priorityClassName"] == "high"
    assert "priorityClassName" not in standard
    assert standard["terminationGracePeriodSeconds"] > critical["terminationGracePeriodSeconds"]


def test_an_application_and_its_environment_win_over_the_tier(tmp_path: Path) -> None:
    own = {**WEB, "tier": "critical", "scheduling": {"priorityClass": "own"}}
    defaults = {"scheduling": {"priorityClass": "prod"}}
    apps = {"web": own, "api": {**WEB, "tier": "critical"}}
    objects = compiled(write(tmp_path, apps, "none", platform=TIERS, environment={"defaults": defaults}))
    found = [pod(objects["Deployment", name])["priorityClassName"] for name in ("web", "api")]
    assert found == ["own", "prod"]


def test_a_tier_of_the_environments_overlay_counts_there(tmp_path: Path) -> None:
    web = {**WEB, "environments": {"prod": {"tier": "critical"}}}
    objects = compiled(write(tmp_path, {"web": web}, "none", platform=TIERS))
    assert pod(objects["Deployment", "web"])["priorityClassName"] == "high"


def test_recreate_is_fine_where_nobody_mandates_replicas(tmp_path: Path) -> None:
    web = {**WEB, "strategy": {"type": "Recreate"}}
    strategy = compiled(write(tmp_path, {"web": web}, "none"))["Deployment", "web"]["spec"]["strategy"]
    assert strategy == {"type": "Recreate"}
    bound = {"mandates": {"minReplicas": 1}}
    assert codes(write(tmp_path, {"web": web}, "none", environment=bound)) == ["PC1318"]


def test_one_replica_that_is_recreated_may_have_a_volume_of_its_own(tmp_path: Path) -> None:
    volume = {"volumes": {"data": {"size": "1Gi"}}, "files": {"/data": {"volume": "data"}}}
    assert codes(write(tmp_path, {"web": WEB | volume}, "none")) == ["PC1323"]
    assert codes(write(tmp_path, {"web": {**WEB, **volume, "strategy": {"type": "Recreate"}}}, "none")) == []
    assert codes(write(tmp_path, {"web": {**WEB, **volume, "strategy": {"maxSurge": 0, "maxUnavailable": 1}}})) == []


def test_a_default_for_autoscalers_is_no_mistake_of_an_application_without_one(tmp_path: Path) -> None:
    defaults = {"defaults": {"scale": {"cpuPercent": 70}}}
    assert codes(write(tmp_path, {"web": WEB}, "none", environment=defaults)) == []


def test_a_worker_with_internal_ports_is_watched_and_not_called(tmp_path: Path) -> None:
    worker = {
        "blueprint": "worker@1",
        "image": "a.example/w:1",
        "ports": {"admin": {"port": 9901, "internal": True}},
        "health": {"liveness": {"port": "admin"}},
    }
    objects = compiled(write(tmp_path, {"mailer": worker}))
    assert not {name for kind, name in objects if kind in {"Service", "VirtualService", "DestinationRule"}}
    (container,) = pod(objects["Deployment", "mailer"])["containers"]
    assert container["livenessProbe"]["httpGet"]["port"] == 9901


def test_a_rule_of_a_worker_opens_named_ports_to_strangers_and_nothing_else(tmp_path: Path) -> None:
    stranger = {"principal": "corp.example/ns/erp/sa/erp"}
    worker = {
        "blueprint": "worker@1",
        "image": "a.example/w:1",
        "ports": {"admin": {"port": 9901, "internal": True}},
        "access": {
            "fine": {"from": [stranger], "ports": ["admin"]},
            "no-port": {"from": [stranger]},
            "no-stranger": {"from": ["cart", {"namespaceLabels": {"a": "b"}}], "ports": ["admin"]},
        },
    }
    found = [d for d in findings(write(tmp_path, {"mailer": worker})) if d.code == "PC1313"]
    assert [d.message.split("`")[1] for d in found] == ["no-port", "no-stranger"]


def test_mutual_tls_of_a_port_is_refused_where_nobody_asks_for_it(tmp_path: Path) -> None:
    """`mtls: strict` on `none` is unmet, not met; nor is it outside of a mesh that is there."""
    ports = {"ports": {"http": {"port": 80, "mtls": "strict"}}}
    assert codes(write(tmp_path / "none", {"web": {**WEB, **ports}}, "none")) == ["PC4050"]
    assert codes(write(tmp_path / "mesh", {"web": {**WEB, **ports}})) == []
    outside = {**WEB, **ports, "mesh": {"member": False}}
    assert codes(write(tmp_path / "outside", {"web": outside})) == ["PC4050"]


def test_jobs_do_not_wait_for_routes_to_forget_them(tmp_path: Path) -> None:
    job = {"blueprint": "job@1", "image": "a.example/j:1"}
    objects = compiled(write(tmp_path, {"once": job}, "none"))
    ((_, body),) = [item for item in objects.items() if item[0][0] == "Job"]
    assert "lifecycle" not in pod(body)["containers"][0]


def test_a_pod_cannot_be_marked_out_of_its_policies(tmp_path: Path) -> None:
    marks = {
        "labels": {"app.kubernetes.io/name": "cart", "platformc.dev/version": "x", "istio.io/dataplane-mode": "none"},
        "annotations": {"sidecar.istio.io/inject": "false", "argocd.argoproj.io/hook": "Sync"},
    }
    assert codes(write(tmp_path, {"web": {**WEB, "pod": marks}})) == ["PC1327"] * 5


def test_a_program_that_talks_to_kubernetes_is_told_nothing(tmp_path: Path) -> None:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]
    web = {**WEB, "calls": {"kubernetes": {}}, "serviceAccount": {"automountToken": True, "rules": rules}}
    assert codes(write(tmp_path, {"web": web})) == []
