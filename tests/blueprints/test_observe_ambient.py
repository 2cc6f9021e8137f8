"""What can be observed in an ambient mesh: programs at their own ports, requests where a waypoint reads them."""

from pathlib import Path
from typing import Any

from tests.blueprints.observed import PROMETHEUS, Outcome, application, cluster, compiled, openings

MEMBER = {**PROMETHEUS, "serviceAccount": "prom", "meshed": True}
VERSIONS = {"kubernetes": "1.33", "istio": "1.29", "gatewayApi": "1.4"}
WAYPOINT: dict[str, Any] = {"traffic": {"timeout": "1s"}}


def web(tmp_path: Path, observe: dict[str, Any], prometheus: dict[str, Any] = MEMBER, **spec: Any) -> Outcome:
    callee = application(observe=observe, access={"peer": {"from": ["peer"]}}, **spec)
    apps = {"web": callee, "peer": application(calls={"web": {}})}
    ambient = cluster("istio-ambient@1", prometheus=prometheus, versions=VERSIONS)
    return compiled(tmp_path / "repository", apps, {"ambient": ambient})


def test_everything_that_an_ambient_mesh_can_say_compiles(tmp_path: Path) -> None:
    observe = {
        "metrics": {"port": "admin", "path": "/prom", "interval": "15s"},
        "slo": {"availability": 99.9, "latency": {"p99": "250ms"}},
        "dashboard": True,
        "logs": ["loki"],
        "instrument": "java",
    }
    outcome = web(tmp_path, observe, **WAYPOINT)
    assert outcome.codes() == []
    kinds = {path.rpartition("/")[2].partition("-")[0] for path in outcome.files if "/shop/web/" in path}
    assert kinds >= {"podmonitor", "prometheusrule", "configmap"}


def test_decision_15_prometheus_in_the_mesh_reads_the_program_by_its_identity(tmp_path: Path) -> None:
    outcome = web(tmp_path, {"metrics": {"port": "admin"}}, **WAYPOINT)
    (endpoint,) = outcome.get("ambient/shop/web/podmonitor-web")["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("admin", "/metrics")
    rules = outcome.get("ambient/shop/web/authorizationpolicy-web")["spec"]["rules"]
    assert {
        "from": [{"source": {"principals": ["cluster.local/ns/monitoring/sa/prom"]}}],
        "to": [{"operation": {"ports": ["9901"]}}],
    } in rules
    opened = openings(outcome.get("ambient/shop/web/networkpolicy-web"), "ingress")
    assert [port for _, peer, port in opened if peer == "prometheus"] == [9901, 15008]


def test_decision_15_prometheus_outside_of_the_mesh_is_refused(tmp_path: Path) -> None:
    assert web(tmp_path, {"metrics": {"port": "admin"}}, PROMETHEUS).codes() == ["PC2426"]


def test_a_service_level_behind_a_waypoint_is_measured_there_without_metrics_of_the_program(tmp_path: Path) -> None:
    outcome = web(tmp_path, {"slo": {"availability": 99.9}}, **WAYPOINT)
    (group,) = outcome.get("ambient/shop/web/prometheusrule-web")["spec"]["groups"]
    who = 'reporter="waypoint",destination_service_namespace="shop",destination_service_name="web"'
    assert group["rules"][1]["expr"] == f"sum(rate(istio_requests_total{{{who}}}[5m]))"
    monitor = outcome.get("ambient/shop/_namespace/podmonitor-waypoint")["spec"]
    assert monitor["selector"] == {"matchLabels": {"gateway.networking.k8s.io/gateway-name": "waypoint"}}
    (endpoint,) = monitor["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("http-envoy-prom", "/stats/prometheus")
    assert endpoint["relabelings"][0]["replacement"] == "$1:15020"


def test_a_service_level_without_a_waypoint_needs_the_applications_own_metric(tmp_path: Path) -> None:
    outcome = web(tmp_path, {"slo": {"availability": 99.9}})
    assert outcome.codes() == ["PC2481"]
    own = {"metrics": {"port": "admin"}, "slo": {"availability": 99.9, "metric": {"requests": "answers_total"}}}
    assert web(tmp_path / "own", own).codes() == []


def test_a_namespace_without_a_waypoint_has_no_monitor_of_one(tmp_path: Path) -> None:
    assert web(tmp_path, {"dashboard": True}).get("ambient/shop/_namespace/podmonitor-waypoint") is None
