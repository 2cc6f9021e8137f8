"""Tokens where paths are replaced on the way, and tokens that may be absent: what the program's own proxy asks for."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.edge.shops import Body, app, compiled, findings, of, shop

AUTH = {"jwt": "acme-idp", "publicPaths": ["/api/healthz"]}
APPS: dict[str, Body] = {
    "shop/cart": app(
        expose={"api": {"gateway": "public", "paths": ["/api/*"], "rewrite": {"prefix": "/v1"}, "auth": AUTH}}
    ),
    "shop/told": app(
        expose={
            "web": {"gateway": "public", "paths": ["/api/*"], "rewrite": {"prefix": "/v1"}, "opens": ["/v1/metrics"]},
        }
    ),
    "shop/maybe": app(
        expose={
            "web": {"gateway": "public", "auth": {"jwt": "acme-idp", "required": False}},
            "api": {"gateway": "public", "paths": ["/api/*"], "auth": {"jwt": "acme-idp"}},
        }
    ),
}
PROVIDER = ["https://idp.example//*"]
AUDIENCES = [{"key": "request.auth.audiences", "values": ["shop"]}]
GATEWAY = ["cluster.local/ns/edge-public/sa/edge-public"]


@cache
def shop_of(ingress: str, mesh: str) -> dict[str, Body]:
    with TemporaryDirectory() as root:
        platform = {"closedPaths": ["/v1/metrics", "/v1/debug/*"]}
        away = {"istio-sidecar@1": (), "none": ("shop/maybe", "shop/cart" if ingress == "istio-gateway@1" else "")}
        apps = {ref: spec for ref, spec in APPS.items() if ref not in away[mesh]}
        return compiled(shop(Path(root), ingress=ingress, mesh=mesh, apps=apps, platform=platform))


@pytest.mark.parametrize("ingress", ["istio-gateway@1", "gateway-api@1", "envoy-gateway@1"])
def test_the_proxy_asks_for_the_token_on_the_paths_that_the_program_sees(ingress: str) -> None:
    (policy,) = of(shop_of(ingress, "istio-sidecar@1"), "AuthorizationPolicy", "cart")
    rules = {
        "token" if "when" in rule else "public": (rule["from"][0]["source"], rule["to"][0]["operation"])
        for rule in policy["spec"]["rules"]
    }
    source, operation = rules["public"]
    assert source == {"principals": GATEWAY}
    assert operation["paths"] == ["/v1/healthz"]
    source, operation = rules["token"]
    assert source == {"principals": GATEWAY, "requestPrincipals": PROVIDER}
    assert operation["paths"] == ["/v1", "/v1/*"]
    assert operation["notPaths"] == ["/v1/healthz"]


def test_envoy_gateway_asks_for_the_token_on_the_paths_that_clients_ask_for() -> None:
    found = shop_of("envoy-gateway@1", "none")
    (route,) = of(found, "HTTPRoute", "cart.api")
    rules = {rule["name"]: rule for rule in route["spec"]["rules"]}
    assert rules["http-public"]["matches"][0]["path"]["value"] == "/api/healthz"
    assert rules["http-public"]["filters"][0]["urlRewrite"]["path"]["replaceFullPath"] == "/v1/healthz"
    asking = {
        target["sectionName"]
        for policy in of(found, "SecurityPolicy")
        for target in policy["spec"]["targetRefs"]
        if "jwt" in policy["spec"] and target["name"] == "cart.api"
    }
    assert asking == {"http"}


def test_a_token_may_be_absent_and_a_bad_one_is_refused() -> None:
    found = shop_of("istio-gateway@1", "istio-sidecar@1")
    (reader,) = of(found, "RequestAuthentication", "maybe")
    assert [rule["issuer"] for rule in reader["spec"]["jwtRules"]] == ["https://idp.example/"]
    (policy,) = of(found, "AuthorizationPolicy", "maybe")
    spared = [rule for rule in policy["spec"]["rules"] if "notPaths" in rule["to"][0]["operation"]]
    assert [(rule["from"][0]["source"], rule.get("when")) for rule in spared] == [
        ({"principals": GATEWAY, "notRequestPrincipals": ["*"]}, None),
        ({"principals": GATEWAY, "requestPrincipals": PROVIDER}, AUDIENCES),
    ]


def test_paths_of_an_exposure_that_needs_the_token_are_not_open_to_requests_without_one() -> None:
    (policy,) = of(shop_of("istio-gateway@1", "istio-sidecar@1"), "AuthorizationPolicy", "maybe")
    open_rules = [rule for rule in policy["spec"]["rules"] if "requestPrincipals" not in rule["from"][0]["source"]]
    assert [rule["to"][0]["operation"]["notPaths"] for rule in open_rules] == [["/api", "/api/*"]]


def test_a_path_that_is_opened_behind_a_rewrite_is_open_at_every_gateway() -> None:
    (service,) = of(shop_of("istio-gateway@1", "none"), "VirtualService", "told-public-example")
    rules = {
        match["uri"].get("exact") or match["uri"]["prefix"]: rule.get("rewrite", {}).get("uri")
        for rule in service["spec"]["http"]
        for match in rule.get("match", [])
        if "uri" in match
    }
    assert rules == {
        "/api/metrics": "/v1/metrics",
        "/api/debug": None,
        "/api/debug/": None,
        "/api": "/v1",
        "/api/": "/v1/",
    }
    (route,) = of(shop_of("envoy-gateway@1", "none"), "HTTPRoute", "told.web")
    replaced = {
        match["path"]["value"]: rule["filters"][0]["urlRewrite"]["path"]
        for rule in route["spec"]["rules"]
        for match in rule["matches"]
        if rule.get("filters")
    }
    assert replaced["/api/metrics"] == {"type": "ReplaceFullPath", "replaceFullPath": "/v1/metrics"}
    assert replaced["/api"] == {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/v1"}


def test_paths_closed_behind_a_rewrite_are_refused_at_the_gateway_or_by_the_proxy() -> None:
    (service,) = of(shop_of("istio-gateway@1", "none"), "VirtualService", "told-public-example")
    closed = [rule["match"][0]["uri"] for rule in service["spec"]["http"] if "directResponse" in rule]
    assert closed == [{"exact": "/api/debug"}]
    (deny,) = of(shop_of("istio-gateway@1", "istio-sidecar@1"), "AuthorizationPolicy", "cart-deny")
    assert deny["spec"]["rules"][0]["to"][0]["operation"]["paths"] == ["/v1/debug", "/v1/debug/*", "/v1/metrics"]


def test_without_a_proxy_beside_the_program_a_token_must_be_there(tmp_path: Path) -> None:
    root = shop(tmp_path, ingress="envoy-gateway@1", apps={"shop/maybe": APPS["shop/maybe"]})
    assert [line for line in findings(root) if line.startswith("PC4301 `expose.web.auth.required`")]


def test_what_envoy_gateway_tells_apart_may_look_alike_to_the_program(tmp_path: Path) -> None:
    same = {
        "open": {"gateway": "public", "paths": ["/open/*"], "rewrite": {"prefix": "/"}},
        "api": {"gateway": "public", "paths": ["/api/*"], "rewrite": {"prefix": "/"}, "auth": {"jwt": "acme-idp"}},
    }
    apart = shop(tmp_path / "a", ingress="envoy-gateway@1", apps={"shop/cart": app(expose=same)})
    assert findings(apart) == []
    meshed = shop(
        tmp_path / "b", ingress="envoy-gateway@1", mesh="istio-sidecar@1", apps={"shop/cart": app(expose=same)}
    )
    assert [line[:6] for line in findings(meshed)] == ["PC2475"]
