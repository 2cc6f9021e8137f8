"""The decisions of MODEL section 4 about the edge, each by its number."""

from pathlib import Path
from typing import Any

import pytest

from tests.edge.shops import Body, app, compiled, findings, of, shop

TOKEN = {"jwt": "acme-idp", "audiences": ["cart"], "claims": {"scope": ["cart.read"]}, "publicPaths": ["/healthz"]}
API: Body = app(
    expose={"api": {"gateway": "public", "host": "api", "paths": ["/v1/*", "/healthz"], "auth": TOKEN}},
)


def one(root: Path, spec: Body, **more: Any) -> dict[str, Body]:
    return compiled(shop(root, apps={"shop/cart": spec}, **{"ingress": "envoy-gateway@1", **more}))


def exposed(**settings: Any) -> Body:
    return app(expose={"web": {"gateway": "public", **settings}})


def http(found: dict[str, Body]) -> list[Body]:
    (service,) = of(found, "VirtualService", "cart-public-example")
    return [rule for rule in service["spec"]["http"] if rule["name"] != "https"]


@pytest.mark.parametrize("ingress", ["gateway-api@1", "envoy-gateway@1"])
def test_decision_25_a_timeout_is_always_written_out(ingress: str, tmp_path: Path) -> None:
    found = one(tmp_path, exposed(), ingress=ingress)
    if ingress == "gateway-api@1":
        (route,) = of(found, "HTTPRoute", "cart.web")
        assert route["spec"]["rules"][0]["timeouts"] == {"request": "0s"}
    else:
        (policy,) = of(found, "BackendTrafficPolicy")
        assert policy["spec"]["timeout"] == {"http": {"requestTimeout": "0s"}}


def test_decision_26_envoy_gateway_retries_alone_and_not_before_a_mesh(tmp_path: Path) -> None:
    (alone,) = of(one(tmp_path / "a", exposed()), "BackendTrafficPolicy")
    assert alone["spec"]["retry"]["numRetries"] == 2
    (meshed,) = of(one(tmp_path / "b", exposed(), mesh="istio-sidecar@1"), "BackendTrafficPolicy")
    assert meshed["spec"].keys() == {"targetRefs", "timeout"}


def test_decision_26_no_retries_are_none(tmp_path: Path) -> None:
    spec = {**exposed(), "traffic": {"retries": {"attempts": 0}}}
    (policy,) = of(one(tmp_path, spec), "BackendTrafficPolicy")
    assert "retry" not in policy["spec"]


def test_decision_30_each_exposure_is_a_route_and_a_route_has_at_most_16_rules(tmp_path: Path) -> None:
    routes = {f"r{number}": {"paths": [f"/r{number}/*"], "timeout": f"{number + 1}s"} for number in range(20)}
    found = one(tmp_path, {**exposed(), "traffic": {"routes": routes}})
    pieces = [*of(found, "HTTPRoute", "cart.web"), *of(found, "HTTPRoute", "cart.web.2")]
    assert [len(piece["spec"]["rules"]) for piece in pieces] == [16, 5]
    names = [rule["name"] for piece in pieces for rule in piece["spec"]["rules"]]
    assert len(set(names)) == 21
    targets = [
        (ref["name"], ref["sectionName"])
        for policy in of(found, "BackendTrafficPolicy")
        for ref in policy["spec"]["targetRefs"]
    ]
    assert sorted(targets) == sorted((p["metadata"]["name"], r["name"]) for p in pieces for r in p["spec"]["rules"])


def test_decision_30_many_paths_and_methods_stay_below_what_a_rule_holds(tmp_path: Path) -> None:
    spec = exposed(paths=[f"/p{number}/*" for number in range(50)], methods=["GET", "POST", "PUT"])
    pieces = [route for route in of(one(tmp_path, spec), "HTTPRoute") if route["metadata"]["namespace"] == "shop"]
    sizes = [[len(rule["matches"]) for rule in piece["spec"]["rules"]] for piece in pieces]
    assert sum(map(sum, sizes)) == 150
    assert all(size <= 64 for rules in sizes for size in rules)
    assert all(sum(rules) <= 128 for rules in sizes)


