"""Damage that leaves a value no cluster takes: words, numbers, ports, names, labels, durations, quantities."""

from collections.abc import Iterator

from platform_compiler.objects import Body, Path, at
from tests.verify.damage.places import Damaged, changed, dotted, places, removed

_OLD = {
    "apps/v1": "extensions/v1beta1",
    "autoscaling/v2": "autoscaling/v2beta2",
    "policy/v1": "policy/v1beta1",
    "networking.k8s.io/v1": "extensions/v1beta1",
    "cert-manager.io/v1": "cert-manager.io/v1alpha2",
    "networking.istio.io/v1": "networking.istio.io/v1alpha2",
    "security.istio.io/v1": "rbac.istio.io/v1alpha1",
    "telemetry.istio.io/v1": "telemetry.istio.io/v1beta1",
    "kustomize.toolkit.fluxcd.io/v1": "kustomize.toolkit.fluxcd.io/v1beta1",
    "source.toolkit.fluxcd.io/v1": "source.toolkit.fluxcd.io/v1alpha1",
}
_WORDS = frozenset(
    {
        "action",
        "fsGroupChangePolicy",
        "kind",
        "minProtocolVersion",
        "mode",
        "policyTypes",
        "protocol",
        "rotationPolicy",
        "scheme",
        "simple",
        "type",
        "unhealthyPodEvictionPolicy",
        "whenUnsatisfiable",
    }
)
"""Fields that take one of a few words."""
_DURATIONS = frozenset({"interval", "retryInterval", "timeout", "baseEjectionTime", "perTryTimeout", "connectTimeout"})
_PORTS = frozenset({"port", "containerPort", "targetPort"})
_FILE = "kustomize.config.k8s.io/v1beta1"


def unknown_version(body: Body) -> Iterator[Damaged]:
    group, slash, _ = body["apiVersion"].rpartition("/")
    yield changed(body, ("apiVersion",), f"{group}{slash}v9")


def retired_version(body: Body) -> Iterator[Damaged]:
    if (old := _OLD.get(body["apiVersion"])) and body["kind"] != "Telemetry":
        yield changed(body, ("apiVersion",), old)


def version_without_group(body: Body) -> Iterator[Damaged]:
    if "/" in body["apiVersion"]:
        yield changed(body, ("apiVersion",), body["apiVersion"].rpartition("/")[2])


def misspelled_kind(body: Body) -> Iterator[Damaged]:
    yield changed(body, ("kind",), f"{body['kind'][:-2]}{body['kind'][-1]}")
    yield changed(body, ("kind",), body["kind"].lower())


def other_kind(body: Body) -> Iterator[Damaged]:
    """A kind of the same group that this object is not."""
    others = {"ServiceAccount": "LimitRange", "LimitRange": "ResourceQuota", "ResourceQuota": "LimitRange"}
    others |= {"Deployment": "StatefulSet", "Service": "ServiceAccount", "Namespace": "Service"}
    others |= {"VirtualService": "DestinationRule", "DestinationRule": "VirtualService", "Gateway": "Sidecar"}
    others |= {"NetworkPolicy": "Ingress", "Application": "AppProject", "AppProject": "Application"}
    others |= {"AuthorizationPolicy": "RequestAuthentication", "Certificate": "Issuer", "Sidecar": "Gateway"}
    if body["kind"] in others and body.get("spec", True):
        yield changed(body, ("kind",), others[body["kind"]])


def wrong_word(body: Body) -> Iterator[Damaged]:
    for path, value in _words(body):
        yield changed(body, path, f"{value}x")


def wrong_case(body: Body) -> Iterator[Damaged]:
    for path, value in _words(body):
        if not dotted(path).startswith("spec.servers[].port"):  # Istio reads protocols in any case
            yield changed(body, path, value.lower() if value != value.lower() else value.upper())


def port_zero(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, "0" if isinstance(value, str) else 0) for path, value in _ports(body))


def port_too_high(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, "70000" if isinstance(value, str) else 70000) for path, value in _ports(body))


def port_in_words(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, "eighty") for path, _ in _ports(body))


def port_in_quotes(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, str(value)) for path, value in _ports(body) if isinstance(value, int))


