"""Damage that no schema sees: names of nothing, selectors of nothing, repetitions, contradictions."""

import re
from collections.abc import Iterator

from platform_compiler.objects import Body, Path, at
from tests.verify.damage.places import Damaged, changed, dotted, places

_GONE = "gone"
_OTHERS_PORTS = (53, *range(15000, 16000))
"""Ports of pods that are not judged: those of DNS and of the mesh."""
_ABOUT_PODS = frozenset(
    {
        "AuthorizationPolicy",
        "Deployment",
        "HorizontalPodAutoscaler",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "Service",
        "ServiceAccount",
        "Sidecar",
    }
)


def dangling_account(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "Deployment", r"spec\.template\.spec\.serviceAccountName")


def dangling_target(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "HorizontalPodAutoscaler", r"spec\.scaleTargetRef\.name")


def dangling_container(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "HorizontalPodAutoscaler", r"spec\.metrics\[\]\.containerResource\.container")


def dangling_volume(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "Deployment", r".*\.volumeMounts\[\]\.name")
    yield from _renamed(body, "Deployment", r"spec\.template\.spec\.volumes\[\]\.name")


def dangling_config_map(body: Body) -> Iterator[Damaged]:
    for i, _ in enumerate(at(body, "spec", "template", "spec", "containers") or ()):
        path: Path = ("spec", "template", "spec", "containers", i, "envFrom")
        yield changed(body, path, [{"configMapRef": {"name": _GONE}}])


def dangling_secret(body: Body) -> Iterator[Damaged]:
    for i, _ in enumerate(at(body, "spec", "template", "spec", "containers") or ()):
        path: Path = ("spec", "template", "spec", "containers", i, "envFrom")
        yield changed(body, path, [{"secretRef": {"name": _GONE}}])
    yield from _renamed(body, "Gateway", r"spec\.servers\[\]\.tls\.credentialName")
    yield from _renamed(body, "Certificate", r"spec\.secretName")


