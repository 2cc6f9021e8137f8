"""Damage that leaves an object of another shape than its kind has: keys and types."""

from collections.abc import Iterator

from platform_compiler.objects import Body, Path, at
from tests.verify.damage.places import Damaged, changed, closed_maps, dotted, is_free, places, removed

_NUMBER_OR_TEXT = frozenset(
    {"targetPort", "maxSurge", "maxUnavailable", "minAvailable", "port", "cpu", "memory", "pods", "sizeLimit"}
)
"""Fields that take a number as well as text."""
_NEEDED: dict[str, tuple[str, ...]] = {
    "Application": ("spec.project", "spec.destination", "spec.source", "spec.source.repoURL"),
    "AppProject": ("spec.roles[].name",),
    "AuthorizationPolicy": ("spec.rules[].from[].source", "spec.rules[].to[].operation"),
    "Certificate": ("spec.secretName", "spec.issuerRef", "spec.issuerRef.name"),
    "Deployment": (
        "spec.selector",
        "spec.template",
        "spec.template.spec",
        "spec.template.metadata",
        "spec.template.spec.containers",
        "spec.template.spec.containers[].name",
        "spec.template.spec.containers[].image",
        "spec.template.spec.containers[].ports[].containerPort",
        "spec.template.spec.containers[].env[].name",
        "spec.template.spec.containers[].volumeMounts[].name",
        "spec.template.spec.containers[].volumeMounts[].mountPath",
        "spec.template.spec.containers[].readinessProbe.httpGet.port",
        "spec.template.spec.containers[].readinessProbe.grpc.port",
        "spec.template.spec.containers[].readinessProbe.tcpSocket.port",
        "spec.template.spec.securityContext.seccompProfile.type",
        "spec.template.spec.topologySpreadConstraints[].maxSkew",
        "spec.template.spec.topologySpreadConstraints[].topologyKey",
        "spec.template.spec.topologySpreadConstraints[].whenUnsatisfiable",
        "spec.template.spec.volumes[].name",
    ),
    "DestinationRule": ("spec.host",),
    "Gateway": (
        "spec.servers",
        "spec.servers[].hosts",
        "spec.servers[].port",
        "spec.servers[].port.name",
        "spec.servers[].port.number",
        "spec.servers[].port.protocol",
        "spec.servers[].tls",
        "spec.servers[].tls.credentialName",
    ),
    "GitRepository": ("spec.url", "spec.interval"),
    "HorizontalPodAutoscaler": (
        "spec.maxReplicas",
        "spec.scaleTargetRef",
        "spec.scaleTargetRef.kind",
        "spec.scaleTargetRef.name",
        "spec.metrics[].type",
        "spec.metrics[].containerResource",
        "spec.metrics[].containerResource.container",
        "spec.metrics[].containerResource.name",
        "spec.metrics[].containerResource.target",
        "spec.metrics[].containerResource.target.type",
        "spec.metrics[].containerResource.target.averageUtilization",
        "spec.metrics[].resource.target",
    ),
    "Kustomization": (
        "spec.interval",
        "spec.prune",
        "spec.sourceRef",
        "spec.sourceRef.kind",
        "spec.sourceRef.name",
        "spec.dependsOn[].name",
        "resources",
    ),
    "LimitRange": ("spec.limits", "spec.limits[].type"),
    "NetworkPolicy": ("spec.podSelector",),
    "PodDisruptionBudget": ("spec.selector",),
    "Service": ("spec.ports", "spec.ports[].port"),
    "Sidecar": ("spec.egress[].hosts",),
    "Telemetry": ("spec.accessLogging[].providers[].name",),
    "VirtualService": (
        "spec.hosts",
        "spec.http",
        "spec.http[].route",
        "spec.http[].redirect",
        "spec.http[].retries.attempts",
        "spec.http[].route[].destination",
        "spec.http[].route[].destination.host",
    ),
}
"""What has to be there, where its parent is: by the API's schemas, validation and webhooks, not by our profile."""
_MAY_MEAN_ALL = frozenset({"NetworkPolicy", "PodDisruptionBudget"})
"""Kinds whose empty selector is legal and stands for every pod."""
_FILE = "kustomize.config.k8s.io/v1beta1"


