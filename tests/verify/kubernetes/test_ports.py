"""Ports: of Services, of probes, of hosts."""

import pytest

from tests.verify.kubernetes.checked import stream, thing, told, workload

PORTS = "ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]"
WEB = workload(f"containers: [{{name: a, {PORTS}}}]")


def service(ports: str, more: str = "", name: str = "web") -> str:
    return thing("v1 Service", f"spec: {{selector: {{app: web}}, ports: [{ports}]{more}}}", name=name)


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        ("port: 80, targetPort: 8080", []),
        ("port: 8080", []),
        ("port: 80, targetPort: http", []),
        ("port: 53, protocol: UDP", []),
        (
            "port: 80, targetPort: htp",
            ["PC5118 spec.ports[0].targetPort: no container behind it has a port called htp"],
        ),
        (
            "port: 53, targetPort: dns",
            ["PC5118 spec.ports[0].targetPort: no container behind it has a port called dns"],
        ),
        ("port: 80, targetPort: 8081", ["PC5119 spec.ports[0].targetPort: no container behind it opens port 8081/TCP"]),
        ("port: 80", ["PC5119 spec.ports[0].port: no container behind it opens port 80/TCP"]),
        ("port: 53", ["PC5119 spec.ports[0].port: no container behind it opens port 53/TCP"]),
    ],
)
def test_port_of_a_service_is_opened_behind_it(port: str, expected: list[str]) -> None:
    assert told(stream(WEB, service(f"{{{port}}}"))) == expected
    assert told(stream(WEB, service(f"{{{port}}}")), whole=False) == []


def test_numbers_are_not_missed_where_containers_declare_nothing() -> None:
    silent = workload("containers: [{name: a}]")
    assert told(stream(silent, service("{port: 80}"))) == []
    assert told(stream(silent, service("{port: 80, targetPort: http}"))) != []


def test_sidecars_that_start_first_open_ports_too() -> None:
    pod = "initContainers: [{name: a, restartPolicy: Always, ports: [{containerPort: 80}]}], containers: [{name: b}]"
    assert told(stream(workload(pod), service("{port: 80}"))) == []
    assert (
        told(stream(workload(pod.replace("restartPolicy: Always, ", "")), service("{port: 80, targetPort: x}"))) != []
    )


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ("livenessProbe: {httpGet: {port: http}}", []),
        ("livenessProbe: {httpGet: {port: 8080}}", []),
        ("livenessProbe: {grpc: {port: 8080}}, lifecycle: {preStop: {httpGet: {port: http}}}", []),
        (
            "livenessProbe: {httpGet: {port: htp}}",
            ["PC5118 %s.livenessProbe.httpGet.port: container a has no port called htp"],
        ),
        (
            "startupProbe: {tcpSocket: {port: x}}",
            ["PC5118 %s.startupProbe.tcpSocket.port: container a has no port called x"],
        ),
        (
            "lifecycle: {postStart: {httpGet: {port: '8080'}}}",
            ["PC5118 %s.lifecycle.postStart.httpGet.port: container a has no port called 8080"],
        ),
        (
            "readinessProbe: {grpc: {port: 8081}}",
            ["PC5120 %s.readinessProbe.grpc.port: no container declares port 8081"],
        ),
    ],
)
def test_ports_of_probes_are_those_of_the_container(container: str, expected: list[str]) -> None:
    found = told(workload(f"containers: [{{name: a, {PORTS}, {container}}}]"))
    assert found == [line % "spec.template.spec.containers[0]" for line in expected]


def test_number_in_a_probe_is_not_noted_where_the_container_declares_nothing() -> None:
    assert told(workload("containers: [{name: a, livenessProbe: {httpGet: {port: 8081}}}]")) == []


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ("{name: a, port: 80}, {name: b, port: 81}", []),
        ("{name: a, port: 53}, {name: b, port: 53, protocol: UDP}", []),
        ("{port: 80}", []),
        ("{name: a, port: 80}, {name: b, port: 80}", ["[1].port: port TCP/80 again"]),
        ("{name: a, port: 80}, {name: a, port: 81}", ["[1].name: port a again"]),
        ("{name: a, port: 80}, {port: 81}", ["[1]: several ports, and one without a name"]),
    ],
)
def test_ports_of_a_service_are_told_apart(ports: str, expected: list[str]) -> None:
    found = told(service(ports), whole=False)
    assert found == [f"PC5121 spec.ports{line}" for line in expected]


def test_port_of_the_nodes_belongs_to_one_service() -> None:
    one = service("{port: 80, nodePort: 30080}", ", type: NodePort", "one")
    two = service("{port: 81, nodePort: 30080}", ", type: NodePort", "two")
    udp = service("{port: 81, nodePort: 30080, protocol: UDP}", ", type: NodePort", "two")
    assert told(stream(one, two), whole=False) == [
        "PC5121 spec.ports[0].nodePort: port 30080 of the nodes is taken by Service shop/one"
    ]
    assert told(stream(one, udp), whole=False) == []


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerSourceRanges: [10.0.0.0/8]", []),
        ("externalTrafficPolicy: Local, externalIPs: [1.2.3.4]", []),
        ("type: ExternalName, externalName: a.example", []),
        (
            "externalTrafficPolicy: Local",
            ["PC5130 spec.externalTrafficPolicy: nothing comes from outside to this Service"],
        ),
        ("type: ExternalName", ["PC5130 spec.type: ExternalName without an externalName"]),
        ("type: NodePort, clusterIP: None", ["PC5130 spec.clusterIP: a NodePort needs an address, so None is refused"]),
        (
            "ports: [{port: 1, nodePort: 30001}]",
            ["PC5130 spec.ports[0].nodePort: a Service inside the cluster has no nodePort"],
        ),
        (
            "type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.300/8]",
            ["PC5141 spec.loadBalancerSourceRanges[0]: 10.0.0.300/8 is no range of addresses"],
        ),
    ],
)
def test_settings_of_a_service_go_together(spec: str, expected: list[str]) -> None:
    assert told(thing("v1 Service", f"spec: {{{spec}}}")) == expected
