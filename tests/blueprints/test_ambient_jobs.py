"""The jobs that teams have, as `istio-ambient` does them: ztunnel first, a waypoint where a service needs more."""

from pathlib import Path
from typing import Any

from tests.blueprints.ambient import AMBIENT, CANARY, GRPC, INGRESS, WAYPOINT, WEB, connections, peers, shop
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
