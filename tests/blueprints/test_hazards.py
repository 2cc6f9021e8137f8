"""What goes wrong easily in generated policies, under `istio-sidecar`: each mistake by a test of its own."""

from pathlib import Path
from typing import Any

import pytest

from tests.small_repository import Body, SmallRepository

DB: Body = {"hosts": ["db.acme.example"], "ports": {"db": {"port": 5432, "protocol": "tcp"}}}
CALLED: dict[str, Body] = {
    "an address": {**DB, "endpoints": {"a": {"address": "10.30.0.5"}}},
    "a name": {**DB, "hosts": ["db.acme.example", "db.acme.test"]},
    "requests": {"hosts": ["db.acme.example"], "ports": {"http": {"port": 80}}, "traffic": {"timeout": "2s"}},
    "certificates": {**DB, "tls": {"origin": "mesh", "ca": "corp-ca"}, "resilience": {"outlierDetection": {}}},
    "machines": {
        "location": "mesh",
        "hosts": ["db.shop.internal"],
        "ports": {"http": {"port": 80}},
        "endpoints": {"a": {"address": "10.1.0.5"}},
        "identity": {"namespace": "shop", "serviceAccount": "db"},
    },
}
TWO: Body = {"one": {"port": 81, "targetPort": 8081}, "two": {"port": 82, "targetPort": 8082}}


@pytest.mark.parametrize("kind", sorted(CALLED))
def test_removing_a_call_removes_every_object_and_rule_that_existed_for_it(kind: str, tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.app("shop/web", secrets={"corp-ca": {"existing": True}})
    before = repository.files()
    repository.write("teams/shop/db.yaml", "ExternalService", **CALLED[kind])
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, "db": {}})
    during = repository.files()
    assert during != before
    assert {path for path in during if "/db/" in path}
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}})
    assert repository.files() == before  # though its manifest is still there


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Body]:
    """Two callers with a port each of one callee, which calls each of them on its own port, and one outside."""
    repository = SmallRepository(tmp_path_factory.mktemp("crossing") / "repository")
    rules = {
        "a": {"from": ["web"], "ports": ["one"], "paths": ["/a/*"]},
        "b": {"from": ["web-2"], "ports": ["two"], "paths": ["/b/*"], "methods": ["POST"]},
    }
    outside = {
        "hosts": ["db.acme.example"],
        "ports": {"db": {"port": 5432, "protocol": "tcp"}},
        "endpoints": {"a": {"address": "10.30.0.5", "ports": {"db": 6432}}, "b": {"address": "10.30.1.5"}},
    }
    repository.write("teams/shop/db.yaml", "ExternalService", **outside)
    calls = {"web": {"ports": ["one"]}, "web-2": {"ports": ["two"]}, "db": {}}
    repository.app("shop/cart", ports=TWO, access=rules, calls=calls)
    repository.app("shop/web", expose=None)
    for name in ("web", "web-2"):
        repository.app(f"shop/{name}", ports=TWO, calls={"cart": {}})
    repository.app("pay/ledger", access=None)
    return repository.bodies()


