"""How much can run at once here."""

import os


def cores() -> int:
    """Return how many processes may run at once: the processor's cores, less those that this process must not use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
