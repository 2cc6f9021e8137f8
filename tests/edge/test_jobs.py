"""The edge of the jobs of MODEL section 1, with Gateway API and Envoy Gateway, without a mesh and with one."""

from pathlib import Path
from typing import Any

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests.edge.shops import AS_OF, Body, app, compiled, findings, of, shop

CLUSTERS = [
    (ingress, mesh, api)
    for ingress in ("gateway-api@1", "envoy-gateway@1")
    for mesh in ("none", "istio-sidecar@1")
    for api in ("1.4", "1.5")
]
APPS: dict[str, Body] = {
    "shop/cart": app(expose={"web": {"gateway": "public", "host": "cart"}}),
    "shop/front": app(
        expose={"web": {"gateway": "public", "host": "shop.acme.example", "delegate": {"search/ui": ["/search/*"]}}}
    ),
    "search/ui": app(expose={"web": {"gateway": "public", "host": "shop.acme.example", "paths": ["/search/*"]}}),
    "shop/currency": app(
        ports={"grpc": {"port": 7000, "protocol": "grpc"}},
        expose={"rpc": {"gateway": "public", "host": "currency", "paths": ["/shop.Currency/*"]}},
    ),
    "shop/mail": app(
        ports={
            "http": {"port": 80, "targetPort": 8080},
            "smtp": {"port": 25, "targetPort": 2525, "protocol": "tcp"},
            "admin": {"port": 9901, "internal": True},
        },
        expose={"api": {"gateway": "internal", "host": "mail", "paths": ["/api/*"], "methods": ["GET", "POST"]}},
    ),
}
clusters = pytest.mark.parametrize(("ingress", "mesh", "api"), CLUSTERS)


def bodies(
    root: Path, ingress: str, mesh: str, api: str, apps: dict[str, Body] | None = None, **more: Any
) -> dict[str, Body]:
    return compiled(shop(root, ingress=ingress, mesh=mesh, api=api, apps=apps or APPS, **more))


def route(found: dict[str, Body], name: str) -> Body:
    (body,) = [body for kind in ("HTTPRoute", "GRPCRoute") for body in of(found, kind, name)]
    return body


def listeners(found: dict[str, Body]) -> dict[str, Body]:
    """Return the listeners that end TLS, of Gateways and ListenerSets, by host."""
    owners = [*of(found, "Gateway"), *of(found, "ListenerSet")]
    return {
        one["hostname"]: {**one, "in": owner["metadata"]["namespace"]}
        for owner in owners
        for one in owner["spec"]["listeners"]
        if one["protocol"] == "HTTPS"
    }


@clusters
def test_nothing_is_found_in_what_is_compiled(ingress: str, mesh: str, api: str, tmp_path: Path) -> None:
    assert findings(shop(tmp_path, ingress=ingress, mesh=mesh, api=api, apps=APPS)) == []


