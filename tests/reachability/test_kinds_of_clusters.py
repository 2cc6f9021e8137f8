"""The same applications with sidecars, in ambient mode, and without a mesh: who reaches whom is the same."""

from itertools import product

import pytest

from tests.platforms import compiled
from tests.reachability.simulator import Token
from tests.reachability.three_clusters import ISSUER, MODES, PARTNERS, organisation
from tests.reachability.world import Pod, Request, World

HOSTS = ("", "web.acme.example", "api.acme.example")
PATHS = (
    *("/", "/cart", "/cart/1", "/cartoon", "/cart/admin/1", "/v1/x", "/v1", "/v1x", "/metrics", "/status"),
    *("/pay.Ledger/Charge", "/pay.Ledger/Refund"),
)
METHODS = ("GET", "POST", "DELETE")
REQUESTS = {
    service: [Request(port, method, path, host) for port, method, path, host in product(ports, METHODS, PATHS, HOSTS)]
    for service, ports in {
        "web": [80],
        "cart": [80],
        "redis": [6379],
        "ledger": [7000],
        "batch": [80],
        "relay": [25, 80],
        "old": [80],
    }.items()
}
GOOD = Token(ISSUER, "accounts", (("scope", "read write"),))
TOKENS = {
    "good": GOOD,
    "missing": None,
    "of another issuer": Token(PARTNERS, "accounts", GOOD.claims),
    "of a stranger": Token("https://evil.example/", "accounts", GOOD.claims),
    "for somebody else": Token(ISSUER, "ledger", GOOD.claims),
    "without the claim": Token(ISSUER, "accounts", (("scope", "write"),)),
    "where nobody looks": Token(ISSUER, "accounts", GOOD.claims, "x-token"),
}
REQUESTS |= {
    "accounts": [
        Request(80, "GET", path, host, token)
        for path, host, token in product(
            (
                *("/", "/v1", "/v1/x", "/v1x", "/healthz", "/healthz/x", "/metrics"),
                *("/read", "/read/secret/1", "/write/1", "/partner"),
            ),
            ("", "accounts.acme.example", "web.acme.example"),
            TOKENS.values(),
        )
    ],
    "vault": [Request(8200), Request(8201)],
}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, World]:
    resources = compiled(organisation(tmp_path_factory.mktemp("platform")))
    return {
        name: World([body for where, body in resources if where == name], "ambient" if mode == "ambient" else mode)
        for name, mode in MODES.items()
    }


def callers(world: World) -> dict[str, Pod]:
    """Return every pod that may try: those of applications, the gateway, and one of a namespace that nobody knows."""
    mode = world.gateway.mode
    stranger = world.stranger("stranger", "elsewhere", {"app.kubernetes.io/name": "web"}, mode)
    return {**world.pods, "gateway": world.gateway, "stranger": stranger}


def reached(world: World) -> set[tuple[str, str, Request]]:
    """Return every caller, Service and request that gets through."""
    return {
        (name, service, request)
        for name, pod in callers(world).items()
        for service, requests in REQUESTS.items()
        if name != service and service in world.services
        for request in requests
        if world.reaches(pod, service, request)
    }


def pairs(found: set[tuple[str, str, Request]]) -> set[tuple[str, str, int]]:
    """Return who reaches which Service on which port with any request."""
    return {(caller, service, request.port) for caller, service, request in found}


LINKS = {
    ("web", "cart", 80),
    ("web", "ledger", 7000),
    ("web", "relay", 25),
    ("cart", "redis", 6379),
    ("cart", "old", 80),
    ("batch", "relay", 25),
    ("batch", "relay", 80),
    ("gateway", "web", 80),
    ("gateway", "cart", 80),
}
IN_A_MESH = {
    ("web", "accounts", 80),
    ("batch", "accounts", 80),
    ("gateway", "accounts", 80),
    ("web", "vault", 8200),
    ("web", "vault", 8201),
    ("batch", "vault", 8201),
}
"""Links of applications that ask for tokens or deny: they cannot be where no proxy would."""


@pytest.mark.parametrize("name", MODES)
def test_pairs_that_reach_each_other_are_the_links_and_no_others(name: str, worlds: dict[str, World]) -> None:
    assert pairs(reached(worlds[name])) == (LINKS if MODES[name] == "none" else LINKS | IN_A_MESH)


