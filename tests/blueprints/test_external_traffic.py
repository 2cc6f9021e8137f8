"""How requests to external services behave, under `istio-sidecar`: compiled once, read by many tests."""

from pathlib import Path
from typing import Any

import pytest

from tests.small_repository import Body, SmallRepository

HTTP: Body = {"http": {"port": 80}}
DB: Body = {"db": {"port": 5432, "protocol": "tcp"}}
REGIONS: Body = {
    "eu": {"address": "203.0.113.7", "region": "eu-west-1"},
    "us": {"address": "203.0.113.8", "region": "us-east-1"},
}
NOTHING: Body = {
    "traffic": {"retries": {"attempts": 0}, "fault": {"abort": {"status": 503, "percent": 0}}},
    "resilience": {
        "circuitBreaker": {"maxRequestsPerConnection": 0},
        "outlierDetection": {"maxEjectionPercent": 0},
    },
}
EXTERNALS: dict[str, Body] = {
    "plain": {"hosts": ["plain.acme.example"], "ports": HTTP},
    "zero": {"hosts": ["zero.acme.example"], "ports": HTTP, **NOTHING},
    "rates": {
        "hosts": ["rates.acme.example", "rates.acme.test"],
        "ports": {"http": {"port": 80, "targetPort": 443}, "admin": {"port": 9000, "protocol": "tcp"}},
        "tls": {"origin": "mesh"},
        "access": {"all": {"from": ["shop/*", "pay/*"]}},
        "traffic": {
            "timeout": "2s",
            "retries": {"attempts": 1, "perTryTimeout": "500ms", "retryOn": ["connect-failure", 503]},
            "routes": {"export": {"paths": ["/export/*"], "timeout": "60s"}},
        },
        "resilience": {"circuitBreaker": {"maxConnections": 9, "maxPendingRequests": 8}},
    },
    "promised": {
        "hosts": ["promised.acme.example", "*.promised.example"],
        "ports": {"grpc": {"port": 81, "protocol": "grpc"}},
        "resolution": "none",
        "observe": {"slo": {"availability": 99.5, "latency": {"p99": "250ms"}, "runbook": "https://runs.acme.example"}},
    },
    "far": {
        "hosts": ["far.acme.example"],
        "ports": HTTP,
        "endpoints": REGIONS,
        "resilience": {"failover": {"to": {"eu-west-1": "us-east-1"}}},
    },
    "near": {
        "hosts": ["near.acme.example"],
        "ports": {"db": {"port": 5433, "protocol": "tcp"}},
        "endpoints": {**REGIONS, "eu": {"address": "203.0.113.7", "zone": "eu-1a"}},  # of the cluster's region
        "resilience": {"outlierDetection": {}},
    },
    "shared": {
        "hosts": ["shared.acme.example"],
        "ports": {"db": {"port": 5434, "protocol": "tcp"}},
        "endpoints": {name: {**endpoint, "weight": 5} for name, endpoint in REGIONS.items()},
        "resilience": {"outlierDetection": {"consecutiveErrors": 3}},
    },
    "db": {"hosts": ["db.acme.example"], "ports": DB, "resilience": {"circuitBreaker": {"maxConnections": 20}}},
    "cdn": {"hosts": ["*.cdn.example"], "ports": HTTP, "traffic": {"timeout": "4s"}},
    "erp": {
        "location": "mesh",
        "hosts": ["erp.shop.internal"],
        "ports": {"http": {"port": 80, "targetPort": 8080}, "admin": {"port": 9901}},
        "endpoints": {"a": {"address": "10.1.0.5"}},
        "identity": {"namespace": "vm-erp", "serviceAccount": "erp"},
        "health": {"readiness": {"path": "/ready", "port": "admin", "period": "7s", "headers": {"x-probe": "1"}}},
        "observe": {"accessLog": "all"},
        "traffic": {"timeout": "3s"},
    },
}


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Body]:
    repository = SmallRepository(tmp_path_factory.mktemp("external") / "repository")
    repository.change("teams/shop/team.yaml", namespaces={"shop": {}, "vm-erp": {}}, defaultNamespace="shop")
    prometheus = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}}
    parts = {"mesh": "istio-sidecar@1", "ingress": "istio-gateway@1", "observability": "prometheus-operator@1"}
    repository.change("clusters/prod.yaml", prometheus=prometheus, parts=parts)
    for name, spec in EXTERNALS.items():
        repository.write(f"teams/shop/{name}.yaml", "ExternalService", **spec)
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, **{name: {} for name in EXTERNALS}})
    repository.app("pay/ledger", calls={"shop/rates": {}})
    return repository.bodies()


