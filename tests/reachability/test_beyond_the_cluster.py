"""Who reaches whom beyond one cluster, computed from objects alone: two clusters of one mesh, machines, addresses."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.reachability.simulator import Cluster, Pod, Request
from tests.small_repository import Body, SmallRepository
from tests.two_clusters import ADDRESSES, TwoClusters

GATEWAY = Pod("istio-system", (("istio", "eastwestgateway"),), (), "")
PLACES = {"shop/web": ["prod"], "shop/cart": ["prod", "prod-us"], "pay/ledger": ["prod-us"], "shop/other": ["prod-us"]}
VM = {
    "location": "mesh",
    "hosts": ["erp.shop.internal"],
    "ports": {"http": {"port": 80, "targetPort": 8080}},
    "endpoints": {"a": {"address": "10.1.0.5"}},
    "identity": {"namespace": "vm-erp", "serviceAccount": "erp"},
}


class Mesh:
    """Two clusters as their files say; each knows its pods, its Services and its gateway between networks."""

    def __init__(self, repository: TwoClusters) -> None:
        self.bodies = {name: repository.of(name) for name in ADDRESSES}
        self.clusters = {name: Cluster(bodies.values(), f"{name}.acme") for name, bodies in self.bodies.items()}

    def crosses(self, caller: str, home: str, callee: str, away: str, request: Request) -> bool:
        """Whether a request from a pod of one cluster gets to a pod of another: each step on its way lets it."""
        here, there = self.clusters[home], self.clusters[away]
        source, target = here.pods[caller], there.pods[callee]
        host = f"{callee}.{target.namespace}.svc.cluster.local"
        remote = Pod("", (), (), "", ADDRESSES[away], machine=True)
        return (
            f"{target.namespace}/{host}" in self._known(home, source, caller)
            and f"Service {target.namespace}/{callee}" in self.bodies[home]
            and here.connects(source, remote, 15443)
            and host in self._passed_on(away)
            and there.connects(GATEWAY, target, request.port)
            and there.authorizes(source, target, request)
        )

    def _known(self, cluster: str, pod: Pod, name: str) -> list[str]:
        hosts: list[str] = self.bodies[cluster][f"Sidecar {pod.namespace}/{name}"]["spec"]["egress"][0]["hosts"]
        return hosts

    def _passed_on(self, cluster: str) -> list[str]:
        gateway: Body = self.bodies[cluster].get("Gateway istio-system/east-west", {"spec": {"servers": []}})
        return [host for server in gateway["spec"]["servers"] for host in server["hosts"]]


@pytest.fixture
def mesh(tmp_path: Path) -> Mesh:
    repository = TwoClusters(tmp_path / "repository")
    repository.app("shop/other")
    for ref, clusters in PLACES.items():
        repository.app(ref, placement={"clusters": clusters})
    return Mesh(repository)


def test_requests_cross_for_each_call_with_its_paths_and_for_nothing_else(mesh: Mesh) -> None:
    crossed = set()
    for (home, away), path in product((("prod", "prod-us"), ("prod-us", "prod")), ("/cart/1", "/admin")):
        names = product(mesh.clusters[home].pods, mesh.clusters[away].pods)
        for caller, callee in ((a, b) for a, b in names if a != b):
            for port in mesh.clusters[away].pods[callee].ports:
                if mesh.crosses(caller, home, callee, away, Request(port, path=path)):
                    crossed.add((caller, home, callee, port, path))
    assert crossed == {
        ("web", "prod", "cart", 8080, "/cart/1"),
        *(("web", "prod", "ledger", 50051, path) for path in ("/cart/1", "/admin")),
    }


def test_no_pod_of_the_callees_cluster_gains_by_what_is_open_to_another(mesh: Mesh) -> None:
    there = mesh.clusters["prod-us"]
    for callee in ("cart", "ledger"):
        for port in there.pods[callee].ports:
            assert not there.connects(there.pods["other"], there.pods[callee], port)
            forged = replace(there.pods["other"], namespace="istio-system", labels=GATEWAY.labels)
            assert not there.authorizes(forged, there.pods[callee], Request(port, path="/cart/1"))


def test_the_gateway_between_networks_reaches_called_pods_on_called_ports_alone(mesh: Mesh) -> None:
    there = mesh.clusters["prod-us"]
    reached = {(name, port) for name in there.pods for port in there.pods[name].ports} - {
        (name, port)
        for name in there.pods
        for port in there.pods[name].ports
        if not there.connects(GATEWAY, there.pods[name], port)
    }
    assert reached == {("cart", 8080), ("ledger", 50051)}


def test_a_stranger_under_a_foreign_trust_domain_stays_outside(mesh: Mesh) -> None:
    web, cart = mesh.clusters["prod"].pods["web"], mesh.clusters["prod-us"].pods["cart"]
    request = Request(8080, path="/cart/1")
    assert mesh.clusters["prod-us"].authorizes(web, cart, request)
    stranger = replace(web, principal="elsewhere.acme/ns/shop/sa/web")
    assert not mesh.clusters["prod-us"].authorizes(stranger, cart, request)


@pytest.fixture
def repository(tmp_path: Path) -> SmallRepository:
    found = SmallRepository(tmp_path / "repository")
    found.change("teams/shop/team.yaml", namespaces={"shop": {}, "vm-erp": {}}, defaultNamespace="shop")
    return found


def machine(address: str = "10.1.0.5", account: str = "erp") -> Pod:
    labels = (("app.kubernetes.io/name", "erp"),)
    return Pod("vm-erp", labels, (8080,), f"cluster.local/ns/vm-erp/sa/{account}", address, machine=True)


def compiled(repository: SmallRepository) -> Cluster:
    return Cluster(repository.bodies().values(), "cluster.local")


def test_a_machine_reaches_what_it_calls_from_its_own_address_with_its_own_identity(
    repository: SmallRepository,
) -> None:
    repository.write("teams/shop/erp.yaml", "ExternalService", **VM, calls={"cart": {}})
    repository.app("shop/cart", access={"web": {"from": ["web"]}, "erp": {"from": ["erp"], "methods": ["GET"]}})
    here = compiled(repository)
    cart, ledger = here.pods["cart"], here.pods["ledger"]
    assert here.reaches(machine(), cart, Request(8080, "GET"))
    assert not here.reaches(machine(), cart, Request(8080, "POST"))
    assert not here.reaches(machine("10.1.0.6"), cart, Request(8080, "GET"))
    assert not here.reaches(machine(account="other"), cart, Request(8080, "GET"))
    assert not any(here.reaches(machine(), ledger, Request(port)) for port in ledger.ports)


def test_a_machine_is_reached_by_its_callers_alone(repository: SmallRepository) -> None:
    access = {"web": {"from": ["web"], "paths": ["/x/*"]}}
    repository.write("teams/shop/erp.yaml", "ExternalService", **VM, access=access)
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, "erp": {}})
    here = compiled(repository)
    reached = {
        (name, path)
        for name, path in product(here.pods, ("/x/1", "/y"))
        if here.reaches(here.pods[name], machine(), Request(8080, path=path))
    }
    assert reached == {("web", "/x/1")}


def outside(address: str) -> Pod:
    return Pod("", (), (), "", address, machine=True)


@pytest.mark.parametrize(
    ("spec", "open_to"),
    [
        ({"endpoints": {"a": {"address": "10.30.0.5"}}}, {("10.30.0.5", 5432)}),
        ({"endpoints": {"a": {"address": "10.30.0.5", "ports": {"db": 6432}}}}, {("10.30.0.5", 6432)}),
        ({"addresses": ["10.30.0.0/24"]}, {("10.30.0.5", 5432), ("10.30.0.9", 5432)}),
        ({}, {("203.0.113.7", 5432)}),
    ],
)
def test_addresses_outside_are_reached_by_callers_on_their_ports_alone(
    repository: SmallRepository, spec: dict[str, Any], open_to: set[tuple[str, int]]
) -> None:
    db = {"hosts": ["db.acme.example"], "ports": {"db": {"port": 5432, "protocol": "tcp"}}, **spec}
    repository.write("teams/shop/db.yaml", "ExternalService", **db)
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, "db": {}})
    here = compiled(repository)
    asked = set(product(("10.30.0.5", "10.30.0.9", "10.31.0.1", "203.0.113.7"), (5432, 6432, 443)))
    found = {(a, port) for a, port in asked if here.connects(here.pods["web"], outside(a), port)}
    assert found == open_to
    assert not any(here.connects(here.pods["cart"], outside(a), port) for a, port in asked)
