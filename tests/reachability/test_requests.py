"""Tokens, versions and denials as callers meet them, computed from the objects of small repositories."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.reachability.simulator import Cluster, Pod, Request, Token
from tests.small_repository import SmallRepository

ISSUER = "https://idp.acme.com/"
PROVIDERS = {
    "acme-idp": {"issuer": ISSUER, "jwksUri": "https://idp.acme.com/keys"},
    "partners": {"issuer": "https://partners.example", "jwksUri": "https://partners.example/keys"},
}
GOOD = Token(ISSUER, "cart", (("scope", "cart.read cart.write"),))
WRONG = {
    "no token": None,
    "of another issuer": Token("https://partners.example", "cart", GOOD.claims),
    "of an unknown issuer": Token("https://evil.example", "cart", GOOD.claims),
    "for somebody else": Token(ISSUER, "ledger", GOOD.claims),
    "without the claim": Token(ISSUER, "cart", (("scope", "cart.write"),)),
    "in another header": Token(ISSUER, "cart", GOOD.claims, "x-token"),
}
AUTH = {"jwt": "acme-idp", "audiences": ["cart"], "claims": {"scope": ["cart.read"]}, "publicPaths": ["/healthz"]}
API = {"gateway": "public", "host": "api", "paths": ["/v1/*", "/healthz"], "auth": AUTH}
HOST = "api.acme.example"


@pytest.fixture
def repository(tmp_path: Path) -> SmallRepository:
    small = SmallRepository(tmp_path / "repository")
    small.change("platform.yaml", identityProviders=PROVIDERS)
    return small


def compiled(repository: SmallRepository) -> Cluster:
    return Cluster(repository.bodies().values(), "cluster.local")


def asked(path: str, token: Token | None = None, host: str = HOST) -> Request:
    return Request(8080, "GET", path, host, token)


@pytest.mark.parametrize("reason", WRONG)
def test_a_protected_path_takes_the_right_token_alone(repository: SmallRepository, reason: str) -> None:
    repository.app("shop/cart", expose={"api": API})
    here = compiled(repository)
    cart = here.pods["cart"]
    assert here.reaches(here.gateway, cart, asked("/v1/items", GOOD))
    assert not here.reaches(here.gateway, cart, asked("/v1/items", WRONG[reason]))


def test_a_public_path_takes_requests_without_a_token_and_nothing_beside_it_does(repository: SmallRepository) -> None:
    repository.app("shop/cart", expose={"api": API})
    here = compiled(repository)
    open_paths = [
        path
        for path in ("/healthz", "/healthz/", "/healthz/deep", "/healthzz", "/v1", "/v1/", "/v1/a", "/", "/v2")
        if here.reaches(here.gateway, here.pods["cart"], asked(path))
    ]
    assert open_paths == ["/healthz"]


def test_a_token_opens_the_host_of_its_exposure_alone(repository: SmallRepository) -> None:
    repository.app("shop/cart", expose={"api": API})
    here = compiled(repository)
    assert not here.reaches(here.gateway, here.pods["cart"], asked("/v1/a", GOOD, "other.acme.example"))


@pytest.mark.parametrize("places", [{"header": "x-token"}, {"cookie": "x-token"}, {"query": "x-token"}])
def test_a_token_is_read_where_the_exposure_says(repository: SmallRepository, places: dict[str, str]) -> None:
    repository.app("shop/cart", expose={"api": {**API, "auth": {**AUTH, "tokenFrom": places}}})
    here = compiled(repository)
    there = Token(ISSUER, "cart", GOOD.claims, "x-token")
    assert here.reaches(here.gateway, here.pods["cart"], asked("/v1/a", there))
    assert not here.reaches(here.gateway, here.pods["cart"], asked("/v1/a", GOOD))


@pytest.mark.parametrize("order", [("a", "z"), ("z", "a")])
def test_the_more_specific_of_two_exposures_decides_about_its_paths(
    repository: SmallRepository, order: tuple[str, str]
) -> None:
    api, site = order
    repository.app(
        "shop/cart",
        expose={
            api: {**API, "paths": ["/v1/*"], "auth": {**AUTH, "publicPaths": ["/v1/open"]}},
            site: {"gateway": "public", "host": "api"},
        },
    )
    here = compiled(repository)
    without = {
        path: here.reaches(here.gateway, here.pods["cart"], asked(path)) for path in ("/", "/v1", "/v1/a", "/v1/open")
    }
    assert without == {"/": True, "/v1": False, "/v1/a": False, "/v1/open": True}
    assert here.reaches(here.gateway, here.pods["cart"], asked("/v1/a", GOOD))


def test_a_public_path_of_a_wider_exposure_does_not_open_a_narrower_one(repository: SmallRepository) -> None:
    narrow = {**AUTH, "claims": {"scope": ["admin"]}, "publicPaths": []}
    repository.app(
        "shop/cart",
        expose={
            "wide": {"gateway": "public", "host": "api", "auth": {**AUTH, "publicPaths": ["/v1/open"]}},
            "narrow": {"gateway": "public", "host": "api", "paths": ["/v1/*"], "auth": narrow},
        },
    )
    here = compiled(repository)
    admin = Token(ISSUER, "cart", (("scope", "admin"),))
    assert not here.reaches(here.gateway, here.pods["cart"], asked("/v1/open"))
    assert not here.reaches(here.gateway, here.pods["cart"], asked("/v1/open", GOOD))
    assert here.reaches(here.gateway, here.pods["cart"], asked("/v1/open", admin))
    assert here.reaches(here.gateway, here.pods["cart"], asked("/v2", GOOD))


def test_callers_inside_the_mesh_need_a_token_where_their_rule_says(repository: SmallRepository) -> None:
    rule = {"from": ["web"], "paths": ["/cart/*"], "jwt": "acme-idp", "audiences": ["cart"]}
    repository.app("shop/cart", access={"web": rule})
    here = compiled(repository)
    web, cart = here.pods["web"], here.pods["cart"]
    assert here.reaches(web, cart, Request(8080, "GET", "/cart/1", token=Token(ISSUER, "cart")))
    assert not here.reaches(web, cart, Request(8080, "GET", "/cart/1"))
    assert not here.reaches(web, cart, Request(8080, "GET", "/other", token=Token(ISSUER, "cart")))


def test_an_environments_identity_provider_wins(repository: SmallRepository) -> None:
    other = {"issuer": "https://prod.example", "jwksUri": "https://prod.example/keys"}
    repository.change("environments/prod.yaml", identityProviders={"acme-idp": other})
    repository.app("shop/cart", expose={"api": API})
    here = compiled(repository)
    assert not here.reaches(here.gateway, here.pods["cart"], asked("/v1/a", GOOD))
    assert here.reaches(
        here.gateway, here.pods["cart"], asked("/v1/a", Token("https://prod.example", "cart", GOOD.claims))
    )


def test_decision_29_versions_share_requests_and_never_policies(repository: SmallRepository) -> None:
    repository.app("shop/cart", versions={"canary": CANARY})
    here = compiled(repository)
    stable, canary, web = here.pods["cart"], here.pods["cart-canary"], here.pods["web"]
    assert stable.principal == canary.principal
    for path, method in product(("/cart", "/cart/1", "/other"), ("GET", "POST")):
        request = Request(8080, method, path)
        assert here.reaches(web, stable, request) == here.reaches(web, canary, request)


CANARY: dict[str, Any] = {
    "image": "ghcr.io/acme/cart:1.1.0",
    "weight": 10,
    "match": {"headers": {"X-Canary": "1"}},
    "scale": {"min": 1},
}
CART = "cart.shop.svc.cluster.local"


def test_job_7_a_canary_gets_its_share_and_everybody_who_asks_for_it(repository: SmallRepository) -> None:
    repository.app("shop/cart", versions={"canary": CANARY})
    here = compiled(repository)
    assert here.shares(CART, Request(80, "GET", "/cart")) == {"stable": 90, "canary": 10}
    assert here.shares(CART, Request(80, "GET", "/cart", headers=(("x-canary", "1"),))) == {"canary": 100}
    assert here.shares(CART, Request(80, "GET", "/cart", headers=(("x-canary", "2"),))) == {"stable": 90, "canary": 10}


def test_routes_neither_hide_a_version_nor_give_it_more(repository: SmallRepository) -> None:
    routes = {"export": {"paths": ["/export/*"], "methods": ["GET"]}, "batch": {"headers": {"x-batch": "1"}}}
    repository.app("shop/cart", versions={"canary": CANARY}, traffic={"routes": routes})
    here = compiled(repository)
    for path, method, batch in product(("/cart", "/export", "/export/a"), ("GET", "POST"), ("", "1")):
        plain = (("x-batch", batch),)
        assert here.shares(CART, Request(80, method, path, headers=plain)) == {"stable": 90, "canary": 10}
        assert here.shares(CART, Request(80, method, path, headers=(*plain, ("x-canary", "1")))) == {"canary": 100}


SOURCES: dict[str, Any] = {
    "an application": "web",
    "a team": "shop/*",
    "every workload": "*/*",
    "a namespace": {"namespaceLabels": {"kubernetes.io/metadata.name": "shop"}},
    "an identity": {"principal": "spiffe://cluster.local/ns/shop/sa/web"},
}


@pytest.fixture
def shared(repository: SmallRepository) -> SmallRepository:
    """A cart that `shop/web`, `pay/ledger` and the gateway may ask for everything."""
    repository.app("pay/ledger", calls={"shop/cart": {}})
    repository.app(
        "shop/cart",
        access={"all": {"from": ["web", "pay/ledger"]}},
        expose={"web": {"gateway": "public", "host": "api"}},
    )
    return repository


@pytest.mark.parametrize("kind", SOURCES)
def test_deny_from_refuses_whom_it_names_and_nobody_else(shared: SmallRepository, kind: str) -> None:
    shared.app("shop/cart", deny={"admin": {"from": [SOURCES[kind]], "paths": ["/admin/*"]}})
    here = compiled(shared)
    cart = here.pods["cart"]
    refused = {
        name
        for name, source in (("web", here.pods["web"]), ("ledger", here.pods["ledger"]), ("gateway", here.gateway))
        if not here.authorizes(source, cart, asked("/admin/1"))
    }
    assert refused == ({"web", "ledger"} if kind == "every workload" else {"web"})
    assert here.reaches(here.pods["web"], cart, asked("/adminx"))


def test_deny_from_a_gateway_or_its_clients_refuses_what_comes_through_it(shared: SmallRepository) -> None:
    shared.app("shop/cart", deny={"admin": {"from": [{"gateway": "public"}], "paths": ["/admin/*"]}})
    here = compiled(shared)
    assert not here.authorizes(here.gateway, here.pods["cart"], asked("/admin/1"))
    assert here.authorizes(here.pods["web"], here.pods["cart"], asked("/admin/1"))
    shared.app("shop/cart", deny={"partner": {"from": [{"cidr": "192.0.2.0/24"}]}})
    here = compiled(shared)
    partner = Pod(here.gateway.namespace, here.gateway.labels, (), here.gateway.principal, "192.0.2.9")
    assert not here.authorizes(partner, here.pods["cart"], asked("/"))
    assert here.authorizes(here.gateway, here.pods["cart"], asked("/"))


def test_deny_without_from_refuses_everybody(shared: SmallRepository) -> None:
    shared.app("shop/cart", deny={"admin": {"paths": ["/admin/*"], "methods": ["GET"]}})
    here = compiled(shared)
    for source in (here.pods["web"], here.pods["ledger"], here.gateway):
        assert not here.authorizes(source, here.pods["cart"], asked("/admin/1"))
        assert here.authorizes(source, here.pods["cart"], asked("/"))


def test_deny_from_a_gateway_that_is_not_here_denies_nobody(shared: SmallRepository) -> None:
    shared.app("shop/cart", deny={"admin": {"from": [{"gateway": "elsewhere"}], "paths": ["/admin/*"]}})
    here = compiled(shared)
    assert here.authorizes(here.gateway, here.pods["cart"], asked("/admin/1"))


def test_addresses_get_in_on_a_permissive_port_alone(repository: SmallRepository) -> None:
    ports = {"http": {"port": 80, "targetPort": 8080}, "open": {"port": 81, "targetPort": 8081, "mtls": "permissive"}}
    office = {"from": [{"cidr": "192.0.2.0/24"}], "ports": ["open"], "paths": ["/report"]}
    repository.app("shop/cart", ports=ports, access={"web": {"from": ["web"]}, "office": office})
    here = compiled(repository)
    somebody = Pod("", (), (), "", "192.0.2.9")
    stranger = Pod("", (), (), "", "198.51.100.9")
    assert here.reaches(somebody, here.pods["cart"], Request(8081, "GET", "/report"))
    assert not here.reaches(somebody, here.pods["cart"], Request(8081, "GET", "/other"))
    assert not here.reaches(somebody, here.pods["cart"], Request(8080, "GET", "/report"))
    assert not here.reaches(stranger, here.pods["cart"], Request(8081, "GET", "/report"))