def peers(rules: Any, key: str) -> list[tuple[str, list[int]]]:
    return [
        (peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"], [port["port"] for port in rule["ports"]])
        for rule in rules
        for peer in rule[key]
        if "podSelector" in peer
    ]


def test_network_policies_have_no_cross_product_of_peers_and_ports(crossing: dict[str, Body]) -> None:
    spec = crossing["NetworkPolicy shop/cart"]["spec"]
    expected = [("web", [8081, 15008]), ("web-2", [8082, 15008])]
    assert peers(spec["ingress"], "from") == expected
    assert peers(spec["egress"], "to") == expected
    outside = [rule for rule in spec["egress"] if "ipBlock" in rule["to"][0]]
    assert [(rule["to"], rule["ports"][0]["port"]) for rule in outside] == [
        ([{"ipBlock": {"cidr": "10.30.1.5/32"}}], 5432),
        ([{"ipBlock": {"cidr": "10.30.0.5/32"}}], 6432),
    ]


def test_a_peer_is_a_namespace_and_pods_in_it(crossing: dict[str, Body]) -> None:
    policies = [body["spec"] for name, body in crossing.items() if name.startswith("NetworkPolicy shop/")]
    found = [
        peer
        for spec in policies
        for direction, key in (("ingress", "from"), ("egress", "to"))
        for rule in spec.get(direction, [])
        for peer in rule[key]
        if "ipBlock" not in peer
    ]
    assert found
    assert all(peer.keys() == {"namespaceSelector", "podSelector"} for peer in found)


def test_authorization_policies_have_no_cross_product_of_callers_and_requests(crossing: dict[str, Body]) -> None:
    rules = crossing["AuthorizationPolicy shop/cart"]["spec"]["rules"]
    found = [(rule["from"][0]["source"]["principals"], rule["to"][0]["operation"]) for rule in rules]
    assert found == [
        (["cluster.local/ns/shop/sa/web"], {"ports": ["8081"], "paths": ["/a", "/a/*"]}),
        (["cluster.local/ns/shop/sa/web-2"], {"ports": ["8082"], "methods": ["POST"], "paths": ["/b", "/b/*"]}),
    ]


@pytest.mark.parametrize("kind", ["NetworkPolicy", "AuthorizationPolicy", "Sidecar", "Service"])
def test_a_name_that_begins_like_another_selects_its_own_pods_alone(crossing: dict[str, Body], kind: str) -> None:
    for name in ("web", "web-2"):
        spec = crossing.get(f"{kind} shop/{name}", {"spec": {}})["spec"]
        chosen = spec.get("podSelector") or spec.get("workloadSelector") or spec.get("selector") or {}
        labels = chosen.get("matchLabels") or chosen.get("labels") or chosen
        assert labels == {"app.kubernetes.io/name": name}


def test_machines_and_versions_have_names_that_no_other_can_have(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    for name, endpoint, address in (("erp", "two-a", "10.1.0.5"), ("erp-two", "a", "10.1.0.6")):
        spec = {**CALLED["machines"], "endpoints": {endpoint: {"address": address}}, "hosts": [f"{name}.shop.internal"]}
        account = {"namespace": "shop", "serviceAccount": name}
        repository.write(f"teams/shop/{name}.yaml", "ExternalService", **{**spec, "identity": account})
    two = {"hosts": ["a.acme.example", "b.acme.example"], "ports": {"http": {"port": 80}}}
    repository.write("teams/shop/far.yaml", "ExternalService", **two)
    repository.write("teams/shop/far-2.yaml", "ExternalService", hosts=["c.acme.example"], ports={"http": {"port": 80}})
    repository.app("shop/web", calls={name: {} for name in ("cart", "pay/ledger", "erp", "erp-two", "far", "far-2")})
    bodies = repository.bodies()
    addresses = {n: b["spec"]["address"] for n, b in bodies.items() if n.startswith("WorkloadEntry")}
    assert sorted(addresses.values()) == ["10.1.0.5", "10.1.0.6"]
    assert bodies["VirtualService shop/far-2"]["spec"]["hosts"] == ["c.acme.example"]
    assert bodies["VirtualService shop/far.2"]["spec"]["hosts"] == ["b.acme.example"]


def test_two_hosts_that_differ_in_hyphens_have_objects_of_their_own(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    hosts = ("a-b.acme.example", "a.b-acme.example")
    repository.change("teams/shop/team.yaml", domains=["*.acme.example", "*.b-acme.example"])
    repository.app("shop/web", expose={"one": {"gateway": "public", "host": hosts[0]}})
    repository.app("shop/cart", expose={"two": {"gateway": "public", "host": hosts[1]}})
    found = [
        body["spec"]["hosts"]
        for name, body in repository.bodies().items()
        if name.startswith("VirtualService istio-ingress/")
    ]
    assert sorted(found) == [[host] for host in hosts]


def test_a_domain_is_no_ending_of_other_domains(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.change("teams/shop/team.yaml", domains=["*.shop.acme.example"])
    repository.app("shop/web", expose={"web": {"gateway": "public", "host": "evilshop.acme.example"}})
    assert "PC2305" in {code for code, _ in repository.findings()}
    repository.app("shop/web", expose={"web": {"gateway": "public", "host": "web.shop.acme.example"}})
    assert "PC2305" not in {code for code, _ in repository.findings()}


def test_a_registry_is_no_beginning_of_other_registries(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.change("environments/prod.yaml", mandates={"allowedRegistries": ["ghcr.io/acme"]})
    assert "PC3101" not in {code for code, _ in repository.findings()}
    repository.app("shop/web", image="ghcr.io/acme-evil/web:1.0.0")
    assert "PC3101" in {code for code, _ in repository.findings()}
