"""DestinationRules, ServiceEntries, Sidecars, selectors and ports."""

import pytest

from platform_compiler.verify.versions import Versions
from tests.verify.istio.worlds import HTTP, entry, gateway, rule, service, sidecar, thing, workload
from tests.verify.judged import codes

BASE = service("web") + workload("web")
POOL = "connectionPool: {tcp: {maxConnections: 5}, http: {http2MaxRequests: 9}}"
OUTLIER = "outlierDetection: {consecutive5xxErrors: 5}"
FAILOVER = "loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}]}}"
TLS = "trafficPolicy: {tls: {mode: SIMPLE%s}}"
API = (
    "hosts: [api.example.org], location: MESH_EXTERNAL, resolution: %s, ports: [{number: %d, name: p, protocol: %s}]%s"
)
MEMBER = ", workloadSelector: {labels: {app: web}}"
MESH = thing("Namespace", "shop", "{}").replace(", namespace: shop", ", labels: {istio-injection: enabled}")
OLD = Versions(istio=(1, 24))
OLDER = Versions(istio=(1, 20))


def subset(top: str, own: str) -> str:
    subsets = f"subsets: [{{name: v1, labels: {{app: web}}, trafficPolicy: {{{own}}}}}]"
    return BASE + rule("web", f"host: web, trafficPolicy: {{{top}}}, {subsets}")


def external(resolution: str = "DNS", port: int = 443, protocol: str = "TLS", more: str = "") -> str:
    return entry("api", API % (resolution, port, protocol, more))


RULES = {
    "host that nothing declares": ({"PC5207"}, BASE + rule("wbe", "host: wbe")),
    "external host that nothing declares": ({"PC5207"}, BASE + rule("api", "host: api.example.org")),
    "external host with ServiceEntry": (set(), external() + rule("api", "host: api.example.org")),
    "host where nothing is judged": (set(), BASE + rule("card", "host: card.pay.svc.cluster.local")),
    "all hosts of the mesh": (set(), BASE + rule("all", 'host: "*.local"')),
    "two rules with traffic policies": (
        {"PC5221"},
        BASE + rule("a", f"host: web, trafficPolicy: {{{POOL}}}") + rule("b", f"host: web, trafficPolicy: {{{OUTLIER}}}"),
    ),
    "two rules with the same subset": (
        {"PC5221"},
        BASE
        + rule("a", "host: web, subsets: [{name: v1, labels: {app: web}}]")
        + rule("b", "host: web.shop.svc.cluster.local, subsets: [{name: v1, labels: {app: web}}]"),
    ),
    "two rules that add to each other": (
        set(),
        BASE
        + rule("a", f"host: web, trafficPolicy: {{{POOL}}}")
        + rule("b", "host: web, subsets: [{name: v1, labels: {app: web}}]"),
    ),
    "two rules for different workloads": (
        set(),
        BASE
        + rule("a", f"host: web, trafficPolicy: {{{POOL}}}, workloadSelector: {{matchLabels: {{app: web}}}}")
        + rule("b", f"host: web, trafficPolicy: {{{OUTLIER}}}"),
    ),
    "two rules of different namespaces": (
        set(),
        BASE
        + rule("a", f"host: web, trafficPolicy: {{{POOL}}}")
        + rule("pay/a", f"host: web.shop.svc.cluster.local, trafficPolicy: {{{POOL}}}"),
    ),
    "subset that drops a part of the pool": ({"PC5222"}, subset(POOL, "connectionPool: {http: {http2MaxRequests: 1}}")),
    "subset that drops a key of the pool": (
        {"PC5222"},
        subset("connectionPool: {tcp: {maxConnections: 5, connectTimeout: 1s}}", "connectionPool: {tcp: {maxConnections: 1}}"),
    ),
    "subset that sets another setting": (set(), subset(POOL, OUTLIER)),
    "subset that balances in another way": (
        set(),
        subset("loadBalancer: {simple: RANDOM}", "loadBalancer: {consistentHash: {httpHeaderName: x-user}}"),
    ),
    "port that drops the settings of the host": (
        {"PC5222"},
        BASE
        + rule("web", f"host: web, trafficPolicy: {{{POOL}, portLevelSettings: [{{port: {{number: 80}}, {OUTLIER}}}]}}"),
    ),
    "port that repeats the settings of the host": (
        set(),
        BASE
        + rule("web", f"host: web, trafficPolicy: {{{POOL}, portLevelSettings: [{{port: {{number: 80}}, {POOL}}}]}}"),
    ),
    "TLS to a Service without authority": ({"PC5223"}, BASE + rule("web", "host: web, " + TLS % "")),
    "TLS of a port without authority": (
        {"PC5223"},
        BASE
        + rule("web", "host: web, trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}"),
    ),
    "TLS to a Service with authority": (set(), BASE + rule("web", "host: web, " + TLS % ", caCertificates: /ca.pem")),
    "TLS without verification": (
        {"PC5223"},
        external() + rule("api", "host: api.example.org, " + TLS % ", insecureSkipVerify: true"),
    ),
    "TLS to the world, verified by the system's authorities": (
        set(),
        external() + rule("api", "host: api.example.org, " + TLS % ""),
    ),
    "TLS of the mesh itself": (set(), BASE + rule("web", "host: web, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}")),
    "failover without outlier detection": (
        {"PC5224"},
        BASE + rule("web", f"host: web, trafficPolicy: {{{FAILOVER}}}"),
    ),
    "failover of a subset without outlier detection": ({"PC5224"}, subset(POOL, FAILOVER)),
    "failover of a subset with that of the host": (set(), subset(OUTLIER, FAILOVER)),
    "failover with outlier detection": (
        set(),
        BASE + rule("web", f"host: web, trafficPolicy: {{{FAILOVER}, {OUTLIER}}}"),
    ),
    "distribution without outlier detection": (
        set(),
        BASE
        + rule(
            "web",
            'host: web, trafficPolicy: {loadBalancer: {localityLbSetting: {distribute: [{from: eu, to: {"us": 100}}]}}}',
        ),
    ),
    "failover that is off": (
        set(),
        BASE + rule("web", f"host: web, trafficPolicy: {{{FAILOVER.replace('{failover', '{enabled: false, failover')}}}"),
    ),
}  # fmt: skip

