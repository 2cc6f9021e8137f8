"""ServiceEntries can be resolved and told apart; Sidecars are alone and name what is there."""

import pytest

from platform_compiler.verify.versions import Versions
from tests.verify.istio.worlds import bare, codes, deployment, external, service, sidecar

BASE = service("web") + deployment("web")

ENTRIES = {
    "wildcard by DNS": ({"PC5220"}, external().replace("api.example.org", "'*.example.org'")),
    "wildcard as it is": (set(), external("NONE").replace("api.example.org", "'*.example.org'")),
    "wildcard by DNS of an endpoint": (
        set(),
        external(more=", endpoints: [{address: proxy.example.org}]").replace("api.example.org", "'*.example.org'"),
    ),
    "TCP of no resolution without addresses": ({"PC5225"}, external("NONE", 5432, "TCP")),
    "TCP with addresses": (set(), external("NONE", 5432, "TCP", ", addresses: [192.0.2.1]")),
    "TCP that the mesh gives an address": (set(), external("DNS", 5432, "TCP")),
    "TCP that is to get no address": (
        {"PC5225"},
        external("DNS", 5432, "TCP").replace(
            "namespace: shop", "namespace: shop, labels: {networking.istio.io/enable-autoallocate-ip: 'false'}"
        ),
    ),
    "TLS without addresses": (set(), external("NONE")),
    "two protocols of one port": ({"PC5226"}, external() + external(protocol="HTTP").replace("name: api", "name: b")),
    "two protocols of two ports": (
        set(),
        external() + external(port=80, protocol="HTTP").replace("name: api", "name: b"),
    ),
    "two protocols in two namespaces": (
        set(),
        external(more=", exportTo: ['.']")
        + external(protocol="HTTP", more=", exportTo: ['.']").replace("namespace: shop", "namespace: pay"),
    ),
}

SIDECARS = {
    "two for one workload": (
        {"PC5227"},
        BASE
        + deployment("api", labels="tier: web")
        + sidecar("a", "workloadSelector: {labels: {tier: web}}")
        + sidecar("b", "workloadSelector: {labels: {app: api}}"),
    ),
    "two without selector": ({"PC5227"}, BASE + sidecar("a", "") + sidecar("b", "")),
    "one for all and one for a workload": (
        set(),
        BASE + sidecar("a", "") + sidecar("b", "workloadSelector: {labels: {app: web}}"),
    ),
    "one for each of two namespaces": (set(), BASE + sidecar("a", "") + sidecar("pay/a", "")),
    "host that its namespace does not declare": (
        {"PC5207"},
        BASE + service("pay/card") + sidecar("a", "egress: [{hosts: ['pay/crad.pay.svc.cluster.local']}]"),
    ),
    "host of another namespace": (
        {"PC5207"},
        BASE + service("pay/card") + sidecar("a", "egress: [{hosts: ['shop/card.pay.svc.cluster.local']}]"),
    ),
    "external host that nothing declares": (
        {"PC5207"},
        BASE + sidecar("a", "egress: [{hosts: ['*/api.example.org']}]"),
    ),
    "namespace without hosts": (
        {"PC5207"},
        BASE + deployment("pay/card") + sidecar("a", "egress: [{hosts: ['pay/*']}]"),
    ),
    "own namespace without hosts": (
        set(),
        deployment("pay/card") + sidecar("pay/a", "egress: [{hosts: ['./*', 'pay/*']}]"),
    ),
    "namespace where nothing is judged": (set(), BASE + sidecar("a", "egress: [{hosts: ['pay/*', 'istio-system/*']}]")),
    "hosts that are there": (
        set(),
        BASE
        + external()
        + service("pay/card")
        + sidecar("a", "egress: [{hosts: ['./*', '*/api.example.org', 'pay/*.svc.cluster.local', '~/*']}]"),
    ),
}


@pytest.mark.parametrize("case", ENTRIES)
def test_service_entries_can_be_resolved_and_told_apart(case: str) -> None:
    expected, world = ENTRIES[case]
    assert codes(world) == expected


@pytest.mark.parametrize("case", SIDECARS)
def test_sidecars_are_alone_and_name_what_is_there(case: str) -> None:
    expected, world = SIDECARS[case]
    assert codes(world) == expected


def test_older_meshes_give_no_addresses() -> None:
    assert codes(external("DNS", 5432, "TCP"), versions=Versions(istio=(1, 24))) == {"PC5225"}


def test_endpoints_and_selector_exclude_each_other() -> None:
    world = BASE + external(
        "STATIC", more=", endpoints: [{address: 192.0.2.1}], workloadSelector: {labels: {app: web}}"
    )
    assert bare(world) == {"PC5220"}
