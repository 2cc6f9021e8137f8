"""Restart policies, and settings of Jobs that need each other."""

from collections.abc import Iterator

from platform_compiler.objects import a_map, text
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import Workload, World

_CODE = "PC5130"
_RUN_ON = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
_END = frozenset({"Job", "CronJob"})


def restart_policies(world: World) -> Iterator[Fault]:
    """Yield pods whose restart policy does not go with what makes them."""
    for workload in world.workloads:
        kind, told = workload.item.kind, text(workload.pod, "restartPolicy")
        path = (*workload.spec_path, "restartPolicy")
        if kind in _RUN_ON and told in ("OnFailure", "Never"):
            message = f"pods of a {kind} are always restarted, not `{told}`"
            yield Fault(_CODE, workload.item, path, message, "remove `restartPolicy`")
        elif kind in _END and workload.pod and told in ("", "Always"):
            message = f"pods of a {kind} end: `restartPolicy` must be `OnFailure` or `Never`"
            where = path if told else workload.spec_path
            yield Fault(_CODE, workload.item, where, message, "add `restartPolicy: OnFailure`", on_key=not told)


def job_modes(world: World) -> Iterator[Fault]:
    """Yield settings of Jobs that only hold beside others."""
    for workload in world.workloads:
        if workload.item.kind in _END:
            yield from _modes(workload)


def _modes(workload: Workload) -> Iterator[Fault]:
    path = workload.path[:-1]
    spec = a_map(workload.item.body, *path)
    indexed = text(spec, "completionMode") == "Indexed"
    never = text(workload.pod, "restartPolicy") == "Never"
    faults = (
        (indexed and "completions" not in spec, "completionMode", "`Indexed` needs `completions`"),
        ("backoffLimitPerIndex" in spec and not indexed, "backoffLimitPerIndex", "it needs `completionMode: Indexed`"),
        ("maxFailedIndexes" in spec and not indexed, "maxFailedIndexes", "it needs `completionMode: Indexed`"),
        ("podFailurePolicy" in spec and not never, "podFailurePolicy", "it needs `restartPolicy: Never` in the pods"),
    )
    for wrong, field, message in faults:
        if wrong:
            yield Fault(_CODE, workload.item, (*path, field), message, "add what it needs, or remove it", on_key=True)
