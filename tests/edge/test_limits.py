"""Limits of requests at gateways: what is counted together, by whom, and what a Gateway itself allows."""

from pathlib import Path
from typing import Any

import pytest

from tests.edge.shops import Body, app, compiled, findings, of, shop

LIMIT = {"requests": 100, "per": "1m"}
EVERYBODY = {"requests": 1000, "per": "1s", "by": "client"}


def exposed(**settings: Any) -> Body:
    return app(expose={"web": {"gateway": "public", **settings}})


@pytest.fixture(scope="module")
def istio(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Body]:
    """A host of two applications at Istio's gateway: one limited on several paths and routes, one not limited."""
    limited = {"host": "shop.acme.example", "paths": ["/a/*", "/b"], "rateLimit": {**LIMIT, "burst": 300}}
    owner = {"host": "shop.acme.example", "delegate": {"pay/cart": ["/a/*", "/b"]}}
    slow = {"traffic": {"routes": {"slow": {"paths": ["/a/slow/*"], "timeout": "9s"}}}}
    root = tmp_path_factory.mktemp("istio")
    apps = {"shop/web": exposed(**owner), "pay/cart": {**exposed(**limited), **slow}}
    return compiled(shop(root, ingress="istio-gateway@1", mesh="istio-sidecar@1", apps=apps))


def patches(found: dict[str, Body], name: str) -> tuple[Body, list[Body]]:
    (body,) = of(found, "EnvoyFilter", name)
    first, *others = body["spec"]["configPatches"]
    return first, others


def test_istio_counts_all_requests_of_an_exposure_under_one_bucket(istio: dict[str, Body]) -> None:
    first, routes = patches(istio, "shop-acme-example")
    config = first["patch"]["value"]["typed_config"]
    bucket = {"max_tokens": 300, "tokens_per_fill": 100, "fill_interval": "60s"}
    entries = [{"key": "exposure", "value": "pay/cart/web"}]
    assert config["descriptors"] == [{"entries": entries, "token_bucket": bucket}]
    counted = {"generic_key": {"descriptor_key": "exposure", "descriptor_value": "pay/cart/web"}}
    assert [patch["patch"]["value"] for patch in routes] == [{"route": {"rate_limits": [{"actions": [counted]}]}}] * 2


def test_every_rule_of_a_limited_exposure_is_counted_and_no_other(istio: dict[str, Body]) -> None:
    _, routes = patches(istio, "shop-acme-example")
    matched = [patch["match"]["routeConfiguration"]["vhost"] for patch in routes]
    assert {vhost["name"] for vhost in matched} == {"shop.acme.example:443"}
    assert {vhost["route"]["action"] for vhost in matched} == {"ROUTE"}
    names = [vhost["route"]["name"] for vhost in matched]
    assert names == sorted(set(names))
    (service,) = of(istio, "VirtualService", "shop-acme-example")
    rules = {rule["name"] for rule in service["spec"]["http"]}
    assert {name for name in rules if name.startswith("pay/cart/web/")} == set(names)
    assert len(rules - set(names)) == 2  # to https, and the owner's


def test_what_is_not_limited_takes_from_a_bucket_that_is_never_empty(istio: dict[str, Body]) -> None:
    first, _ = patches(istio, "shop-acme-example")
    bucket = first["patch"]["value"]["typed_config"]["token_bucket"]
    assert bucket == {"max_tokens": 10**9, "tokens_per_fill": 10**9, "fill_interval": "1s"}


def test_a_filter_stands_at_the_hosts_own_listener_in_the_gateways_pods(istio: dict[str, Body]) -> None:
    (body,) = of(istio, "EnvoyFilter", "shop-acme-example")
    assert body["metadata"]["namespace"] == "edge-public"
    assert body["spec"]["workloadSelector"] == {"labels": {"edge": "public"}}
    assert body["spec"]["configPatches"][0]["match"]["listener"]["filterChain"]["sni"] == "shop.acme.example"


def test_hosts_of_a_domain_share_its_listener(tmp_path: Path) -> None:
    wildcard = {"tls": {"issuer": "letsencrypt", "wildcard": True}}
    root = shop(tmp_path, ingress="istio-gateway@1", apps={"shop/cart": exposed(rateLimit=LIMIT)}, gateway=wildcard)
    first, _ = patches(compiled(root), "cart-public-example")
    assert first["match"]["listener"]["filterChain"]["sni"] == "*.public.example"


