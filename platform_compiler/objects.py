"""Reading plain Kubernetes objects whose shape nobody vouches for: what is absent or of another shape is empty.

Checks ask little else, so each takes up to three steps by place, which is half as long a call as one with any number
of them. For a longer path, or one that is not known, `at` goes first: `a_map(at(body, *path))`. A test holds callers to
that, since the type checker does not count what is behind a star.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

Body: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[str | int, ...]
Step: TypeAlias = str | int | None
"""A step of a path; None goes nowhere."""

_TEMPLATES: dict[str, Path] = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}


def at(value: Any, *path: str | int) -> Any:
    """Return what stands at `path` below `value`, or None when any step is absent."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def _below(value: Any, one: Step, two: Step, three: Step) -> Any:
    """Return what `at` does for up to three steps; no loop, which would take twice as long as these three."""
    if one is not None:
        value = value.get(one) if type(value) is dict else at(value, one)
    if two is not None and value is not None:
        value = value.get(two) if type(value) is dict else at(value, two)
    if three is not None and value is not None:
        value = value.get(three) if type(value) is dict else at(value, three)
    return value


def a_map(value: Any, one: Step = None, two: Step = None, three: Step = None) -> Body:
    """Return the map at a path, empty where there is none."""
    value = _below(value, one, two, three)
    return value if isinstance(value, dict) else {}


def a_list(value: Any, one: Step = None, two: Step = None, three: Step = None) -> list[Any]:
    """Return the list at a path, empty where there is none."""
    value = _below(value, one, two, three)
    return value if isinstance(value, list) else []


def maps(value: Any, one: Step = None, two: Step = None, three: Step = None) -> list[tuple[int, Body]]:
    """Return the items of the list at a path that are maps, with their places."""
    value = _below(value, one, two, three)
    if not value or not isinstance(value, list):
        return []
    if len(value) == 1:  # as most are
        return [(0, value[0])] if isinstance(value[0], dict) else []
    return [(i, item) for i, item in enumerate(value) if isinstance(item, dict)]


def texts(value: Any, one: Step = None, two: Step = None, three: Step = None) -> list[str]:
    """Return the items of the list at a path that are text."""
    return [item for item in a_list(value, one, two, three) if isinstance(item, str)]


def text(value: Any, one: Step = None, two: Step = None, three: Step = None) -> str:
    """Return the text at a path, empty where there is none."""
    value = _below(value, one, two, three)
    return value if isinstance(value, str) else ""


def number(value: Any, one: Step = None, two: Step = None, three: Step = None) -> int | None:
    """Return the whole number at a path, or None."""
    value = _below(value, one, two, three)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def group_of(body: Body) -> str:
    """Return the API group of a resource, empty for the core group."""
    version = body.get("apiVersion")
    return version.rpartition("/")[0] if isinstance(version, str) else ""


def kind_of(body: Body) -> str:
    """Return the kind of a resource."""
    kind = body.get("kind")
    return kind if isinstance(kind, str) else ""


def makes_pods(kind: str) -> bool:
    """Whether objects of a kind make pods from a template."""
    return bool(_TEMPLATES.get(kind))


def template_of(body: Body) -> tuple[Path, Body]:
    """Return where the pod template of a workload stands, and the template; empty for other kinds."""
    path = _TEMPLATES.get(kind_of(body))
    return ((), {}) if path is None else (path, a_map(at(body, *path)))


def containers(pod: Body) -> Iterator[tuple[Path, Body]]:
    """Yield the containers of a pod's spec with their paths below it."""
    for field in ("containers", "initContainers"):
        for i, container in maps(pod, field):
            yield (field, i), container