def unknown_field_at_root(body: Body) -> Iterator[Damaged]:
    yield changed(body, ("surprise",), 1)


def unknown_field_below(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, (*path, "surprise"), {"x": "y"}) for path, _ in closed_maps(body) if path)


def misspelled_key(body: Body) -> Iterator[Damaged]:
    for path, value in closed_maps(body):
        for key in value:
            wrong = f"{key[:-2]}{key[-1]}{key[-2]}" if key[-1] != key[-2:-1] else key[:-1]
            yield Damaged(
                dotted((*path, key)), changed(removed(body, (*path, key)).body, (*path, wrong), value[key]).body
            )


def number_for_text(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if isinstance(value, str) and path[-1] not in _NUMBER_OR_TEXT and "hard" not in path:
            yield changed(body, path, 7)


def map_for_text(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, {"x": "y"}) for path, value in places(body) if isinstance(value, str))


def list_for_text(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, [value]) for path, value in places(body) if isinstance(value, str))


def text_for_number(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, "seven") for path, value in places(body) if _is_number(value))


def fraction_for_number(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, value + 0.5) for path, value in places(body) if _is_number(value))


def text_for_bool(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if isinstance(value, bool):
            yield changed(body, path, str(value).lower())


def number_for_bool(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, int(value)) for path, value in places(body) if isinstance(value, bool))


def map_for_list(body: Body) -> Iterator[Damaged]:
    for path, value in places(body):
        if isinstance(value, list):
            yield changed(body, path, {"x": "y"})


def item_for_list(body: Body) -> Iterator[Damaged]:
    """The usual slip: one item without its dash."""
    for path, value in places(body):
        if isinstance(value, list) and value:
            yield changed(body, path, value[0])


def list_for_map(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, [value]) for path, value in places(body) if isinstance(value, dict))


def text_for_map(body: Body) -> Iterator[Damaged]:
    yield from (changed(body, path, "text") for path, value in places(body) if isinstance(value, dict))


def without_needed_key(body: Body) -> Iterator[Damaged]:
    for path in _needed(body):
        yield removed(body, path)


def null_for_needed_key(body: Body) -> Iterator[Damaged]:
    for path in (*_needed(body), ("apiVersion",), ("kind",)):
        yield changed(body, path, None)


def empty_text_for_needed_key(body: Body) -> Iterator[Damaged]:
    for path in (*_needed(body), ("metadata", "name")):
        legal = path == ("spec", "project")  # means the project `default`
        if isinstance(at(body, *path), str) and body["apiVersion"] != _FILE and not legal:
            yield changed(body, path, "")


def emptied_needed_list(body: Body) -> Iterator[Damaged]:
    for path in _needed(body):
        if isinstance(at(body, *path), list):
            yield changed(body, path, [])


def emptied_needed_map(body: Body) -> Iterator[Damaged]:
    for path in _needed(body):
        if isinstance(value := at(body, *path), dict) and value and body["kind"] not in _MAY_MEAN_ALL:
            yield changed(body, path, {})


def without_name(body: Body) -> Iterator[Damaged]:
    if body["apiVersion"] != _FILE:
        yield removed(body, ("metadata", "name"))


def without_metadata(body: Body) -> Iterator[Damaged]:
    if body["apiVersion"] != _FILE:
        yield removed(body, ("metadata",))


def without_spec(body: Body) -> Iterator[Damaged]:
    if body.get("spec"):
        yield removed(body, ("spec",))


def spec_moved_up(body: Body) -> Iterator[Damaged]:
    """The usual slip: everything below `spec` one level too high."""
    if body.get("spec"):
        yield Damaged("spec", {**removed(body, ("spec",)).body, **body["spec"]})


def metadata_moved_up(body: Body) -> Iterator[Damaged]:
    yield Damaged("metadata", {**removed(body, ("metadata",)).body, **body["metadata"]})


def _needed(body: Body) -> list[Path]:
    wanted = _NEEDED.get(body["kind"], ())
    return [path for path, _ in places(body) if path and dotted(path) in wanted and not is_free(body, path[:-1])]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