def test_a_host_without_a_limit_has_no_filter_and_its_rules_keep_their_names(tmp_path: Path) -> None:
    found = compiled(shop(tmp_path, ingress="istio-gateway@1", apps={"shop/cart": exposed()}))
    assert not of(found, "EnvoyFilter")
    (service,) = of(found, "VirtualService", "cart-public-example")
    assert [rule["name"] for rule in service["spec"]["http"]] == ["https", "cart-web-http"]


def rules(found: dict[str, Body], name: str = "cart.web") -> Any:
    (policy,) = of(found, "BackendTrafficPolicy", name)
    limit = policy["spec"]["rateLimit"]
    return limit["type"], [rule["limit"]["requests"] for rule in limit[limit["type"].lower()]["rules"]]


@pytest.mark.parametrize(
    ("own", "bound", "kept"),
    [
        (None, {"requests": 9, "per": "1s"}, ("Local", [9])),
        (None, EVERYBODY, ("Global", [1000, 1000])),
        ({"requests": 5, "per": "1s"}, {"requests": 9, "per": "1s"}, ("Local", [5])),
        ({"requests": 5, "per": "1s", "by": "header:x-a"}, EVERYBODY, ("Global", [5, 1000, 1000])),
        ({"requests": 5, "per": "1s", "by": "client"}, EVERYBODY, ("Global", [5, 5, 1000, 1000])),
    ],
)
def test_decision_33_each_route_of_a_limited_gateway_keeps_both_limits(
    own: Body | None, bound: Body, kept: tuple[str, list[int]], tmp_path: Path
) -> None:
    spec = exposed(**({"rateLimit": own} if own else {}))
    root = shop(tmp_path, ingress="envoy-gateway@1", apps={"shop/cart": spec}, gateway={"rateLimit": bound})
    assert rules(compiled(root)) == kept


@pytest.mark.parametrize(
    ("own", "bound"),
    [
        ({"requests": 10, "per": "1s"}, {"requests": 9, "per": "1s"}),
        ({"requests": 9, "per": "1s"}, {"requests": 60, "per": "1m"}),
        ({"requests": 100, "per": "1h"}, {"requests": 9, "per": "1s"}),
        ({"requests": 1, "per": "1s", "by": "client"}, {"requests": 9, "per": "1s"}),
        ({"requests": 1, "per": "1s"}, EVERYBODY),
    ],
)
def test_a_limit_that_would_lift_its_gateways_is_told(own: Body, bound: Body, tmp_path: Path) -> None:
    apps = {"shop/cart": exposed(rateLimit=own)}
    found = findings(shop(tmp_path, ingress="envoy-gateway@1", apps=apps, gateway={"rateLimit": bound}))
    assert {line[:6] for line in found if not line.startswith("PC5")} == {"PC4322"}


@pytest.mark.parametrize("ingress", ["istio-gateway@1", "gateway-api@1"])
def test_a_gateway_has_no_limit_where_nobody_keeps_it(ingress: str, tmp_path: Path) -> None:
    root = shop(tmp_path, ingress=ingress, apps={"shop/cart": exposed()}, gateway={"rateLimit": EVERYBODY})
    assert {line[:6] for line in findings(root) if not line.startswith("PC5")} == {"PC4303"}


def test_a_gateway_counts_by_the_second_minute_hour_or_day(tmp_path: Path) -> None:
    limit = {"rateLimit": {"requests": 9, "per": "10s"}}
    root = shop(tmp_path, ingress="envoy-gateway@1", apps={"shop/cart": exposed()}, gateway=limit)
    assert {line[:6] for line in findings(root) if not line.startswith("PC5")} == {"PC2442"}


@pytest.mark.parametrize("ingress", ["istio-gateway@1", "envoy-gateway@1"])
def test_a_redirect_is_not_limited(ingress: str, tmp_path: Path) -> None:
    apps = {"shop/cart": exposed(redirect={"path": "/new"}, rateLimit=LIMIT)}
    assert "PC4320" in {line[:6] for line in findings(shop(tmp_path, ingress=ingress, apps=apps))}
