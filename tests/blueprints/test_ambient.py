"""The mesh part `istio-ambient`: ztunnel for connections, a waypoint exactly where a service needs more."""

from pathlib import Path
from typing import Any

import pytest

from tests.blueprints.ambient import AMBIENT, INGRESS, WAYPOINT, WEB, connections, peers, shop
from tests.platforms import Objects, app, cluster, findings, write


def test_job_1_a_first_service_needs_no_waypoint(tmp_path: Path) -> None:
    cart = app(health={"readiness": {"path": "/ready"}, "liveness": {"path": "/live", "port": "admin"}})
    cart["ports"] = {**cart["ports"], "admin": {"port": 9901, "internal": True}}
    here = Objects(write(tmp_path, AMBIENT, {"shop": {"cart": cart}}))
    assert here.names("Gateway") == []
    assert here.one("Namespace", "shop")["metadata"]["labels"]["istio.io/dataplane-mode"] == "ambient"
    assert here.one("AuthorizationPolicy", "allow-nothing")["spec"] == {}
    assert here.one("NetworkPolicy", "cart")["spec"]["ingress"] == [
        {
            "from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}],
            "ports": [{"protocol": "TCP", "port": 8080}, {"protocol": "TCP", "port": 9901}],
        }
    ]


def test_job_2_everything_behind_a_host_is_let_in_by_the_gateways_identity(tmp_path: Path) -> None:
    here = Objects(write(tmp_path, AMBIENT, {"shop": {"cart": app(expose={"web": {"gateway": "public"}})}}))
    rule = {"from": [{"source": {"principals": [INGRESS]}}], "to": [{"operation": {"ports": ["8080"]}}]}
    assert here.one("AuthorizationPolicy", "cart")["spec"]["rules"] == [rule]
    assert here.names("AuthorizationPolicy") == [
        "istio-system/waypoints-allow-nothing",
        "shop/allow-nothing",
        "shop/cart",
    ]
    assert ("shop", {"app.kubernetes.io/name": "cart"}, [8080, 15008]) in peers(
        here.one("NetworkPolicy", "gateway-public"), "egress"
    )


def test_job_3_paths_bring_a_waypoint_and_both_policies(tmp_path: Path) -> None:
    access = {"web": {"from": ["web/web"], "paths": ["/charge/*"], "methods": ["POST"]}}
    here = Objects(shop(tmp_path, {"access": access}))
    at_waypoint, at_pods = here.one("AuthorizationPolicy", "cart.waypoint"), here.one("AuthorizationPolicy", "cart")
    operation = {"ports": ["80"], "methods": ["POST"], "paths": ["/charge", "/charge/*"]}
    assert at_waypoint["spec"]["targetRefs"] == [{"group": "", "kind": "Service", "name": "cart"}]
    assert at_waypoint["spec"]["rules"] == [
        {"from": [{"source": {"principals": [WEB]}}], "to": [{"operation": operation}]}
    ]
    assert at_pods["spec"]["rules"] == [
        {"from": [{"source": {"principals": [WAYPOINT]}}], "to": [{"operation": {"ports": ["8080"]}}]}
    ]
    assert here.one("Service", "cart")["metadata"]["labels"]["istio.io/use-waypoint"] == "waypoint"
    assert "istio.io/use-waypoint" not in here.one("Service", "web")["metadata"]["labels"]


def test_job_3_network_policies_lead_from_the_caller_over_the_waypoint_to_the_pods_and_nowhere_else(
    tmp_path: Path,
) -> None:
    here = Objects(shop(tmp_path, {"access": {"web": {"from": ["web/web"], "paths": ["/charge/*"]}}}))
    pods, web = {"app.kubernetes.io/name": "cart"}, {"app.kubernetes.io/name": "web"}
    proxy = {"gateway.networking.k8s.io/gateway-name": "waypoint"}
    assert peers(here.one("NetworkPolicy", "web"), "egress") == [("shop", proxy, [15008])]
    own = here.one("NetworkPolicy", "waypoint")
    assert own["spec"]["podSelector"]["matchLabels"] == proxy
    assert peers(own, "ingress") == [("web", web, [15008])]
    assert peers(own, "egress") == [("shop", pods, [8080, 15008]), ("istio-system", {"app": "istiod"}, [15012])]
    assert peers(here.one("NetworkPolicy", "cart"), "ingress") == [("shop", proxy, [8080, 15008])]


