"""`resilience.rateLimit`: what one replica lets pass, counted by the proxy beside it."""

from pathlib import Path
from typing import Any

import pytest

from tests.small_repository import Body, SmallRepository

CART = "shop/cart"
PORTS = {
    "http": {"port": 80, "targetPort": 8080},
    "grpc": {"port": 7000, "protocol": "grpc"},
    "mail": {"port": 25, "protocol": "tcp"},
    "admin": {"port": 9901, "internal": True},
}
LIMIT = {"requests": 500, "per": "1m", "burst": 100}


@pytest.fixture(scope="module")
def limit(tmp_path_factory: pytest.TempPathFactory) -> Body:
    """What a limit of an application with ports of all kinds becomes."""
    repository = SmallRepository(tmp_path_factory.mktemp("limit") / "repository")
    repository.app(CART, ports=PORTS, resilience={"rateLimit": LIMIT})
    found: Body = repository.specs(f"EnvoyFilter {CART}")
    return found


def test_a_limit_is_for_the_applications_own_pods_whatever_their_version(limit: Body) -> None:
    assert limit["workloadSelector"] == {"labels": {"app.kubernetes.io/name": "cart"}}


def test_requests_are_counted_on_http_ports_that_are_not_internal(limit: Body) -> None:
    matches = [patch["match"] for patch in limit["configPatches"]]
    assert [match["listener"]["filterChain"]["destinationPort"] for match in matches] == [7000, 8080]
    assert {match["context"] for match in matches} == {"SIDECAR_INBOUND"}


def test_a_filter_is_added_before_the_router_and_nothing_else_is_touched(limit: Body) -> None:
    router = {"name": "envoy.filters.http.router"}
    for patch in limit["configPatches"]:
        assert patch["applyTo"] == "HTTP_FILTER"
        assert patch["match"]["listener"]["filterChain"]["filter"]["subFilter"] == router
        assert patch["patch"]["operation"] == "INSERT_BEFORE"
        assert patch["patch"]["value"]["name"] == "envoy.filters.http.local_ratelimit"


def test_the_bucket_holds_the_burst_and_is_filled_at_the_rate(limit: Body) -> None:
    config = limit["configPatches"][0]["patch"]["value"]["typed_config"]
    assert config["token_bucket"] == {"max_tokens": 100, "tokens_per_fill": 500, "fill_interval": "60s"}
    assert config["status"] == {"code": "TooManyRequests"}
    everything = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    assert (config["filter_enabled"], config["filter_enforced"]) == (everything, everything)


def test_without_a_burst_the_bucket_holds_the_requests(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.app(CART, resilience={"rateLimit": {"requests": 7, "per": "500ms"}})
    (patch,) = repository.specs(f"EnvoyFilter {CART}")["configPatches"]
    bucket = patch["patch"]["value"]["typed_config"]["token_bucket"]
    assert bucket == {"max_tokens": 7, "tokens_per_fill": 7, "fill_interval": "0.5s"}
    repository.app(CART, resilience=None)
    assert not [name for name in repository.bodies() if name.startswith("EnvoyFilter")]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("PC4321", {"resilience": {"rateLimit": {"requests": 5, "per": "49ms"}}}),
        ("PC4323", {"resilience": {"rateLimit": LIMIT}, "ports": {"mail": {"port": 25, "protocol": "tcp"}}}),
        ("PC4323", {"resilience": {"rateLimit": LIMIT}, "ports": {"admin": {"port": 9901, "internal": True}}}),
    ],
)
def test_a_limit_that_no_proxy_can_keep_is_told(code: str, words: dict[str, Any], tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.app("shop/tools", **words)
    assert code in {found for found, _ in repository.findings()}


def test_a_default_of_the_platform_is_for_those_who_have_requests(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.change("platform.yaml", defaults={"resilience": {"rateLimit": LIMIT}})
    repository.app("shop/mail", ports={"mail": {"port": 25, "protocol": "tcp"}})
    limited = {name for name in repository.bodies() if name.startswith("EnvoyFilter")}
    assert limited == {"EnvoyFilter shop/web", f"EnvoyFilter {CART}", "EnvoyFilter pay/ledger"}
