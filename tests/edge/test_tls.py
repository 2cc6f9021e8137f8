"""How connections to a host are secured: its owner's certificate, and clients that show one of their own."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.edge.shops import Body, app, compiled, findings, of, shop

OWN = {"secret": "cart-own"}
WILDCARD = {"tls": {"issuer": "letsencrypt", "wildcard": True, "minVersion": "1.2"}}
APPS: dict[str, Body] = {
    "shop/cart": app(expose={"web": {"gateway": "public", "tls": OWN}}),
    "shop/web": app(expose={"web": {"gateway": "public", "tls": {"mode": "terminate"}}}),
}
PARTNERS = app(expose={"web": {"gateway": "public", "tls": {"mode": "mutual", "clientCA": "partners-ca"}}})
PARTS = [
    ("istio-gateway@1", "1.5"),
    ("gateway-api@1", "1.4"),
    ("gateway-api@1", "1.5"),
    ("envoy-gateway@1", "1.4"),
    ("envoy-gateway@1", "1.5"),
]
parts = pytest.mark.parametrize(("ingress", "api"), PARTS)


@cache
def shop_of(ingress: str, api: str) -> dict[str, Body]:
    with TemporaryDirectory() as root:
        return compiled(shop(Path(root), ingress=ingress, api=api, apps=APPS, gateway=WILDCARD))


def doors(found: dict[str, Body]) -> dict[str, tuple[str, Body]]:
    """Return namespace and TLS settings of each listener or server, by host."""
    return {
        one.get("hostname") or one["hosts"][0]: (body["metadata"]["namespace"], one["tls"])
        for body in [*of(found, "Gateway"), *of(found, "ListenerSet")]
        for one in body["spec"].get("listeners", body["spec"].get("servers", []))
        if "tls" in one
    }


@parts
def test_a_certificate_of_ones_own_is_served_and_none_is_issued(ingress: str, api: str) -> None:
    found = shop_of(ingress, api)
    namespace, tls = doors(found)["cart.public.example"]
    if ingress == "istio-gateway@1":
        assert (namespace, tls["credentialName"]) == ("edge-public", "cart-own")
    else:
        assert tls["certificateRefs"] == [{"name": "cart-own", "namespace": "edge-public"}]
    issued = {name for certificate in of(found, "Certificate") for name in certificate["spec"]["dnsNames"]}
    assert issued == {"*.public.example"}


@parts
def test_a_host_with_its_own_certificate_stands_apart_from_its_domain(ingress: str, api: str) -> None:
    assert doors(shop_of(ingress, api)).keys() >= {"cart.public.example", "*.public.example"}
    assert "web.public.example" not in doors(shop_of(ingress, api))


@parts
def test_a_listener_beside_its_owner_may_use_that_certificate_alone(ingress: str, api: str) -> None:
    grants = of(shop_of(ingress, api), "ReferenceGrant")
    if ingress == "istio-gateway@1" or api == "1.4":
        assert grants == []
        return
    (grant,) = grants
    assert grant["metadata"]["namespace"] == "edge-public"
    assert grant["spec"] == {
        "from": [{"group": "gateway.networking.k8s.io", "kind": "ListenerSet", "namespace": "shop"}],
        "to": [{"group": "", "kind": "Secret", "name": "cart-own"}],
    }


def test_istios_gateway_asks_clients_for_certificates(tmp_path: Path) -> None:
    found = compiled(shop(tmp_path, ingress="istio-gateway@1", apps={"shop/cart": PARTNERS}, gateway=WILDCARD))
    _, tls = doors(found)["cart.public.example"]
    assert tls == {
        "mode": "MUTUAL",
        "credentialName": "cart-public-example-tls",
        "caCertCredentialName": "partners-ca",
        "minProtocolVersion": "TLSV1_2",
    }
    assert of(found, "Certificate", "cart-public-example")


@pytest.mark.parametrize("ingress", ["gateway-api@1", "envoy-gateway@1"])
def test_only_the_exposure_that_a_gateway_cannot_serve_is_refused(ingress: str, tmp_path: Path) -> None:
    plain = {"gateway": "public", "host": "plain", "tls": {"mode": "terminate"}}
    both = app(expose={"open": plain, **PARTNERS["expose"]})
    refused = [
        line.partition(" on ")[0]
        for line in findings(shop(tmp_path, ingress=ingress, apps={"shop/cart": both}))
        if line.startswith("PC4050")
    ]
    assert refused == [f"PC4050 `{ingress.partition('@')[0]}` cannot do `expose.web.tls.mode`"]


@pytest.mark.parametrize(("ingress", "words"), [
    ("gateway-api@1", "PC4050 `gateway-api` cannot do `expose.web.tls.mode`"),
    ("envoy-gateway@1", "PC4050 `envoy-gateway` cannot do `expose.web.tls.mode`"),
])  # fmt: skip
def test_what_others_cannot_ask_of_clients_is_refused(ingress: str, words: str, tmp_path: Path) -> None:
    found = findings(shop(tmp_path, ingress=ingress, apps={"shop/cart": PARTNERS}))
    assert [line for line in found if line.startswith(words)]
    assert [line for line in found if line.startswith("PC4301 `expose.web.tls.clientCA`")]


def test_older_istio_cannot_name_who_signs_clients_certificates(tmp_path: Path) -> None:
    root = shop(tmp_path, ingress="istio-gateway@1", apps={"shop/cart": PARTNERS})
    cluster = root / "clusters" / "prod.yaml"
    cluster.write_text(cluster.read_text().replace("1.29", "1.27"))
    assert [line for line in findings(root) if line.startswith("PC4301 `expose.web.tls.clientCA`")]


def test_the_owner_of_a_host_alone_secures_it(tmp_path: Path) -> None:
    apps = {
        "shop/cart": app(
            expose={"web": {"gateway": "public", "host": "a.acme.example", "delegate": {"search/ui": ["/ui/*"]}}}
        ),
        "search/ui": app(
            expose={"web": {"gateway": "public", "host": "a.acme.example", "paths": ["/ui/*"], "tls": OWN}}
        ),
    }
    found = findings(shop(tmp_path, ingress="istio-gateway@1", apps=apps))
    assert [line.partition(" is ")[0] for line in found] == ["PC2444 `tls`"]
