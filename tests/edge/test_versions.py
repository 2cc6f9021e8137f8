"""MODEL decision 29 at gateways: requests are split at exactly one hop, by header first, then by weight."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.edge.shops import Body, app, compiled, findings, of, shop

CANARY = {"image": "ghcr.io/acme/web:1.1.0", "weight": 10, "match": {"headers": {"X-Canary": "1"}}}
CART = app(
    expose={"web": {"gateway": "public", "paths": ["/cart/*", "/healthz"]}},
    versions={"canary": CANARY},
)
SLOW: Body = {**CART, "traffic": {"routes": {"slow": {"paths": ["/cart/slow/*"], "timeout": "60s"}}}}
RPC = app(
    ports={"grpc": {"port": 7000, "protocol": "grpc"}},
    expose={"rpc": {"gateway": "public", "host": "rpc"}},
    versions={"canary": CANARY},
)
HEADER = [{"type": "Exact", "name": "x-canary", "value": "1"}]
SHARED = [
    {"name": "cart-stable", "port": 80, "weight": 90},
    {"name": "cart-canary", "port": 80, "weight": 10},
]
PLAIN = [("gateway-api@1", "none"), ("envoy-gateway@1", "none"), ("gateway-api@1", "istio-sidecar@1")]
ELSEWHERE = [("envoy-gateway@1", "istio-sidecar@1"), ("gateway-api@1", "istio-ambient@1")]
plain = pytest.mark.parametrize(("ingress", "mesh"), PLAIN)


@cache
def shop_of(ingress: str, mesh: str) -> dict[str, Body]:
    with TemporaryDirectory() as root:
        apps = {"shop/cart": CART, "shop/slow": SLOW, "shop/rpc": RPC}
        apps = {"shop/cart": CART} if mesh == "istio-ambient@1" else apps
        return compiled(shop(Path(root), ingress=ingress, mesh=mesh, apps=apps))


def rules(ingress: str, mesh: str, kind: str, name: str) -> list[Body]:
    (route,) = of(shop_of(ingress, mesh), kind, name)
    found: list[Body] = route["spec"]["rules"]
    return found


@plain
def test_whoever_sends_the_header_gets_the_version_and_all_others_are_shared_out(ingress: str, mesh: str) -> None:
    asked, rest = rules(ingress, mesh, "HTTPRoute", "cart.web")
    paths = [{"type": "Exact", "value": "/healthz"}, {"type": "PathPrefix", "value": "/cart"}]
    assert sorted(asked["matches"], key=str) == sorted([{"path": p, "headers": HEADER} for p in paths], key=str)
    assert asked["backendRefs"] == [{"name": "cart-canary", "port": 80}]
    assert sorted(rest["matches"], key=str) == sorted([{"path": p} for p in paths], key=str)
    assert rest["backendRefs"] == SHARED


@plain
def test_a_version_is_asked_for_on_each_path_that_behaves_otherwise(ingress: str, mesh: str) -> None:
    """The path counts before headers: without a rule of its own `/cart/slow` would be shared out."""
    found = {
        match["path"]["value"]: rule["backendRefs"][0]["name"]
        for rule in rules(ingress, mesh, "HTTPRoute", "slow.web")
        for match in rule["matches"]
        if match.get("headers") == HEADER
    }
    assert found == {"/cart/slow": "slow-canary", "/cart": "slow-canary", "/healthz": "slow-canary"}


@plain
def test_grpc_is_shared_out_too(ingress: str, mesh: str) -> None:
    asked, rest = rules(ingress, mesh, "GRPCRoute", "rpc.rpc")
    assert asked["matches"] == [{"headers": HEADER}]
    assert asked["backendRefs"] == [{"name": "rpc-canary", "port": 7000}]
    assert [backend["weight"] for backend in rest["backendRefs"]] == [90, 10]


@plain
def test_each_version_has_a_service_that_selects_its_pods_alone(ingress: str, mesh: str) -> None:
    found = shop_of(ingress, mesh)
    for version in ("stable", "canary"):
        (service,) = of(found, "Service", f"cart-{version}")
        assert service["spec"]["selector"] == {"app.kubernetes.io/name": "cart", "platformc.dev/version": version}
        assert [(port["port"], port["targetPort"]) for port in service["spec"]["ports"]] == [(80, 8080)]
        hidden = service["metadata"]["annotations"].get("networking.istio.io/exportTo")
        assert hidden == (None if mesh == "none" else "edge-public")


def test_in_a_mesh_the_gateway_treats_services_of_versions_like_the_application(tmp_path: Path) -> None:
    spec = {**CART, "resilience": {"circuitBreaker": {"maxConnections": 9}}}
    found = compiled(shop(tmp_path, ingress="gateway-api@1", mesh="istio-sidecar@1", apps={"shop/cart": spec}))
    (whole,) = of(found, "DestinationRule", "cart")
    for version in ("stable", "canary"):
        (rule,) = of(found, "DestinationRule", f"cart-{version}")
        assert rule["spec"]["exportTo"] == ["edge-public"]
        assert rule["spec"]["trafficPolicy"] == whole["spec"]["trafficPolicy"]


def test_envoy_gateway_gives_versions_the_policies_of_their_rules() -> None:
    found = shop_of("envoy-gateway@1", "none")
    sections = {rule["name"] for rule in rules("envoy-gateway@1", "none", "HTTPRoute", "cart.web")}
    assert sections == {"http.canary", "http"}
    targets = [
        target["sectionName"]
        for policy in of(found, "BackendTrafficPolicy")
        for target in policy["spec"]["targetRefs"]
        if target["name"] == "cart.web"
    ]
    assert sorted(targets) == sorted(sections)


def test_istios_gateway_without_a_mesh_leads_to_services_of_versions() -> None:
    found = shop_of("istio-gateway@1", "none")
    (service,) = of(found, "VirtualService", "cart-public-example")
    http = [rule for rule in service["spec"]["http"] if "route" in rule]
    assert all(match["headers"] == {"x-canary": {"exact": "1"}} for match in http[0]["match"])
    assert [rule["route"] for rule in http] == [
        [{"destination": {"host": "cart-canary.shop.svc.cluster.local", "port": {"number": 80}}}],
        [
            {"destination": {"host": f"cart-{version}.shop.svc.cluster.local", "port": {"number": 80}}, "weight": share}
            for version, share in (("stable", 90), ("canary", 10))
        ],
    ]


@pytest.mark.parametrize(("ingress", "mesh"), ELSEWHERE)
def test_where_another_hop_splits_the_gateway_does_not(ingress: str, mesh: str) -> None:
    (rule,) = rules(ingress, mesh, "HTTPRoute", "cart.web")
    assert rule["backendRefs"] == [{"name": "cart", "port": 80}]
    services = of(shop_of(ingress, mesh), "Service", "cart-canary")
    assert len(services) == (mesh == "istio-ambient@1")


@pytest.mark.parametrize("ingress", ["gateway-api@1", "envoy-gateway@1", "istio-gateway@1"])
def test_without_a_mesh_nobody_splits_what_applications_call(ingress: str, tmp_path: Path) -> None:
    apps = {"shop/cart": CART, "shop/web": app(calls={"cart": {}})}
    found = findings(shop(tmp_path, ingress=ingress, apps=apps))
    assert {line.partition(" has ")[0] for line in found} == {
        "PC4301 `versions.canary.image`",
        "PC4301 `versions.canary.weight`",
        "PC4301 `versions.canary.match.headers.X-Canary`",
    }


def test_the_service_of_the_stable_version_needs_its_name(tmp_path: Path) -> None:
    apps = {"shop/cart": CART, "shop/cart-stable": app()}
    found = findings(shop(tmp_path, ingress="envoy-gateway@1", apps=apps))
    assert [line[:6] for line in found] == ["PC2468"]