@clusters
def test_job_2_a_host_has_a_listener_a_certificate_and_a_redirect(
    ingress: str, mesh: str, api: str, tmp_path: Path
) -> None:
    found = bodies(tmp_path, ingress, mesh, api)
    listener = listeners(found)["cart.public.example"]
    secret = listener["tls"]["certificateRefs"][0]["name"]
    (certificate,) = [c for c in of(found, "Certificate") if c["spec"]["secretName"] == secret]
    assert certificate["metadata"]["namespace"] == listener["in"] == ("shop" if api == "1.5" else "edge-public")
    assert certificate["spec"]["dnsNames"] == ["cart.public.example"]
    (redirect,) = of(found, "HTTPRoute", "cart-public-example")
    assert redirect["spec"]["rules"] == [
        {"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 308}}]}
    ]
    served = route(found, "cart.web")["spec"]
    assert served["hostnames"] == ["cart.public.example"]
    assert served["rules"][0]["backendRefs"] == [{"name": "cart", "port": 80}]
    assert served["parentRefs"][0]["kind"] == ("ListenerSet" if api == "1.5" else "Gateway")


@clusters
def test_job_2_gateway_and_pods_open_to_each_other_alone(ingress: str, mesh: str, api: str, tmp_path: Path) -> None:
    found = bodies(tmp_path, ingress, mesh, api)
    (own,) = [p for p in of(found, "NetworkPolicy", "cart") if p["metadata"]["namespace"] == "shop"]
    (ingress_rule,) = [rule for rule in own["spec"]["ingress"] if "edge" in str(rule)]
    assert ingress_rule["from"][0]["podSelector"] == {"matchLabels": {"edge": "public"}}
    assert ingress_rule["from"][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "edge-public"}
    assert 8080 in [port["port"] for port in ingress_rule["ports"]]
    (gateway,) = of(found, "NetworkPolicy", "gateway-public")
    reached = [
        rule["to"][0]["podSelector"]["matchLabels"].get("app.kubernetes.io/name") for rule in gateway["spec"]["egress"]
    ]
    assert "cart" in reached
    assert "mail" not in reached


@clusters
def test_job_8_grpc_goes_by_service_and_method_to_the_service_port(
    ingress: str, mesh: str, api: str, tmp_path: Path
) -> None:
    body = route(bodies(tmp_path, ingress, mesh, api), "currency.rpc")
    rule = body["spec"]["rules"][0]
    assert rule["backendRefs"] == [{"name": "currency", "port": 7000}]
    if body["kind"] == "GRPCRoute":
        assert rule["matches"] == [{"method": {"type": "Exact", "service": "shop.Currency"}}]
    else:  # a sidecar beside the gateway needs the Service's name, which a GRPCRoute cannot say
        assert (ingress, mesh) == ("envoy-gateway@1", "istio-sidecar@1")
        assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/shop.Currency"}}]


@pytest.mark.parametrize("ingress", ["gateway-api@1", "envoy-gateway@1"])
def test_job_8_a_host_of_http_and_grpc_has_http_routes_alone(ingress: str, tmp_path: Path) -> None:
    both = {
        "ports": {"http": {"port": 80}, "grpc": {"port": 7000, "protocol": "grpc"}},
        "expose": {
            "web": {"gateway": "public", "port": "http", "paths": ["/web/*"]},
            "rpc": {"gateway": "public", "port": "grpc", "paths": ["/shop.Cart/*"]},
        },
    }
    found = bodies(tmp_path, ingress, "none", "1.5", {"shop/cart": app(**both)})
    assert of(found, "GRPCRoute") == []
    assert route(found, "cart.rpc")["spec"]["rules"][0]["backendRefs"] == [{"name": "cart", "port": 7000}]


def test_job_8_a_grpc_timeout_needs_an_http_route_or_a_policy(tmp_path: Path) -> None:
    spec = app(
        ports={"grpc": {"port": 7000, "protocol": "grpc"}},
        expose={"rpc": {"gateway": "public"}},
        traffic={"timeout": "500ms"},
    )
    plain = bodies(tmp_path / "a", "gateway-api@1", "none", "1.5", {"shop/cart": spec})
    assert route(plain, "cart.rpc")["kind"] == "HTTPRoute"
    assert route(plain, "cart.rpc")["spec"]["rules"][0]["timeouts"] == {"request": "500ms"}
    envoy = bodies(tmp_path / "b", "envoy-gateway@1", "none", "1.5", {"shop/cart": spec})
    assert route(envoy, "cart.rpc")["kind"] == "GRPCRoute"
    (policy,) = of(envoy, "BackendTrafficPolicy")
    assert policy["spec"]["timeout"] == {"http": {"requestTimeout": "500ms"}}
    assert policy["spec"]["targetRefs"][0]["kind"] == "GRPCRoute"


@clusters
def test_job_11_only_the_exposed_port_is_routed(ingress: str, mesh: str, api: str, tmp_path: Path) -> None:
    found = bodies(tmp_path, ingress, mesh, api)
    rule = route(found, "mail.api")["spec"]["rules"][0]
    assert rule["backendRefs"] == [{"name": "mail", "port": 80}]
    assert [(m["path"]["value"], m["method"]) for m in rule["matches"]] == [("/api", "GET"), ("/api", "POST")]
    (gateway,) = of(found, "NetworkPolicy", "gateway-internal")
    ports = {port["port"] for rule in gateway["spec"]["egress"] for port in rule["ports"]}
    assert 8080 in ports
    assert not ports & {2525, 9901}


@clusters
def test_delegated_paths_attach_to_the_owners_host_and_need_no_grant(
    ingress: str, mesh: str, api: str, tmp_path: Path
) -> None:
    found = bodies(tmp_path, ingress, mesh, api)
    mine, theirs = route(found, "front.web"), route(found, "ui.web")
    assert theirs["metadata"]["namespace"] == "search"
    assert theirs["spec"]["parentRefs"] == mine["spec"]["parentRefs"]
    allowed = listeners(found)["shop.acme.example"]["allowedRoutes"]["namespaces"]["selector"]["matchExpressions"]
    assert allowed == [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["search", "shop"]}]
    assert of(found, "ReferenceGrant") == []


def test_a_delegate_that_goes_takes_its_namespace_from_the_listener(tmp_path: Path) -> None:
    apps = {ref: spec for ref, spec in APPS.items() if ref != "search/ui"}
    found = bodies(tmp_path, "gateway-api@1", "none", "1.5", {**apps, "search/ui": app()})
    allowed = listeners(found)["shop.acme.example"]["allowedRoutes"]["namespaces"]["selector"]["matchExpressions"]
    assert allowed[0]["values"] == ["shop"]


def test_taking_away_the_only_host_leaves_nothing_of_it(tmp_path: Path) -> None:
    found = bodies(tmp_path, "envoy-gateway@1", "istio-sidecar@1", "1.5", {"shop/cart": app()})
    kinds = {body["kind"] for body in found.values()}
    assert not kinds & {
        "HTTPRoute",
        "GRPCRoute",
        "ListenerSet",
        "Certificate",
        "BackendTrafficPolicy",
        "SecurityPolicy",
    }
    (gateway,) = of(found, "Gateway", "public")
    assert "allowedListeners" not in gateway["spec"]


def test_a_units_bytes_do_not_depend_on_which_others_are_wanted(tmp_path: Path) -> None:
    root = shop(tmp_path, ingress="envoy-gateway@1", mesh="istio-sidecar@1", apps=APPS)
    whole = compile_tree(Directory(root), AS_OF, Bag())
    some = compile_tree(Directory(root), AS_OF, Bag(), lambda unit: unit.id == "search/ui")
    assert whole is not None
    assert some is not None
    assert some.files
    assert all(whole.files[path] == data for path, data in some.files.items())
