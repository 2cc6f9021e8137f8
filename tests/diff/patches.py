"""Bodies for tests: a resource from dotted paths, and the same with a few of them changed."""

import copy
from typing import Any

GONE = object()


def body(kind: str, fields: dict[str, Any] | None = None, api: str = "v1") -> dict[str, Any]:
    """Return a resource named `a` in namespace `b` with these fields."""
    made = {"apiVersion": api, "kind": kind, "metadata": {"name": "a", "namespace": "b"}}
    return patched(made, fields or {})


def patched(old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Return a copy in which every dotted path holds its value, or is gone; numbers are places of a list."""
    new = copy.deepcopy(old)
    for path, value in patch.items():
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
        at: Any = new
        for step in steps:
            at = at[step] if isinstance(step, int) else at.setdefault(step, {})
        if value is GONE:
            del at[last]
        else:
            at[last] = copy.deepcopy(value)
    return new