def test_decision_31_the_gateways_identity_is_set_where_links_read_it(tmp_path: Path) -> None:
    envoy = one(tmp_path / "a", exposed(), mesh="istio-sidecar@1")
    (proxy,) = of(envoy, "EnvoyProxy", "public")
    kubernetes = proxy["spec"]["provider"]["kubernetes"]
    assert kubernetes["envoyServiceAccount"] == {"name": "edge-public"}
    assert kubernetes["envoyDeployment"]["pod"]["labels"]["edge"] == "public"
    assert proxy["spec"]["routingType"] == "Service"
    istio = one(tmp_path / "b", exposed(), mesh="istio-sidecar@1", ingress="gateway-api@1")
    (gateway,) = of(istio, "Gateway", "public")
    assert gateway["metadata"]["annotations"]["gateway.istio.io/service-account"] == "edge-public"
    assert gateway["spec"]["infrastructure"] == {"labels": {"edge": "public"}}
    for found in (envoy, istio):
        (policy,) = of(found, "AuthorizationPolicy", "cart")
        assert policy["spec"]["rules"][0]["from"][0]["source"]["principals"] == [
            "cluster.local/ns/edge-public/sa/edge-public"
        ]


def test_decision_31_without_a_mesh_proxies_have_no_sidecar(tmp_path: Path) -> None:
    found = one(tmp_path, exposed())
    (proxy,) = of(found, "EnvoyProxy", "public")
    assert "routingType" not in proxy["spec"]
    assert "sidecar.istio.io/inject" not in str(proxy)
    assert of(found, "Sidecar") == []


def test_decision_31_the_sidecar_of_a_gateway_sees_what_it_routes_to(tmp_path: Path) -> None:
    found = one(tmp_path, exposed(), mesh="istio-sidecar@1")
    (sidecar,) = of(found, "Sidecar", "gateway-public")
    assert sidecar["spec"]["egress"] == [{"hosts": ["istio-system/*", "shop/cart.shop.svc.cluster.local"]}]
    (route,) = of(found, "HTTPRoute", "cart.web")
    assert route["spec"]["rules"][0]["filters"] == [
        {"type": "URLRewrite", "urlRewrite": {"hostname": "cart.shop.svc.cluster.local"}}
    ]
    (policy,) = of(found, "AuthorizationPolicy", "cart")
    hosts = policy["spec"]["rules"][0]["to"][0]["operation"]["hosts"]
    assert hosts == ["cart.shop.svc.cluster.local", "cart.shop.svc.cluster.local:*"]


def test_decision_31_a_gateway_that_is_no_member_of_the_mesh_is_refused(tmp_path: Path) -> None:
    root = shop(tmp_path, ingress="gateway-api@1", mesh="istio-sidecar@1", apps={"shop/cart": exposed()})
    cluster = root / "clusters" / "prod.yaml"
    cluster.write_text(cluster.read_text().replace("class: istio", "class: cilium"))
    assert [line for line in findings(root) if line.startswith("PC4050 `gateway-api` cannot do `expose.web`")]


def test_decision_32_the_token_is_asked_for_on_the_protected_rule_alone(tmp_path: Path) -> None:
    found = one(tmp_path, API)
    (route,) = of(found, "HTTPRoute", "cart.api")
    paths = {rule["name"]: [match["path"] for match in rule["matches"]] for rule in route["spec"]["rules"]}
    assert paths == {
        "http-public": [{"type": "Exact", "value": "/healthz"}],
        "http": [{"type": "PathPrefix", "value": "/v1"}],
    }
    (policy,) = of(found, "SecurityPolicy")
    assert [ref["sectionName"] for ref in policy["spec"]["targetRefs"]] == ["http"]
    assert policy["spec"]["jwt"]["providers"] == [
        {
            "name": "acme-idp",
            "issuer": "https://idp.example/",
            "audiences": ["cart"],
            "remoteJWKS": {"uri": "https://idp.example/keys"},
        }
    ]
    assert policy["spec"]["authorization"] == {
        "defaultAction": "Deny",
        "rules": [{"action": "Allow", "principal": {"jwt": {"provider": "acme-idp", "scopes": ["cart.read"]}}}],
    }


