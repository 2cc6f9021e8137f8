"""Several objects of a kind for the same pods, where Istio takes the oldest and forgets the others."""

from collections.abc import Iterator, Sequence

from platform_compiler.verify.istio.scope import selector_of, targets_of
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import Workload, World, grouped, namespace_of

_CURE = "make one of them, or let them select different pods"


def rivals_of_namespace(code: str, items: Sequence[Item]) -> Iterator[Fault]:
    """Yield objects for all pods of a namespace that has another one; each, as they may have different owners."""
    for_all = [item for item in items if not selector_of(item) and not targets_of(item)]
    for namespace, rivals in grouped(for_all, namespace_of).items():
        for item in rivals if len(rivals) > 1 else ():
            other = next(rival for rival in rivals if rival is not item)
            message = f"`{other.name}` is for all of `{namespace}` too, and only the oldest counts"
            yield Fault(code, item, ("metadata", "name"), message, _CURE, (_other(other),))


def rivals_for_pods(code: str, world: World, items: Sequence[Item]) -> Iterator[Fault]:
    """Yield objects that select pods which another one selects; each once."""
    selecting: dict[Item, tuple[Workload, list[Item]]] = {}
    for item in items:
        labels = selector_of(item)
        for workload in world.selected(namespace_of(item), labels) if labels else ():
            selecting.setdefault(workload.item, (workload, []))[1].append(item)
    told: set[Item] = set()
    for workload, rivals in selecting.values():
        for item in rivals if len(rivals) > 1 else ():
            if item not in told:
                told.add(item)
                other = next(rival for rival in rivals if rival is not item)
                message = f"selects the pods of {workload.item} as `{other.name}` does, and only the oldest counts"
                yield Fault(code, item, ("spec", "selector"), message, _CURE, (_other(other),))


def _other(item: Item) -> Other:
    return Other(item, ("metadata", "name"), "for the same pods")
