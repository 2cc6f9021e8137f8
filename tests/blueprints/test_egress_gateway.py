"""Calls that leave by the egress gateway: compiled once, read by many tests (MODEL §4, decision 24)."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests.small_repository import AS_OF, Body, SmallRepository

MESH: Body = {"egress": {"namespace": "istio-egress", "podLabels": {"app": "egress"}, "port": 9443}}
HOST = "egress.istio-egress.svc.cluster.local"
EXTERNALS: dict[str, Body] = {
    "stripe": {"hosts": ["api.stripe.com"], "ports": {"https": {"port": 443, "protocol": "https"}}},
    "rates": {
        "hosts": ["rates.acme.example"],
        "ports": {"grpc": {"port": 80, "targetPort": 443, "protocol": "grpc"}},
        "tls": {"origin": "mesh"},
        "access": {"all": {"from": ["pay/*", "shop/cart"]}},
        "traffic": {"timeout": "2s"},
    },
    "db": {
        "hosts": ["db.acme.example"],
        "ports": {"db": {"port": 5432, "protocol": "tcp"}},
        "endpoints": {"a": {"address": "10.30.0.5"}},
    },
    "idle": {"hosts": ["idle.acme.example"], "ports": {"https": {"port": 443, "protocol": "https"}}},
}
POLICIES = ("Gateway", "DestinationRule", "AuthorizationPolicy", "NetworkPolicy", "Service")


def written(root: Path, **calls: Body) -> SmallRepository:
    """Write the repository; `web` calls what `calls` say, beside what it calls anyway."""
    repository = SmallRepository(root)
    repository.change("clusters/prod.yaml", mesh=MESH)
    for name, spec in EXTERNALS.items():
        repository.write(f"teams/shop/{name}.yaml", "ExternalService", **spec, egress="gateway")
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, **calls})
    return repository


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Body]:
    repository = written(tmp_path_factory.mktemp("egress") / "repository", stripe={}, db={})
    repository.app("pay/ledger", calls={"shop/rates": {}})
    repository.app("shop/cart", calls={"rates": {}})
    return repository.bodies()


def at_gateway(bodies: dict[str, Body], kind: str) -> Any:
    return bodies[f"{kind} istio-egress/egress"]["spec"]


def principal(ref: str) -> str:
    namespace, _, name = ref.partition("/")
    return f"cluster.local/ns/{namespace}/sa/{name}"


def test_decision_24_the_application_reaches_the_gateway_alone(bodies: dict[str, Body]) -> None:
    rules = bodies["NetworkPolicy shop/web"]["spec"]["egress"]
    assert not any("ipBlock" in peer for rule in rules for peer in rule["to"])
    peer = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "istio-egress"}},
        "podSelector": {"matchLabels": {"app": "egress"}},
    }
    assert {"to": [peer], "ports": [{"protocol": "TCP", "port": 9443}]} in rules


def test_decision_24_the_gateway_alone_reaches_the_world(bodies: dict[str, Body]) -> None:
    spec = at_gateway(bodies, "NetworkPolicy")
    assert spec["podSelector"] == {"matchLabels": {"app": "egress"}}
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    blocks = [(rule["to"][0]["ipBlock"], rule["ports"]) for rule in spec["egress"] if "ipBlock" in rule["to"][0]]
    private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    assert blocks == [
        ({"cidr": "10.30.0.5/32"}, [{"protocol": "TCP", "port": 5432}]),
        ({"cidr": "0.0.0.0/0", "except": private}, [{"protocol": "TCP", "port": 443}]),
    ]


def test_decision_24_the_gateway_lets_in_its_callers_alone(bodies: dict[str, Body]) -> None:
    rules = at_gateway(bodies, "NetworkPolicy")["ingress"]
    found = [
        (
            peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"],
            *peer["podSelector"]["matchLabels"].values(),
        )
        for rule in rules
        for peer in rule["from"]
    ]
    assert found == [("pay", "ledger"), ("shop", "cart"), ("shop", "web")]
    assert {port["port"] for rule in rules for port in rule["ports"]} == {9443}


def test_decision_24_exactly_the_callers_come_to_exactly_their_hosts(bodies: dict[str, Body]) -> None:
    policy = at_gateway(bodies, "AuthorizationPolicy")
    assert (policy["action"], policy["selector"]) == ("ALLOW", {"matchLabels": {"app": "egress"}})
    admitted = set()
    for rule in policy["rules"]:
        [condition], [source] = rule["when"], rule["from"]
        assert condition["key"] == "connection.sni"
        admitted |= set(product(source["source"]["principals"], condition["values"]))
        assert rule["to"][0]["operation"]["ports"] == ["9443"]
    assert admitted == {
        (principal("shop/web"), "api.stripe.com"),
        (principal("shop/web"), "db.acme.example"),
        (principal("pay/ledger"), "rates.acme.example"),
        (principal("shop/cart"), "rates.acme.example"),
    }


def test_requests_are_held_to_the_host_that_their_connection_asked_for(bodies: dict[str, Body]) -> None:
    hosts = [rule["to"][0]["operation"].get("hosts") for rule in at_gateway(bodies, "AuthorizationPolicy")["rules"]]
    assert hosts == [None, None, ["rates.acme.example", "rates.acme.example:*"]]


def test_each_host_is_a_server_of_its_own_with_mutual_tls(bodies: dict[str, Body]) -> None:
    spec = at_gateway(bodies, "Gateway")
    assert spec["selector"] == {"app": "egress"}
    assert [(server["hosts"], server["port"]["protocol"]) for server in spec["servers"]] == [
        (["api.stripe.com"], "TLS"),
        (["db.acme.example"], "TLS"),
        (["rates.acme.example"], "HTTPS"),
    ]
    assert {server["tls"]["mode"] for server in spec["servers"]} == {"ISTIO_MUTUAL"}
    assert len({server["port"]["name"] for server in spec["servers"]}) == len(spec["servers"])


def test_callers_ask_the_gateway_for_the_host_by_its_name(bodies: dict[str, Body]) -> None:
    spec = at_gateway(bodies, "DestinationRule")
    assert spec["host"] == HOST
    assert spec["exportTo"] == [".", "pay", "shop"]
    found = {subset["name"]: subset["trafficPolicy"]["tls"] for subset in spec["subsets"]}
    assert found["api-stripe-com"] == {"mode": "ISTIO_MUTUAL", "sni": "api.stripe.com"}
    http2 = [subset["name"] for subset in spec["subsets"] if "connectionPool" in subset["trafficPolicy"]]
    assert http2 == ["rates-acme-example"]  # it speaks gRPC


def test_a_service_of_ours_leads_to_the_gateway(bodies: dict[str, Body]) -> None:
    spec = at_gateway(bodies, "Service")
    assert spec["selector"] == {"app": "egress"}
    assert [(port["port"], port["targetPort"]) for port in spec["ports"]] == [(9443, 9443)]


def test_tls_of_the_program_goes_to_the_gateway_by_name_and_on_from_there(bodies: dict[str, Body]) -> None:
    spec = bodies["VirtualService shop/stripe"]["spec"]
    assert spec["gateways"] == ["mesh", "istio-egress/egress"]
    [hello], [arrived] = spec["tls"], spec["tcp"]
    assert hello["match"] == [{"gateways": ["mesh"], "port": 443, "sniHosts": ["api.stripe.com"]}]
    to = {"host": HOST, "port": {"number": 9443}, "subset": "api-stripe-com"}
    assert hello["route"] == [{"destination": to}]
    assert arrived["match"] == [{"gateways": ["istio-egress/egress"], "port": 9443}]
    assert arrived["route"] == [{"destination": {"host": "api.stripe.com", "port": {"number": 443}}}]


def test_raw_bytes_go_to_the_gateway_by_port(bodies: dict[str, Body]) -> None:
    first, second = bodies["VirtualService shop/db"]["spec"]["tcp"]
    assert first["match"] == [{"gateways": ["mesh"], "port": 5432}]
    assert second["route"] == [{"destination": {"host": "db.acme.example", "port": {"number": 5432}}}]


def test_decision_26_of_two_hops_the_gateway_alone_waits_and_tries_again(bodies: dict[str, Body]) -> None:
    first, second = bodies["VirtualService shop/rates"]["spec"]["http"]
    assert first["match"] == [{"gateways": ["mesh"], "port": 80}]
    assert first["retries"] == {"attempts": 0}
    assert "timeout" not in first
    assert second["match"] == [{"gateways": ["istio-egress/egress"], "port": 9443}]
    assert (second["timeout"], second["retries"]["attempts"]) == ("2s", 2)


def test_the_gateway_sees_what_it_leads_to(bodies: dict[str, Body]) -> None:
    for kind in ("ServiceEntry", "VirtualService", "DestinationRule"):
        assert bodies[f"{kind} shop/rates"]["spec"]["exportTo"] == [".", "istio-egress", "pay"]


def test_proxies_of_callers_know_the_gateway_and_others_do_not(bodies: dict[str, Body]) -> None:
    known = f"istio-egress/{HOST}"
    assert known in bodies["Sidecar shop/web"]["spec"]["egress"][0]["hosts"]
    assert "shop/api.stripe.com" in bodies["Sidecar shop/web"]["spec"]["egress"][0]["hosts"]
    assert not any("istio-egress" in host for host in bodies["Sidecar shop/default"]["spec"]["egress"][0]["hosts"])


def test_an_external_service_that_nobody_calls_has_no_way_out(bodies: dict[str, Body]) -> None:
    assert "idle" not in str(bodies)


def test_removing_a_call_removes_its_way_through_the_gateway(tmp_path: Path) -> None:
    without = written(tmp_path / "a", db={}).files()
    repository = written(tmp_path / "b", db={}, stripe={})
    assert b"stripe" in b"".join(repository.files().values())
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, "db": {}})
    assert repository.files() == without
    assert b"stripe" not in b"".join(without.values())


def test_a_gateway_that_nobody_needs_lets_in_nobody(tmp_path: Path) -> None:
    bodies = written(tmp_path / "repository").bodies()
    assert at_gateway(bodies, "AuthorizationPolicy").get("rules", []) == []
    assert at_gateway(bodies, "NetworkPolicy")["ingress"] == []
    assert not any(f"{kind} istio-egress/egress" in bodies for kind in ("Gateway", "DestinationRule", "Service"))


def test_machines_leave_by_the_gateway_with_their_identity(tmp_path: Path) -> None:
    repository = written(tmp_path / "repository")
    repository.change("teams/shop/team.yaml", namespaces={"shop": {}, "vm-erp": {}}, defaultNamespace="shop")
    repository.write(
        "teams/shop/erp.yaml",
        "ExternalService",
        location="mesh",
        hosts=["erp.shop.internal"],
        ports={"http": {"port": 80}},
        endpoints={"a": {"address": "10.1.0.5"}},
        identity={"namespace": "vm-erp", "serviceAccount": "erp"},
        calls={"stripe": {}},
    )
    bodies = repository.bodies()
    [rule] = at_gateway(bodies, "AuthorizationPolicy")["rules"]
    assert rule["from"] == [{"source": {"principals": [principal("vm-erp/erp")]}}]
    [into] = at_gateway(bodies, "NetworkPolicy")["ingress"]
    assert into["from"] == [{"ipBlock": {"cidr": "10.1.0.5/32"}}]
    assert f"istio-egress/{HOST}" in bodies["Sidecar vm-erp/erp"]["spec"]["egress"][0]["hosts"]


def test_long_hosts_have_short_names_of_their_own(tmp_path: Path) -> None:
    repository = written(tmp_path / "repository", one={}, two={})
    base = ".".join(["a-long-label-of-a-host"] * 4)
    for name in ("one", "two"):
        ports = {"https": {"port": 443, "protocol": "https"}}
        repository.write(
            f"teams/shop/{name}.yaml", "ExternalService", hosts=[f"{base}.{name}"], ports=ports, egress="gateway"
        )
    names = [subset["name"] for subset in at_gateway(repository.bodies(), "DestinationRule")["subsets"]]
    assert len(set(names)) == 2
    assert all(len(name) <= 63 for name in names)


@pytest.mark.parametrize("mesh", ["istio-ambient@1", "none"])
def test_decision_24_without_sidecars_the_gateway_is_refused(tmp_path: Path, mesh: str) -> None:
    repository = written(tmp_path / "repository")
    repository.change("clusters/prod.yaml", parts={"mesh": mesh}, gateways=None)
    repository.app("shop/cart", access=None)
    repository.app("shop/web", calls={"stripe": {}}, expose=None)
    assert repository.unmet() == ["egress"]
    repository.change("teams/shop/stripe.yaml", egress="direct")
    assert repository.unmet() == []


def test_nothing_is_found_fault_with(tmp_path: Path) -> None:
    repository = written(tmp_path / "repository", stripe={}, db={}, rates={})
    repository.change("teams/shop/rates.yaml", access={"all": {"from": ["shop/web"]}})
    bag = Bag()
    compile_tree(Directory(repository.root), AS_OF, bag)
    assert [finding.code for finding in bag.sorted()] == []
