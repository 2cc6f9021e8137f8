"""What goes for good: objects by how much goes with them, and applications that take theirs along."""

from collections.abc import Iterator

from platform_compiler.diff.model import Level, Risk
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.rules import CHANGES, GATEWAY_API, GOES, NETWORKING, Rule
from platform_compiler.objects import Body, a_list, a_map, at, group_of, kind_of, maps, text, texts
from platform_compiler.source.node import Pointer

_CASCADE = "resources-finalizer.argocd.argoproj.io"
_CRD = ("apiextensions.k8s.io", "CustomResourceDefinition")
_APPLICATION = ("argoproj.io", "Application")
_KUSTOMIZATION = ("kustomize.toolkit.fluxcd.io", "Kustomization")

# What is lost with an object of a kind; a kind without a row is MEDIUM.
LOST: dict[tuple[str, str], tuple[Level, str]] = {
    ("", "Namespace"): (Level.HIGH, "everything inside goes with it"),
    _CRD: (Level.HIGH, "every object of that kind goes with it, in every namespace"),
    ("", "PersistentVolumeClaim"): (Level.HIGH, "its data may go with it"),
    ("", "PersistentVolume"): (Level.HIGH, "its data may go with it"),
    ("apps", "StatefulSet"): (Level.HIGH, "its pods stop, and their claims may go with it"),
    ("", "Secret"): (Level.HIGH, "what reads it cannot start any more"),
    (NETWORKING, "Gateway"): (Level.HIGH, "every host on it stops answering"),
    (GATEWAY_API, "Gateway"): (Level.HIGH, "every host on it stops answering"),
    ("autoscaling", "HorizontalPodAutoscaler"): (Level.LOW, ""),
    ("", "LimitRange"): (Level.LOW, ""),
    ("monitoring.coreos.com", "ServiceMonitor"): (Level.LOW, ""),
    ("monitoring.coreos.com", "PodMonitor"): (Level.LOW, ""),
    ("telemetry.istio.io", "Telemetry"): (Level.LOW, ""),
}


def loss(body: Body) -> tuple[Level, str]:
    """Return how much is lost with an object, and what, empty where it is no more than the object itself."""
    return LOST.get((group_of(body), kind_of(body)), (Level.MEDIUM, ""))


def _deleted(old: Body, _new: Body) -> Iterator[Risk]:
    level, lost = loss(old)
    what = f"{kind_of(old) or 'a resource'} `{text(old, 'metadata', 'name')}` is deleted"
    yield risk("delete-object", (), f"{what}: {lost}" if lost else what, level)


def _cascades(old: Body, _new: Body) -> Iterator[Risk]:
    if any(isinstance(f, str) and f.startswith(_CASCADE) for f in a_list(old, "metadata", "finalizers")):
        message = f"deleting Application `{text(old, 'metadata', 'name')}` deletes every object it manages"
        yield risk("delete-application-cascade", ("metadata", "finalizers"), message)


def _prunes(old: Body, _new: Body) -> Iterator[Risk]:
    """Where a Kustomization does not say what becomes of its objects, it is what pruning does to them."""
    policy = text(old, "spec", "deletionPolicy") or "MirrorPrune"
    if policy.startswith(("Delete", "WaitFor")) or (policy == "MirrorPrune" and at(old, "spec", "prune") is True):
        message = f"deleting Kustomization `{text(old, 'metadata', 'name')}` deletes every object it manages"
        advice = "set deletionPolicy: Orphan first if the objects shall stay"
        yield risk("delete-application-cascade", ("spec", "prune"), message, advice=advice)


def _required(old: Body, new: Body) -> Iterator[Risk]:
    before = {text(version, "name"): version for _, version in maps(old, "spec", "versions")}
    for i, version in maps(new, "spec", "versions"):
        was = before.get(text(version, "name"), {})
        steps = ("schema", "openAPIV3Schema")
        pointer: Pointer = ("spec", "versions", i, *steps)
        for place, field in _newly_required(a_map(at(was, *steps)), a_map(at(version, *steps)), pointer):
            yield risk("crd-required-added", place, f"field `{field}` becomes required: objects without it are refused")


def _newly_required(old: Body, new: Body, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Yield what a schema requires that it did not, below fields that existed already."""
    if old == new or not old:
        return
    for field in texts(new, "required"):
        filled_in = "default" in a_map(new, "properties", field)
        if field not in a_list(old, "required") and not filled_in:
            yield (*pointer, "required"), field
    for field, schema in a_map(new, "properties").items():
        if isinstance(schema, dict):
            yield from _newly_required(a_map(old, "properties", field), schema, (*pointer, "properties", field))
    for word in ("items", "additionalProperties"):
        yield from _newly_required(a_map(old, word), a_map(new, word), (*pointer, word))


RULES = (
    Rule(_deleted, on=GOES),
    Rule(_cascades, (_APPLICATION,), GOES),
    Rule(_prunes, (_KUSTOMIZATION,), GOES),
    Rule(_required, (_CRD,), CHANGES),
)
