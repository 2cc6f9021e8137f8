"""What `observe` says is what is emitted: on a sidecar cluster, without a mesh, and nowhere without a part for it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.blueprints.observed import Outcome, application, cluster, compiled, openings

EVERYTHING: dict[str, Any] = {
    "metrics": {"port": "admin", "path": "/prom", "interval": "15s"},
    "slo": {
        "availability": 99.9,
        "latency": {"p99": "250ms", "p50": "1s"},
        "runbook": "https://runbooks.acme.example/web",
        "metric": {
            "requests": "answers_total",
            "failed": {"label": "status", "matches": 'a"b\\d'},
            "duration": "answers_seconds",
        },
    },
    "dashboard": True,
    "logs": ["loki", "archive"],
    "instrument": "java",
}
ON_MESH: dict[str, Any] = {
    "accessLog": "errors",
    "tracing": {"samplePercent": 0},
    "slo": {"metric": None},
}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    web = application(observe=EVERYTHING, clusters={"meshed": {"observe": ON_MESH}})
    admin = {"admin": {"port": 9901, "internal": True}}
    worker = application(blueprint="worker@1", ports=admin, observe={"metrics": {"port": "admin"}})
    outside = application(observe={"metrics": {"port": "admin"}}, mesh={"member": False})
    clusters = {"meshed": cluster("istio-sidecar@1"), "plain": cluster("none")}
    apps = {"web": web, "worker": worker, "outside": outside, "quiet": application()}
    return compiled(tmp_path_factory.mktemp("everything") / "repository", apps, clusters)


def test_everything_of_observe_compiles_with_and_without_a_mesh(everything: Outcome) -> None:
    assert everything.codes() == []
    kinds = {path.rpartition("/")[2].partition("-")[0] for path in everything.files if "/shop/web/" in path}
    assert kinds >= {"servicemonitor", "podmonitor", "prometheusrule", "configmap", "telemetry"}


# --- reading metrics


def test_decision_15_a_sidecar_is_read_where_it_merges_metrics(everything: Outcome) -> None:
    (endpoint,) = everything.get("meshed/shop/web/servicemonitor-web")["spec"]["endpoints"]
    assert (endpoint["port"], endpoint["path"], endpoint["interval"]) == ("http", "/stats/prometheus", "15s")
    moved = endpoint["relabelings"][1]
    assert (moved["sourceLabels"], moved["targetLabel"]) == (["__address__"], "__address__")
    for address, wanted in (("10.0.0.7:8080", "10.0.0.7:15020"), ("[fd00::7]:8080", "[fd00::7]:15020")):
        assert re.fullmatch(moved["regex"], address).expand(moved["replacement"].replace("$", "\\")) == wanted  # type: ignore[union-attr]
    annotations = everything.pods("meshed/shop/web/deployment-web")["annotations"]
    assert annotations["prometheus.io/scrape"] == "true"
    assert (annotations["prometheus.io/port"], annotations["prometheus.io/path"]) == ("9901", "/prom")


def test_decision_15_only_prometheus_comes_to_the_merged_port_and_nobody_to_the_programs(everything: Outcome) -> None:
    policy = everything.get("meshed/shop/web/networkpolicy-web")
    assert openings(policy, "ingress") == [("monitoring", "prometheus", 15020)]


def test_without_a_mesh_prometheus_comes_to_the_programs_port_and_to_no_other(everything: Outcome) -> None:
    (endpoint,) = everything.get("plain/shop/web/podmonitor-web")["spec"]["podMetricsEndpoints"]
    assert endpoint == {"port": "admin", "path": "/prom", "interval": "15s"}
    policy = everything.get("plain/shop/web/networkpolicy-web")
    assert openings(policy, "ingress") == [("monitoring", "prometheus", 9901)]
    assert "prometheus.io/scrape" not in everything.pods("plain/shop/web/deployment-web")["annotations"]


def test_an_application_outside_of_the_mesh_is_read_at_its_own_port(everything: Outcome) -> None:
    (endpoint,) = everything.get("meshed/shop/outside/podmonitor-outside")["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("admin", "/metrics")
    policy = everything.get("meshed/shop/outside/networkpolicy-outside")
    assert openings(policy, "ingress") == [("monitoring", "prometheus", 9901)]


def test_a_worker_has_no_service_and_is_read_by_a_pod_monitor(everything: Outcome) -> None:
    assert everything.get("meshed/shop/worker/servicemonitor-worker") is None
    (endpoint,) = everything.get("meshed/shop/worker/podmonitor-worker")["spec"]["podMetricsEndpoints"]
    assert endpoint["port"] == "http-envoy-prom"
    assert [change["replacement"] for change in endpoint["relabelings"]] == ["$1:15020"]


def test_a_job_is_read_by_a_pod_monitor_that_selects_it_alone(tmp_path: Path) -> None:
    job = {"blueprint": "cron-job@1", "image": "ghcr.io/acme/a:1.0.0", "cron": {"schedule": "0 3 * * *"}}
    mesh = {"nativeSidecars": True}
    outcome = compiled(tmp_path / "repository", {"nightly": job}, {"meshed": cluster("istio-sidecar@1", mesh=mesh)})
    assert outcome.codes() == []
    monitor = outcome.get("meshed/shop/nightly/podmonitor-nightly")["spec"]
    assert monitor["selector"] == {"matchLabels": {"app.kubernetes.io/name": "nightly"}}
    assert monitor["podMetricsEndpoints"][0]["port"] == "http-envoy-prom"


def test_a_monitor_selects_its_own_pods_alone(everything: Outcome) -> None:
    monitor = everything.get("meshed/shop/web/servicemonitor-web")["spec"]
    assert monitor["selector"] == {"matchLabels": {"app.kubernetes.io/name": "web"}}
    kept = monitor["endpoints"][0]["relabelings"][0]
    assert (kept["action"], kept["sourceLabels"], kept["regex"]) == ("keep", ["__meta_kubernetes_service_name"], "web")


def test_where_no_metrics_are_named_only_a_proxy_is_read(everything: Outcome) -> None:
    assert everything.get("meshed/shop/quiet/servicemonitor-quiet") is not None
    assert "annotations" not in everything.pods("meshed/shop/quiet/deployment-quiet")
    assert [path for path in everything.files if "plain/shop/quiet" in path and "monitor" in path] == []
    assert openings(everything.get("plain/shop/quiet/networkpolicy-quiet"), "ingress") == []


# --- service levels


def rules(outcome: Outcome, where: str, group: str) -> list[dict[str, Any]]:
    groups = outcome.get(f"{where}/shop/web/prometheusrule-web")["spec"]["groups"]
    found: list[dict[str, Any]] = next(g["rules"] for g in groups if g["name"] == f"shop-web-{group}")
    return found


def test_availability_on_the_mesh_counts_failures_of_http_and_grpc_once_at_the_callee(everything: Outcome) -> None:
    errors, requests = rules(everything, "meshed", "availability")[:2]
    who = 'reporter="destination",destination_workload_namespace="shop",destination_canonical_service="web"'
    assert errors["expr"] == (
        f'sum( rate(istio_requests_total{{{who},response_code=~"5.."}}[5m]) or '
        f'rate(istio_requests_total{{{who},grpc_response_status=~"2|4|12|13|14|15"}}[5m]) ) or vector(0)'
    )
    assert requests["expr"] == f"sum(rate(istio_requests_total{{{who}}}[5m]))"
    assert (errors["record"], requests["record"]) == ("app:slo_errors:rate5m", "app:slo_requests:rate5m")


def test_latency_on_the_mesh_counts_answers_beyond_the_bucket(everything: Outcome) -> None:
    errors, requests = rules(everything, "meshed", "latency-p99")[:2]
    total, fast = errors["expr"].split(" - ")
    assert total == requests["expr"]
    assert fast == total.replace("_count{", "_bucket{").replace('"5.."}', '"5..",le=~"250([.]0)?"}')


@pytest.mark.parametrize(("group", "written"), [("latency-p99", ["0.25"]), ("latency-p50", ["1", "1.0"])])
def test_a_bucket_is_found_however_prometheus_writes_its_bound(
    group: str, written: list[str], everything: Outcome
) -> None:
    expression = rules(everything, "plain", group)[0]["expr"]
    bound = json.loads(re.search(r'le=~("[^"]*")', expression)[1])  # type: ignore[index]
    assert [text for text in (*written, "0.5", "10", "1.05", "0125", "10.0") if re.fullmatch(bound, text)] == written


def test_without_a_mesh_the_applications_own_metrics_are_the_measure(everything: Outcome) -> None:
    who = 'namespace="shop",app_kubernetes_io_name="web"'
    errors, requests = rules(everything, "plain", "availability")[:2]
    assert requests["expr"] == f"sum(rate(answers_total{{{who}}}[5m]))"
    assert errors["expr"].endswith(" or vector(0)")
    assert rules(everything, "plain", "latency-p99")[1]["expr"] == f"sum(rate(answers_seconds_count{{{who}}}[5m]))"
    assert "istio_" not in json.dumps(everything.get("plain/shop/web/prometheusrule-web"))


def test_what_a_team_writes_into_a_matcher_is_escaped(everything: Outcome) -> None:
    errors = rules(everything, "plain", "availability")[0]["expr"]
    assert r',status=~"a\"b\\d"}[5m]' in errors


@pytest.mark.parametrize("where", ["meshed", "plain"])
def test_every_alert_reads_shares_that_its_own_group_records(where: str, everything: Outcome) -> None:
    groups = everything.get(f"{where}/shop/web/prometheusrule-web")["spec"]["groups"]
    for group in groups:
        recorded = [rule["record"] for rule in group["rules"] if "record" in rule]
        read = {name for rule in group["rules"] for name in re.findall(r"app:\w+:\w+", rule["expr"])}
        assert len(set(recorded)) == len(recorded)
        assert read <= set(recorded)
        marks = {tuple(sorted(rule["labels"].items())) for rule in group["rules"] if "record" in rule}
        assert len(marks) == 1, "series of one promise differ by name alone, so that they can be divided"
        slo = dict(next(iter(marks)))["slo"]
        matchers = {m for rule in group["rules"] for m in re.findall(r"app:\w+:\w+\{([^}]*)\}", rule["expr"])}
        assert matchers == {f'namespace="shop",app="web",slo="{slo}"'}


def test_alerts_are_the_workbooks_and_name_whom_to_call(everything: Outcome) -> None:
    alerts = [rule for rule in rules(everything, "meshed", "availability") if "alert" in rule]
    expressions = [
        re.fullmatch(
            r"app:slo_errors:ratio_rate(\w+)\{.*?\} > (\S+) and app:slo_errors:ratio_rate(\w+)\{.*?\} > (\S+)",
            a["expr"],
        )
        for a in alerts
    ]
    assert [match.groups() for match in expressions if match] == [
        ("1h", "0.0144", "5m", "0.0144"),
        ("6h", "0.006", "30m", "0.006"),
        ("1d", "0.003", "2h", "0.003"),
        ("3d", "0.001", "6h", "0.001"),
    ]
    assert [alert["labels"]["severity"] for alert in alerts] == ["page", "page", "ticket", "ticket"]
    for alert in alerts:
        owner = {key: alert["labels"][key] for key in ("team", "slack", "oncall")}
        assert owner == {"team": "shop", "slack": "#shop", "oncall": "pd-shop"}
        assert alert["annotations"]["runbook_url"] == "https://runbooks.acme.example/web"


def test_long_windows_weigh_by_traffic_and_the_budget_is_over_the_whole_window(everything: Outcome) -> None:
    by_name = {rule["record"]: rule["expr"] for rule in rules(everything, "meshed", "latency-p99") if "record" in rule}
    who = 'namespace="shop",app="web",slo="latency-p99"'
    errors, requests = f"app:slo_errors:rate5m{{{who}}}", f"app:slo_requests:rate5m{{{who}}}"
    assert by_name["app:slo_errors:ratio_rate5m"] == f"{errors} / {requests}"
    assert by_name["app:slo_errors:ratio_rate6h"] == f"sum_over_time({errors}[6h]) / sum_over_time({requests}[6h])"
    assert by_name["app:slo_error_budget:remaining_ratio"] == (
        f"1 - sum_over_time({errors}[30d]) / sum_over_time({requests}[30d]) / 0.01"
    )


def test_decision_37_a_latency_between_buckets_is_refused_with_the_two_nearest(tmp_path: Path) -> None:
    web = application(observe={"slo": {"latency": {"p99": "300ms"}}})
    outcome = compiled(tmp_path / "repository", {"web": web}, {"meshed": cluster("istio-sidecar@1")})
    assert outcome.codes() == ["PC2480"]
    assert outcome.findings[0].help == ("write `250ms` or `500ms`",)


def test_decision_37_without_a_mesh_a_service_level_needs_the_applications_metric(tmp_path: Path) -> None:
    web = application(observe={"slo": {"availability": 99.9}})
    outcome = compiled(tmp_path / "repository", {"web": web}, {"plain": cluster("none")})
    assert outcome.codes() == ["PC2481"]