def test_decision_32_a_claim_may_be_text_or_a_list(tmp_path: Path) -> None:
    auth = {"jwt": "acme-idp", "claims": {"group": ["a", "b"], "scope": ["x", "z"]}}
    (policy,) = of(one(tmp_path, exposed(auth=auth)), "SecurityPolicy")
    ways = [rule["principal"]["jwt"] for rule in policy["spec"]["authorization"]["rules"]]
    assert [(way["claims"][0]["valueType"], way["scopes"]) for way in ways] == [
        ("String", ["x"]),
        ("String", ["z"]),
        ("StringArray", ["x"]),
        ("StringArray", ["z"]),
    ]
    assert all(way["claims"][0]["values"] == ["a", "b"] for way in ways)


def test_decision_32_gateways_may_fetch_the_keys_of_tokens_and_only_then(tmp_path: Path) -> None:
    with_token = one(tmp_path / "a", API)
    (policy,) = [p for p in of(with_token, "NetworkPolicy") if p["metadata"]["name"].endswith("-keys")]
    assert policy["metadata"]["name"] == "gateway-public-keys"
    (rule,) = policy["spec"]["egress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]
    assert "10.0.0.0/8" in rule["to"][0]["ipBlock"]["except"]
    without = one(tmp_path / "b", exposed())
    assert not any(p["metadata"]["name"].endswith("-keys") for p in of(without, "NetworkPolicy"))


CLOSED = {"closedPaths": ["/metrics", "/debug/*"]}


def test_decision_32_closed_paths_are_denied_at_envoy_gateway(tmp_path: Path) -> None:
    found = one(tmp_path, exposed(), platform=CLOSED)
    (route,) = of(found, "HTTPRoute", "cart.web")
    rules = {rule["name"]: [match["path"]["value"] for match in rule["matches"]] for rule in route["spec"]["rules"]}
    assert rules == {"http-closed": ["/debug", "/metrics"], "http": ["/"]}
    (policy,) = of(found, "SecurityPolicy")
    assert policy["spec"]["authorization"] == {"defaultAction": "Deny"}
    assert [ref["sectionName"] for ref in policy["spec"]["targetRefs"]] == ["http-closed"]


def test_decision_32_closed_paths_are_denied_by_istios_gateway_before_a_program_without_a_proxy(tmp_path: Path) -> None:
    rules = http(one(tmp_path, exposed(), ingress="istio-gateway@1", platform=CLOSED))
    assert [(rule.get("match"), rule.get("directResponse")) for rule in rules] == [
        ([{"uri": {"exact": "/metrics"}}], {"status": 403}),
        ([{"uri": {"exact": "/debug"}}, {"uri": {"prefix": "/debug/"}}], {"status": 403}),
        (None, None),
    ]


def test_decision_32_in_a_mesh_the_program_s_own_proxy_closes_them(tmp_path: Path) -> None:
    found = one(tmp_path, exposed(), ingress="istio-gateway@1", mesh="istio-sidecar@1", platform=CLOSED)
    assert not any("directResponse" in rule for rule in http(found))
    (deny,) = of(found, "AuthorizationPolicy", "cart-deny")
    (rule,) = deny["spec"]["rules"]
    assert rule["to"] == [{"operation": {"paths": ["/debug", "/debug/*", "/metrics"]}}]


def test_decision_32_what_nobody_can_close_is_refused(tmp_path: Path) -> None:
    root = shop(tmp_path, ingress="gateway-api@1", apps={"shop/cart": exposed()}, platform=CLOSED)
    assert [line[:6] for line in findings(root)] == ["PC4050"]
    narrow = shop(tmp_path, ingress="gateway-api@1", apps={"shop/cart": exposed(paths=["/shop/*"])}, platform=CLOSED)
    assert findings(narrow) == []


def test_opens_makes_an_exception_on_its_own_host_alone(tmp_path: Path) -> None:
    spec = app(
        expose={
            "inside": {"gateway": "internal", "host": "cart", "opens": ["/metrics"]},
            "web": {"gateway": "public", "host": "cart"},
        }
    )
    found = one(tmp_path, spec, ingress="istio-gateway@1", mesh="istio-sidecar@1", platform=CLOSED)
    (deny,) = of(found, "AuthorizationPolicy", "cart-deny")
    closed = ["/debug", "/debug/*", "/metrics"]
    rows = {
        (
            rule["from"][0]["source"]["principals"][0].rpartition("/")[2],
            *rule["to"][0]["operation"].get("hosts", []),
        ): rule["to"][0]["operation"]
        for rule in deny["spec"]["rules"]
    }
    inside = ["cart.internal.example", "cart.internal.example:*"]
    assert rows == {
        ("edge-public",): {"paths": closed},
        ("edge-internal",): {"paths": closed, "notHosts": inside},
        ("edge-internal", *inside): {"hosts": inside, "paths": closed, "notPaths": ["/metrics"]},
    }


def test_decision_33_a_policy_says_all_that_holds_for_its_rules(tmp_path: Path) -> None:
    spec = exposed(
        paths=["/v1/*", "/healthz"],
        auth={"jwt": "acme-idp", "publicPaths": ["/healthz"]},
        sourceRanges=["192.0.2.0/24"],
        cors={"origins": ["https://a.example"]},
    )
    found = one(tmp_path, spec)
    policies = {
        policy["spec"]["targetRefs"][0]["sectionName"]: policy["spec"] for policy in of(found, "SecurityPolicy")
    }
    assert policies.keys() == {"http", "http-public"}
    ranges = {"defaultAction": "Deny", "rules": [{"action": "Allow", "principal": {"clientCIDRs": ["192.0.2.0/24"]}}]}
    for policy in policies.values():
        assert policy["authorization"] == ranges
        assert policy["cors"] == {"allowOrigins": ["https://a.example"]}
    assert "jwt" in policies["http"]
    assert "jwt" not in policies["http-public"]
    assert "optional" not in str(policies)


def test_decision_33_no_rule_has_two_policies_of_a_kind(tmp_path: Path) -> None:
    routes = {"slow": {"paths": ["/v1/slow/*"], "timeout": "60s"}, "post": {"methods": ["POST"], "timeout": "2s"}}
    found = one(tmp_path, {**API, "traffic": {"routes": routes}})
    for kind in ("SecurityPolicy", "BackendTrafficPolicy"):
        targets = [(r["name"], r["sectionName"]) for p in of(found, kind) for r in p["spec"]["targetRefs"]]
        assert len(targets) == len(set(targets))


@pytest.mark.parametrize("ingress", ["gateway-api@1", "envoy-gateway@1", "istio-gateway@1"])
@pytest.mark.parametrize("api", ["1.4", "1.5"])
def test_decision_34_one_wildcard_certificate_has_one_listener(ingress: str, api: str, tmp_path: Path) -> None:
    apps = {
        "shop/cart": exposed(host="cart"),
        "shop/web": exposed(host="web"),
        "shop/shop": exposed(host="shop.acme.example"),
    }
    wildcard = {"tls": {"issuer": "letsencrypt", "wildcard": True}}
    found = compiled(shop(tmp_path, ingress=ingress, api=api, apps=apps, gateway=wildcard))
    names = sorted(name for certificate in of(found, "Certificate") for name in certificate["spec"]["dnsNames"])
    assert names == ["*.public.example", "shop.acme.example"]
    served = [
        (listener.get("hostname") or listener["hosts"][0])
        for body in [*of(found, "Gateway"), *of(found, "ListenerSet")]
        for listener in body["spec"].get("listeners", body["spec"].get("servers", []))
        if "HTTPS" in str(listener)
    ]
    assert sorted(served) == ["*.public.example", "shop.acme.example"]


def test_plain_http_is_redirected_or_not_answered_at_all(tmp_path: Path) -> None:
    for ingress in ("gateway-api@1", "envoy-gateway@1", "istio-gateway@1"):
        found = one(tmp_path / ingress, exposed(httpRedirect=False), ingress=ingress)
        doors = [*of(found, "Gateway"), *of(found, "ListenerSet")]
        assert "'HTTP'" not in str(doors)
        assert not of(found, "HTTPRoute", "cart-public-example")


def test_plain_http_below_a_wildcard_is_answered_only_for_hosts_that_redirect(tmp_path: Path) -> None:
    apps = {"shop/cart": exposed(host="cart", httpRedirect=False), "shop/web": exposed(host="web")}
    wildcard = {"tls": {"issuer": "letsencrypt", "wildcard": True}}
    istio = compiled(shop(tmp_path / "a", ingress="istio-gateway@1", apps=apps, gateway=wildcard))
    (service,) = of(istio, "VirtualService", "cart-public-example")
    assert service["spec"]["http"][0]["match"] == [{"port": 443}]
    (other,) = of(istio, "VirtualService", "web-public-example")
    assert other["spec"]["http"][0]["redirect"] == {"scheme": "https", "redirectCode": 308}
    plain = compiled(shop(tmp_path / "b", ingress="gateway-api@1", apps=apps, gateway=wildcard))
    assert of(plain, "HTTPRoute", "web-public-example")
    assert not of(plain, "HTTPRoute", "cart-public-example")


def test_a_redirect_opens_nothing_towards_the_program(tmp_path: Path) -> None:
    for ingress in ("gateway-api@1", "envoy-gateway@1", "istio-gateway@1"):
        found = one(
            tmp_path / ingress,
            exposed(redirect={"host": "new.example", "code": 301}),
            ingress=ingress,
            mesh="istio-sidecar@1",
        )
        assert "edge" not in str(of(found, "AuthorizationPolicy", "cart"))
        (own,) = [p for p in of(found, "NetworkPolicy", "cart") if p["metadata"]["namespace"] == "shop"]
        assert "edge" not in str(own)
        (gateway,) = of(found, "NetworkPolicy", "gateway-public")
        assert "'cart'" not in str(gateway)


def test_a_rewrite_replaces_the_exposed_prefix_in_every_back_end(tmp_path: Path) -> None:
    spec = exposed(paths=["/api/*", "/old"], rewrite={"prefix": "/v1"})
    rules = http(one(tmp_path / "a", spec, ingress="istio-gateway@1"))
    assert [(rule["match"][0]["uri"], rule["rewrite"]["uri"]) for rule in rules] == [
        ({"exact": "/old"}, "/v1"),
        ({"exact": "/api"}, "/v1"),
        ({"prefix": "/api/"}, "/v1/"),
    ]
    (route,) = of(one(tmp_path / "b", spec, ingress="gateway-api@1"), "HTTPRoute", "cart.web")
    assert [
        (rule["matches"][0]["path"]["value"], rule["filters"][0]["urlRewrite"]["path"])
        for rule in route["spec"]["rules"]
    ] == [
        ("/old", {"type": "ReplaceFullPath", "replaceFullPath": "/v1"}),
        ("/api", {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/v1"}),
    ]


def test_after_a_rewrite_the_program_s_proxy_allows_what_it_sees(tmp_path: Path) -> None:
    spec = exposed(paths=["/api/*"], rewrite={"prefix": "/"})
    found = one(tmp_path, spec, ingress="istio-gateway@1", mesh="istio-sidecar@1")
    (policy,) = of(found, "AuthorizationPolicy", "cart")
    assert policy["spec"]["rules"][0]["to"][0]["operation"]["paths"] == ["/*"]


def test_browsers_may_ask_before_they_use_a_foreign_origin(tmp_path: Path) -> None:
    spec = exposed(methods=["POST"], cors={"origins": ["https://*.acme.example"], "maxAge": "1h", "credentials": False})
    (rule,) = http(one(tmp_path / "a", spec, ingress="istio-gateway@1"))
    assert rule["match"] == [{"method": {"regex": "OPTIONS|POST"}}]
    assert rule["corsPolicy"] == {
        "allowOrigins": [{"regex": r"https://.*\.acme\.example"}],
        "allowCredentials": False,
        "maxAge": "3600s",
    }
    (route,) = of(one(tmp_path / "b", spec, ingress="gateway-api@1"), "HTTPRoute", "cart.web")
    (only,) = route["spec"]["rules"]
    assert [match["method"] for match in only["matches"]] == ["OPTIONS", "POST"]
    assert only["filters"] == [
        {
            "type": "CORS",
            "cors": {"allowOrigins": ["https://*.acme.example"], "allowCredentials": False, "maxAge": 3600},
        }
    ]


@pytest.mark.parametrize(
    ("by", "kind", "selectors"),
    [
        ("service", "local", []),
        (
            "client",
            "global",
            [
                {"sourceCIDR": {"type": "Distinct", "value": "0.0.0.0/0"}},
                {"sourceCIDR": {"type": "Distinct", "value": "::/0"}},
            ],
        ),
        ("header:x-user", "global", [{"headers": [{"name": "x-user", "type": "Distinct"}]}]),
    ],
)
def test_a_rate_limit_counts_here_or_for_all_proxies(by: str, kind: str, selectors: list[Body], tmp_path: Path) -> None:
    spec = exposed(rateLimit={"requests": 5, "per": "1m", "by": by})
    (policy,) = of(one(tmp_path, spec), "BackendTrafficPolicy")
    limit = policy["spec"]["rateLimit"]
    assert limit["type"].lower() == kind
    assert [rule["limit"] for rule in limit[kind]["rules"]] == [{"requests": 5, "unit": "Minute"}] * max(
        1, len(selectors)
    )
    assert [s for rule in limit[kind]["rules"] for s in rule.get("clientSelectors", [])] == selectors


def test_a_newer_tls_reaches_every_part_that_can_say_it(tmp_path: Path) -> None:
    newer = {"tls": {"issuer": "letsencrypt", "minVersion": "1.3"}}
    (policy,) = of(one(tmp_path / "a", exposed(), gateway=newer), "ClientTrafficPolicy", "public")
    assert policy["spec"]["tls"] == {"minVersion": "1.3"}
    istio = one(tmp_path / "b", exposed(), gateway=newer, ingress="istio-gateway@1")
    (gateway,) = of(istio, "Gateway", "cart-public-example")
    assert gateway["spec"]["servers"][0]["tls"]["minProtocolVersion"] == "TLSV1_3"
    plain = shop(tmp_path / "c", ingress="gateway-api@1", apps={"shop/cart": exposed()}, gateway=newer)
    assert {line[:6] for line in findings(plain)} == {"PC4303"}


def test_slashes_lead_around_no_rule_at_envoy_gateway(tmp_path: Path) -> None:
    (policy,) = of(one(tmp_path, exposed()), "ClientTrafficPolicy", "public")
    assert policy["spec"]["path"] == {"escapedSlashesAction": "RejectRequest", "disableMergeSlashes": False}


def test_the_sidecar_of_a_gateway_finds_the_keys_of_tokens(tmp_path: Path) -> None:
    found = one(tmp_path, exposed(auth={"jwt": "acme-idp"}), mesh="istio-sidecar@1")
    (entry,) = of(found, "ServiceEntry", "gateway-public-keys")
    assert entry["spec"]["hosts"] == ["idp.example"]
    assert entry["spec"]["ports"] == [{"number": 443, "name": "tls-443", "protocol": "TLS"}]
    (sidecar,) = of(found, "Sidecar", "gateway-public")
    assert "./idp.example" in sidecar["spec"]["egress"][0]["hosts"]
