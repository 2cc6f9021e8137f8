"""Tokens, denials, logs and traces in an ambient mesh: the waypoint reads requests, and ztunnel knows the rest."""

from pathlib import Path
from typing import Any

import pytest

from tests.platforms import Objects, app, cluster, findings, write

WAYPOINT = "cluster.local/ns/shop/sa/waypoint"
INGRESS = "cluster.local/ns/istio-ingress/sa/ingress"
WEB, BATCH = "cluster.local/ns/web/sa/web", "cluster.local/ns/web/sa/batch"
ISSUER = "https://idp.acme.com/"
COLLECTOR = {"provider": "otel", "namespace": "tracing", "podLabels": {"app": "collector"}}
PLATFORM: dict[str, Any] = {
    "closedPaths": ["/metrics"],
    "identityProviders": {"acme-idp": {"issuer": ISSUER, "jwksUri": f"{ISSUER}keys"}},
}
AUTH = {
    "jwt": "acme-idp",
    "audiences": ["cart"],
    "claims": {"scope": ["cart.read"]},
    "publicPaths": ["/healthz"],
    "tokenFrom": {"cookie": "session"},
}
MIXED = {
    "http": {"port": 80, "targetPort": 8080},
    "smtp": {"port": 25, "targetPort": 2525, "protocol": "tcp"},
    "admin": {"port": 9901, "internal": True},
}
ALL = {"all": {"from": ["web/*"]}}
BY_GATEWAY = {"all": {"from": ["web/*", {"gateway": "public"}]}}
TEAMS: dict[str, dict[str, Any]] = {
    "shop": {
        "api": app(expose={"api": {"gateway": "public", "host": "api", "paths": ["/v1/*", "/healthz"], "auth": AUTH}}),
        "signed": app(access={"web": {"from": ["web/web"], "jwt": "acme-idp", "audiences": ["signed"]}}),
        "plain": app(ports=MIXED, access=ALL, deny={"a": {"from": ["web/batch"], "ports": ["smtp"]}}),
        "read": app(
            ports=MIXED,
            access=BY_GATEWAY,
            deny={
                "paths": {"from": ["web/batch"], "paths": ["/admin/*"]},
                "port": {"from": ["web/batch"], "ports": ["smtp"]},
                "inside": {"from": ["web/batch"], "ports": ["admin"]},
            },
        ),
        "office": app(access=ALL, deny={"office": {"from": [{"cidr": "192.0.2.0/24"}]}}),
        "seen": app(
            access=ALL, traffic={"timeout": "1s"}, observe={"accessLog": "errors", "tracing": {"samplePercent": 5}}
        ),
    },
    "web": {
        name: app(
            calls={f"shop/{callee}": {"optional": True} for callee in ("signed", "plain", "read", "office", "seen")}
        )
        for name in ("web", "batch")
    },
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Objects:
    clusters = {"prod": cluster("istio-ambient@1", tracing=COLLECTOR)}
    return Objects(write(tmp_path_factory.mktemp("ambient"), clusters, TEAMS, platform=PLATFORM))


def target(name: str) -> list[dict[str, str]]:
    return [{"group": "", "kind": "Service", "name": name}]


def test_job_9_the_gateway_takes_public_paths_or_a_token_that_fits(here: Objects) -> None:
    public, protected = here.one("AuthorizationPolicy", "api.waypoint")["spec"]["rules"]
    hosts = ["api.acme.example", "api.acme.example:*"]
    assert public == {
        "from": [{"source": {"principals": [INGRESS]}}],
        "to": [{"operation": {"hosts": hosts, "ports": ["80"], "paths": ["/healthz"]}}],
    }
    assert protected == {
        "from": [{"source": {"principals": [INGRESS], "requestPrincipals": [f"{ISSUER}/*"]}}],
        "to": [{"operation": {"hosts": hosts, "ports": ["80"], "paths": ["/v1", "/v1/*"]}}],
        "when": [
            {"key": "request.auth.audiences", "values": ["cart"]},
            {"key": "request.auth.claims[scope]", "values": ["cart.read"]},
        ],
    }


def test_job_9_the_waypoint_reads_the_token_where_the_exposure_says_and_passes_it_on(here: Objects) -> None:
    assert here.one("RequestAuthentication", "api")["spec"] == {
        "targetRefs": target("api"),
        "jwtRules": [
            {
                "issuer": ISSUER,
                "jwksUri": f"{ISSUER}keys",
                "audiences": ["cart"],
                "fromCookies": ["session"],
                "forwardOriginalToken": True,
            }
        ],
    }


def test_decision_32_whoever_reads_tokens_also_asks_for_them(here: Objects) -> None:
    assert here.names("RequestAuthentication") == ["shop/api", "shop/signed"]
    for name in ("api", "signed"):
        spec = here.one("AuthorizationPolicy", f"{name}.waypoint")["spec"]
        assert spec["targetRefs"] == here.one("RequestAuthentication", name)["spec"]["targetRefs"] == target(name)
        assert any("requestPrincipals" in rule["from"][0]["source"] for rule in spec["rules"])


def test_decision_13_the_gateway_goes_by_way_of_the_waypoint_that_reads_tokens(here: Objects) -> None:
    labels = here.one("Service", "api")["metadata"]["labels"]
    assert labels["istio.io/ingress-use-waypoint"] == "true"
    assert labels["istio.io/use-waypoint"] == "waypoint"


@pytest.mark.parametrize("name", ["api", "signed"])
def test_decision_11_pods_let_in_the_waypoint_alone_where_it_asks_for_tokens(name: str, here: Objects) -> None:
    assert here.one("AuthorizationPolicy", name)["spec"]["rules"] == [
        {"from": [{"source": {"principals": [WAYPOINT]}}], "to": [{"operation": {"ports": ["8080"]}}]}
    ]


def test_deny_from_is_decided_at_the_pods_where_no_request_has_to_be_read(here: Objects) -> None:
    assert "istio.io/use-waypoint" not in here.one("Service", "plain")["metadata"]["labels"]
    assert here.one("AuthorizationPolicy", "plain.deny")["spec"]["rules"] == [
        {"from": [{"source": {"principals": [BATCH]}}], "to": [{"operation": {"ports": ["2525"]}}]}
    ]


def test_deny_from_is_decided_where_callers_are_known_behind_a_waypoint_too(here: Objects) -> None:
    from_batch = [{"source": {"principals": [BATCH]}}]
    *said, closed = here.one("AuthorizationPolicy", "read.waypoint-deny")["spec"]["rules"]
    assert said == [
        {"from": from_batch, "to": [{"operation": {"ports": ["80"], "paths": ["/admin", "/admin/*"]}}]},
        {"from": from_batch, "to": [{"operation": {"ports": ["25"]}}]},
    ]
    assert closed["from"] == [{"source": {"principals": [INGRESS]}}]
    assert here.one("AuthorizationPolicy", "read.deny")["spec"]["rules"] == [
        {"from": from_batch, "to": [{"operation": {"ports": ["9901"]}}]}
    ]


def test_paths_are_closed_on_ports_of_requests_alone_so_that_others_stay_open(here: Objects) -> None:
    closed = here.one("AuthorizationPolicy", "read.waypoint-deny")["spec"]["rules"][-1]
    assert closed["to"] == [{"operation": {"ports": ["80"], "paths": ["/metrics"]}}]


def test_deny_from_addresses_is_read_at_a_waypoint_which_knows_whom_gateways_speak_for(here: Objects) -> None:
    assert here.one("Service", "office")["metadata"]["labels"]["istio.io/use-waypoint"] == "waypoint"
    [rule] = here.one("AuthorizationPolicy", "office.waypoint-deny")["spec"]["rules"]
    assert rule["from"] == [
        {"source": {"ipBlocks": ["192.0.2.0/24"]}},
        {"source": {"remoteIpBlocks": ["192.0.2.0/24"]}},
    ]


def test_no_rule_at_the_pods_speaks_of_requests_which_ztunnel_would_read_as_everything(here: Objects) -> None:
    policies = [body["spec"] for body in here.bodies if body["kind"] == "AuthorizationPolicy"]
    rules = [rule for spec in policies if "selector" in spec for rule in spec["rules"]]
    assert rules != []
    for rule in rules:
        assert set(rule) <= {"from", "to"}
        assert all(set(item["operation"]) == {"ports"} for item in rule["to"])
        assert all(set(item["source"]) <= {"principals", "namespaces", "ipBlocks"} for item in rule["from"])


def test_logs_and_traces_of_requests_are_the_waypoints(here: Objects) -> None:
    spec = here.one("Telemetry", "seen")["spec"]
    assert spec["targetRefs"] == target("seen")
    [log], [trace] = spec["accessLogging"], spec["tracing"]
    assert log["filter"] == {"expression": "response.code >= 400 || response.grpc_status > 0"}
    assert trace == {"providers": [{"name": "otel"}], "randomSamplingPercentage": 5}


def test_the_waypoint_sends_traces_and_the_program_needs_no_way_to_the_collector(here: Objects) -> None:
    def to_collector(name: str) -> list[dict[str, Any]]:
        rules = here.one("NetworkPolicy", name)["spec"]["egress"]
        return [rule for rule in rules if rule["to"][0].get("podSelector") == {"matchLabels": {"app": "collector"}}]

    assert [rule["ports"] for rule in to_collector("waypoint")] == [[{"protocol": "TCP", "port": 4317}]]
    assert to_collector("seen") == []


SEEN: dict[str, Any] = {"accessLog": "all", "tracing": {"samplePercent": 5}}


def test_without_a_waypoint_nothing_logs_or_traces_requests(tmp_path: Path) -> None:
    clusters = {"prod": cluster("istio-ambient@1", tracing=COLLECTOR)}
    teams = {"shop": {"cart": app(observe=SEEN, access=ALL)}, "web": {"web": app(calls={"shop/cart": {}})}}
    told = findings(write(tmp_path / "strict", clusters, teams))
    assert [found.split("` on")[0] for found in told] == [
        "PC4050 `istio-ambient` cannot do `observe.accessLog",
        "PC4050 `istio-ambient` cannot do `observe.tracing",
    ]
    warned = Objects(write(tmp_path / "warned", clusters, teams, platform={"unsupported": {"observe": "warn"}}))
    assert warned.names("Telemetry") == []


def test_a_collector_of_ours_takes_no_traces_from_waypoints(tmp_path: Path) -> None:
    clusters = {"prod": cluster("istio-ambient@1", tracing={"app": "shop/collector"})}
    collector = app(ports={"otlp": {"port": 4317, "protocol": "grpc"}}, access=ALL)
    cart = app(observe={"tracing": {"samplePercent": 5}}, traffic={"timeout": "1s"}, access=ALL)
    teams = {"shop": {"cart": cart, "collector": collector}, "web": {"web": app(calls={"shop/cart": {}})}}
    told = findings(write(tmp_path, clusters, teams))
    assert "PC4050 `istio-ambient` cannot do `observe.tracing` on cluster `prod`" in told


NOT_FOR_ALL: dict[str, dict[str, Any]] = {
    "jwt": {"expose": {"api": {"gateway": "public", "auth": AUTH}}},
    "deny": {"deny": {"a": {"from": ["web/batch"]}}},
}


@pytest.mark.parametrize("word", NOT_FOR_ALL)
def test_who_is_not_in_the_mesh_is_told_that_nobody_asks_for_tokens_or_denies(word: str, tmp_path: Path) -> None:
    clusters = {"prod": cluster("istio-ambient@1")}
    root = write(
        tmp_path, clusters, {"shop": {"cart": app(mesh={"member": False}, **NOT_FOR_ALL[word])}}, platform=PLATFORM
    )
    assert any(found.startswith("PC4301 ") and word in found for found in findings(root))