def dangling_host(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        host = isinstance(value, str) and re.fullmatch(r"(?:[a-z-]+/)?([a-z0-9-]+)(\.[a-z-]+\.svc\..*)", value)
        if host and body["kind"] in {"VirtualService", "DestinationRule", "Sidecar"}:
            start = host.start(1)
            yield changed(body, path, f"{value[:start]}{_GONE}{host[2]}")


def dangling_host_namespace(body: Body) -> Iterator[Damaged]:
    """A Service's host of a namespace that has no such Service."""
    for path, value in places(body):
        host = isinstance(value, str) and re.fullmatch(r"([a-z-]+/)?([a-z0-9-]+)\.([a-z-]+)(\.svc\..*)", value)
        if host and body["kind"] in {"VirtualService", "DestinationRule", "Sidecar"}:
            space = "web" if host[3] != "web" else "cart"
            prefix = f"{space}/" if host[1] else ""
            yield changed(body, path, f"{prefix}{host[2]}.{space}{host[4]}")


def dangling_gateway(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "VirtualService", r"spec\.gateways\[\]")


def dangling_subset(body: Body) -> Iterator[Damaged]:
    if body["kind"] == "VirtualService":
        for path, value in places(body):
            if path and path[-1] == "destination":
                yield changed(body, path, {**value, "subset": _GONE})


def host_not_on_gateway(body: Body) -> Iterator[Damaged]:
    if at(body, "spec", "gateways") or body["kind"] == "Gateway":
        yield from _renamed(body, body["kind"], r"spec\.(servers\[\]\.)?hosts\[\]")


def unknown_caller(body: Body) -> Iterator[Damaged]:
    """A principal of a service account that does not exist; of one in a namespace that is judged."""
    for path, value in places(body):
        if dotted(path).endswith("principals[]") and "/istio-ingress/" not in str(value):
            yield changed(body, path, f"{value}-{_GONE}")


def unknown_trust_domain(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if dotted(path).endswith("principals[]"):
            yield changed(body, path, f"spiffe://{value}")


def unknown_namespace(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "NetworkPolicy", r".*namespaceSelector\.matchLabels\.kubernetes\.io/metadata\.name")
    yield from _renamed(body, "Sidecar|VirtualService|DestinationRule", r"spec\.exportTo\[\]", but=(".", "*"))


def other_namespace(body: Body) -> Iterator[Damaged]:
    """The object lives beside others than the pods it is about."""
    space = at(body, "metadata", "namespace")
    if body["kind"] in _ABOUT_PODS and not space.startswith("istio-") and body["spec" if "spec" in body else "kind"]:
        yield changed(body, ("metadata", "namespace"), "web" if space != "web" else "cart")


def missing_namespace(body: Body) -> Iterator[Damaged]:
    """The object lives in a namespace that nobody makes."""
    if at(body, "metadata", "namespace"):
        yield changed(body, ("metadata", "namespace"), _GONE)


def broken_selector(body: Body) -> Iterator[Damaged]:
    for path, labels in _selectors(body):
        yield from (changed(body, (*path, key), f"{value}-{_GONE}") for key, value in labels.items())


def misspelled_selector_key(body: Body) -> Iterator[Damaged]:
    for path, labels in _selectors(body):
        first = next(iter(labels))
        rest = {key: below for key, below in labels.items() if key != first}
        yield changed(body, path, {**rest, f"{first}x": labels[first]})


def _selectors(body: Body) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield the labels that pods are selected by; those of gateways are not among what is judged."""
    for path, value in places(body) if body["kind"] != "Gateway" else ():
        told = dotted(path)
        named = re.search(r"(matchLabels|elector\.labels|^spec\.selector)$", told) and "namespaceSelector" not in told
        if named and isinstance(value, dict) and value and all(isinstance(label, str) for label in value.values()):
            yield path, value


def broken_pod_label(body: Body) -> Iterator[Damaged]:
    """A label of the pods that selectors look for."""
    for key in at(body, "spec", "selector", "matchLabels") or () if body["kind"] == "Deployment" else ():
        path: Path = ("spec", "template", "metadata", "labels", key)
        yield changed(body, path, f"{at(body, *path)}-{_GONE}")


def port_of_nothing(body: Body) -> Iterator[Damaged]:
    """A port that nothing listens on."""
    wanted = {
        "Service": r"spec\.ports\[\]\.targetPort",
        "VirtualService": r"spec\.http\[\]\.(route\[\]\.destination\.port\.number|match\[\]\.port)",
        "NetworkPolicy": r"spec\.(ingress|egress)\[\]\.ports\[\]\.port",
        "AuthorizationPolicy": r".*\.operation\.ports\[\]",
        "Deployment": r".*\.containers\[\]\.ports\[\]\.containerPort",
    }
    for path, value in places(body):
        if re.fullmatch(wanted.get(body["kind"], "-"), dotted(path)) and int(value) not in _OTHERS_PORTS:
            yield changed(body, path, type(value)(int(value) + 1))


def removed_service_port(body: Body) -> Iterator[Damaged]:
    """The Service listens elsewhere, and who routes to it does not know."""
    if body["kind"] == "Service":
        yield from (changed(body, path, value + 1) for path, value in places(body) if path and path[-1] == "port")


def duplicated_item(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if isinstance(value, list) and value and path[-1] != "httpHeaders":  # headers may be sent twice
            yield changed(body, path, [*value, value[0]])


def duplicated_object(body: Body) -> Iterator[Damaged]:
    """The object a second time, beside the first."""
    if body["apiVersion"] != "kustomize.config.k8s.io/v1beta1":
        yield Damaged("", (body, body))


def least_above_most(body: Body) -> Iterator[Damaged]:
    if body["kind"] == "HorizontalPodAutoscaler":
        yield changed(body, ("spec", "minReplicas"), at(body, "spec", "maxReplicas") + 1)
    for path, value in places(body):
        if path and path[-1] == "resources" and isinstance(value, dict):
            for name in at(value, "limits") or ():
                yield changed(body, (*path, "requests", name), "64" if name == "cpu" else "64Gi")


def no_replica_at_once(body: Body) -> Iterator[Damaged]:
    """A rollout that may neither add nor remove a pod."""
    if at(body, "spec", "strategy", "rollingUpdate"):
        yield changed(body, ("spec", "strategy", "rollingUpdate"), {"maxSurge": 0, "maxUnavailable": 0})


def budget_that_blocks(body: Body) -> Iterator[Damaged]:
    if body["kind"] == "PodDisruptionBudget":
        yield changed(body, ("spec", "maxUnavailable"), 0)


def strategies_that_exclude(body: Body) -> Iterator[Damaged]:
    """Nothing rolls where every pod is stopped first."""
    if at(body, "spec", "strategy", "rollingUpdate"):
        yield changed(body, ("spec", "strategy", "type"), "Recreate")


def unknown_project(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "Application", r"spec\.project")


def forbidden_destination(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "Application", r"spec\.destination\.(name|namespace)")
    yield from _renamed(body, "AppProject", r"spec\.destinations\[\]\.(name|namespace)")


def forbidden_repository(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "Application", r"spec\.source\.repoURL")
    yield from _renamed(body, "AppProject", r"spec\.sourceRepos\[\]")


def delivered_from_nowhere(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "Application", r"spec\.source\.path")
    yield from _renamed(body, "Kustomization", r"spec\.path")


def dangling_source(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "Kustomization", r"spec\.sourceRef\.name")


def dangling_dependency(body: Body) -> Iterator[Damaged]:
    yield from _renamed(body, "Kustomization", r"spec\.dependsOn\[\]\.name")


def missing_file(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if body["kind"] == "Kustomization" and dotted(path) == "resources[]":
            yield changed(body, path, f"{_GONE}-{value}")


def _renamed(body: Body, kind: str, where: str, but: tuple[str, ...] = ()) -> Iterator[Damaged]:
    """Yield an object whose names at places that a pattern tells are those of nothing."""
    if not re.fullmatch(kind, body["kind"]):
        return
    for path, value in places(body):
        if isinstance(value, str) and value not in but and re.fullmatch(where, dotted(path)):
            yield changed(body, path, f"{value}-{_GONE}" if "." not in value or "/" in value else f"{_GONE}.{value}")