def policy(bodies: dict[str, Body], name: str) -> Any:
    return bodies[f"DestinationRule shop/{name}"]["spec"]["trafficPolicy"]


def rules(bodies: dict[str, Body], name: str) -> Any:
    return bodies[f"VirtualService {name}"]["spec"]["http"]


def test_decision_25_requests_to_the_outside_wait_and_are_tried_again_as_it_is_written_out(
    bodies: dict[str, Body],
) -> None:
    [rule] = rules(bodies, "shop/plain")
    assert rule["retries"] == {
        "attempts": 2,
        "retryOn": "connect-failure,refused-stream,unavailable,cancelled",
    }
    assert "timeout" not in rule  # none, as everywhere
    assert rule["route"] == [{"destination": {"host": "plain.acme.example", "port": {"number": 80}}}]


def test_settings_of_requests_are_those_of_applications(bodies: dict[str, Body]) -> None:
    export, rest = rules(bodies, "shop/rates")
    assert export["match"] == [{"port": 80, "uri": {"exact": "/export"}}, {"port": 80, "uri": {"prefix": "/export/"}}]
    assert (export["timeout"], rest["timeout"]) == ("60s", "2s")
    assert rest["retries"] == {"attempts": 1, "perTryTimeout": "0.5s", "retryOn": "connect-failure,503"}


def test_each_host_has_rules_that_lead_to_itself(bodies: dict[str, Body]) -> None:
    for name, host in (("rates", "rates.acme.example"), ("rates.2", "rates.acme.test")):
        spec = bodies[f"VirtualService shop/{name}"]["spec"]
        assert spec["hosts"] == [host]
        assert {to["destination"]["host"] for rule in spec["http"] for to in rule["route"]} == {host}
        assert bodies[f"DestinationRule shop/{name}"]["spec"]["host"] == host
        assert policy(bodies, name)["tls"]["sni"] == host


def test_decision_20_rules_stand_with_the_owner_and_are_seen_by_callers(bodies: dict[str, Body]) -> None:
    for kind in ("VirtualService", "DestinationRule", "ServiceEntry"):
        assert bodies[f"{kind} shop/rates"]["spec"]["exportTo"] == [".", "pay"]
        assert f"{kind} pay/rates" not in bodies


def test_limits_and_tls_stand_in_one_rule(bodies: dict[str, Body]) -> None:
    found = policy(bodies, "rates")
    assert found["connectionPool"] == {"http": {"http1MaxPendingRequests": 8}, "tcp": {"maxConnections": 9}}
    assert found["tls"]["mode"] == "SIMPLE"
    assert policy(bodies, "db") == {"connectionPool": {"tcp": {"maxConnections": 20}}}


def test_who_asks_for_nothing_has_no_destination_rule(bodies: dict[str, Body]) -> None:
    assert "DestinationRule shop/plain" not in bodies


def test_raw_bytes_have_no_virtual_service(bodies: dict[str, Body]) -> None:
    assert "VirtualService shop/db" not in bodies


def test_a_wildcard_waits_as_it_is_asked_to(bodies: dict[str, Body]) -> None:
    assert bodies["VirtualService shop/cdn"]["spec"]["hosts"] == ["*.cdn.example"]
    assert rules(bodies, "shop/cdn")[0]["timeout"] == "4s"


def test_decision_27_endpoints_fail_over_with_the_ejection_that_it_needs(bodies: dict[str, Body]) -> None:
    found = policy(bodies, "far")
    pairs = [{"from": "eu-west-1", "to": "us-east-1"}]
    assert found["loadBalancer"]["localityLbSetting"] == {"enabled": True, "failover": pairs}
    assert found["outlierDetection"]["consecutive5xxErrors"] == 5


def test_endpoints_of_the_own_region_come_first_unless_weights_share_requests_out(bodies: dict[str, Body]) -> None:
    assert policy(bodies, "near")["loadBalancer"]["localityLbSetting"] == {"enabled": True}
    assert policy(bodies, "shared")["loadBalancer"]["localityLbSetting"] == {"enabled": False}


def test_what_callers_may_expect_is_counted_by_their_proxies(bodies: dict[str, Body]) -> None:
    available, fast = bodies["PrometheusRule shop/promised"]["spec"]["groups"]
    assert available["name"] == "shop-promised-availability"
    [requests] = [rule["expr"] for rule in available["rules"] if rule.get("record") == "app:slo_requests:rate5m"]
    names = '"promised[.]acme[.]example|[*][.]promised[.]example"'
    labels = f'reporter="source",destination_service_namespace="shop",destination_service_name=~{names}'
    assert requests == f"sum(rate(istio_requests_total{{{labels}}}[5m]))"
    assert any(f'{labels},response_code!~"5..",le=~"250([.]0)?"' in rule["expr"] for rule in fast["rules"])
    [runbook] = {rule["annotations"]["runbook_url"] for rule in fast["rules"] if "alert" in rule}
    assert runbook == "https://runs.acme.example"


