"""Values that the API server refuses although their type is right, and values beside them that it takes."""

from typing import Any

import pytest
import yaml

from tests.verify.judged import found

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
CONTAINER = {"name": "main", "image": "web:1"}


def pod(**fields: Any) -> str:
    return POD + yaml.safe_dump({"spec": {"containers": [CONTAINER], **fields}})


def container(**fields: Any) -> str:
    return pod(containers=[{**CONTAINER, **fields}])


def env(**fields: Any) -> str:
    return container(env=[fields])


def port(**fields: Any) -> str:
    return container(ports=[fields])


def probe(**fields: Any) -> str:
    return container(readinessProbe=fields)


def liveness(**fields: Any) -> str:
    return container(livenessProbe=fields)


def requests(cpu: Any) -> str:
    return container(resources={"requests": {"cpu": cpu}})


def of(api_version: str, kind: str, **body: Any) -> str:
    return yaml.safe_dump({"apiVersion": api_version, "kind": kind, "metadata": {"name": "web"}, **body})


def deployment(**fields: Any) -> str:
    labels = {"matchLabels": {"a": "b"}}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [CONTAINER], **fields.pop("pod", {})}}
    return of("apps/v1", "Deployment", spec={"selector": labels, "template": template, **fields})


def rolling(**fields: Any) -> str:
    return deployment(strategy={"rollingUpdate": fields})


def service(**fields: Any) -> str:
    return of("v1", "Service", spec={"ports": [{"port": 80, **fields}]})


