"""Who gets in at Istio's gateway by where it comes from and by what it asks for, computed from objects alone."""

from itertools import product

import pytest

from tests.reachability.edge import Client, Edge
from tests.reachability.simulator import Cluster, Pod, Request
from tests.small_repository import SmallRepository

INSIDE, OUTSIDE, ELSEWHERE = "192.0.2.7", "203.0.113.9", "198.51.100.5"
RANGES = ["192.0.2.0/24"]
TLS = {"http": {"port": 80, "targetPort": 8080}, "own": {"port": 443, "targetPort": 8443, "protocol": "https"}}
PASSED = {"gateway": "public", "port": "own", "tls": {"mode": "passthrough"}, "opens": ["/metrics"]}


@pytest.fixture(scope="module", params=["a certificate a host", "one for the domain"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Cluster, Edge]:
    small = SmallRepository(tmp_path_factory.mktemp("at-the-gateway") / "repository")
    small.change("platform.yaml", closedPaths=["/metrics"])
    if request.param == "one for the domain":
        small.change("gateways/public.yaml", tls={"issuer": "letsencrypt", "wildcard": True})
    staff = {"gateway": "public", "host": "web", "sourceRanges": RANGES}
    partners = {"gateway": "public", "host": "web", "paths": ["/partners/*"], "sourceRanges": ["198.51.100.0/24"]}
    everybody = {"gateway": "public", "host": "web", "paths": ["/open/*"]}
    small.app("shop/web", expose={"staff": staff, "partners": partners, "all": everybody})
    small.app("shop/cart", expose={"all": {"gateway": "public"}})
    small.app("shop/vault", ports=TLS, expose={"vault": PASSED, "plain": {"gateway": "public", "host": "vault-web"}})
    small.app("shop/safe", ports=TLS, expose={"safe": {**PASSED, "sourceRanges": RANGES}})
    bodies = list(small.bodies().values())
    cluster = Cluster(bodies, "cluster.local")
    return cluster, Edge(bodies, cluster, "istio-ingress", {"istio": "ingress"})


def asks(address: str, path: str, app: str = "web") -> Client:
    host = f"{app}.acme.example"
    return Client(address, host, host, path)


def passes(address: str, app: str) -> Client:
    return Client(address, f"{app}.acme.example")


def test_each_path_is_open_to_the_addresses_of_its_own_exposure(world: tuple[Cluster, Edge]) -> None:
    open_to = {
        "/": {INSIDE},
        "/partner": {INSIDE},
        "/partners": {ELSEWHERE},
        "/partners/a": {ELSEWHERE},
        "/openly": {INSIDE},
        "/open": {INSIDE, OUTSIDE, ELSEWHERE},
        "/open/a": {INSIDE, OUTSIDE, ELSEWHERE},
        "//open": {INSIDE},
    }
    found = {
        path: {a for a in (INSIDE, OUTSIDE, ELSEWHERE) if world[1].reaches(asks(a, path), "web", 8080)}
        for path in open_to
    }
    assert found == open_to


def test_another_host_is_open_to_everybody(world: tuple[Cluster, Edge]) -> None:
    assert all(world[1].reaches(asks(one, "/", "cart"), "cart", 8080) for one in (INSIDE, OUTSIDE))


def test_the_name_of_a_connection_leads_around_no_range(world: tuple[Cluster, Edge]) -> None:
    """Whatever name a connection asks for, and however the host is written: requests for `web` stay inside."""
    names = [f"{app}.acme.example" for app in ("web", "cart", "vault", "safe", "vault-web", "nobody")]
    forms = ("web.acme.example", "web.acme.example:443")
    assert not any(
        world[1].reaches(Client(OUTSIDE, sni, host, "/"), "web", 8080) for sni, host in product(names, forms)
    )


def test_connections_are_passed_through_to_the_programs_own_port(world: tuple[Cluster, Edge]) -> None:
    assert world[1].leads(passes(OUTSIDE, "vault")) == ("vault", 443)
    assert world[1].reaches(passes(OUTSIDE, "vault"), "vault", 8443)
    assert not world[1].reaches(passes(OUTSIDE, "vault"), "vault", 8080)


def test_what_is_passed_through_is_open_to_its_own_addresses(world: tuple[Cluster, Edge]) -> None:
    assert world[1].reaches(passes(INSIDE, "safe"), "safe", 8443)
    assert not world[1].reaches(passes(OUTSIDE, "safe"), "safe", 8443)


def test_nobody_but_the_gateway_comes_to_a_port_that_is_passed_through(world: tuple[Cluster, Edge]) -> None:
    cluster, vault = world[0], world[0].pods["vault"]
    stranger = Pod("istio-ingress", (("istio", "ingress"),), (), "cluster.local/ns/istio-ingress/sa/other")
    assert not cluster.authorizes(stranger, vault, Request(8443))
    assert not any(cluster.reaches(cluster.pods[name], vault, Request(8443)) for name in ("web", "cart", "safe"))


def test_paths_that_the_platform_closes_stay_closed_on_ports_that_are_read(world: tuple[Cluster, Edge]) -> None:
    assert world[1].reaches(asks(OUTSIDE, "/", "vault-web"), "vault", 8080)
    assert not world[1].reaches(asks(OUTSIDE, "/metrics", "vault-web"), "vault", 8080)
