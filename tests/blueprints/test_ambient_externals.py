"""External services for which an ambient mesh starts TLS: a waypoint of their owner's namespace stands before them."""

from pathlib import Path
from typing import Any

import pytest

from tests.platforms import Objects, app, cluster, findings, write

CAPTURING = {"prod": cluster("istio-ambient@1", mesh={"dnsCapture": True})}
BANK: dict[str, Any] = {
    "hosts": ["api.bank.example"],
    "ports": {"http": {"port": 80, "targetPort": 443}, "raw": {"port": 5000, "protocol": "tcp"}},
    "tls": {"origin": "mesh", "subjectAltNames": ["bank"]},
    "access": {"web": {"from": ["web/*"], "ports": ["http"]}},
}
PROXY = {"gateway.networking.k8s.io/gateway-name": "waypoint"}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Objects:
    direct = {"hosts": ["direct.example"], "ports": {"https": {"port": 443, "protocol": "https"}}}
    fixed = {**BANK, "hosts": ["ledger.example"], "endpoints": {"a": {"address": "192.0.2.7"}}}
    read = {"from": ["web/web"], "paths": ["/v1/*"], "methods": ["GET"]}
    plain = {"hosts": ["plain.example"], "ports": {"http": {"port": 8000}}, "access": {"read": read}}
    web = app(calls={"shop/bank": {}, "shop/fixed": {}, "shop/plain": {}, "direct": {}})
    teams = {
        "shop": {"bank": BANK, "fixed": fixed, "plain": plain},
        "web": {"web": web, "idle": app(), "direct": direct},
    }
    return Objects(write(tmp_path_factory.mktemp("ambient"), CAPTURING, teams))


def test_decision_23_tls_that_the_mesh_starts_is_a_destination_rule_at_a_waypoint(here: Objects) -> None:
    entry = here.one("ServiceEntry", "bank")
    assert entry["metadata"]["labels"]["istio.io/use-waypoint"] == "waypoint"
    assert entry["spec"]["ports"][0] == {"name": "http", "number": 80, "protocol": "HTTP", "targetPort": 443}
    rule = here.one("DestinationRule", "bank")
    assert rule["metadata"]["namespace"] == "shop"
    assert rule["spec"] == {
        "host": "api.bank.example",
        "exportTo": ["."],
        "trafficPolicy": {"tls": {"mode": "SIMPLE", "sni": "api.bank.example", "subjectAltNames": ["bank"]}},
    }


def test_requests_to_a_service_outside_are_read_at_a_waypoint_where_its_rules_name_them(here: Objects) -> None:
    assert here.one("ServiceEntry", "plain")["metadata"]["labels"]["istio.io/use-waypoint"] == "waypoint"
    [rule] = here.one("AuthorizationPolicy", "plain")["spec"]["rules"]
    operation = {"ports": ["8000"], "methods": ["GET"], "paths": ["/v1", "/v1/*"]}
    assert rule["to"] == [{"operation": operation}]


def test_only_services_that_need_one_have_a_waypoint(here: Objects) -> None:
    assert here.names("Gateway") == ["shop/waypoint"]
    assert "istio.io/use-waypoint" not in here.one("ServiceEntry", "direct")["metadata"]["labels"]
    assert here.names("DestinationRule") == ["shop/bank", "shop/fixed"]


def test_the_waypoint_lets_callers_through_to_these_hosts_by_their_identity(here: Objects) -> None:
    spec = here.one("AuthorizationPolicy", "bank")["spec"]
    assert spec["targetRefs"] == [{"group": "networking.istio.io", "kind": "ServiceEntry", "name": "bank"}]
    assert spec["rules"] == [
        {
            "from": [{"source": {"principals": ["cluster.local/ns/web/sa/web"]}}],
            "to": [{"operation": {"ports": ["80"]}}],
        }
    ]


def test_callers_reach_the_waypoint_alone_and_it_goes_on_to_what_they_were_granted(here: Objects) -> None:
    mine = here.one("NetworkPolicy", "web")["spec"]["egress"]
    assert [port["port"] for rule in mine for port in rule["ports"]] == [443, 15008]  # 443: `direct`, with its own TLS
    own = here.one("NetworkPolicy", "waypoint")["spec"]
    [caller] = own["ingress"]
    assert caller["from"][0]["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "web"}
    fixed, anywhere = (rule for rule in own["egress"] if "ipBlock" in rule["to"][0])
    assert fixed == {"to": [{"ipBlock": {"cidr": "192.0.2.7/32"}}], "ports": [{"protocol": "TCP", "port": 443}]}
    assert anywhere["to"][0]["ipBlock"]["except"] == ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    assert anywhere["ports"] == [{"protocol": "TCP", "port": 443}, {"protocol": "TCP", "port": 8000}]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("tls.ca", {"tls": {"origin": "mesh", "ca": "corp-ca"}}),
        ("tls.clientCertificate", {"tls": {"origin": "mesh", "clientCertificate": "client"}}),
        ("egress", {"egress": "gateway"}),
    ],
)
def test_what_a_waypoint_cannot_do_is_an_error_at_the_owners_line(word: str, said: object, tmp_path: Path) -> None:
    assert isinstance(said, dict)
    secrets = {"corp-ca": {"existing": True}, "client": {"existing": True}}
    web = app(calls={"shop/bank": {}}, secrets=secrets)
    root = write(tmp_path, CAPTURING, {"shop": {"bank": {**BANK, **said}}, "web": {"web": web}})
    assert any(found.startswith(f"PC4301 `{word}` has no effect on cluster `prod`") for found in findings(root))


def test_an_address_that_callers_dial_leads_to_the_waypoint_too(tmp_path: Path) -> None:
    bank = {**BANK, "addresses": ["192.0.2.7/32"]}
    teams = {"shop": {"bank": bank}, "web": {"web": app(calls={"shop/bank": {}})}}
    here = Objects(write(tmp_path, {"prod": cluster("istio-ambient@1")}, teams))
    assert here.names("Gateway") == ["shop/waypoint"]
    assert here.one("ServiceEntry", "bank")["spec"]["resolution"] == "DNS"


def test_nobody_calls_so_nothing_stands_before_it(tmp_path: Path) -> None:
    here = Objects(write(tmp_path, {"prod": cluster("istio-ambient@1")}, {"shop": {"bank": BANK}}))
    assert here.names("Gateway") == []
