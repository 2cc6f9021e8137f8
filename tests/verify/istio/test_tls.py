"""Who takes plain connections, what clients are told to speak, and policies without effect."""

import pytest

from tests.verify.istio.worlds import deployment, namespace, of_policies, policy, service, told

HTTP = "{name: http, port: 80, targetPort: 8080}"
CART = "selector: {matchLabels: {app: cart}}, "
STRICT = "mtls: {mode: STRICT}"


def peers(spec: str = STRICT, name: str = "p", space: str = "shop") -> str:
    return policy("PeerAuthentication", f"{{{spec}}}", name, space)


def test_peer_authentications_for_the_same_pods_are_told_of_the_later_one() -> None:
    assert told(peers(name="a") + peers(name="b")) == [
        "PC5247 PeerAuthentication shop/b metadata.name",
    ]
    assert told(deployment(labels="tier: x") + peers(CART + STRICT, "a") + peers(CART + STRICT, "b")) == [
        "PC5247 PeerAuthentication shop/b spec.selector",
    ]


def test_peer_authentications_for_different_pods_are_fine() -> None:
    other = "selector: {matchLabels: {app: other}}, "
    assert told(peers(name="a") + peers(space="istio-system", name="b") + peers(CART + STRICT, "c")) == []
    assert told(deployment() + deployment("other") + peers(CART + STRICT, "a") + peers(other + STRICT, "b")) == []


PORTS = CART + "portLevelMtls: {8080: {mode: DISABLE}}"


def test_mode_of_a_port_that_pods_do_not_open_is_told() -> None:
    spec = PORTS.replace("8080", '"80"')
    world = deployment(container="ports: [{containerPort: 8080}]") + service(ports=HTTP)
    assert told(world + peers(spec)) == ["PC5248 PeerAuthentication shop/p spec.portLevelMtls.80"]
    assert of_policies(world + peers(spec))[0].help == "name a port of the pods, not of a Service: 8080"


@pytest.mark.parametrize(
    "world",
    [
        deployment(container="ports: [{containerPort: 8080}]"),
        service(ports=HTTP) + deployment(),
        service(ports="{name: http, port: 80, targetPort: web}")
        + deployment(container="ports: [{name: web, containerPort: 8080}]"),
        deployment(),
        "",
    ],
)
def test_mode_of_a_port_that_pods_may_open_is_fine(world: str) -> None:
    assert told(world + peers(PORTS.replace("8080", '"8080"'))) == []


HOST = "cart.shop.svc.cluster.local"
MESH = namespace() + service(ports=HTTP) + deployment()


def clients(policies: str, host: str = HOST, more: str = "") -> str:
    return policy("DestinationRule", f"{{host: {host}, trafficPolicy: {{{policies}}}{more}}}", "rule")


def tls(mode: str) -> str:
    return f"tls: {{mode: {mode}}}"


def of_port(port: int, settings: str) -> str:
    return f"portLevelSettings: [{{port: {{number: {port}}}, {settings}}}]"


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (clients(tls("DISABLE")), "trafficPolicy.tls.mode"),
        (clients(tls("DISABLE"), "cart"), "trafficPolicy.tls.mode"),
        (clients(tls("SIMPLE")), "trafficPolicy.tls.mode"),
        (clients(of_port(80, tls("DISABLE"))), "trafficPolicy.portLevelSettings[0].tls.mode"),
        (
            clients("", more=f", subsets: [{{name: a, trafficPolicy: {{{tls('DISABLE')}}}}}]"),
            "subsets[0].trafficPolicy.tls.mode",
        ),
    ],
)
@pytest.mark.parametrize("strict", [peers(), peers(space="istio-system"), peers(CART + STRICT)])
def test_clients_told_not_to_speak_what_strict_pods_take_are_told(rule: str, field: str, strict: str) -> None:
    assert told(MESH + rule + strict) == [f"PC5249 DestinationRule shop/rule spec.{field}"]


@pytest.mark.parametrize(
    "text",
    [
        MESH + peers() + clients(tls("ISTIO_MUTUAL")),
        MESH + peers() + clients("loadBalancer: {simple: RANDOM}"),
        MESH + clients(tls("DISABLE")),
        MESH + peers("mtls: {mode: PERMISSIVE}") + clients(tls("DISABLE")),
        MESH + peers() + peers(CART + "mtls: {mode: DISABLE}", "q") + clients(tls("DISABLE")),
        MESH
        + peers()
        + peers(CART + STRICT + ', portLevelMtls: {"8080": {mode: DISABLE}}', "q")
        + clients(tls("DISABLE")),
        MESH + peers() + clients(tls("DISABLE") + ", " + of_port(80, tls("ISTIO_MUTUAL"))),
        MESH + peers() + clients(of_port(81, tls("DISABLE"))),
        namespace("a: b") + service(ports=HTTP) + deployment() + peers() + clients(tls("DISABLE")),
        MESH + peers() + clients(tls("DISABLE"), "elsewhere.example"),
    ],
)
def test_clients_told_what_the_pods_take_are_fine(text: str) -> None:
    assert "PC5249" not in "".join(told(text))


def test_tls_of_the_outside_world_for_a_port_of_the_mesh_that_speaks_http_is_told() -> None:
    expected = ["PC5250 DestinationRule shop/rule spec.trafficPolicy.tls.mode"]
    assert told(MESH + clients(tls("SIMPLE"))) == expected
    assert told(MESH + peers("mtls: {mode: PERMISSIVE}") + clients(tls("MUTUAL"))) == expected


@pytest.mark.parametrize(
    "text",
    [
        namespace() + service(ports="{name: https, port: 443}") + deployment() + clients(tls("SIMPLE")),
        service(ports=HTTP) + deployment() + clients(tls("SIMPLE")),
        namespace("istio-injection: disabled") + service(ports=HTTP) + deployment() + clients(tls("SIMPLE")),
        MESH + clients(tls("DISABLE")),
    ],
)
def test_tls_where_pods_speak_it_themselves_or_are_outside_is_fine(text: str) -> None:
    assert told(text) == []


GATEWAY_LABEL = "gateway.networking.k8s.io/gateway-name: edge"


@pytest.mark.parametrize(
    "text",
    [
        policy("AuthorizationPolicy", f"{{selector: {{matchLabels: {{{GATEWAY_LABEL}}}}}}}"),
        deployment("edge", labels=GATEWAY_LABEL) + policy("Telemetry", "{selector: {matchLabels: {app: edge}}}"),
    ],
)
def test_policy_that_selects_pods_of_a_gateway_is_told(text: str) -> None:
    assert [line.partition(" ")[0] for line in told(text)] == ["PC5253"]
    assert of_policies(text)[0].help == "use `targetRefs` with `kind: Gateway` and `name: edge`"


def test_authentication_without_issuers_is_told() -> None:
    assert told(policy("RequestAuthentication", "{}")) == ["PC5253 RequestAuthentication shop/p spec"]


@pytest.mark.parametrize(
    "text",
    [
        policy("AuthorizationPolicy", "{targetRefs: [{kind: Gateway, name: edge}]}"),
        deployment() + policy("Telemetry", "{selector: {matchLabels: {app: cart}}}"),
        deployment("edge", labels=GATEWAY_LABEL) + policy("Telemetry", "{accessLogging: [{disabled: true}]}"),
    ],
)
def test_policy_that_something_reads_is_fine(text: str) -> None:
    assert told(text) == []
