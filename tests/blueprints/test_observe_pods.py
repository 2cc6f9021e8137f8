"""Logs, traces and dashboards, who observes from inside of the repository, and clusters where nobody observes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.blueprints.observed import TRACING, Outcome, application, cluster, compiled, openings

MESHED = {"meshed": cluster("istio-sidecar@1")}


def web(tmp_path: Path, observe: dict[str, Any], clusters: dict[str, Any] = MESHED, **spec: Any) -> Outcome:
    return compiled(tmp_path / "repository", {"web": application(observe=observe, **spec)}, clusters)


# --- logs and traces


@pytest.mark.parametrize(
    ("choice", "written"),
    [
        ("none", {"disabled": True}),
        ("errors", {"filter": {"expression": "response.code >= 400 || response.grpc_status > 0"}}),
        ("all", {}),
    ],
)
def test_access_logs_are_what_the_application_chooses(choice: str, written: dict[str, Any], tmp_path: Path) -> None:
    spec = web(tmp_path, {"accessLog": choice}).get("meshed/shop/web/telemetry-web")["spec"]
    assert spec == {
        "selector": {"matchLabels": {"app.kubernetes.io/name": "web"}},
        "accessLogging": [{"providers": [{"name": "envoy"}], **written}],
    }


@pytest.mark.parametrize("percent", [0, 0.5, 100])
def test_the_share_of_traces_is_written_even_when_it_is_zero(percent: float, tmp_path: Path) -> None:
    spec = web(tmp_path, {"tracing": {"samplePercent": percent}}).get("meshed/shop/web/telemetry-web")["spec"]
    assert spec["tracing"] == [{"providers": [{"name": "otel"}], "randomSamplingPercentage": percent}]
    assert "accessLogging" not in spec


def test_decision_18_who_sends_traces_sees_and_reaches_the_collector_and_nobody_else_does(tmp_path: Path) -> None:
    apps = {
        "traced": application(observe={"tracing": {"samplePercent": 1}}),
        "instrumented": application(observe={"instrument": "python"}),
        "never": application(observe={"tracing": {"samplePercent": 0}}),
        "quiet": application(),
    }
    outcome = compiled(tmp_path / "repository", apps, MESHED)
    for name, sends in (("traced", True), ("instrumented", True), ("never", False), ("quiet", False)):
        policy = outcome.get(f"meshed/shop/{name}/networkpolicy-{name}")
        assert openings(policy, "egress") == ([("tracing", "collector", 4317)] if sends else [])
        (egress,) = outcome.get(f"meshed/shop/{name}/sidecar-{name}")["spec"]["egress"]
        assert ("tracing/*" in egress["hosts"]) is sends


def test_decision_14_a_collector_in_the_mesh_is_reached_by_the_tunnels_port_too(tmp_path: Path) -> None:
    clusters = {"meshed": cluster("istio-sidecar@1", tracing={**TRACING, "meshed": True, "port": 4318})}
    policy = web(tmp_path, {"instrument": "dotnet"}, clusters).get("meshed/shop/web/networkpolicy-web")
    assert openings(policy, "egress") == [("tracing", "collector", 4318), ("tracing", "collector", 15008)]


def test_a_program_is_instrumented_in_its_own_container(tmp_path: Path) -> None:
    clusters = {"plain": cluster("none")}
    outcome = web(tmp_path, {"instrument": "nodejs"}, clusters)
    assert outcome.pods("plain/shop/web/deployment-web")["annotations"] == {
        "instrumentation.opentelemetry.io/inject-nodejs": "true",
        "instrumentation.opentelemetry.io/container-names": "web",
    }
    assert openings(outcome.get("plain/shop/web/networkpolicy-web"), "egress") == [("tracing", "collector", 4317)]


def test_logs_go_where_the_platform_says_by_marks_of_pods(tmp_path: Path) -> None:
    pods = web(tmp_path, {"logs": ["loki", "archive"]}).pods("meshed/shop/web/deployment-web")
    assert pods["labels"]["platformc.dev/logs-loki"] == "true"
    assert pods["annotations"] == {"logs.acme.example/to": "archive"}


# --- observers of ours


def test_a_collector_of_ours_admits_those_that_send_traces_and_nobody_else(tmp_path: Path) -> None:
    apps = {
        "collector": application(ports={"otlp": {"port": 4317, "protocol": "grpc"}}, access={}),
        "web": application(observe={"tracing": {"samplePercent": 5}}),
        "quiet": application(),
    }
    apps["collector"].pop("access")
    clusters = {"meshed": cluster("istio-sidecar@1", tracing={"app": "shop/collector"})}
    outcome = compiled(tmp_path / "repository", apps, clusters)
    (rule,) = outcome.get("meshed/shop/collector/authorizationpolicy-collector")["spec"]["rules"]
    assert rule["from"] == [{"source": {"principals": ["cluster.local/ns/shop/sa/web"]}}]
    assert rule["to"] == [{"operation": {"ports": ["4317"]}}]
    policy = outcome.get("meshed/shop/collector/networkpolicy-collector")
    assert ("shop", "web", 4317) in openings(policy, "ingress")
    assert {peer for _, peer, _ in openings(policy, "ingress")} == {"web", "prometheus"}
    assert ("shop", "collector", 4317) in openings(outcome.get("meshed/shop/web/networkpolicy-web"), "egress")
    (egress,) = outcome.get("meshed/shop/web/sidecar-web")["spec"]["egress"]
    assert "shop/collector.shop.svc.cluster.local" in egress["hosts"]
    tracing = outcome.get("meshed/shop/web/telemetry-web")["spec"]["tracing"]
    assert tracing == [{"providers": [{"name": "collector"}], "randomSamplingPercentage": 5}]


def test_a_prometheus_of_ours_reaches_what_it_reads_and_no_other_port(tmp_path: Path) -> None:
    apps = {
        "prometheus": application(ports={"http": {"port": 9090}}, mesh={"member": False}, calls={"kubernetes": {}}),
        "web": application(observe={"metrics": {"port": "admin"}}),
        "outside": application(observe={"metrics": {"port": "admin"}}, mesh={"member": False}),
        "silent": application(mesh={"member": False}),
    }
    network = {"apiServer": ["10.96.0.1/32"]}
    clusters = {"meshed": cluster("istio-sidecar@1", prometheus={"app": "shop/prometheus"}, network=network)}
    outcome = compiled(tmp_path / "repository", apps, clusters)
    policy = outcome.get("meshed/shop/prometheus/networkpolicy-prometheus")
    policy["spec"]["egress"] = [rule for rule in policy["spec"]["egress"] if "ipBlock" not in rule["to"][0]]
    assert openings(policy, "egress") == [("shop", "outside", 9901), ("shop", "web", 15020)]
    for name, port in (("web", 15020), ("outside", 9901)):
        opened = openings(outcome.get(f"meshed/shop/{name}/networkpolicy-{name}"), "ingress")
        assert opened == [("shop", "prometheus", port)]


# --- dashboards


def test_a_dashboard_is_one_json_text_that_grafana_finds(tmp_path: Path) -> None:
    found = web(tmp_path, {"dashboard": True}).get("meshed/shop/web/configmap-web-grafana-dashboard")
    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert list(found["data"]) == ["shop-web.json"], "files of all namespaces share one folder"
    board = json.loads(found["data"]["shop-web.json"])
    assert board["title"] == "shop/web on meshed"
    assert 0 < len(board["uid"]) <= 40
    identifiers = [panel["id"] for panel in board["panels"]]
    assert identifiers == sorted(set(identifiers))
    for panel in board["panels"]:
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert all('"shop"' in target["expr"] and '"web"' in target["expr"] for target in panel["targets"])
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(set(places)) == len(places)


def test_a_dashboard_has_the_meshs_panels_only_in_the_mesh(tmp_path: Path) -> None:
    clusters = {**MESHED, "plain": cluster("none")}
    outcome = web(tmp_path, {"dashboard": True, "metrics": {"port": "admin"}}, clusters)
    texts = {
        where: outcome.get(f"{where}/shop/web/configmap-web-grafana-dashboard")["data"]["shop-web.json"]
        for where in clusters
    }
    assert ["istio_requests_total" in texts[where] for where in ("meshed", "plain")] == [True, False]
    assert json.loads(texts["meshed"])["uid"] != json.loads(texts["plain"])["uid"]


def test_a_dashboard_needs_no_metrics_of_the_application(tmp_path: Path) -> None:
    found = web(tmp_path, {"dashboard": True}, {"plain": cluster("none")})
    board = json.loads(found.get("plain/shop/web/configmap-web-grafana-dashboard")["data"]["shop-web.json"])
    assert [panel["title"] for panel in board["panels"]][:2] == ["Processors in use", "Memory in use"]


# --- where nothing observes


@pytest.mark.parametrize(
    ("observe", "clusters"),
    [
        ({"metrics": {"port": "admin"}}, {"meshed": cluster("istio-sidecar@1", "none")}),
        ({"slo": {"availability": 99.9}}, {"meshed": cluster("istio-sidecar@1", "none")}),
        ({"dashboard": True}, {"meshed": cluster("istio-sidecar@1", prometheus=None)}),
        ({"logs": ["loki"]}, {"meshed": cluster("istio-sidecar@1", "none")}),
        ({"instrument": "java"}, {"meshed": cluster("istio-sidecar@1", tracing=None)}),
        ({"tracing": {"samplePercent": 5}}, {"meshed": cluster("istio-sidecar@1", tracing=None)}),
        ({"instrument": "java"}, {"meshed": cluster("istio-sidecar@1", "none")}),
        (
            {"tracing": {"samplePercent": 5}},
            {"meshed": cluster("istio-sidecar@1", tracing={"namespace": "tracing", "podLabels": {"app": "collector"}})},
        ),
        ({"accessLog": "all"}, {"plain": cluster("none")}),
        ({"tracing": {"samplePercent": 5}}, {"plain": cluster("none")}),
    ],
)
def test_decision_6_a_setting_without_effect_is_an_error_or_what_the_platform_says(
    observe: dict[str, Any], clusters: dict[str, Any], tmp_path: Path
) -> None:
    apps = {"web": application(observe=observe)}
    refused = compiled(tmp_path / "refused", apps, clusters)
    assert (set(refused.codes()), refused.files) == ({"PC4301"}, {})
    warned = compiled(tmp_path / "warned", apps, clusters, {"unsupported": {"observe": "warn"}})
    silent = compiled(tmp_path / "silent", {"web": application()}, clusters)
    assert set(warned.codes()) == {"PC4301"}
    assert warned.files == silent.files, "what has no effect opens nothing either"


def test_removing_observe_removes_every_object_and_rule_that_it_made(tmp_path: Path) -> None:
    clusters = {"plain": cluster("none")}
    metric = {"requests": "answers_total"}
    before = web(
        tmp_path,
        {
            "metrics": {"port": "admin"},
            "slo": {"availability": 99.9, "metric": metric},
            "dashboard": True,
            "instrument": "java",
            "logs": ["loki"],
        },
        clusters,
    )
    after = compiled(tmp_path / "after", {"web": application()}, clusters)
    gone = {path.rpartition("/")[2].partition("-")[0] for path in set(before.files) - set(after.files)}
    assert gone == {"podmonitor", "prometheusrule", "configmap"}
    policy = after.get("plain/shop/web/networkpolicy-web")
    assert (openings(policy, "ingress"), openings(policy, "egress")) == ([], [])
    assert "annotations" not in after.pods("plain/shop/web/deployment-web")
