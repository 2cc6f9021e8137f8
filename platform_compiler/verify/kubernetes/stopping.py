"""What a container does before it stops, and the time that it is given for it."""

import re
from collections.abc import Iterator

from platform_compiler.objects import Body, at, number, texts
from platform_compiler.verify.item import Fault, Other
from platform_compiler.verify.world import World

_CODE = "PC5132"
_GRACE = 30
_SLEEP = r"(?:^|[\s;&/])sleep\s+([0-9]{1,6})s?(?![0-9.]|[mhd])"


def hooks_before_stopping(world: World) -> Iterator[Fault]:
    """Yield hooks that take all of the time that the pod has to stop in: what runs is then killed."""
    for workload in world.workloads:
        told = number(workload.pod, "terminationGracePeriodSeconds")
        grace = _GRACE if told is None else told
        for path, container, *_ in workload.containers:
            if "lifecycle" not in container:
                continue
            field, taken = _sleep(container)
            if taken and taken >= grace:
                message = f"it sleeps for {taken} s before it stops, but is killed after {grace} s"
                also = (
                    Other(workload.item, (*workload.spec_path, "terminationGracePeriodSeconds"), "the time it has"),
                )
                cure = "raise `terminationGracePeriodSeconds` above what hook and shutdown take together"
                place = (*path, "lifecycle", "preStop", *field)
                yield Fault(_CODE, workload.item, place, message, cure, also if told is not None else ())


def _sleep(container: Body) -> tuple[tuple[str, ...], int]:
    """Return where a hook sleeps, and for how many seconds; 0 where it does not."""
    hook = at(container, "lifecycle", "preStop")
    told = number(hook, "sleep", "seconds")
    if told is not None:
        return ("sleep", "seconds"), told
    found = re.findall(_SLEEP, " ".join(texts(hook, "exec", "command")))
    return ("exec", "command"), sum(map(int, found))
