"""Disruption budgets that let no pod go: nodes can then not be drained."""

import re
from collections.abc import Iterator
from typing import Any

from platform_compiler.objects import a_map, at
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.pods import replicas_of
from platform_compiler.verify.kubernetes.scalers import scalers_of
from platform_compiler.verify.kubernetes.selectors import selected
from platform_compiler.verify.world import World, namespace_of

_CODE = "PC5129"
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})
_PERCENT = re.compile(r"[0-9]{1,4}%\Z").match
_ALL = 100
_HELP = "allow at least one pod to be away, or nodes can only be drained by force"


def blocking_budgets(world: World) -> Iterator[Fault]:
    """Yield budgets that never allow a pod to be evicted."""
    scaled = {id(s.workload.item): s.lower for s in world.once(scalers_of) if s.workload is not None}
    for item in world.of("policy", "PodDisruptionBudget"):
        if _count(at(item.body, "spec", "maxUnavailable"), 1) == 0:
            yield Fault(_CODE, item, ("spec", "maxUnavailable"), "it never lets a pod go", _HELP)
        elif at(item.body, "spec", "minAvailable") is not None:
            yield from _least(world, item, scaled)


def _least(world: World, item: Item, scaled: dict[int, int]) -> Iterator[Fault]:
    told = at(item.body, "spec", "minAvailable")
    path = ("spec", "minAvailable")
    if isinstance(told, str) and _PERCENT(told) and int(told[:-1]) >= _ALL:
        yield Fault(_CODE, item, path, f"`{told}` of the pods must stay, so none may go", _HELP)
        return
    chosen = selected(world, namespace_of(item), a_map(item.body, "spec", "selector"))
    if not chosen or any(workload.kind not in _SCALED for workload in chosen):
        return
    pods = sum(scaled.get(id(workload.item), replicas_of(workload)) for workload in chosen)
    least = _count(told, pods)
    if least is not None and 0 < pods <= least:
        noun = "pod" if pods == 1 else "pods"
        message = f"`{told}` must stay of {pods} {noun}, so none may go"
        also = (Other(chosen[0].item, ("spec", "replicas"), "how many there are"),)
        yield Fault(_CODE, item, path, message, _HELP, also)


def _count(told: Any, pods: int) -> int | None:
    """Return a number or a share of the pods as a number, rounded up; None where it is neither."""
    if isinstance(told, str) and _PERCENT(told):
        return -(-int(told[:-1]) * pods // _ALL)
    return told if isinstance(told, int) and not isinstance(told, bool) else None