def peer(**fields: Any) -> str:
    return of("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "ingress": [{"from": [fields]}]})


def rule(kind: str, **fields: Any) -> str:
    return of("rbac.authorization.k8s.io/v1", kind, rules=[fields])


CASES = {
    "names of containers": (container(name="Main"), container(name="main-1")),
    "images": (container(image=" web"), container(image="auto")),
    "containers by name": (
        pod(containers=[CONTAINER, CONTAINER]),
        pod(containers=[CONTAINER, {**CONTAINER, "name": "b"}]),
    ),
    "no containers": (pod(containers=[]), pod()),
    "names of variables": (env(name="A=B", value=""), env(name="a.b-C", value="")),
    "two sources of a variable": (
        env(name="A", value="b", valueFrom={"fieldRef": {"fieldPath": "metadata.name"}}),
        env(name="A", valueFrom={"fieldRef": {"fieldPath": "metadata.name"}}),
    ),
    "fields of a pod": (
        env(name="A", valueFrom={"fieldRef": {"fieldPath": "metadata.labels"}}),
        env(name="A", valueFrom={"fieldRef": {"fieldPath": "metadata.labels['a']"}}),
    ),
    "port numbers": (port(containerPort=0), port(containerPort=65535)),
    "names of ports": (port(containerPort=1, name="much-too-long-name"), port(containerPort=1, name="http-1")),
    "port names need a letter": (port(containerPort=1, name="80-80"), port(containerPort=1, name="8a")),
    "protocols": (port(containerPort=1, protocol="tcp"), port(containerPort=1, protocol="SCTP")),
    "one way to probe": (probe(httpGet={"port": 1}, tcpSocket={"port": 1}), probe(httpGet={"port": 1})),
    "no way to probe": (probe(periodSeconds=1), probe(grpc={"port": 1}, periodSeconds=1)),
    "a port in quotes": (probe(tcpSocket={"port": "80"}), probe(tcpSocket={"port": "http"})),
    "liveness is proven once": (
        liveness(tcpSocket={"port": 1}, successThreshold=2),
        probe(tcpSocket={"port": 1}, successThreshold=2),
    ),
    "quantities": (requests("100mb"), requests("100m")),
    "no negative quantities": (requests("-1"), requests(1.5)),
    "users": (container(securityContext={"runAsUser": -1}), container(securityContext={"runAsUser": 0})),
    "profiles of files": (
        container(securityContext={"seccompProfile": {"type": "Localhost"}}),
        container(securityContext={"seccompProfile": {"type": "RuntimeDefault"}}),
    ),
    "mounts by path": (
        container(volumeMounts=[{"name": "a", "mountPath": "/a"}, {"name": "b", "mountPath": "/a"}]),
        container(volumeMounts=[{"name": "a", "mountPath": "/a"}, {"name": "a", "mountPath": "/b"}]),
    ),
    "one source of a volume": (
        pod(volumes=[{"name": "a", "emptyDir": {}, "hostPath": {"path": "/"}}]),
        pod(volumes=[{"name": "a", "emptyDir": {}}, {"name": "b"}]),
    ),
    "modes": (
        pod(volumes=[{"name": "a", "secret": {"secretName": "a", "defaultMode": 644}}]),
        pod(volumes=[{"name": "a", "secret": {"secretName": "a", "defaultMode": 420}}]),
    ),
    "restart policies": (pod(restartPolicy="always"), pod(restartPolicy="Never")),
    "servers always restart": (deployment(pod={"restartPolicy": "Never"}), deployment(pod={"restartPolicy": "Always"})),
    "jobs end": (
        of("batch/v1", "Job", spec={"template": {"spec": {"containers": [CONTAINER]}}}),
        of("batch/v1", "Job", spec={"template": {"spec": {"containers": [CONTAINER], "restartPolicy": "Never"}}}),
    ),
    "replicas": (deployment(replicas=-1), deployment(replicas=0)),
    "percentages": (rolling(maxSurge="25"), rolling(maxSurge="150%")),
    "no more than all": (rolling(maxUnavailable="101%"), rolling(maxUnavailable="100%")),
    "nothing rolls when recreated": (
        deployment(strategy={"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}),
        deployment(strategy={"type": "Recreate"}),
    ),
    "labels are text": (
        of("v1", "ConfigMap").replace("name: web", "name: web\n  labels: {a: 'b c'}"),
        of("v1", "ConfigMap").replace("name: web", "name: web\n  labels: {example.com/a: b_c}"),
    ),
    "keys of data": (of("v1", "ConfigMap", data={"a b": "c"}), of("v1", "ConfigMap", data={"a_b.c": "d"})),
    "base64": (of("v1", "Secret", data={"a": "!"}), of("v1", "Secret", data={"a": "YQ=="})),
    "target ports": (service(targetPort="8080"), service(targetPort="http")),
    "names of service ports": (service(name="http_1"), service(name="http")),
    "peers": (
        peer(ipBlock={"cidr": "10.0.0.0/8"}, podSelector={}),
        peer(namespaceSelector={}, podSelector={}),
    ),
    "addresses of networks": (peer(ipBlock={"cidr": "10.0.0.0"}), peer(ipBlock={"cidr": "fd00::/8"})),
    "rules of roles": (
        rule("Role", nonResourceURLs=["/metrics"], verbs=["get"]),
        rule("ClusterRole", nonResourceURLs=["/metrics"], verbs=["get"]),
    ),
    "verbs": (
        rule("Role", apiGroups=[""], resources=["pods"], verbs=[]),
        rule("Role", apiGroups=[""], resources=["pods"], verbs=["get"]),
    ),
    "one budget": (
        of("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "maxUnavailable": 1}),
        of("policy/v1", "PodDisruptionBudget", spec={"minAvailable": "50%"}),
    ),
    "operators that need values": (
        of(
            "policy/v1",
            "PodDisruptionBudget",
            spec={"selector": {"matchExpressions": [{"key": "a", "operator": "In"}]}},
        ),
        of(
            "policy/v1",
            "PodDisruptionBudget",
            spec={"selector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}},
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_value_is_refused_and_the_one_beside_it_taken(case: str) -> None:
    refused, taken = CASES[case]
    assert [one for one in found(refused, whole=False) if one.startswith("PC5002")], case
    assert [one for one in found(taken, whole=False) if one.startswith("PC500")] == []
