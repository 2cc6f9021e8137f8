"""The places of an object, and objects with one place changed. Nothing is changed in place: what is equal is shared."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

from platform_compiler.objects import Body, Path

Way: TypeAlias = Callable[[Body], Iterator["Damaged"]]
_FREE = frozenset(
    {"labels", "annotations", "matchLabels", "hard", "default", "defaultRequest", "requests", "limits", "parameters"}
)


class Damaged(NamedTuple):
    """An object after it was damaged, and where that was: `spec.ports[].port`."""

    place: str
    body: Any


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield everything below a value with its path, the value itself first."""
    yield path, value
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in below:
        yield from places(item, (*path, step))


def is_free(body: Body, path: Path) -> bool:
    """Whether a map takes any key: labels and their like."""
    in_service = path == ("spec", "selector") and body["kind"] in {"Service", "Gateway"}
    return bool(path) and (path[-1] in _FREE or in_service)


def closed_maps(body: Body) -> Iterator[tuple[Path, Body]]:
    """Yield the maps that take only the keys of their kind."""
    yield from ((path, value) for path, value in places(body) if isinstance(value, dict) and not is_free(body, path))


def changed(body: Any, path: Path, value: Any) -> Damaged:
    """Return an object with another value at a path, or with one value more."""
    return Damaged(dotted(path), _with(body, path, value))


def removed(body: Any, path: Path) -> Damaged:
    """Return an object without what stands at a path."""
    return Damaged(dotted(path), _without(body, path))


def dotted(path: Path) -> str:
    """Return a path without places in lists: `spec.containers[].image`."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _with(body: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step, rest = path[0], path[1:]
    body = body.copy()
    if isinstance(body, list) and step == len(body):
        body.append(value)
    else:
        body[step] = _with(body[step], rest, value) if rest else value
    return body


def _without(body: Any, path: Path) -> Any:
    body = body.copy()
    if len(path) == 1:
        del body[path[0]]
    else:
        body[path[0]] = _without(body[path[0]], path[1:])
    return body
