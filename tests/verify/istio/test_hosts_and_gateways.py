"""Who speaks for a host, what Gateways serve, and what is hidden from whom."""

import pytest

from tests.verify.istio.worlds import (
    HTTP,
    HTTPS,
    WEB,
    bare,
    codes,
    deployment,
    entry,
    gateway,
    routes,
    rule,
    secret,
    service,
    shown,
    sidecar,
    thing,
)

V2 = "{route: [{destination: {host: web, subset: v2}}]}"
V2_THERE = "host: web, subsets: [{name: v2, labels: {version: v2}}]"
BASE = service("web") + service("api")
PROXY = deployment("edge/ingress") + service("edge/ingress", "{name: http-a, port: 80}, {name: https-a, port: 443}")
INNER = deployment("edge/inner", labels="tier: edge", app="ingress")
SITE = "shop.example.com"
PUBLIC = ", gateways: [edge/public]"
OTHER_HOSTS = gateway("edge/public", HTTP % "pay.example.com")
PORT_81 = "{port: {number: 81, name: http, protocol: HTTP}, hosts: ['*']}"
TCP_80 = "{port: {number: 80, name: tcp, protocol: TCP}, hosts: ['*']}"


def both(one: str, other: str, selector: str = "{app: ingress}") -> str:
    return PROXY + gateway("edge/one", one) + gateway("edge/two", other, selector)


CLAIMS = {
    "two VirtualServices of one host": ({"PC5210"}, BASE + routes("a", WEB) + routes("b", WEB)),
    "one of them names it in full": (
        {"PC5210"},
        BASE + routes("a", WEB) + routes("pay/b", "{redirect: {uri: /a}}", "web.shop.svc.cluster.local"),
    ),
    "both for the mesh and a Gateway": (
        {"PC5210"},
        gateway("edge/public", HTTP % "'*'")
        + BASE
        + routes("a", WEB, "web", ", gateways: [mesh, edge/public]")
        + routes("b", WEB),
    ),
    "hosts of different namespaces": (
        set(),
        BASE + service("pay/web") + routes("a", WEB) + routes("pay/a", WEB),
    ),
    "one for the mesh, one for a Gateway": (
        set(),
        gateway("edge/public", HTTP % "'*'") + BASE + routes("a", WEB, "web", PUBLIC) + routes("b", WEB),
    ),
    "each for another namespace": (
        set(),
        BASE + routes("a", WEB, "web", ", exportTo: [shop]") + routes("b", WEB, "web", ", exportTo: [pay]"),
    ),
    "host that its Gateway does not serve": ({"PC5211"}, OTHER_HOSTS + BASE + routes("a", WEB, SITE, PUBLIC)),
    "one of two hosts that no Gateway serves": (
        {"PC5211"},
        OTHER_HOSTS + BASE + routes("a", WEB, f"pay.example.com, {SITE}", PUBLIC),
    ),
    "host that its Gateway serves to another namespace": (
        {"PC5211"},
        gateway("edge/public", HTTP % "'pay/shop.example.com'") + BASE + routes("a", WEB, SITE, PUBLIC),
    ),
    "host that its Gateway serves to this namespace": (
        set(),
        gateway("edge/public", HTTP % "'shop/*.example.com'") + BASE + routes("a", WEB, SITE, PUBLIC),
    ),
    "host that its Gateway serves with all": (
        set(),
        gateway("edge/public", HTTP % "'*'") + BASE + routes("a", WEB, SITE, PUBLIC),
    ),
    "host of the mesh beside one of the Gateway": (
        set(),
        gateway("edge/public", HTTP % SITE)
        + BASE
        + routes("a", WEB, f"web, {SITE}", ", gateways: [mesh, edge/public]"),
    ),
    "rules for the Gateway and for the mesh": (
        set(),
        gateway("edge/public", HTTP % SITE)
        + BASE
        + routes(
            "a",
            "{match: [{gateways: [mesh]}], redirect: {uri: /a}}, "
            "{match: [{gateways: [edge/public]}], redirect: {uri: /b}}",
            f"web, {SITE}",
            ", gateways: [mesh, edge/public]",
        ),
    ),
    "subsets of the mesh that a Gateway goes past": (
        {"PC5216"},
        gateway("edge/public", HTTP % SITE)
        + BASE
        + rule("web", V2_THERE)
        + routes("a", WEB, SITE, PUBLIC)
        + routes("b", V2),
    ),
    "subsets of the mesh that a Gateway chooses too": (
        set(),
        gateway("edge/public", HTTP % SITE)
        + BASE
        + rule("web", V2_THERE)
        + routes("a", V2, SITE, PUBLIC)
        + routes("b", V2),
    ),
}

