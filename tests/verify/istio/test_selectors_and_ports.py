"""Selectors meet what is judged; ports tell their protocol, and Services agree on them."""

import pytest

from tests.verify.istio.worlds import HTTP, bare, codes, deployment, external, gateway, rule, service, sidecar, thing

BASE = service("web") + deployment("web")
MESH = "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled}}}\n---\n"

SELECTORS = {
    "Sidecar for no workload": ({"PC5208"}, BASE + sidecar("a", "workloadSelector: {labels: {app: wbe}}")),
    "policy for no workload": (
        {"PC5208"},
        BASE + thing("AuthorizationPolicy", "a", "{selector: {matchLabels: {app: wbe}}}"),
    ),
    "policy for a workload": (
        set(),
        BASE + thing("AuthorizationPolicy", "a", "{selector: {matchLabels: {app: web}}}"),
    ),
    "policy where no workload is judged": (
        set(),
        service("pay/card")
        + thing("PeerAuthentication", "pay/a", "{selector: {matchLabels: {app: card}}, mtls: {mode: STRICT}}"),
    ),
    "policy of the mesh's own namespace": (
        set(),
        deployment("istio-system/istiod")
        + thing("AuthorizationPolicy", "istio-system/a", "{selector: {matchLabels: {app: web}}}"),
    ),
    "policy for the pods of a Gateway that the mesh deploys": (
        set(),
        BASE
        + thing(
            "AuthorizationPolicy", "a", "{selector: {matchLabels: {gateway.networking.k8s.io/gateway-name: edge}}}"
        ),
    ),
    "ServiceEntry for no machine": (
        {"PC5208"},
        BASE + external("STATIC", more=", workloadSelector: {labels: {app: db}}"),
    ),
    "ServiceEntry for a machine": (
        set(),
        BASE
        + external("STATIC", more=", workloadSelector: {labels: {app: db}}")
        + thing("WorkloadEntry", "db", "{address: 192.0.2.1, labels: {app: db}}"),
    ),
    "Gateway for no workload beside one that has its own": (
        {"PC5208"},
        deployment("edge/ingress")
        + gateway("edge/a", HTTP % "'*'")
        + gateway("edge/b", HTTP % "a.example.com", "{app: igress}"),
    ),
    "Gateway for the workload of a usual installation": (
        set(),
        deployment("edge/ingress")
        + gateway("edge/a", HTTP % "'*'")
        + gateway("edge/b", HTTP % "a.example.com", "{istio: ingressgateway}"),
    ),
    "Gateways where no workload of theirs is judged": (set(), BASE + gateway("edge/a", HTTP % "'*'", "{app: proxy}")),
    "subset without pods": (
        {"PC5208"},
        BASE + rule("web", "host: web, subsets: [{name: v2, labels: {version: v2}}]"),
    ),
    "subset with pods": (
        set(),
        BASE
        + deployment("web2", labels="version: v2", app="web")
        + rule("web", "host: web, subsets: [{name: v2, labels: {version: v2}}]"),
    ),
    "subset of a zone": (
        set(),
        BASE + rule("web", "host: web, subsets: [{name: a, labels: {topology.kubernetes.io/zone: eu-1a}}]"),
    ),
    "subset where no pods are judged": (
        set(),
        service("web") + rule("web", "host: web, subsets: [{name: v2, labels: {version: v2}}]"),
    ),
}

PORTS = {
    "port without protocol": ({"PC5229"}, MESH + service("web", "{name: main, port: 8080}")),
    "protocol by name": (set(), MESH + service("web", "{name: grpc-web-main, port: 8080}, {name: http2, port: 81}")),
    "protocol by field": (set(), MESH + service("web", "{name: main, port: 8080, appProtocol: kubernetes.io/h2c}")),
    "UDP": (set(), MESH + service("web", "{name: main, port: 8080, protocol: UDP}")),
    "port that is known": (set(), MESH + service("web", "{name: main, port: 3306}")),
    "port outside the mesh": (set(), service("web", "{name: main, port: 8080}")),
    "one port with two protocols": (
        {"PC5228"},
        MESH + BASE + service("web2", "{name: tcp-a, port: 80, targetPort: 81}", app="web"),
    ),
    "one target of two ports": (
        {"PC5228"},
        MESH + BASE + service("web2", "{name: http-a, port: 8080, targetPort: 80}", app="web"),
    ),
    "the same port twice": (
        set(),
        MESH + BASE + service("web2", "{name: http-a, port: 80}", app="web"),
    ),
    "one target of two ports of one Service": (
        set(),
        MESH + deployment("web") + service("web", "{name: http-a, port: 80}, {name: http-b, port: 81, targetPort: 80}"),
    ),
}

BARE = {
    "selector where pods of a kind unknown to us may be": (
        set(),
        BASE
        + sidecar("a", "workloadSelector: {labels: {app: api}}")
        + thing("Sidecar", "api", "{}").replace(
            "networking.istio.io/v1\nkind: Sidecar", "argoproj.io/v1\nkind: Rollout"
        ),
    ),
    "port without name": (
        {"PC5229"},
        MESH + thing("Service", "web", "{selector: {app: web}, ports: [{port: 8080}]}"),
    ),
    "port of an ExternalName that is called tcp": (
        {"PC5229"},
        MESH + thing("Service", "db", "{type: ExternalName, ports: [{name: tcp, port: 5432}]}"),
    ),
    "load balancers of two transports": (
        set(),
        MESH
        + deployment("dns")
        + thing("Service", "tcp", "{type: LoadBalancer, selector: {app: dns}, ports: [{name: tcp, port: 53}]}")
        + thing("Service", "udp", "{selector: {app: dns}, ports: [{name: dns, port: 53, protocol: UDP}]}"),
    ),
    "two transports of one port": (
        {"PC5228"},
        MESH
        + deployment("dns")
        + thing("Service", "tcp", "{selector: {app: dns}, ports: [{name: tcp, port: 53}]}")
        + thing("Service", "udp", "{selector: {app: dns}, ports: [{name: dns, port: 53, protocol: UDP}]}"),
    ),
}


@pytest.mark.parametrize("case", SELECTORS)
def test_selectors_meet_what_is_judged(case: str) -> None:
    expected, world = SELECTORS[case]
    assert codes(world) == expected


@pytest.mark.parametrize("case", PORTS)
def test_ports_tell_their_protocol_and_agree(case: str) -> None:
    expected, world = PORTS[case]
    assert codes(world) == expected


@pytest.mark.parametrize("case", BARE)
def test_what_no_schema_knows_is_judged_by_what_it_says(case: str) -> None:
    expected, world = BARE[case]
    assert bare(world) == expected