ENTRIES = {
    "wildcard by DNS": ({"PC5220"}, external().replace("api.example.org", "'*.example.org'")),
    "wildcard as it is": (set(), external("NONE").replace("api.example.org", "'*.example.org'")),
    "wildcard by DNS of an endpoint": (
        set(),
        external(more=", endpoints: [{address: proxy.example.org}]").replace("api.example.org", "'*.example.org'"),
    ),
    "endpoints and selector": (
        {"PC5220"},
        BASE + external("STATIC", more=", endpoints: [{address: 192.0.2.1}], workloadSelector: {labels: {app: web}}"),
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
}  # fmt: skip

SIDECARS = {
    "two for one workload": (
        {"PC5227"},
        BASE + workload("api", ", tier: web") + sidecar("a", "workloadSelector: {labels: {tier: web}}")
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
    "external host that nothing declares": ({"PC5207"}, BASE + sidecar("a", "egress: [{hosts: ['*/api.example.org']}]")),
    "namespace without hosts": (
        {"PC5207"},
        BASE + workload("pay/card") + sidecar("a", "egress: [{hosts: ['pay/*']}]"),
    ),
    "namespace where nothing is judged": (set(), BASE + sidecar("a", "egress: [{hosts: ['pay/*', 'istio-system/*']}]")),
    "hosts that are there": (
        set(),
        BASE + external() + service("pay/card")
        + sidecar("a", "egress: [{hosts: ['./*', '*/api.example.org', 'pay/*.svc.cluster.local', '~/*']}]"),
    ),
}  # fmt: skip

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
        service("pay/card") + thing("PeerAuthentication", "pay/a", "{selector: {matchLabels: {app: card}}, mtls: {mode: STRICT}}"),
    ),
    "policy of the mesh's own namespace": (
        set(),
        workload("istio-system/istiod")
        + thing("AuthorizationPolicy", "istio-system/a", "{selector: {matchLabels: {app: web}}}"),
    ),
    "policy for the pods of a Gateway that the mesh deploys": (
        set(),
        BASE
        + thing("AuthorizationPolicy", "a", "{selector: {matchLabels: {gateway.networking.k8s.io/gateway-name: edge}}}"),
    ),
    "ServiceEntry for no machine": (
        {"PC5208"},
        BASE + external("STATIC", more=", workloadSelector: {labels: {app: db}}"),
    ),
    "ServiceEntry for a machine": (
        set(),
        BASE + external("STATIC", more=", workloadSelector: {labels: {app: db}}")
        + thing("WorkloadEntry", "db", "{address: 192.0.2.1, labels: {app: db}}"),
    ),
    "Gateway for no workload beside one that has its own": (
        {"PC5208"},
        workload("edge/ingress") + gateway("edge/a", HTTP % "'*'")
        + gateway("edge/b", HTTP % "a.example.com", "{app: igress}"),
    ),
    "Gateway for the workload of a usual installation": (
        set(),
        workload("edge/ingress") + gateway("edge/a", HTTP % "'*'")
        + gateway("edge/b", HTTP % "a.example.com", "{istio: ingressgateway}"),
    ),
    "Gateways where no workload of theirs is judged": (set(), BASE + gateway("edge/a", HTTP % "'*'", "{app: proxy}")),
    "subset without pods": (
        {"PC5208"},
        BASE + rule("web", "host: web, subsets: [{name: v2, labels: {version: v2}}]"),
    ),
    "subset with pods": (
        set(),
        BASE + workload("web2", ", version: v2").replace("app: web2, v", "app: web, v")
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
}  # fmt: skip

PORTS = {
    "port without protocol": ({"PC5229"}, MESH + service("web", "{name: main, port: 8080}")),
    "port without name": ({"PC5229"}, MESH + service("web", "{port: 8080}")),
    "port of an ExternalName that is called tcp": (
        {"PC5229"},
        MESH + thing("Service", "db", "{type: ExternalName, externalName: db.example.org, ports: [{name: tcp, port: 5432}]}"),
    ),
    "protocol by name": (set(), MESH + service("web", "{name: grpc-web-main, port: 8080}, {name: http2, port: 81}")),
    "protocol by field": (set(), MESH + service("web", "{name: main, port: 8080, appProtocol: kubernetes.io/h2c}")),
    "UDP": (set(), MESH + service("web", "{name: main, port: 8080, protocol: UDP}")),
    "port that is known": (set(), MESH + service("web", "{name: main, port: 3306}")),
    "port outside the mesh": (set(), service("web", "{name: main, port: 8080}")),
    "one port with two protocols": (
        {"PC5228"},
        MESH + BASE + service("web", "{name: tcp-a, port: 80, targetPort: 81}").replace("name: web,", "name: web2,"),
    ),
    "one target of two ports": (
        {"PC5228"},
        MESH + BASE + service("web", "{name: http-a, port: 8080, targetPort: 80}").replace("name: web,", "name: web2,"),
    ),
    "the same port twice": (
        set(),
        MESH + BASE + service("web", "{name: http-a, port: 80}").replace("name: web,", "name: web2,"),
    ),
    "one target of two ports of one Service": (
        set(),
        MESH + workload("web") + service("web", "{name: http-a, port: 80}, {name: http-b, port: 81, targetPort: 80}"),
    ),
    "load balancers of two transports": (
        set(),
        MESH + workload("dns") + service("dns", "{name: tcp-dns, port: 53}", ", type: LoadBalancer")
        + service("dns", "{name: dns, port: 53, protocol: UDP}", ", type: LoadBalancer").replace("name: dns, n", "name: dns-udp, n"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RULES)
def test_destination_rules_keep_what_they_promise(case: str) -> None:
    expected, world = RULES[case]
    assert codes(world) == expected


@pytest.mark.parametrize("case", ENTRIES)
def test_service_entries_can_be_resolved_and_told_apart(case: str) -> None:
    expected, world = ENTRIES[case]
    assert codes(world) == expected


@pytest.mark.parametrize("case", SIDECARS)
def test_sidecars_are_alone_and_name_what_is_there(case: str) -> None:
    expected, world = SIDECARS[case]
    assert codes(world) == expected


@pytest.mark.parametrize("case", SELECTORS)
def test_selectors_meet_what_is_judged(case: str) -> None:
    expected, world = SELECTORS[case]
    assert codes(world) == expected


@pytest.mark.parametrize("case", PORTS)
def test_ports_tell_their_protocol_and_agree(case: str) -> None:
    expected, world = PORTS[case]
    assert codes(world) == expected


def test_older_meshes_give_no_addresses_and_verify_no_servers() -> None:
    assert codes(external("DNS", 5432, "TCP"), versions=OLD) == {"PC5225"}
    world = external() + rule("api", "host: api.example.org, " + TLS % "")
    assert codes(world, versions=OLDER) == {"PC5223"}
    assert codes(world, versions=OLD) == set()