CERTIFICATE = thing(
    "Certificate",
    "edge/site",
    f"{{secretName: site, dnsNames: [{SITE}], issuerRef: {{name: ca, kind: Issuer, group: cert-manager.io}}}}",
)
PORT_0 = "{port: {number: 0, name: http, protocol: HTTP}, hosts: ['*']%s}"
NO_CERTIFICATE = "{port: {number: 443, name: https, protocol: HTTPS}, hosts: ['*'], tls: {mode: %s}}"
SERVERS = {
    "certificate for the hosts in another Secret": (
        {"PC5206"},
        CERTIFICATE + gateway("edge/one", HTTPS % (SITE, "sight")),
    ),
    "certificate for the hosts in that Secret": (set(), CERTIFICATE + gateway("edge/one", HTTPS % (SITE, "site"))),
    "certificate for other hosts": (set(), CERTIFICATE + gateway("edge/one", HTTPS % ("pay.example.com", "pay"))),
    "no port": ({"PC5220"}, gateway("edge/one", PORT_0 % "")),
    "a socket": (set(), gateway("edge/one", PORT_0 % ", bind: 'unix:///run/socket'")),
    "TLS without a certificate": ({"PC5220"}, gateway("edge/one", NO_CERTIFICATE % "SIMPLE")),
    "TLS that passes through": (set(), gateway("edge/one", NO_CERTIFICATE % "PASSTHROUGH")),
    "one host on two Gateways": ({"PC5217"}, both(HTTP % SITE, HTTP % SITE)),
    "one host with TLS on two Gateways": ({"PC5217"}, both(HTTPS % (SITE, "a"), HTTPS % (SITE, "b"))),
    "one port with two protocols": ({"PC5217"}, both(HTTP % SITE, TCP_80)),
    "one port with two protocols, one selector within the other": (
        {"PC5217"},
        INNER + both(HTTP % SITE, TCP_80, "{app: ingress, tier: edge}"),
    ),
    "one certificate on two Gateways, one selector within the other": (
        {"PC5219"},
        INNER + both(HTTPS % (SITE, "same"), HTTPS % ("pay.example.com", "same"), "{app: ingress, tier: edge}"),
    ),
    "one host for other workloads": (
        set(),
        deployment("edge/inner") + both(HTTP % SITE, HTTP % SITE, "{app: inner}"),
    ),
    "two hosts": (set(), both(HTTP % SITE, HTTP % "pay.example.com")),
    "all hosts of HTTP twice": (set(), both(HTTP % "'*'", HTTP % "'*'")),
    "all hosts beside one": (set(), both(HTTPS % ("'*.example.com'", "a"), HTTPS % (SITE, "b"))),
    "one Gateway with HTTP and HTTPS": (
        set(),
        PROXY + gateway("edge/one", f"{HTTP % SITE}, {HTTPS % (SITE, 'a')}"),
    ),
    "port that the Service lacks": ({"PC5218"}, PROXY + gateway("edge/one", PORT_81)),
    "port that the Service leads to": (
        set(),
        deployment("edge/ingress")
        + service("edge/ingress", "{name: http, port: 80, targetPort: 81}")
        + gateway("edge/one", PORT_81),
    ),
    "port of a workload without Service": (set(), deployment("edge/ingress") + gateway("edge/one", PORT_81)),
    "port of a workload elsewhere": (set(), gateway("edge/one", PORT_81)),
    "one certificate on two Gateways": (
        {"PC5219"},
        both(HTTPS % (SITE, "same"), HTTPS % ("pay.example.com", "same")),
    ),
    "one certificate on two servers": (
        {"PC5219"},
        PROXY + gateway("edge/one", f"{HTTPS % (SITE, 'same')}, {HTTPS % ('pay.example.com', 'same')}"),
    ),
    "two certificates": (set(), both(HTTPS % (SITE, "a"), HTTPS % ("pay.example.com", "b"))),
    "certificate that is not there": (
        {"PC5206"},
        PROXY + secret("edge/other") + gateway("edge/one", HTTPS % (SITE, "site")),
    ),
    "certificate in the namespace of the Gateway, not of its workload": (
        {"PC5206"},
        PROXY + secret("edge/other") + secret("shop/site") + gateway("shop/one", HTTPS % (SITE, "site")),
    ),
    "certificate beside the workload": (
        set(),
        PROXY + secret("edge/site") + gateway("shop/one", HTTPS % (SITE, "site")),
    ),
    "certificate that is made": (
        set(),
        PROXY
        + secret("edge/other")
        + thing(
            "Certificate",
            "edge/cert",
            "{secretName: site, dnsNames: [shop.example.com], "
            "issuerRef: {group: cert-manager.io, kind: ClusterIssuer, name: public}, "
            "privateKey: {rotationPolicy: Always}}",
        )
        + gateway("edge/one", HTTPS % (SITE, "site")),
    ),
    "certificate where no Secrets are judged": (set(), PROXY + gateway("edge/one", HTTPS % (SITE, "site"))),
    "HTTPS without TLS": (
        {"PC5220"},
        PROXY + gateway("edge/one", "{port: {number: 443, name: https, protocol: HTTPS}, hosts: [a.example.com]}"),
    ),
}

