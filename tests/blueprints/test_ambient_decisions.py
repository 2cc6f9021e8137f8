"""The decisions of the mesh that `istio-ambient` keeps: who gets a waypoint, who is let in, and what is written out."""

from pathlib import Path
from typing import Any

import pytest

from tests.blueprints.ambient import CANARY, GRPC, INGRESS, WAYPOINT, connections, peers, shop
from tests.platforms import Objects, cluster, findings


def test_decision_29_adding_versions_never_touches_the_stable_deployment(tmp_path: Path) -> None:
    without, with_canary = Objects(shop(tmp_path / "one", {})), Objects(shop(tmp_path / "two", {"versions": CANARY}))
    assert without.one("Deployment", "cart") == with_canary.one("Deployment", "cart")


def test_decision_29_services_of_versions_are_closed_to_direct_callers(tmp_path: Path) -> None:
    here = Objects(shop(tmp_path, {"versions": CANARY}))
    assert here.one("Service", "cart-canary")["metadata"]["annotations"]["networking.istio.io/exportTo"] == "."
    [rule] = here.one("AuthorizationPolicy", "cart")["spec"]["rules"]
    assert rule["from"] == [{"source": {"principals": [WAYPOINT]}}]


def test_decision_29_requests_are_split_on_one_hop(tmp_path: Path) -> None:
    here = Objects(shop(tmp_path, {"versions": CANARY, "expose": {"web": {"gateway": "public"}}}))
    [route] = [rule for rule in here.one("VirtualService", "cart-acme-example")["spec"]["http"] if "route" in rule]
    assert route["route"] == [{"destination": {"host": "cart.shop.svc.cluster.local", "port": {"number": 80}}}]


def test_decision_4_udp_is_a_matter_of_network_policies_alone(tmp_path: Path) -> None:
    ports = {"http": {"port": 80, "targetPort": 8080}, "dns": {"port": 53, "targetPort": 5353, "protocol": "udp"}}
    here = Objects(shop(tmp_path, {"ports": ports, "traffic": {"timeout": "1s"}}))
    proxy = {"gateway.networking.k8s.io/gateway-name": "waypoint"}
    assert peers(here.one("NetworkPolicy", "web"), "egress") == [
        ("shop", {"app.kubernetes.io/name": "cart"}, [5353]),
        ("shop", proxy, [15008]),
    ]
    assert here.one("AuthorizationPolicy", "cart")["spec"]["rules"][0]["to"] == [{"operation": {"ports": ["8080"]}}]


def test_decision_10_no_service_behind_a_waypoint_is_open_without_a_rule_of_its_own(tmp_path: Path) -> None:
    policy = Objects(shop(tmp_path, {})).one("AuthorizationPolicy", "waypoints-allow-nothing")
    assert policy["metadata"]["namespace"] == "istio-system"
    group = "gateway.networking.k8s.io"
    assert policy["spec"] == {"targetRefs": [{"group": group, "kind": "GatewayClass", "name": "istio-waypoint"}]}


@pytest.mark.parametrize(
    "spec",
    [
        {"access": {"web": {"from": ["web/web"], "methods": ["GET"]}}},
        {"deny": {"a": {"paths": ["/admin/*"]}}},
        {"traffic": {"timeout": "1s"}},
        {"traffic": {"routes": {"a": {"paths": ["/a"], "timeout": "1s"}}}},
        {"traffic": {"loadBalancer": {"affinity": {"header": "x-user"}}}},
        {"resilience": {"outlierDetection": {"consecutiveErrors": 3}}},
        {"versions": CANARY},
        {"expose": {"web": {"gateway": "public", "paths": ["/a/*"]}}},
    ],
    ids=["methods", "deny", "timeout", "routes", "affinity", "outliers", "versions", "paths"],
)
def test_decision_12_a_waypoint_exists_exactly_where_a_service_needs_it(spec: dict[str, Any], tmp_path: Path) -> None:
    assert Objects(shop(tmp_path / "with", spec)).names("Gateway") in (
        ["shop/waypoint"],
        ["istio-ingress/cart-acme-example", "shop/waypoint"],
    )
    assert Objects(shop(tmp_path / "without", {})).names("Gateway") == []


