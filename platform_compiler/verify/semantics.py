"""What no schema sees: whether the resources of one unit fit each other.

Each check takes the unit's resources by kind and yields the position of the one at fault, and what is wrong in words.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Body = Mapping[str, Any]
Fault = tuple[int, str]
ByKind = Mapping[str, list[tuple[int, Body]]]
_FULL = 100


def faults(bodies: list[dict[str, Any]]) -> Iterator[Fault]:
    """Yield every fault of one unit's resources."""
    by_kind: dict[str, list[tuple[int, Body]]] = {}
    for position, body in enumerate(bodies):
        by_kind.setdefault(body["kind"], []).append((position, body))
    for check in _CHECKS:
        yield from check(by_kind)


def _selectors_meet_pods(by_kind: ByKind) -> Iterator[Fault]:
    """A Deployment that does not select its own pods is refused by the API server."""
    for position, body in by_kind.get("Deployment", ()):
        spec = body["spec"]
        if not _within(spec["selector"]["matchLabels"], spec["template"]["metadata"]["labels"]):
            yield position, "its selector does not match its own pods"


def _services_reach_pods(by_kind: ByKind) -> Iterator[Fault]:
    pods = _pods(by_kind)
    for position, body in by_kind.get("Service", ()):
        selected = [pod for labels, pod in pods if _within(body["spec"]["selector"], labels)]
        if pods and not selected:
            yield position, "its selector matches no pod of the application"
        open_ports = {port["containerPort"] for pod in selected for port in _ports(pod)}
        for port in body["spec"]["ports"]:
            if selected and port["targetPort"] not in open_ports:
                yield position, f"port `{port['name']}` leads to {port['targetPort']}, which no container opens"


def _budgets_meet_pods(by_kind: ByKind) -> Iterator[Fault]:
    pods = _pods(by_kind)
    for position, body in by_kind.get("PodDisruptionBudget", ()):
        if pods and not any(_within(body["spec"]["selector"]["matchLabels"], labels) for labels, _ in pods):
            yield position, "its selector matches no pod of the application"


def _one_owner_of_replicas(by_kind: ByKind) -> Iterator[Fault]:
    scaled = {body["spec"]["scaleTargetRef"]["name"] for _, body in by_kind.get("HorizontalPodAutoscaler", ())}
    for position, body in by_kind.get("Deployment", ()):
        if body["metadata"]["name"] in scaled and "replicas" in body["spec"]:
            yield position, "it sets `replicas`, which an autoscaler decides"
    for position, body in by_kind.get("HorizontalPodAutoscaler", ()):
        if body["spec"]["minReplicas"] > body["spec"]["maxReplicas"]:
            yield position, "its least number of replicas is above its greatest"


def _mounts_have_volumes(by_kind: ByKind) -> Iterator[Fault]:
    for position, body in by_kind.get("Deployment", ()):
        pod = body["spec"]["template"]["spec"]
        volumes = {volume["name"] for volume in pod.get("volumes", ())}
        for container in _containers(pod):
            missing = sorted({mount["name"] for mount in container.get("volumeMounts", ())} - volumes)
            if missing:
                yield position, f"container `{container['name']}` mounts `{missing[0]}`, which is no volume"


def _names_are_unique(by_kind: ByKind) -> Iterator[Fault]:
    for position, body in by_kind.get("Deployment", ()):
        pod = body["spec"]["template"]["spec"]
        for what, names in (
            ("container", [container["name"] for container in _containers(pod)]),
            ("container port", [port["name"] for port in _ports(pod)]),
            ("volume", [volume["name"] for volume in pod.get("volumes", ())]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                yield position, f"two {what}s are called `{twice[0]}`"


def _weights_are_whole(by_kind: ByKind) -> Iterator[Fault]:
    for position, body in by_kind.get("VirtualService", ()):
        for rule in body["spec"]["http"]:
            weights = [to["weight"] for to in rule.get("route", ()) if "weight" in to]
            if weights and sum(weights) != _FULL:
                yield position, f"the weights of `{rule.get('name', '')}` make {sum(weights)}, not {_FULL}"


def _rules_fit_their_types(by_kind: ByKind) -> Iterator[Fault]:
    for position, body in by_kind.get("NetworkPolicy", ()):
        spec = body["spec"]
        for key, kind in (("ingress", "Ingress"), ("egress", "Egress")):
            if spec.get(key) and kind not in spec["policyTypes"]:
                yield position, f"it has `{key}` rules, but `policyTypes` does not name {kind}"


_CHECKS = (
    _selectors_meet_pods,
    _services_reach_pods,
    _budgets_meet_pods,
    _one_owner_of_replicas,
    _mounts_have_volumes,
    _names_are_unique,
    _weights_are_whole,
    _rules_fit_their_types,
)


def _within(wanted: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    return wanted.items() <= labels.items()


def _pods(by_kind: ByKind) -> list[tuple[Mapping[str, str], Body]]:
    templates = [body["spec"]["template"] for _, body in by_kind.get("Deployment", ())]
    return [(template["metadata"]["labels"], template["spec"]) for template in templates]


def _containers(pod: Body) -> list[Body]:
    return [*pod.get("initContainers", ()), *pod["containers"]]


def _ports(pod: Body) -> list[Body]:
    return [port for container in _containers(pod) for port in container.get("ports", ())]
