"""Annotations of Istio's that stand where nobody reads them, that nobody knows, or that are no good.

Source: the pages of IST0107, IST0108, IST0125, IST0135 and IST0136. Judged are the kinds that people annotate by hand;
other controllers put annotations of Istio's domain on other kinds.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, a_map, at
from platform_compiler.verify.istio.annotation_table import ANNOTATIONS, LABELS, Known
from platform_compiler.verify.istio.annotation_values import wanted_instead
from platform_compiler.verify.istio.membership import INJECT
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_KINDS = (("", "Namespace"), ("", "Service"), ("networking.k8s.io", "Ingress"))
_MAKES_PODS = ("apps", "batch")
_INTERNAL = "internal.istio.io/"
_DOMAIN = "istio.io"
_SETTLED = ("stable", "beta")


class _Annotation(NamedTuple):
    """An annotation where it stands: on an object of a kind, or on the pods it makes."""

    item: Item
    kind: str
    path: Path
    value: Any

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.path[-1])

    @property
    def labels(self) -> Body:
        """The labels beside it."""
        return a_map(at(self.item.body, *self.path[:-2], "labels"))


def check(world: World) -> Iterator[Fault]:
    """Yield what is wrong with annotations."""
    for found in _all(world):
        known = ANNOTATIONS.get(found.name)
        if known is None:
            yield from _unknown(found)
        else:
            yield from _misplaced(found, known)
            invalid = list(_invalid(found, known))
            yield from invalid or _unsettled(found, known)


def _all(world: World) -> Iterator[_Annotation]:
    for kind in _KINDS:
        for item in world.of(*kind):
            yield from _of(item, item.kind, (), a_map(item.body, "metadata", "annotations"))
    for workload in world.workloads:
        item = workload.item
        yield from _of(item, "Pod", workload.path, workload.annotations)
        if workload.path:
            yield from _of(item, item.kind, (), a_map(item.body, "metadata", "annotations"))


def _of(item: Item, kind: str, path: Path, told: Mapping[str, Any]) -> list[_Annotation]:
    """Return the annotations of what stands at a path that something may be wrong with."""
    return [
        _Annotation(item, kind, (*path, "metadata", "annotations", name), value)
        for name, value in told.items()
        if not _is_settled(kind, name)
    ]


@lru_cache(maxsize=1024)
def _is_settled(kind: str, name: str) -> bool:
    """Whether nothing is wrong with an annotation of a kind, whatever its value."""
    known = ANNOTATIONS.get(name)
    if known is None:
        return not _is_istios(name)
    return known.belongs_on(kind) and known.status in _SETTLED and not known.value


def _is_istios(name: str) -> bool:
    domain = name.partition("/")[0]
    named = domain == _DOMAIN or domain.endswith(f".{_DOMAIN}") or name in LABELS
    return named and not name.startswith(_INTERNAL)


def _unknown(found: _Annotation) -> Iterator[Fault]:
    if found.name in LABELS:
        yield _misplacement(found, "is a label", "move it to `metadata.labels`")
        return
    near = did_you_mean(found.name, ANNOTATIONS)
    cure = f"did you mean `{near}`?" if near else "remove it"
    message = f"Istio knows no annotation `{found.name}`"
    yield Fault("PC5237", found.item, found.path, message, cure, on_key=True)


def _misplaced(found: _Annotation, known: Known) -> Iterator[Fault]:
    if known.belongs_on(found.kind):
        return
    if found.name == "istio.io/rev":
        yield _misplacement(found, "is a label here", "move it to `metadata.labels`")
        return
    kinds = " or ".join(f"`{kind}`" for kind in known.kinds.split())
    to_pods = known.kinds == "Pod" and found.item.group in _MAKES_PODS
    cure = "move it to the pods, below `template`" if to_pods else "move it, or remove it"
    yield _misplacement(found, f"belongs on {kinds} and does nothing on `{found.kind}`", cure)


def _misplacement(found: _Annotation, words: str, cure: str) -> Fault:
    return Fault("PC5236", found.item, found.path, f"annotation `{found.name}` {words}", cure, on_key=True)


def _invalid(found: _Annotation, known: Known) -> Iterator[Fault]:
    wanted = wanted_instead(known.value, found.value) if isinstance(found.value, str) else ""
    if known.belongs_on(found.kind) and wanted:
        message = f"annotation `{found.name}` cannot be `{found.value}`"
        yield Fault("PC5238", found.item, found.path, message, f"it is {wanted}")


def _unsettled(found: _Annotation, known: Known) -> Iterator[Fault]:
    if known.status == "deprecated" and not (found.name == INJECT and INJECT in found.labels):
        cure = f"use {known.instead}" if known.instead else "remove it"
        yield _status(found, "is deprecated", cure)
    elif known.status == "alpha" and known.belongs_on(found.kind):
        yield _status(found, "is alpha: Istio may change or drop it", "watch the release notes, or do without")


def _status(found: _Annotation, words: str, cure: str) -> Fault:
    return Fault("PC5239", found.item, found.path, f"annotation `{found.name}` {words}", cure, on_key=True)