EXPORTED = {
    "host that is hidden from the VirtualService": (
        {"PC5209"},
        BASE
        + entry(
            "api",
            "hosts: [api.example.org], exportTo: [pay], location: MESH_EXTERNAL, resolution: DNS, "
            "ports: [{number: 443, name: tls, protocol: TLS}]",
        )
        + routes("a", "{route: [{destination: {host: api.example.org}}]}"),
    ),
    "Service that is hidden from the VirtualService": (
        {"PC5209"},
        BASE
        + service("pay/card", annotations="{networking.istio.io/exportTo: .}")
        + routes("a", "{route: [{destination: {host: card.pay.svc.cluster.local}}]}"),
    ),
    "Service that is hidden from the workload of the Gateway": (
        {"PC5209"},
        PROXY
        + service("web", annotations="{networking.istio.io/exportTo: .}")
        + gateway("edge/public", HTTP % SITE)
        + routes("a", WEB, SITE, PUBLIC),
    ),
    "subset that is hidden from the workload of the Gateway": (
        {"PC5209"},
        PROXY
        + BASE
        + gateway("edge/public", HTTP % SITE)
        + rule("web", f"exportTo: ['.'], {V2_THERE}")
        + routes("a", V2, SITE, PUBLIC),
    ),
    "host that is hidden from the Sidecar": (
        {"PC5209"},
        BASE
        + service("pay/card", annotations="{networking.istio.io/exportTo: .}")
        + sidecar("default", "egress: [{hosts: ['pay/card.pay.svc.cluster.local']}]"),
    ),
    "host that is hidden from whom the VirtualService is exported to": (
        {"PC5209"},
        BASE
        + service("pay/card", annotations="{networking.istio.io/exportTo: .}")
        + routes("pay/card", "{redirect: {uri: /a}}", "other.example.org")
        + routes("pay/b", "{route: [{destination: {host: card}}]}", "b.example.org", ", exportTo: [shop]"),
    ),
    "host that is exported to the Sidecar": (
        set(),
        BASE
        + service("pay/card", annotations="{networking.istio.io/exportTo: 'checkout,shop'}")
        + sidecar("default", "egress: [{hosts: ['pay/card.pay.svc.cluster.local']}]"),
    ),
    "host that is exported to the workload of the Gateway": (
        set(),
        PROXY
        + service("web", annotations="{networking.istio.io/exportTo: 'edge,shop'}")
        + gateway("edge/public", HTTP % SITE)
        + routes("a", WEB, SITE, PUBLIC),
    ),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_host_has_one_owner_and_is_served(case: str) -> None:
    expected, world = CLAIMS[case]
    assert codes(world) == expected


@pytest.mark.parametrize("case", SERVERS)
def test_servers_have_their_own_hosts_ports_and_certificates(case: str) -> None:
    expected, world = SERVERS[case]
    assert codes(world) == expected


@pytest.mark.parametrize("case", EXPORTED)
def test_host_is_exported_to_its_users(case: str) -> None:
    expected, world = EXPORTED[case]
    assert codes(world) == expected


def test_host_claimed_twice_is_told_once_with_both_places() -> None:
    (one,) = shown(CLAIMS["two VirtualServices of one host"][1])
    assert [label.text for label in one.labels] == ["", "also here"]


def test_certificate_is_a_plain_secret_too() -> None:
    world = PROXY + gateway("edge/one", HTTPS % (SITE, "site"))
    assert bare(world + thing("Secret", "edge/other", "")) == {"PC5206"}
    assert bare(world + thing("Secret", "edge/site", "")) == set()
