"""Settings of Jobs that only hold beside others: the API server refuses them alone."""

from collections.abc import Iterator

from platform_compiler.objects import a_map, at, text
from platform_compiler.verify.item import Fault
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World

_CODE = "PC5130"
_ENDING = frozenset({"Job", "CronJob"})


def job_modes(world: World) -> Iterator[Fault]:
    """Yield settings of Jobs whose other half is missing."""
    for workload in world.workloads:
        if workload.item.kind in _ENDING:
            yield from _modes(workload)


def _modes(workload: Workload) -> Iterator[Fault]:
    path = workload.path[:-1]
    spec = a_map(at(workload.item.body, *path))
    indexed = text(spec, "completionMode") == "Indexed"
    never = text(workload.pod, "restartPolicy") == "Never"
    needs = (
        ("completionMode", indexed and "completions" not in spec, "`Indexed` needs `completions`"),
        ("backoffLimitPerIndex", not indexed, "it needs `completionMode: Indexed`"),
        ("maxFailedIndexes", not indexed, "it needs `completionMode: Indexed`"),
        ("podFailurePolicy", not never, "it needs `restartPolicy: Never` in the pods"),
    )
    for field, alone, message in needs:
        if field in spec and alone:
            yield Fault(_CODE, workload.item, (*path, field), message, "add what it needs, or remove it", on_key=True)
