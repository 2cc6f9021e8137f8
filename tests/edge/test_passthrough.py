"""Exposures whose connections are passed through: what each gateway makes of them, and what cannot hold beside."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.edge.shops import Body, app, compiled, findings, of, shop

WILDCARD = {"tls": {"issuer": "letsencrypt", "wildcard": True}}
PORTS: Body = {"http": {"port": 80}, "own": {"port": 443, "targetPort": 8443, "protocol": "https"}}
WEB: Body = {"gateway": "public", "port": "own", "tls": {"mode": "passthrough"}}
PASSED = ("istio-gateway@1", "none"), ("istio-gateway@1", "istio-sidecar@1"), ("istio-gateway@1", "istio-ambient@1")
ROUTED = (
    ("gateway-api@1", "none"),
    ("gateway-api@1", "istio-sidecar@1"),
    ("gateway-api@1", "istio-ambient@1"),
    ("envoy-gateway@1", "none"),
    ("envoy-gateway@1", "istio-sidecar@1"),
)


def passed(**settings: Any) -> Body:
    return app(ports=PORTS, expose={"web": {**WEB, **settings}})


def written(root: Path, ingress: str, mesh: str, istio: str = "1.30", **others: Any) -> Path:
    apps = others.pop("apps", {"shop/vault": passed()})
    shop(root, ingress=ingress, mesh=mesh, apps=apps, **others)
    cluster = root / "clusters" / "prod.yaml"
    cluster.write_text(cluster.read_text().replace("1.29", istio))
    return root


@cache
def made(ingress: str, mesh: str) -> dict[str, Body]:
    apps = {"shop/vault": passed(), "shop/web": app(expose={"web": {"gateway": "public"}})}
    with TemporaryDirectory() as root:
        return compiled(written(Path(root), ingress, mesh, apps=apps, gateway=WILDCARD))


@pytest.mark.parametrize(("ingress", "mesh"), PASSED)
def test_istios_gateway_passes_connections_on_by_the_name_they_ask_for(ingress: str, mesh: str) -> None:
    found = made(ingress, mesh)
    (gateway,) = of(found, "Gateway", "vault-public-example")
    assert gateway["spec"]["servers"] == [
        {
            "port": {"number": 443, "name": "tls", "protocol": "TLS"},
            "hosts": ["vault.public.example"],
            "tls": {"mode": "PASSTHROUGH"},
        }
    ]
    (route,) = of(found, "VirtualService", "vault-public-example")
    assert "http" not in route["spec"]
    assert route["spec"]["tls"] == [
        {
            "match": [{"port": 443, "sniHosts": ["vault.public.example"]}],
            "route": [{"destination": {"host": "vault.shop.svc.cluster.local", "port": {"number": 443}}}],
        }
    ]


@pytest.mark.parametrize(("ingress", "mesh"), ROUTED)
def test_gateway_api_passes_connections_on_by_a_tls_route(ingress: str, mesh: str) -> None:
    found = made(ingress, mesh)
    (listeners,) = of(found, "ListenerSet")
    (listener,) = listeners["spec"]["listeners"]
    assert {key: listener[key] for key in ("hostname", "port", "protocol", "tls")} == {
        "hostname": "vault.public.example",
        "port": 443,
        "protocol": "TLS",
        "tls": {"mode": "Passthrough"},
    }
    (route,) = of(found, "TLSRoute")
    assert route["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert route["spec"]["hostnames"] == ["vault.public.example"]
    assert route["spec"]["rules"] == [{"backendRefs": [{"name": "vault", "port": 443}]}]
    assert route["spec"]["parentRefs"][0]["name"] == listeners["metadata"]["name"]
    assert not of(found, "HTTPRoute", "vault.web")


@pytest.mark.parametrize(("ingress", "mesh"), PASSED + ROUTED)
def test_there_is_no_certificate_and_no_redirect_for_what_is_passed_through(ingress: str, mesh: str) -> None:
    found = made(ingress, mesh)
    assert {name for one in of(found, "Certificate") for name in one["spec"]["dnsNames"]} == {"*.public.example"}
    redirects = [one for one in of(found, "HTTPRoute") if "vault.public.example" in one["spec"]["hostnames"]]
    assert redirects == of(found, "ReferenceGrant") == []


@pytest.mark.parametrize(("ingress", "mesh"), PASSED + ROUTED)
def test_the_programs_own_port_is_open_to_the_gateway_and_no_request_is_asked_about(ingress: str, mesh: str) -> None:
    found = made(ingress, mesh)
    (policy,) = of(found, "NetworkPolicy", "vault")
    (opened,) = policy["spec"]["ingress"]
    assert {"port": 8443, "protocol": "TCP"} in opened["ports"]
    assert {"port": 8080, "protocol": "TCP"} not in opened["ports"]
    if mesh == "none":
        return
    (rules,) = [one["spec"]["rules"] for one in of(found, "AuthorizationPolicy", "vault")]
    identity = "cluster.local/ns/edge-public/sa/edge-public"
    operation = {"operation": {"ports": ["8443"]}}
    assert rules == [{"from": [{"source": {"principals": [identity]}}], "to": [operation]}]


def test_a_rule_of_access_of_the_same_name_asks_nothing_of_what_is_passed_through(tmp_path: Path) -> None:
    access = {"web": {"from": [{"gateway": "internal"}], "ports": ["http"], "jwt": "acme-idp"}}
    apps = {"shop/vault": {**passed(), "access": access}}
    found = compiled(written(tmp_path, "istio-gateway@1", "istio-sidecar@1", apps=apps))
    (policy,) = of(found, "AuthorizationPolicy", "vault")
    asked = {rule["to"][0]["operation"]["ports"][0]: "when" in rule for rule in policy["spec"]["rules"]}
    assert asked == {"80": True, "8443": False}


def test_without_a_mesh_connections_are_shared_out_as_the_application_says(tmp_path: Path) -> None:
    expose = {"web": WEB, "plain": {"gateway": "public", "host": "plain"}}
    spec = app(ports=PORTS, expose=expose, traffic={"loadBalancer": {"policy": "random"}})
    found = compiled(written(tmp_path, "envoy-gateway@1", "none", apps={"shop/vault": spec}))
    (policy,) = of(found, "BackendTrafficPolicy", "vault.web")
    assert policy["spec"]["loadBalancer"] == {"type": "Random"}
    assert policy["spec"]["targetRefs"] == [
        {"group": "gateway.networking.k8s.io", "kind": "TLSRoute", "name": "vault.web"}
    ]
    assert "timeout" not in policy["spec"]


def test_behaviour_of_requests_is_refused_where_no_gateway_reads_any(tmp_path: Path) -> None:
    apps = {"shop/vault": {**passed(), "traffic": {"timeout": "3s"}}}
    found = findings(written(tmp_path, "istio-gateway@1", "none", apps=apps))
    assert [line.partition(" has ")[0] for line in found] == ["PC4301 `traffic.timeout`"]


@pytest.mark.parametrize(
    ("ingress", "mesh", "api", "istio"),
    [
        ("gateway-api@1", "istio-sidecar@1", "1.4", "1.30"),
        ("gateway-api@1", "istio-sidecar@1", "1.5", "1.29"),
        ("envoy-gateway@1", "none", "1.4", "1.30"),
    ],
)
def test_older_versions_have_no_tls_route(ingress: str, mesh: str, api: str, istio: str, tmp_path: Path) -> None:
    (found,) = findings(written(tmp_path, ingress, mesh, istio, api=api))
    assert found.startswith("PC4050")
    assert "`expose.web.tls.mode`" in found


def test_envoy_gateway_cannot_tell_whence_connections_come(tmp_path: Path) -> None:
    apps = {"shop/vault": passed(sourceRanges=["192.0.2.0/24"])}
    (found,) = findings(written(tmp_path, "envoy-gateway@1", "none", apps=apps))
    assert found.startswith("PC4050 `envoy-gateway` cannot do `expose.web.sourceRanges`")


def test_a_gateway_that_limits_requests_passes_nothing_through(tmp_path: Path) -> None:
    limit = {"rateLimit": {"requests": 5, "per": "1s"}}
    found = findings(written(tmp_path, "envoy-gateway@1", "none", gateway=limit))
    assert [line.partition(" on ")[0] for line in found] == ["PC4050 `envoy-gateway` cannot do `expose.web.tls.mode`"]


BESIDE: dict[str, Any] = {
    "paths": ["/a/*"],
    "methods": ["GET"],
    "headers": {"x-api": "2"},
    "auth": {"jwt": "acme-idp"},
    "cors": {"origins": ["https://a.example"]},
    "rewrite": {"prefix": "/b"},
    "redirect": {"path": "/new"},
    "setHeaders": {"request": {"set": {"x-edge": "1"}}},
    "rateLimit": {"requests": 5, "per": "1s"},
    "httpRedirect": True,
    "delegate": {"shop/web": ["/a/*"]},
    "tls": {"mode": "passthrough", "secret": "own"},
}


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    specs = {f"shop/{word.lower()}": passed(**{word: value}) for word, value in BESIDE.items()}
    root = written(tmp_path_factory.mktemp("beside"), "istio-gateway@1", "istio-sidecar@1", apps=specs)
    return [line for line in findings(root) if line.startswith("PC1390")]


def test_whatever_needs_requests_to_be_read_is_refused_beside_it(beside: list[str]) -> None:
    assert len(beside) == len(BESIDE)


def test_every_path_and_no_redirect_are_what_holds_anyway(tmp_path: Path) -> None:
    apps = {"shop/vault": passed(paths=["/*"], httpRedirect=False)}
    assert findings(written(tmp_path, "istio-gateway@1", "istio-sidecar@1", apps=apps)) == []


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        (app(expose={"web": {"gateway": "public", "tls": WEB["tls"]}}), "PC2307 port `http` speaks http"),
        (app(ports=PORTS, expose={"web": {"gateway": "public", "port": "own"}}), "PC2307 port `own` speaks https"),
        (
            app(ports=PORTS, expose={"web": WEB, "too": {"gateway": "public", "paths": ["/a/*"]}}),
            "PC2308 `vault.public.example` is passed through",
        ),
    ],
)
def test_what_cannot_be_passed_through_is_told(spec: Body, found: str, tmp_path: Path) -> None:
    told = findings(written(tmp_path, "istio-gateway@1", "istio-sidecar@1", apps={"shop/vault": spec}))
    assert [line for line in told if line.startswith(found)]


CLOSED = {"closedPaths": ["/metrics", "/debug/*"]}


@pytest.mark.parametrize(
    ("protocol", "opens", "code"),
    [
        ("https", None, "PC2309"),
        ("https", ["/metrics"], "PC2309"),
        ("https", ["/metrics", "/debug/*"], ""),
        ("https", ["/*"], ""),
        ("https", ["/metrics", "/debug/*", "/other"], "PC2446"),
        ("tls", None, ""),
        ("tls", ["/metrics"], "PC2446"),
    ],
)
def test_closed_paths_are_opened_in_so_many_words(
    protocol: str, opens: list[str] | None, code: str, tmp_path: Path
) -> None:
    """Nobody closes paths of what is passed through; raw bytes below TLS have none (MODEL: nothing in silence)."""
    spec = passed(**({"opens": opens} if opens else {}))
    spec["ports"] = {"own": {**PORTS["own"], "protocol": protocol}}
    root = written(tmp_path, "istio-gateway@1", "istio-sidecar@1", apps={"shop/vault": spec}, platform=CLOSED)
    assert [line[:6] for line in findings(root)] == ([code] if code else [])


def test_no_rule_about_paths_shuts_a_program_that_speaks_tls_alone(tmp_path: Path) -> None:
    spec = passed(opens=["/*"])
    spec["ports"] = {"own": PORTS["own"]}
    root = written(tmp_path, "istio-gateway@1", "istio-sidecar@1", apps={"shop/vault": spec}, platform=CLOSED)
    assert not of(compiled(root), "AuthorizationPolicy", "vault-deny")


def test_an_address_of_raw_tls_has_no_url(tmp_path: Path) -> None:
    spec = {**passed(), "env": {"ME": {"expose": "web"}}}
    spec["ports"] = {"own": {**PORTS["own"], "protocol": "tls"}}
    told = findings(written(tmp_path, "istio-gateway@1", "istio-sidecar@1", apps={"shop/vault": spec}))
    assert [line[:6] for line in told] == ["PC2203"]