@pytest.mark.parametrize(
    "spec",
    [
        {"ports": GRPC},
        {"deny": {"a": {"ports": ["http"]}}},
        {"ports": {"redis": {"port": 6379, "protocol": "tcp"}}},
        {"mesh": {"mtls": "permissive"}},
    ],
    ids=["grpc", "deny-a-port", "tcp", "permissive"],
)
def test_decision_12_connections_alone_need_no_waypoint(spec: dict[str, Any], tmp_path: Path) -> None:
    assert Objects(shop(tmp_path, spec)).names("Gateway") == []


def test_decision_12_nobody_calls_so_there_is_no_waypoint(tmp_path: Path) -> None:
    spec = {"access": {"web": {"from": ["web/web"], "paths": ["/a/*"]}}, "traffic": {"timeout": "1s"}}
    assert Objects(shop(tmp_path, spec, {})).names("Gateway") == []


def test_decision_12_the_quota_counts_the_waypoints_pods(tmp_path: Path) -> None:
    quota = {"pods": 50, "requests.cpu": "4", "requests.memory": "8Gi", "limits.memory": "16Gi", "secrets": 5}
    spec = {"traffic": {"timeout": "1s"}}
    here = Objects(shop(tmp_path, spec, team={"quota": quota}))
    hard = next(b for b in here.bodies if b["kind"] == "ResourceQuota" and b["metadata"]["namespace"] == "shop")
    assert hard["spec"]["hard"] == {
        "pods": "53",
        "requests.cpu": "4300m",
        "requests.memory": "8576Mi",
        "limits.memory": "19456Mi",
        "secrets": "5",
    }
    other = next(b for b in here.bodies if b["kind"] == "ResourceQuota" and b["metadata"]["namespace"] == "web")
    assert other["spec"]["hard"] == {key: str(value) for key, value in quota.items()}


def test_decision_13_an_exposed_service_behind_a_waypoint_is_entered_through_it(tmp_path: Path) -> None:
    here = Objects(shop(tmp_path, {"expose": {"web": {"gateway": "public", "paths": ["/a/*"]}}}))
    assert here.one("Service", "cart")["metadata"]["labels"]["istio.io/ingress-use-waypoint"] == "true"
    proxy = {"gateway.networking.k8s.io/gateway-name": "waypoint"}
    assert ("shop", proxy, [15008]) in peers(here.one("NetworkPolicy", "gateway-public"), "egress")
    assert ("istio-ingress", {"istio": "ingress"}, [15008]) in peers(here.one("NetworkPolicy", "waypoint"), "ingress")
    assert peers(here.one("NetworkPolicy", "cart"), "ingress") == [("shop", proxy, [8080, 15008])]


def test_decision_13_a_service_that_is_not_exposed_says_nothing_of_ingress(tmp_path: Path) -> None:
    labels = Objects(shop(tmp_path, {"traffic": {"timeout": "1s"}})).one("Service", "cart")["metadata"]["labels"]
    assert "istio.io/ingress-use-waypoint" not in labels


METRICS = {"observe": {"metrics": {"port": "http"}}}


def test_decision_15_prometheus_reads_at_the_pods_even_behind_a_waypoint(tmp_path: Path) -> None:
    reader = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}, "serviceAccount": "prom", "meshed": True}
    clusters = {"prod": cluster("istio-ambient@1", prometheus=reader)}
    here = Objects(shop(tmp_path, {**METRICS, "traffic": {"timeout": "1s"}}, clusters=clusters))
    assert connections(here.one("AuthorizationPolicy", "cart")) == {
        WAYPOINT: ["8080"],
        "cluster.local/ns/monitoring/sa/prom": ["8080"],
    }
    assert "prom" not in repr(here.one("AuthorizationPolicy", "cart.waypoint"))


