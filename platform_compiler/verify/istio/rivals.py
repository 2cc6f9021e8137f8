"""Several objects of a kind for the same pods, of which Istio takes one and forgets the others."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from platform_compiler.objects import Path
from platform_compiler.verify.istio.scope import selector_of, targets_of
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

if TYPE_CHECKING:
    from platform_compiler.verify.workloads import Workload

_CURE = "make one of them, or let them select different pods"


def rivals_of_namespace(code: str, items: Sequence[Item]) -> Iterator[Fault]:
    """Yield objects for all pods of a namespace that an earlier one is for."""
    first: dict[str, Item] = {}
    for item in items:
        if not selector_of(item) and not targets_of(item):
            other = first.setdefault(namespace_of(item), item)
            if other is not item:
                yield _fault(code, item, ("metadata", "name"), f"`{other.name}` is for all of the namespace too", other)


def rivals_for_pods(code: str, world: World, items: Sequence[Item]) -> Iterator[Fault]:
    """Yield objects that select pods which an earlier one selects."""
    first: dict[Workload, Item] = {}
    for item in items:
        labels = selector_of(item)
        pods = world.selected(namespace_of(item), labels) if labels else []
        others = [(pod, first.setdefault(pod, item)) for pod in pods]
        for pod, other in [(pod, other) for pod, other in others if other is not item][:1]:
            yield _fault(code, item, ("spec", "selector"), f"`{other.name}` selects the pods of {pod.item} too", other)


def _fault(code: str, item: Item, path: Path, words: str, other: Item) -> Fault:
    also = (Other(other, ("metadata", "name"), "for the same pods"),)
    return Fault(code, item, path, f"{words}, and only one of the two counts", _CURE, also)
