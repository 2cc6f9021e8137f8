"""Reading plain Kubernetes objects whose shape nobody vouches for: what is absent or of another shape is empty.

These run a hundred times an object, so each walks on its own and calls `at` only where it meets no map.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

Body: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[str | int, ...]

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


def a_map(value: Any, *path: str | int) -> Body:
    """Return the map at `path`, empty where there is none."""
    for step in path:
        if type(value) is dict:
            value = value.get(step)
        elif value is None:
            return {}
        else:
            value = at(value, step)
    return value if isinstance(value, dict) else {}


def a_list(value: Any, *path: str | int) -> list[Any]:
    """Return the list at `path`, empty where there is none."""
    for step in path:
        if type(value) is dict:
            value = value.get(step)
        elif value is None:
            return []
        else:
            value = at(value, step)
    return value if isinstance(value, list) else []


def maps(value: Any, *path: str | int) -> list[tuple[int, Body]]:
    """Return the items of the list at `path` that are maps, with their places."""
    for step in path:
        if type(value) is dict:
            value = value.get(step)
        elif value is None:
            return []
        else:
            value = at(value, step)
    if not value or not isinstance(value, list):
        return []
    if len(value) == 1:  # as most are
        return [(0, value[0])] if isinstance(value[0], dict) else []
    return [(i, item) for i, item in enumerate(value) if isinstance(item, dict)]


def texts(value: Any, *path: str | int) -> list[str]:
    """Return the items of the list at `path` that are text."""
    return [item for item in a_list(value, *path) if isinstance(item, str)]


def text(value: Any, *path: str | int) -> str:
    """Return the text at `path`, empty where there is none."""
    for step in path:
        if type(value) is dict:
            value = value.get(step)
        elif value is None:
            return ""
        else:
            value = at(value, step)
    return value if isinstance(value, str) else ""


def number(value: Any, *path: str | int) -> int | None:
    """Return the whole number at `path`, or None."""
    for step in path:
        if type(value) is dict:
            value = value.get(step)
        elif value is None:
            return None
        else:
            value = at(value, step)
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
    return ((), {}) if path is None else (path, a_map(body, *path))


def containers(pod: Body) -> Iterator[tuple[Path, Body]]:
    """Yield the containers of a pod's spec with their paths below it."""
    for field in ("containers", "initContainers"):
        for i, container in maps(pod, field):
            yield (field, i), container
