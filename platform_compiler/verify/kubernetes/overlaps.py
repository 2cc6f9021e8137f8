"""Two that lay hands on the same pods: workloads, disruption budgets, autoscalers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from platform_compiler.objects import a_map, text
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.scalers import scalers_of
from platform_compiler.verify.kubernetes.selectors import is_empty, selected
from platform_compiler.verify.world import World, namespace_of

if TYPE_CHECKING:
    from platform_compiler.verify.workloads import Workload

_OVERLAP, _TWICE = "PC5116", "PC5117"
_SELECTING = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def overlapping_selectors(world: World) -> Iterator[Fault]:
    """Yield workloads whose selector also matches the pods of another one."""
    told: set[frozenset[int]] = set()
    for workload in world.workloads:
        if workload.kind not in _SELECTING:
            continue
        selector = workload.face.selector
        others = [other for other in selected(world, workload.namespace, selector) if other is not workload]
        if not others or is_empty(selector) or _owned(workload.item):
            continue
        for other in others:
            pair = frozenset((id(workload.item), id(other.item)))
            if other.kind in _SELECTING and pair not in told and not _owned(other.item):
                told.add(pair)
                message = f"its selector also matches the pods of {other.item}"
                also = (Other(other.item, (*other.path, "metadata", "labels"), "pods that both select"),)
                cure = "give each its own value of a label, in selector and template"
                yield Fault(_OVERLAP, workload.item, ("spec", "selector"), message, cure, also, on_key=True)


def two_budgets(world: World) -> Iterator[Fault]:
    """Yield PodDisruptionBudgets of pods that another one has already: no such pod can be evicted at all."""
    first: dict[Workload, Item] = {}
    for item in world.of("policy", "PodDisruptionBudget"):
        known = None
        for workload in selected(world, namespace_of(item), a_map(item.body, "spec", "selector")):
            known = known or first.get(workload)
            first.setdefault(workload, item)
        if known is not None:
            yield _twice(item, ("spec", "selector"), f"the pods have a budget already, {known}", known)


def two_scalers(world: World) -> Iterator[Fault]:
    """Yield autoscalers of what another one scales already."""
    first: dict[tuple[str, str, str], Item] = {}
    for scaler in world.once(scalers_of):
        target = scaler.target
        known = first.setdefault((scaler.namespace, target.kind, target.name), scaler.item)
        if known is not scaler.item and target.name and not _hands_over(known, scaler.item):
            message = f"{target.kind} `{target.name}` is scaled already, by {known}"
            yield _twice(scaler.item, ("spec", "scaleTargetRef"), message, known)


def _hands_over(one: Item, other: Item) -> bool:
    """Whether one is what KEDA makes of the other."""
    return other.name == f"keda-hpa-{one.name}" or one.name == f"keda-hpa-{other.name}"


def _twice(item: Item, path: tuple[str, ...], message: str, known: Item) -> Fault:
    return Fault(_TWICE, item, path, message, "keep one of them", (Other(known, path, "the other one"),), on_key=True)


def _owned(item: Item) -> bool:
    return bool(a_map(item.body, "metadata").get("ownerReferences")) or not text(item.body, "metadata", "name")
