"""How much can run at once here: the processor's cores, and what a container may use of them."""

import os
import re
from collections.abc import Iterator
from math import ceil
from pathlib import Path

_UNIFIED = "0::/"
_QUOTA = re.compile(r"(\d+) ([1-9]\d*)\n")
"""Microseconds of processor time in a period of as many; `max` in the place of the first is no limit."""


def cores(root: Path = Path("/")) -> int:
    """Return how many processes may run at once, at least one.

    Not counted are cores that this process must not use, and those above the limit of its control group: in a pod with
    a limit of two cores on a large node two processes run. The kernel's files of that (version 2: `cpu.max` in the
    group and those around it, https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files) are below `root`.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([usable, *(ceil(limit) for limit in _limits(root))]))


def _limits(root: Path) -> Iterator[float]:
    """Yield the limits of the control group of this process and of those around it, in cores."""
    groups = root / "sys/fs/cgroup"
    for line in _text(root / "proc/self/cgroup").splitlines():
        if not line.startswith(_UNIFIED):
            continue
        group = Path(line.removeprefix(_UNIFIED))
        for above in (group, *group.parents):
            quota = _QUOTA.fullmatch(_text(groups / above / "cpu.max"))
            if quota:
                yield int(quota[1]) / int(quota[2])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