def test_sidecars_and_waypoints_let_the_same_requests_through(worlds: dict[str, World]) -> None:
    sidecar, ambient = reached(worlds["sidecar"]), reached(worlds["ambient"])
    assert sidecar - ambient == set()
    assert ambient - sidecar == set()


@pytest.mark.parametrize("name", ["sidecar", "ambient"])
@pytest.mark.parametrize(
    ("caller", "service", "request_", "allowed"),
    [
        ("web", "cart", Request(80, "GET", "/cart/1"), True),
        ("web", "cart", Request(80, "DELETE", "/cart/1"), False),
        ("web", "cart", Request(80, "GET", "/cartoon"), False),
        ("web", "cart", Request(80, "GET", "/cart/admin/1"), False),
        ("web", "ledger", Request(7000, "POST", "/pay.Ledger/Charge"), True),
        ("web", "ledger", Request(7000, "POST", "/pay.Ledger/Refund"), False),
        ("batch", "relay", Request(80, "GET", "/status"), True),
        ("batch", "relay", Request(80, "GET", "/"), False),
        ("gateway", "cart", Request(80, "GET", "/v1/x", "api.acme.example"), True),
        ("gateway", "cart", Request(80, "GET", "/cart/1", "api.acme.example"), False),
        ("gateway", "cart", Request(80, "GET", "/v1/x", "web.acme.example"), False),
        ("gateway", "web", Request(80, "GET", "/", "web.acme.example"), True),
        ("gateway", "web", Request(80, "GET", "/metrics", "web.acme.example"), False),
        ("gateway", "accounts", Request(80, "GET", "/healthz", "accounts.acme.example"), True),
        ("gateway", "accounts", Request(80, "GET", "/read/1", "accounts.acme.example", GOOD), False),
        ("gateway", "accounts", Request(80, "GET", "/v1/x", "web.acme.example", GOOD), False),
        ("web", "accounts", Request(80, "GET", "/read/secret/1"), True),
        ("batch", "accounts", Request(80, "GET", "/read/1"), True),
        ("batch", "accounts", Request(80, "GET", "/read/secret/1"), False),
        ("batch", "accounts", Request(80, "GET", "/write/1", token=GOOD), False),
        ("batch", "vault", Request(8201), True),
        ("batch", "vault", Request(8200), False),
    ],
)
def test_a_request_is_let_through_as_the_manifests_say(  # noqa: PLR0913 -- a table
    name: str, caller: str, service: str, request_: Request, *, allowed: bool, worlds: dict[str, World]
) -> None:
    world = worlds[name]
    assert world.reaches(callers(world)[caller], service, request_) is allowed


@pytest.mark.parametrize("name", ["sidecar", "ambient"])
@pytest.mark.parametrize("kind", TOKENS)
def test_a_protected_path_takes_the_right_token_alone(name: str, kind: str, worlds: dict[str, World]) -> None:
    world = worlds[name]
    protected = Request(80, "GET", "/v1/x", "accounts.acme.example", TOKENS[kind])
    inside = Request(80, "GET", "/write/1", token=TOKENS[kind])
    assert world.reaches(world.gateway, "accounts", protected) is (kind == "good")
    assert world.reaches(world.pods["web"], "accounts", inside) is (kind == "good")


def test_nobody_gets_past_a_waypoint_to_the_pods_behind_it(worlds: dict[str, World]) -> None:
    world = worlds["ambient"]
    for caller, service in product(callers(world).values(), ("cart", "ledger", "web", "accounts")):
        pod = world.pods[service]
        for port, request in product((8080, 7000, 80), REQUESTS[service][:5]):
            assert not world.reaches_pod(caller, pod, port, request), (caller.name, service, port)


def test_who_only_passes_through_a_waypoint_may_connect_to_nothing_else(worlds: dict[str, World]) -> None:
    world = worlds["ambient"]
    assert not world.connects(world.pods["web"], world.pods["cart"], 8080)
    assert not world.connects(world.pods["web"], world.pods["cart"], 15008)
    assert not world.connects(world.gateway, world.pods["cart"], 15008)
