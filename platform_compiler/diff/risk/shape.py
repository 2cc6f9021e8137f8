"""Reading plain bodies whose shape nobody has checked: what is absent or of another shape is empty, never an error."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from platform_compiler.source.node import Pointer

Body: TypeAlias = dict[str, Any]

_TEMPLATES: dict[str, Pointer] = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
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
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def a_list(value: Any, *path: str | int) -> list[Any]:
    """Return the list at `path`, empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def maps(value: Any, *path: str | int) -> list[tuple[int, Body]]:
    """Return the items of the list at `path` that are maps, with their places."""
    return [(i, item) for i, item in enumerate(a_list(value, *path)) if isinstance(item, dict)]


def texts(value: Any, *path: str | int) -> list[str]:
    """Return the items of the list at `path` that are text."""
    return [item for item in a_list(value, *path) if isinstance(item, str)]


def text(value: Any, *path: str | int) -> str:
    """Return the text at `path`, empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def number(value: Any, *path: str | int) -> int | None:
    """Return the whole number at `path`, or None."""
    found = at(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def group_of(body: Body) -> str:
    """Return the API group of a resource, empty for the core group."""
    return text(body, "apiVersion").rpartition("/")[0]


def kind_of(body: Body) -> str:
    """Return the kind of a resource."""
    return text(body, "kind")


def template_of(body: Body) -> tuple[Pointer, Body]:
    """Return where the pod template of a workload stands, and the template; empty for other kinds."""
    pointer = _TEMPLATES.get(kind_of(body))
    return ((), {}) if pointer is None else (pointer, a_map(body, *pointer))


def containers(pod: Body) -> Iterator[tuple[Pointer, Body]]:
    """Yield the containers of a pod's spec with their pointers below it."""
    for field in ("containers", "initContainers"):
        for i, container in maps(pod, field):
            yield (field, i), container


def container_pairs(old: Body, new: Body) -> Iterator[tuple[Pointer, Body, Body]]:
    """Yield each container of the new pod spec with the one it was: of its name, else the renamed one of its place."""
    before = {(p[0], text(c, "name")): c for p, c in containers(old)}
    kept = {(p[0], text(c, "name")) for p, c in containers(new)}
    for pointer, container in containers(new):
        was = before.get((pointer[0], text(container, "name")))
        if was is None:
            other = a_map(old, *pointer)
            was = {} if (pointer[0], text(other, "name")) in kept else other
        yield pointer, was, container


def pods(old: Body, new: Body) -> tuple[Pointer, Body, Body]:
    """Return where the pod spec of a workload stands, the old one and the new one."""
    pointer, template = template_of(new or old)
    before = a_map(old, *pointer) if old else {}
    return (*pointer, "spec"), a_map(before, "spec"), a_map(template if new else {}, "spec")


def named(count: int, values: list[str]) -> str:
    """Return at most `count` values in code marks, and how many more there are."""
    shown = ", ".join(f"`{value}`" for value in values[:count])
    return f"{shown} and {len(values) - count} more" if len(values) > count else shown
