"""Who gets out by the egress gateway and to which hosts, computed from objects alone."""

from itertools import product

import pytest

from tests.reachability.simulator import Cluster, Pod, Request
from tests.small_repository import SmallRepository

GATEWAY = Pod("istio-egress", (("istio", "egressgateway"),), (), "cluster.local/ns/istio-egress/sa/egress")
WORLD = Pod("", (), (), "", "198.51.100.7", machine=True)
DATABASE = Pod("", (), (), "", "10.30.0.5", machine=True)
OTHER_DATABASE = Pod("", (), (), "", "10.30.0.6", machine=True)
HOSTS = {"api.stripe.com": 443, "rates.acme.example": 443, "db.acme.example": 5432}
CALLS = {"web": ["api.stripe.com", "db.acme.example"], "cart": ["rates.acme.example"]}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    repository = SmallRepository(tmp_path_factory.mktemp("way-out") / "repository")
    repository.change("clusters/prod.yaml", mesh={"egress": {"namespace": "istio-egress"}})
    https, plain = {"port": 443, "protocol": "https"}, {"port": 80, "targetPort": 443}
    written = {
        "stripe": {"hosts": ["api.stripe.com"], "ports": {"https": https}},
        "rates": {"hosts": ["rates.acme.example"], "ports": {"http": plain}, "tls": {"origin": "mesh"}},
        "db": {
            "hosts": ["db.acme.example"],
            "ports": {"db": {"port": 5432, "protocol": "tcp"}},
            "endpoints": {"a": {"address": "10.30.0.5"}},
        },
    }
    for name, spec in written.items():
        repository.write(f"teams/shop/{name}.yaml", "ExternalService", **spec, egress="gateway")
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, "stripe": {}, "db": {}})
    repository.app("shop/cart", calls={"rates": {}})
    return Cluster(repository.bodies().values(), "cluster.local")


def test_no_application_reaches_the_outside_by_itself(cluster: Cluster) -> None:
    for pod, outside, port in product(cluster.pods.values(), (WORLD, DATABASE), (443, 5432)):
        assert not cluster.connects(pod, outside, port)


def test_callers_alone_connect_to_the_gateway(cluster: Cluster) -> None:
    assert {name for name, pod in cluster.pods.items() if cluster.connects(pod, GATEWAY, 8443)} == CALLS.keys()
    assert not any(cluster.connects(pod, GATEWAY, 15000) for pod in cluster.pods.values())


def test_each_caller_gets_to_its_own_hosts_and_to_no_other(cluster: Cluster) -> None:
    asked = {
        name: [host for host in HOSTS if cluster.authorizes(pod, GATEWAY, Request(8443, sni=host, host=host))]
        for name, pod in cluster.pods.items()
    }
    assert {name: hosts for name, hosts in asked.items() if hosts} == CALLS


def test_a_connection_for_one_host_cannot_ask_for_another(cluster: Cluster) -> None:
    cart = cluster.pods["cart"]
    mixed = Request(8443, sni="rates.acme.example", host="other.acme.example")
    assert not cluster.authorizes(cart, GATEWAY, mixed)


def test_who_is_nobody_gets_nowhere(cluster: Cluster) -> None:
    nobody = Pod("shop", cluster.pods["web"].labels, (), "")
    assert not any(cluster.authorizes(nobody, GATEWAY, Request(8443, sni=host, host=host)) for host in HOSTS)


def test_the_gateway_reaches_the_outside_and_of_what_is_private_only_what_is_named(cluster: Cluster) -> None:
    assert cluster.connects(GATEWAY, WORLD, 443)
    assert cluster.connects(GATEWAY, DATABASE, 5432)
    assert not cluster.connects(GATEWAY, OTHER_DATABASE, 5432)
    assert not cluster.connects(GATEWAY, WORLD, 5432)
    assert not any(cluster.connects(GATEWAY, pod, 8080) for pod in cluster.pods.values())
