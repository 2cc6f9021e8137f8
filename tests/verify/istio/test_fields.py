"""Rules within one object of Istio's that no schema can say."""

import pytest

from tests.verify.judged import codes, found

ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: pay, namespace: shop}
spec:
  hosts: [pay.example.com]
"""
ROUTE = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
"""
RULE = """
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: web.example.com
"""
POLICY = """
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
"""
LOCALITY = "loadBalancer: {localityLbSetting: "

FIRING = [
    (ENTRY + "  ports: [{name: a, number: 80}, {name: b, number: 80}]\n", "port 80 occurs twice"),
    (ENTRY + "  addresses: [10.0.0.0/33]\n", "10.0.0.0/33 is no IP address or range"),
    (ENTRY + '  addresses: ["1.2.3"]\n', "1.2.3 is no IP address or range"),
    (ROUTE + "  tcp: [{match: [{destinationSubnets: [10.0.0.0/99]}]}]\n", "10.0.0.0/99 is no IP address or range"),
    (ROUTE + "  tcp: [{match: [{sourceSubnet: 300.0.0.1}]}]\n", "300.0.0.1 is no IP address or range"),
    (
        ROUTE + '  http: [{match: [{uri: {regex: "/(?!admin).*"}}], redirect: {uri: /}}]\n',
        "the regex uses (?!, which RE2 does not know",
    ),
    (
        ROUTE + '  http: [{match: [{headers: {x-a: {regex: "(a)\\\\1"}}}], redirect: {uri: /}}]\n',
        "the regex uses \\1, which RE2 does not know",
    ),
    (
        ROUTE + '  http: [{corsPolicy: {allowOrigins: [{regex: "(?<=a)b"}]}, redirect: {uri: /}}]\n',
        "the regex uses (?<=, which RE2 does not know",
    ),
    (
        RULE + "  trafficPolicy: {" + LOCALITY + "{distribute: [{from: eu/*, to: {eu/*: 80, us/*: 10}}]}}}\n",
        "the weights add up to 90 and not to 100",
    ),
    (
        RULE + "  subsets: [{name: v1, trafficPolicy: {" + LOCALITY + "{failover: [{from: eu, to: eu}]}}}}]\n",
        "eu fails over to itself",
    ),
    (POLICY + "  rules: [{from: [{source: {ipBlocks: [10.0.0.999]}}]}]\n", "10.0.0.999 is no IP address or range"),
    (POLICY + "  rules: [{when: [{key: source.ip, values: [front]}]}]\n", "front is no IP address or range"),
]
SILENT = [
    ENTRY + "  ports: [{name: a, number: 80}, {name: b, number: 81}]\n",
    ENTRY + '  addresses: [10.0.0.1/8, "2001:db8::1", "001:db8::/32"]\n',
    ROUTE + "  tcp: [{match: [{destinationSubnets: [10.0.0.1], sourceSubnet: 10.0.0.0/8}]}]\n",
    ROUTE + '  http: [{match: [{uri: {regex: "(?i)/(?:a|b)\\\\\\\\1/\\\\d+"}}], redirect: {uri: /}}]\n',
    ROUTE + '  http: [{match: [{uri: {exact: "/(?!admin)"}}], redirect: {uri: /}}]\n',
    RULE + "  trafficPolicy: {" + LOCALITY + "{distribute: [{from: eu/*, to: {eu/*: 80, us/*: 20}}]}}}\n",
    RULE + "  trafficPolicy: {" + LOCALITY + "{failover: [{from: eu, to: us}]}}}\n",
    POLICY + "  rules: [{when: [{key: source.namespace, values: [front]}]}]\n",
]


@pytest.mark.parametrize(("text", "message"), FIRING)
def test_broken_rule_is_told(text: str, message: str) -> None:
    words = [shown for shown in found(text, whole=False) if shown.startswith("PC5230")]
    assert [shown.partition(": ")[2] for shown in words] == [message]


@pytest.mark.parametrize("text", SILENT)
def test_what_looks_alike_is_not_told(text: str) -> None:
    assert codes(text, whole=False).isdisjoint({"PC1006", "PC5002", "PC5230"})