def test_job_4_external_api_is_a_service_entry_that_starts_tls_itself(tmp_path: Path) -> None:
    stripe = {"hosts": ["api.stripe.com"], "ports": {"https": {"port": 443, "protocol": "https"}}}
    here = Objects(write(tmp_path, AMBIENT, {"shop": {"stripe": stripe, "cart": app(calls={"stripe": {}})}}))
    entry = here.one("ServiceEntry", "stripe")["spec"]
    assert (entry["ports"][0]["protocol"], entry["resolution"], entry["location"]) == ("TLS", "DNS", "MESH_EXTERNAL")
    [rule] = here.one("NetworkPolicy", "cart")["spec"]["egress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]
    assert "10.0.0.0/8" in rule["to"][0]["ipBlock"]["except"]


def test_job_5_database_on_virtual_machines_outside_the_mesh_is_reached_at_its_addresses(tmp_path: Path) -> None:
    database = {
        "hosts": ["orders-db.shop.internal"],
        "ports": {"postgres": {"port": 5432, "protocol": "tcp"}},
        "endpoints": {"a": {"address": "10.20.0.5"}},
    }
    here = Objects(write(tmp_path, AMBIENT, {"shop": {"orders-db": database, "cart": app(calls={"orders-db": {}})}}))
    assert here.one("ServiceEntry", "orders-db")["spec"]["resolution"] == "STATIC"
    [rule] = here.one("NetworkPolicy", "cart")["spec"]["egress"]
    assert rule == {
        "to": [{"ipBlock": {"cidr": "10.20.0.5/32"}}],
        "ports": [{"protocol": "TCP", "port": 5432}],
    }


def test_job_5_virtual_machines_in_the_mesh_are_an_error(tmp_path: Path) -> None:
    erp = {"hosts": ["erp.shop.internal"], "ports": {"http": {"port": 80}}, "location": "mesh"}
    erp |= {"endpoints": {"a": {"address": "10.1.0.5"}}, "identity": {"namespace": "shop", "serviceAccount": "erp"}}
    root = write(tmp_path, AMBIENT, {"shop": {"erp": erp, "cart": app(calls={"erp": {}})}})
    assert any(f.startswith("PC4301 `location` has no effect on cluster `prod`") for f in findings(root))


CANARY = {"canary": {"image": "registry.example/program:2.0.0", "weight": 10, "match": {"headers": {"x-canary": "1"}}}}


def test_job_7_canary_has_services_of_versions_and_weights_at_the_waypoint(tmp_path: Path) -> None:
    here = Objects(shop(tmp_path, {"versions": CANARY}))
    selector = {"app.kubernetes.io/name": "cart", "platformc.dev/version": "canary"}
    assert here.one("Service", "cart-canary")["spec"]["selector"] == selector
    assert "istio.io/use-waypoint" not in here.one("Service", "cart-canary")["metadata"]["labels"]
    assert here.one("Service", "cart")["metadata"]["labels"]["istio.io/use-waypoint"] == "waypoint"
    asked, shared = here.one("HTTPRoute", "cart.http")["spec"]["rules"]
    assert asked["matches"] == [{"headers": [{"type": "Exact", "name": "x-canary", "value": "1"}]}]
    assert asked["backendRefs"] == [{"name": "cart-canary", "port": 80}]
    assert shared["backendRefs"] == [
        {"name": "cart-stable", "port": 80, "weight": 90},
        {"name": "cart-canary", "port": 80, "weight": 10},
    ]


def test_job_7_a_version_is_asked_for_by_header_on_every_path_that_has_a_rule(tmp_path: Path) -> None:
    routes = {"export": {"paths": ["/export/*"], "timeout": "60s"}}
    here = Objects(shop(tmp_path, {"versions": CANARY, "traffic": {"routes": routes}}))
    rules = here.one("HTTPRoute", "cart.http")["spec"]["rules"]
    export = {"type": "PathPrefix", "value": "/export"}
    headers = [{"type": "Exact", "name": "x-canary", "value": "1"}]
    assert rules[0]["matches"] == [{"path": export, "headers": headers}]
    assert [rule["timeouts"]["request"] for rule in rules] == ["60s", "0s", "60s", "0s"]


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


GRPC = {"grpc": {"port": 7000, "protocol": "grpc"}}


def test_job_8_grpc_methods_are_posts_to_paths_and_the_timeout_is_on_an_http_route(tmp_path: Path) -> None:
    access = {"read": {"from": ["web/web"], "paths": ["/shop.Currency/*"]}}
    health: dict[str, Any] = {"readiness": {}, "liveness": {}}
    spec = {"ports": GRPC, "access": access, "health": health, "traffic": {"timeout": "500ms"}}
    here = Objects(shop(tmp_path, spec))
    [rule] = here.one("AuthorizationPolicy", "cart.waypoint")["spec"]["rules"]
    assert rule["to"][0]["operation"] == {
        "ports": ["7000"],
        "methods": ["POST"],
        "paths": ["/shop.Currency", "/shop.Currency/*"],
    }
    assert here.one("HTTPRoute", "cart.grpc")["spec"]["rules"] == [
        {"backendRefs": [{"name": "cart", "port": 7000}], "timeouts": {"request": "500ms"}}
    ]


def test_job_8_retries_are_an_error_unless_the_platform_warns_of_them(tmp_path: Path) -> None:
    spec = {"ports": GRPC, "traffic": {"timeout": "500ms", "retries": {"attempts": 2, "retryOn": ["unavailable"]}}}
    strict = findings(shop(tmp_path / "strict", spec))
    assert [f for f in strict if f.startswith("PC4301 `traffic.retries")] != []
    warned = Objects(shop(tmp_path / "warned", spec, platform={"unsupported": {"traffic": "warn"}}))
    assert warned.names("HTTPRoute") == ["shop/cart.grpc"]


def test_job_11_every_port_has_its_rule_and_tcp_lives_on_behind_the_waypoint(tmp_path: Path) -> None:
    cart = app(
        ports={
            "http": {"port": 80, "targetPort": 8080},
            "grpc": {"port": 9000, "protocol": "grpc"},
            "smtp": {"port": 25, "targetPort": 2525, "protocol": "tcp"},
            "admin": {"port": 9901, "internal": True},
        },
        access={
            "web": {"from": ["web/web"], "ports": ["http"], "paths": ["/api/*"]},
            "rpc": {"from": ["pay/ledger"], "ports": ["grpc"]},
            "mail": {"from": ["platform/*"], "ports": ["smtp"]},
        },
        health={"readiness": {"port": "admin"}},
        observe={"metrics": {"port": "admin"}},
    )
    reader = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}, "serviceAccount": "prom", "meshed": True}
    clusters = {"prod": cluster("istio-ambient@1", prometheus=reader)}
    call = app(calls={"shop/cart": {}})
    teams = {"shop": {"cart": cart}, "web": {"web": call}, "pay": {"ledger": call}, "platform": {"relay": call}}
    here = Objects(write(tmp_path, clusters, teams))
    rules = {
        rule["from"][0]["source"]["principals"][0].rpartition("/")[2]: rule["to"][0]["operation"]
        for rule in here.one("AuthorizationPolicy", "cart.waypoint")["spec"]["rules"]
    }
    assert rules == {
        "web": {"ports": ["80"], "paths": ["/api", "/api/*"]},
        "ledger": {"ports": ["9000"], "methods": ["POST"]},
        "relay": {"ports": ["25"]},
    }
    assert connections(here.one("AuthorizationPolicy", "cart")) == {
        WAYPOINT: ["2525", "8080", "9000"],
        "cluster.local/ns/monitoring/sa/prom": ["9901"],
    }
    assert ("monitoring", {"app": "prometheus"}, [9901, 15008]) in peers(here.one("NetworkPolicy", "cart"), "ingress")
    assert here.names("HTTPRoute") == ["shop/cart.grpc", "shop/cart.http"]


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


