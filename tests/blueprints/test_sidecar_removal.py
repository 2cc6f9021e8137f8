"""Taking a word out of a manifest takes out every object and rule that was there for it, whatever else is said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.small_repository import SmallRepository

Spec = dict[str, Any]


def _call(web: Spec, cart: Spec) -> None:  # noqa: ARG001 -- all have the same shape
    web["calls"] |= {"pay/ledger": {}}


def _host(web: Spec, cart: Spec) -> None:  # noqa: ARG001
    cart.setdefault("expose", {})["api"] = {"gateway": "public", "host": "zebra", "paths": ["/stripes/*"]}


def _token(web: Spec, cart: Spec) -> None:  # noqa: ARG001
    auth = {"jwt": "acme-idp", "audiences": ["gnu"], "claims": {"scope": ["gnu"]}, "publicPaths": ["/gnu"]}
    cart.setdefault("expose", {})["shut"] = {"gateway": "public", "host": "heron", "auth": auth}


def _port(web: Spec, cart: Spec) -> None:  # noqa: ARG001
    cart["ports"] |= {"lizard": {"port": 9191}}


def _route(web: Spec, cart: Spec) -> None:  # noqa: ARG001
    cart.setdefault("traffic", {})["routes"] = {"walrus": {"paths": ["/walrus"], "timeout": "9s"}}


def _version(web: Spec, cart: Spec) -> None:  # noqa: ARG001
    cart["versions"] = {"yak": {"image": "a.example/yak:1", "weight": 7, "match": {"headers": {"x-yak": "1"}}}}


def _access(web: Spec, cart: Spec) -> None:  # noqa: ARG001
    cart["access"] |= {"partner": {"from": [{"principal": "cluster.local/ns/otter/sa/otter"}], "paths": ["/otter"]}}


def _deny(web: Spec, cart: Spec) -> None:  # noqa: ARG001
    cart["deny"] = {"narwhal": {"from": [{"cidr": "198.51.100.0/24"}], "paths": ["/narwhal"]}}


def _breaker(web: Spec, cart: Spec) -> None:  # noqa: ARG001
    cart["resilience"] = {"circuitBreaker": {"maxConnections": 4711}, "outlierDetection": {"ejectFor": "4712s"}}


WORDS: dict[str, tuple[Callable[[Spec, Spec], None], tuple[str, ...]]] = {
    "call": (_call, ("pay/ledger.pay.svc",)),
    "host": (_host, ("zebra", "stripes")),
    "token": (_token, ("heron", "gnu", "idp.acme.com", "RequestAuthentication")),
    "port": (_port, ("lizard", "9191")),
    "route": (_route, ("walrus",)),
    "version": (_version, ("yak", "subset")),
    "access": (_access, ("otter",)),
    "deny": (_deny, ("narwhal", "198.51.100", "DENY")),
    "breaker": (_breaker, ("4711", "4712", "outlierDetection")),
}
"""What each word adds, and texts that occur in the output for its sake alone."""


def built(repository: SmallRepository, chosen: set[str]) -> dict[str, bytes]:
    ports = {"http": {"port": 80, "targetPort": 8080}}
    web: Spec = {"ports": ports, "calls": {"cart": {}}, "expose": {"web": {"gateway": "public"}}}
    cart: Spec = {"ports": dict(ports), "access": {"web": {"from": ["web"], "ports": ["http"]}}}
    for name in sorted(chosen):
        WORDS[name][0](web, cart)
    for ref, spec in (("shop/web", web), ("shop/cart", cart)):
        (repository.root / "teams" / f"{ref}.yaml").unlink(missing_ok=True)
        repository.app(ref, **spec)
    return repository.files()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> SmallRepository:
    small = SmallRepository(Path(tmp_path_factory.mktemp("removal")) / "repository")
    provider = {"issuer": "https://idp.acme.com/", "jwksUri": "https://idp.acme.com/keys"}
    small.change("platform.yaml", identityProviders={"acme-idp": provider})
    return small


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.sets(st.sampled_from(sorted(WORDS))))
def test_nothing_is_left_of_what_is_not_said(repository: SmallRepository, chosen: set[str]) -> None:
    text = b"\n".join(content for path, content in sorted(built(repository, chosen).items())).decode()
    for name, (_, marks) in WORDS.items():
        found = [mark for mark in marks if mark in text]
        assert found == (list(marks) if name in chosen else []), name


@pytest.mark.parametrize("name", sorted(WORDS))
def test_a_word_changes_nothing_of_applications_that_it_does_not_concern(
    repository: SmallRepository, name: str
) -> None:
    without, full = built(repository, {*WORDS} - {name}), built(repository, {*WORDS})
    touched = {path for path in {*without, *full} if without.get(path) != full.get(path)}
    concerned = (
        ("shop/web/", "pay/ledger/") if name == "call" else ("shop/cart/", "shop/web/networkpolicy", "istio-ingress/")
    )
    allowed = tuple(f"clusters/prod/{part}" for part in (*concerned, "_cluster/"))
    assert {path for path in touched if not path.startswith((*allowed, ".platformc/"))} == set()
