"""DestinationRules keep what they promise."""

import pytest

from platform_compiler.verify.versions import Versions
from tests.verify.istio.worlds import codes, deployment, external, rule, service

BASE = service("web") + deployment("web")
BASE = service("web") + deployment("web")
POOL = "connectionPool: {tcp: {maxConnections: 5}, http: {http2MaxRequests: 9}}"
OUTLIER = "outlierDetection: {consecutive5xxErrors: 5}"
FAILOVER = "loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}]}}"
TLS = "trafficPolicy: {tls: {mode: SIMPLE%s}}"


def subset(top: str, own: str) -> str:
    subsets = f"subsets: [{{name: v1, labels: {{app: web}}, trafficPolicy: {{{own}}}}}]"
    return BASE + rule("web", f"host: web, trafficPolicy: {{{top}}}, {subsets}")


RULES = {
    "host that nothing declares": ({"PC5207"}, BASE + rule("wbe", "host: wbe")),
    "external host that nothing declares": ({"PC5207"}, BASE + rule("api", "host: api.example.org")),
    "external host with ServiceEntry": (set(), external() + rule("api", "host: api.example.org")),
    "host where nothing is judged": (set(), BASE + rule("card", "host: card.pay.svc.cluster.local")),
    "all hosts of the mesh": (set(), BASE + rule("all", 'host: "*.local"')),
    "two rules with traffic policies": (
        {"PC5221"},
        BASE
        + rule("a", f"host: web, trafficPolicy: {{{POOL}}}")
        + rule("b", f"host: web, trafficPolicy: {{{OUTLIER}}}"),
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
        subset(
            "connectionPool: {tcp: {maxConnections: 5, connectTimeout: 1s}}",
            "connectionPool: {tcp: {maxConnections: 1}}",
        ),
    ),
    "subset that sets another setting": (set(), subset(POOL, OUTLIER)),
    "subset that balances in another way": (
        set(),
        subset("loadBalancer: {simple: RANDOM}", "loadBalancer: {consistentHash: {httpHeaderName: x-user}}"),
    ),
    "port that drops the settings of the host": (
        {"PC5222"},
        BASE
        + rule(
            "web", f"host: web, trafficPolicy: {{{POOL}, portLevelSettings: [{{port: {{number: 80}}, {OUTLIER}}}]}}"
        ),
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
            "host: web, trafficPolicy: {loadBalancer: {localityLbSetting: {distribute: [{from: eu, to: {us: 100}}]}}}",
        ),
    ),
    "failover that is off": (
        set(),
        BASE
        + rule("web", f"host: web, trafficPolicy: {{{FAILOVER.replace('{failover', '{enabled: false, failover')}}}"),
    ),
}


@pytest.mark.parametrize("case", RULES)
def test_destination_rules_keep_what_they_promise(case: str) -> None:
    expected, world = RULES[case]
    assert codes(world) == expected


def test_older_meshes_verify_no_servers() -> None:
    world = external() + rule("api", "host: api.example.org, " + TLS % "")
    assert codes(world, versions=Versions(istio=(1, 20))) == {"PC5223"}
    assert codes(world, versions=Versions(istio=(1, 24))) == set()