def test_more_routes_than_one_object_takes_go_into_several(tmp_path: Path) -> None:
    routes = {f"r{number}": {"paths": [f"/r{number}"], "timeout": "1s"} for number in range(20)}
    here = Objects(shop(tmp_path, {"traffic": {"routes": routes}}))
    assert here.names("HTTPRoute") == ["shop/cart.http", "shop/cart.http.2"]
    rules = [here.one("HTTPRoute", name)["spec"]["rules"] for name in ("cart.http", "cart.http.2")]
    assert [len(found) for found in rules] == [16, 5]


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


def test_pods_outside_the_mesh_leave_it_and_open_no_tunnel(tmp_path: Path) -> None:
    here = Objects(shop(tmp_path, {"mesh": {"member": False}}))
    labels = here.one("Deployment", "cart")["spec"]["template"]["metadata"]["labels"]
    assert labels["istio.io/dataplane-mode"] == "none"
    assert here.names("AuthorizationPolicy") == [
        "istio-system/waypoints-allow-nothing",
        "shop/allow-nothing",
        "web/allow-nothing",
    ]
    assert peers(here.one("NetworkPolicy", "web"), "egress") == [("shop", {"app.kubernetes.io/name": "cart"}, [8080])]


@pytest.mark.parametrize(
    ("word", "spec"),
    [
        ("access.web.paths", {"access": {"web": {"from": ["web/web"], "paths": ["/a/*"]}}}),
        ("deny.a.paths", {"deny": {"a": {"paths": ["/a"]}}}),
        ("traffic.timeout", {"traffic": {"timeout": "1s"}}),
        ("mesh.mtls", {"mesh": {"mtls": "permissive", "member": False}}),
    ],
)
def test_pods_outside_the_mesh_cannot_have_what_only_the_mesh_gives(
    word: str, spec: dict[str, Any], tmp_path: Path
) -> None:
    found = findings(shop(tmp_path, {"mesh": {"member": False}, **spec}))
    assert f"PC4301 `{word}` has no effect on cluster `prod`" in found