def test_zero_values_survive(bodies: dict[str, Body]) -> None:
    [rule] = rules(bodies, "shop/zero")
    assert rule["retries"] == {"attempts": 0}
    assert rule["fault"]["abort"]["percentage"] == {"value": 0}
    found = policy(bodies, "zero")
    assert found["connectionPool"]["http"]["maxRequestsPerConnection"] == 0
    assert found["outlierDetection"]["maxEjectionPercent"] == 0


def test_decision_38_machines_are_checked_by_their_proxies(bodies: dict[str, Body]) -> None:
    assert bodies["WorkloadGroup vm-erp/erp"]["spec"]["probe"] == {
        "httpGet": {"path": "/ready", "port": 9901, "httpHeaders": [{"name": "x-probe", "value": "1"}]},
        "periodSeconds": 7,
        "timeoutSeconds": 1,
        "successThreshold": 1,
        "failureThreshold": 3,
    }


def test_decision_38_requests_to_machines_behave_as_written(bodies: dict[str, Body]) -> None:
    assert {rule["timeout"] for rule in rules(bodies, "vm-erp/erp")} == {"3s"}


def test_machines_log_what_they_are_asked_to(bodies: dict[str, Body]) -> None:
    spec = bodies["Telemetry vm-erp/erp"]["spec"]
    assert spec["selector"] == {"matchLabels": {"app.kubernetes.io/name": "erp"}}
    assert spec["accessLogging"] == [{"providers": [{"name": "envoy"}]}]


def one(root: Path, **spec: Any) -> SmallRepository:
    repository = SmallRepository(root / "repository")
    repository.write("teams/shop/db.yaml", "ExternalService", **{"hosts": ["db.acme.example"], "ports": DB, **spec})
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, "db": {}})
    return repository


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({"traffic": {"timeout": "2s"}}, "PC2470"),
        ({"ports": {"https": {"port": 443, "protocol": "https"}}, "traffic": {"retries": {"attempts": 1}}}, "PC2470"),
        ({"resilience": {"circuitBreaker": {"maxRequests": 2}}}, "PC2470"),
        ({"resilience": {"failover": {"to": {"eu-west-1": "us-east-1"}}}}, "PC2466"),
        ({"resilience": {"failover": {"to": {"eu-west-1": "eu-west-1"}}}}, "PC1332"),
        ({"access": {"a": {"from": ["web"], "ports": ["other"]}}}, "PC1305"),
        ({"observe": {"slo": {}}}, "PC1350"),
    ],
)
def test_what_contradicts_itself_is_told_at_the_teams_line(tmp_path: Path, spec: Body, code: str) -> None:
    assert code in {found for found, _ in one(tmp_path, **spec).findings()}


def test_a_mandate_about_faults_holds_for_external_services_too(tmp_path: Path) -> None:
    fault = {"fault": {"abort": {"status": 503}}}
    repository = one(tmp_path, ports=HTTP, traffic=fault)
    repository.change("environments/prod.yaml", mandates={"fault": "forbidden"})
    assert [line for code, line in repository.findings() if code == "PC3101"] == ["abort:"]


@pytest.mark.parametrize("mesh", ["istio-ambient@1", "none"])
def test_without_sidecars_settings_of_requests_are_refused(tmp_path: Path, mesh: str) -> None:
    repository = one(
        tmp_path, ports=HTTP, traffic={"timeout": "2s"}, resilience={"outlierDetection": {"interval": "9s"}}
    )
    for name in ("cart", "web"):
        repository.app(f"shop/{name}", access=None, calls={"db": {}} if name == "web" else None, expose=None)
    parts = {"mesh": mesh} if mesh != "none" else {}
    repository.change("clusters/prod.yaml", parts=parts, gateways=None)
    assert {"traffic.timeout", "resilience.outlierDetection.interval"} <= set(repository.unmet())


def test_a_promise_about_raw_bytes_is_told_at_the_teams_line(tmp_path: Path) -> None:
    repository = one(tmp_path, observe={"slo": {"availability": 99.5}})
    parts = {"mesh": "istio-sidecar@1", "ingress": "istio-gateway@1", "observability": "prometheus-operator@1"}
    repository.change("clusters/prod.yaml", prometheus={"namespace": "m", "podLabels": {"app": "p"}}, parts=parts)
    assert "PC2481" in {code for code, _ in repository.findings()}