def negative_number(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if isinstance(value, int) and not isinstance(value, bool):
            yield changed(body, path, -7)


def bad_duration(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if path and path[-1] in _DURATIONS and isinstance(value, str):
            yield from (changed(body, path, wrong) for wrong in ("soon", value[:-1], f"{value[:-1]} {value[-1]}"))


def bad_quantity(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if (
            len(path) > 1
            and path[-1] in {"cpu", "memory", "pods"}
            and isinstance(value, str)
            and path[-2] != "metadata"
        ):
            yield from (changed(body, path, wrong) for wrong in ("much", f"{value}b", f"-{value}"))


def bad_percentage(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if isinstance(value, str) and value.endswith("%"):
            yield from (changed(body, path, wrong) for wrong in ("a quarter", value[:-1], f"-{value}"))


def bad_url(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if isinstance(value, str) and value.startswith("https://"):
            yield changed(body, path, value.replace("://", ":/"))


def bad_host(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        in_hosts = len(path) > 1 and path[-2] in {"hosts", "dnsNames"}
        if isinstance(value, str) and (in_hosts or (path and path[-1] == "host")):
            yield changed(body, path, f"{value.rpartition('/')[0]}/Not_A Host".removeprefix("/"))


def bad_image(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if path and path[-1] == "image":
            yield from (changed(body, path, wrong) for wrong in (f" {value}", value.upper(), f"{value}:"))


def invalid_name(body: Body) -> Iterator[Damaged]:
    if body["apiVersion"] != _FILE:
        name = at(body, "metadata", "name")
        yield from (changed(body, ("metadata", "name"), wrong) for wrong in (f"{name}_X", f"-{name}", f"{name}."))


def name_too_long(body: Body) -> Iterator[Damaged]:
    if body["apiVersion"] != _FILE:
        yield changed(body, ("metadata", "name"), "n" * 254)


def invalid_inner_name(body: Body) -> Iterator[Damaged]:
    """Names of containers, ports and volumes; those of variables may hold anything but `=`."""
    for path, value in places(body) if body["kind"] in {"Deployment", "Service"} else ():
        if path and path[-1] == "name" and isinstance(path[-2], int) and path[-3] not in {"env", "httpHeaders"}:
            yield changed(body, path, f"{value} x")


def invalid_label(body: Body) -> Iterator[Damaged]:
    for path, _ in _labels(body):
        yield from (changed(body, path, wrong) for wrong in ("not valid!", "v" * 64, "-x"))


def invalid_label_key(body: Body) -> Iterator[Damaged]:
    for path, value in _labels(body):
        less = removed(body, path).body
        yield from (changed(less, (*path[:-1], wrong), value) for wrong in ("not valid", "a/b/c", "k" * 64))


def bool_for_label(body: Body) -> Iterator[Damaged]:
    for path, _ in _labels(body):
        yield changed(body, path, True)  # noqa: FBT003 -- the value is the damage


def bool_for_annotation(body: Body) -> Iterator[Damaged]:
    for path, _ in places(body):
        if len(path) > 1 and path[-2] == "annotations":
            yield changed(body, path, True)  # noqa: FBT003 -- the value is the damage


def invalid_namespace(body: Body) -> Iterator[Damaged]:
    if at(body, "metadata", "namespace"):
        for wrong in ("Not_A_Namespace", "a.b", "n" * 64):
            yield changed(body, ("metadata", "namespace"), wrong)


def _words(body: Body) -> Iterator[tuple[Path, str]]:
    for path, value in places(body):
        name = next((step for step in reversed(path) if isinstance(step, str)), "")
        free = path == ("kind",) or dotted(path).startswith("spec.clusterResourceWhitelist")
        if isinstance(value, str) and name in _WORDS and not free:
            yield path, value


def _ports(body: Body) -> Iterator[tuple[Path, int | str]]:
    for path, value in places(body):
        name = dotted(path)
        is_port = path and (path[-1] in _PORTS or name.endswith(("port.number", "operation.ports[]")))
        if is_port and isinstance(value, int | str):
            yield path, value


def _labels(body: Body) -> Iterator[tuple[Path, str]]:
    for path, value in places(body):
        in_map = len(path) > 1 and (path[-2] in {"labels", "matchLabels"} or dotted(path[:-1]) == "spec.selector")
        if in_map and isinstance(value, str):
            yield path, value