@pytest.mark.parametrize(
    ("word", "spec"),
    [
        ("traffic.fault.abort.status", {"traffic": {"fault": {"abort": {"status": 503}}}}),
        ("resilience.rateLimit", {"resilience": {"rateLimit": {"requests": 5, "per": "1s"}}}),
        ("mesh.proxyResources", {"mesh": {"proxyResources": {"requests": {"cpu": "1"}}}}),
    ],
)
def test_what_no_waypoint_can_do_is_an_error(word: str, spec: dict[str, Any], tmp_path: Path) -> None:
    told = {
        f"PC4301 `{word}` has no effect on cluster `prod`",
        f"PC4050 `istio-ambient` cannot do `{word}` on cluster `prod`",
    }
    assert told & set(findings(shop(tmp_path, spec)))


def test_removing_the_last_need_removes_the_waypoint_and_all_that_leads_to_it(tmp_path: Path) -> None:
    spec = {"access": {"web": {"from": ["web/web"], "paths": ["/a/*"]}}}
    after = Objects(shop(tmp_path, {}))
    before = Objects(shop(tmp_path, spec))
    gone = {(b["kind"], b["metadata"]["name"]) for b in before.bodies} - {
        (b["kind"], b["metadata"]["name"]) for b in after.bodies
    }
    assert gone == {
        ("Gateway", "waypoint"),
        ("ConfigMap", "waypoint"),
        ("NetworkPolicy", "waypoint"),
        ("HTTPRoute", "cart.http"),
        ("DestinationRule", "cart"),
        ("AuthorizationPolicy", "cart.waypoint"),
    }
    assert "waypoint" not in repr([b for b in after.bodies if b["metadata"]["name"] != "waypoints-allow-nothing"])