def test_decision_15_prometheus_outside_the_mesh_is_an_error(tmp_path: Path) -> None:
    reader = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}, "serviceAccount": "prom"}
    root = shop(tmp_path, METRICS, clusters={"prod": cluster("istio-ambient@1", prometheus=reader)})
    assert [f.split()[0] for f in findings(root)] == ["PC2426"]


def test_decision_15_the_waypoints_own_metrics_are_guarded_by_its_network_policy(tmp_path: Path) -> None:
    reader = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}}
    clusters = {"prod": cluster("istio-ambient@1", prometheus=reader)}
    here = Objects(shop(tmp_path, {"traffic": {"timeout": "1s"}}, clusters=clusters))
    assert ("monitoring", {"app": "prometheus"}, [15020]) in peers(here.one("NetworkPolicy", "waypoint"), "ingress")


def test_decision_16_the_waypoints_pods_are_fit_for_the_restricted_level(tmp_path: Path) -> None:
    here = Objects(shop(tmp_path, {"traffic": {"timeout": "1s"}}))
    gateway, config = here.one("Gateway", "waypoint"), here.one("ConfigMap", "waypoint")
    assert gateway["spec"]["infrastructure"]["parametersRef"] == {"group": "", "kind": "ConfigMap", "name": "waypoint"}
    assert "seccompProfile: {type: RuntimeDefault}" in config["data"]["deployment"]


def test_decision_17_identities_are_named_under_every_trust_domain(tmp_path: Path) -> None:
    mesh = {"trustDomain": "acme.prod", "trustDomainAliases": ["old.prod"]}
    here = Objects(
        shop(tmp_path, {"traffic": {"timeout": "1s"}}, clusters={"prod": cluster("istio-ambient@1", mesh=mesh)})
    )
    [rule] = here.one("AuthorizationPolicy", "cart")["spec"]["rules"]
    assert rule["from"][0]["source"]["principals"] == [
        "acme.prod/ns/shop/sa/waypoint",
        "old.prod/ns/shop/sa/waypoint",
    ]


def test_decision_18_there_is_no_sidecar_in_ambient(tmp_path: Path) -> None:
    assert Objects(shop(tmp_path, {})).names("Sidecar") == []


def test_decision_25_timeouts_are_written_out_at_the_waypoint(tmp_path: Path) -> None:
    here = Objects(shop(tmp_path, {"resilience": {"circuitBreaker": {"maxConnections": 9}}}))
    assert here.one("HTTPRoute", "cart.http")["spec"]["rules"][0]["timeouts"] == {"request": "0s"}


def test_decision_26_a_gateway_before_a_waypoint_does_not_try_again(tmp_path: Path) -> None:
    expose = {"web": {"gateway": "public"}}

    def retries(folder: str, spec: dict[str, Any]) -> Any:
        rules = Objects(shop(tmp_path / folder, {"expose": expose, **spec})).one("VirtualService", "cart-acme-example")
        return [rule["retries"]["attempts"] for rule in rules["spec"]["http"] if "route" in rule]

    assert retries("with", {"traffic": {"timeout": "1s"}}) == [0]
    assert retries("without", {}) == [2]


def test_decision_32_closed_paths_are_denied_to_gateways_at_the_waypoint(tmp_path: Path) -> None:
    expose = {"expose": {"web": {"gateway": "public"}}}
    here = Objects(shop(tmp_path, expose, platform={"closedPaths": ["/metrics"]}))
    policy = here.one("AuthorizationPolicy", "cart.waypoint-deny")["spec"]
    assert policy["action"] == "DENY"
    assert policy["rules"] == [
        {"from": [{"source": {"principals": [INGRESS]}}], "to": [{"operation": {"paths": ["/metrics"]}}]}
    ]


def test_decision_32_a_gateway_that_access_names_finds_closed_paths_closed_too(tmp_path: Path) -> None:
    access = {"access": {"web": {"from": [{"gateway": "public"}]}}}
    here = Objects(shop(tmp_path, access, {}, platform={"closedPaths": ["/metrics"]}))
    assert here.one("AuthorizationPolicy", "cart.waypoint-deny")["spec"]["rules"][0]["to"] == [
        {"operation": {"paths": ["/metrics"]}}
    ]
