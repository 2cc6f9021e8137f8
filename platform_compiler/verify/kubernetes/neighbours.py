"""Pods that say which other pods they are spread over, or kept near to or far from."""

from collections.abc import Iterator

from platform_compiler.objects import Body, Path, a_map, at, maps, text
from platform_compiler.verify.item import Fault
from platform_compiler.verify.kubernetes.elsewhere import filled_by_others
from platform_compiler.verify.kubernetes.selectors import is_empty, selected, written
from platform_compiler.verify.labels import fits
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World

_CODE = "PC5115"
_SPREAD = "topologySpreadConstraints"
_TERMS: tuple[tuple[str, Path], ...] = (
    ("requiredDuringSchedulingIgnoredDuringExecution", ()),
    ("preferredDuringSchedulingIgnoredDuringExecution", ("podAffinityTerm",)),
)


def spreads(world: World) -> Iterator[Fault]:
    """Yield constraints that count other pods than those that they spread."""
    for workload in world.workloads:
        for i, spread in maps(workload.pod, _SPREAD):
            selector = a_map(spread, "labelSelector")
            if not fits(selector, workload.labels) and not fits(written(selector), workload.labels):
                message = "it does not match the pods that it spreads"
                path = (*workload.spec_path, _SPREAD, i, "labelSelector")
                yield Fault(_CODE, workload.item, path, message, "name the labels of these pods", on_key=True)


def affinities(world: World) -> Iterator[Fault]:
    """Yield terms of affinity to pods of the own namespace that match none there."""
    others = world.once(filled_by_others)
    for workload in world.workloads:
        if "affinity" in workload.pod and workload.namespace not in others:
            for path, selector in _terms(workload):
                if not is_empty(selector) and not selected(world, workload.namespace, selector):
                    message = f"it matches no pod of namespace `{workload.namespace}`"
                    cure = "compare it with the labels of the pod templates"
                    yield Fault(_CODE, workload.item, path, message, cure, on_key=True)


def _terms(workload: Workload) -> Iterator[tuple[Path, Body]]:
    """Yield the selectors of terms that look in the own namespace alone."""
    for affinity in ("podAffinity", "podAntiAffinity"):
        for field, below in _TERMS:
            for i, entry in maps(workload.pod, "affinity", affinity, field):
                term = a_map(at(entry, *below))
                if "namespaces" not in term and "namespaceSelector" not in term and text(term, "topologyKey"):
                    path = (*workload.spec_path, "affinity", affinity, field, i, *below, "labelSelector")
                    yield path, a_map(term, "labelSelector")
