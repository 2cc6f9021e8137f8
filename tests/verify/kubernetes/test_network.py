"""NetworkPolicies: rules that are looked at, addresses that are some."""

import pytest

from tests.verify.kubernetes.checked import stream, thing, told, workload


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("policyTypes: [Ingress], ingress: [{}]", []),
        ("ingress: [{}], egress: [{}]", []),
        ("policyTypes: [Ingress, Egress], ingress: []", []),
        (
            "policyTypes: [Ingress], egress: [{}]",
            ["PC5140 spec.egress: its egress rules have no effect: policyTypes does not name Egress"],
        ),
        ("egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]", []),
        ("egress: [{to: [{ipBlock: {cidr: '::/0', except: ['fd00::/8']}}]}]", []),
        (
            "egress: [{to: [{ipBlock: {cidr: 10.0.0.0/33}}]}]",
            ["PC5141 spec.egress[0].to[0].ipBlock.cidr: 10.0.0.0/33 is no range of addresses"],
        ),
        (
            "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]",
            ["PC5141 spec.ingress[0].from[0].ipBlock.except[0]: 11.0.0.0/16 is no part of 10.0.0.0/8"],
        ),
        (
            "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}]",
            ["PC5141 spec.ingress[0].from[0].ipBlock.except[0]: 10.0.0.0/8 is no part of 10.0.0.0/8"],
        ),
        ("egress: [{ports: [{port: 80, endPort: 90}]}]", []),
        (
            "egress: [{ports: [{port: 90, endPort: 80}]}]",
            ["PC5141 spec.egress[0].ports[0].endPort: the range ends before 90"],
        ),
    ],
)
def test_network_policy(spec: str, expected: list[str]) -> None:
    assert told(thing("networking.k8s.io/v1 NetworkPolicy", f"spec: {{podSelector: {{}}, {spec}}}")) == expected


def test_alias_of_a_host_is_an_address() -> None:
    assert told(workload("containers: [], hostAliases: [{ip: 10.0.0.1}, {ip: '::1'}]")) == []
    assert told(workload("containers: [], hostAliases: [{ip: 10.0.0}]")) == [
        "PC5141 spec.template.spec.hostAliases[0].ip: 10.0.0 is no address"
    ]


PODS = workload("containers: [{name: a, ports: [{name: http, containerPort: 8080}]}]")
OF_WEB = "{podSelector: {matchLabels: {app: web}}}"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ingress: [{ports: [{port: 8080}]}]", []),
        ("ingress: [{ports: [{port: http}]}]", []),
        ("ingress: [{ports: [{port: 15008}]}]", []),
        ("ingress: [{ports: [{port: 8000, endPort: 9000}]}]", []),
        (
            "ingress: [{ports: [{port: 8081}]}]",
            ["PC5119 spec.ingress[0].ports[0].port: no pod that it is about opens port 8081/TCP"],
        ),
        (
            "ingress: [{ports: [{port: 8080, protocol: UDP}]}]",
            ["PC5119 spec.ingress[0].ports[0].port: no pod that it is about opens port 8080/UDP"],
        ),
        (
            "ingress: [{ports: [{port: htp}]}]",
            ["PC5118 spec.ingress[0].ports[0].port: no pod that it is about has a port called htp"],
        ),
        (f"egress: [{{to: [{OF_WEB}], ports: [{{port: 8080}}]}}]", []),
        (
            f"egress: [{{to: [{OF_WEB}], ports: [{{port: 80}}]}}]",
            ["PC5119 spec.egress[0].ports[0].port: no pod that it is about opens port 80/TCP"],
        ),
        (f"egress: [{{to: [{OF_WEB}, {{ipBlock: {{cidr: 10.0.0.0/8}}}}], ports: [{{port: 80}}]}}]", []),
        ("egress: [{to: [{namespaceSelector: {}}], ports: [{port: 80}]}]", []),
        ("egress: [{ports: [{port: 443}]}]", []),
    ],
)
def test_policy_lets_through_what_pods_open(rule: str, expected: list[str]) -> None:
    policy = thing(
        "networking.k8s.io/v1 NetworkPolicy", f"spec: {{podSelector: {{matchLabels: {{app: web}}}}, {rule}}}"
    )
    assert told(stream(PODS, policy)) == expected
    assert told(stream(PODS, policy), whole=False) == []
    silent = workload("containers: [{name: a}]")
    assert told(stream(silent, policy)) == []
