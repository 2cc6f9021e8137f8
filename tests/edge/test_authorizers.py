"""Exposures that name an external authorizer: the program's own proxy asks it, before all rules of ours."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.edge.shops import Body, app, compiled, findings, of, shop

OPA = {"namespace": "opa", "service": "opa", "podLabels": {"app": "opa"}, "targetPort": 9191, "provider": "opa-grpc"}
FACTS = {"authorizers": {"opa": OPA}}
CART = app(
    expose={
        "api": {
            "gateway": "public",
            "paths": ["/api/*"],
            "rewrite": {"prefix": "/v1"},
            "auth": {"external": "opa", "jwt": "acme-idp"},
        },
        "inside": {"gateway": "internal"},
    }
)


@cache
def shop_of(ingress: str) -> dict[str, Body]:
    with TemporaryDirectory() as root:
        apps = {"shop/cart": CART, "shop/web": app(expose={"web": {"gateway": "public"}})}
        return compiled(shop(Path(root), ingress=ingress, mesh="istio-sidecar@1", apps=apps, cluster=FACTS))


istio = pytest.mark.parametrize("ingress", ["istio-gateway@1", "gateway-api@1"])


@istio
def test_the_proxy_asks_the_authorizer_about_the_requests_of_that_exposure(ingress: str) -> None:
    (policy,) = [p for p in of(shop_of(ingress), "AuthorizationPolicy") if p["spec"].get("action") == "CUSTOM"]
    assert policy["metadata"]["name"] == "cart-external"
    assert policy["spec"] == {
        "selector": {"matchLabels": {"app.kubernetes.io/name": "cart"}},
        "action": "CUSTOM",
        "provider": {"name": "opa-grpc"},
        "rules": [
            {
                "to": [
                    {
                        "operation": {
                            "hosts": ["cart.public.example", "cart.public.example:*"],
                            "ports": ["8080"],
                            "paths": ["/v1", "/v1/*"],
                        }
                    }
                ],
            }
        ],
    }


@istio
def test_the_token_is_asked_for_beside_it(ingress: str) -> None:
    (policy,) = of(shop_of(ingress), "AuthorizationPolicy", "cart")
    assert "requestPrincipals" in str(policy["spec"]["rules"])
    assert of(shop_of(ingress), "RequestAuthentication", "cart")


@istio
def test_the_proxy_reaches_the_authorizer_and_only_where_it_asks(ingress: str) -> None:
    found = shop_of(ingress)
    for name, asks in (("cart", True), ("web", False)):
        (sidecar,) = of(found, "Sidecar", name)
        (network,) = [p for p in of(found, "NetworkPolicy", name) if p["metadata"]["namespace"] == "shop"]
        assert ("opa/opa.opa.svc.cluster.local" in sidecar["spec"]["egress"][0]["hosts"]) is asks
        rules = [rule for rule in network["spec"]["egress"] if "'app': 'opa'" in str(rule)]
        assert [rule["ports"] for rule in rules] == ([[{"protocol": "TCP", "port": 9191}]] if asks else [])


@pytest.mark.parametrize(
    ("ingress", "mesh"),
    [
        ("istio-gateway@1", "none"),
        ("gateway-api@1", "istio-ambient@1"),
        ("envoy-gateway@1", "none"),
        ("envoy-gateway@1", "istio-sidecar@1"),
    ],
)
def test_where_no_proxy_of_the_program_can_ask_it_is_refused(ingress: str, mesh: str, tmp_path: Path) -> None:
    spec = app(expose={"web": {"gateway": "public", "auth": {"external": "opa"}}})
    found = findings(shop(tmp_path, ingress=ingress, mesh=mesh, apps={"shop/cart": spec}, cluster=FACTS))
    assert [line for line in found if line.startswith("PC4301 `expose.web.auth.external`")]
