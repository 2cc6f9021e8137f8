"""Damage done to objects in every place, one at a time."""

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

Path = tuple[str | int, ...]
_CHOOSES_THE_SCHEMA = (("apiVersion",), ("kind",))


class Mutation(NamedTuple):
    """What was done, where, and the object that came of it."""

    done: str
    path: Path
    body: Any

    @property
    def place(self) -> str:
        """The path without places in lists: `spec.containers[].image`."""
        return "".join("[]" if isinstance(step, int) else f".{step}" for step in self.path).removeprefix(".")


def mutations(body: Any) -> Iterator[Mutation]:
    """Yield an object with one key more, one key less, or one value of another kind, in every place there is."""
    for path, value in places(body):
        if path in _CHOOSES_THE_SCHEMA:
            continue
        if isinstance(value, dict):
            yield Mutation("unknown", path, put(body, (*path, "surprise"), 1))
        for done, other in _others(value) if path else ():
            yield Mutation(done, path, put(body, path, other))
        if path and isinstance(path[-1], str):
            yield Mutation("removed", path, _without(body, path))


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield a value and everything below it, each with its path."""
    yield path, value
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in below:
        yield from places(item, (*path, step))


def put(body: Any, path: Path, value: Any) -> Any:
    """Return a copy in which something else stands at a path."""
    if not path:
        return value
    changed = copy.copy(body)
    new = isinstance(body, dict) and path[0] not in body
    changed[path[0]] = value if new else put(body[path[0]], path[1:], value)
    return changed


def _others(value: Any) -> Iterator[tuple[str, Any]]:
    yield "map", {"surprise": []}
    yield "list", [{"surprise": []}]
    yield "type", 7 if isinstance(value, str) else "text"
    yield "number", 7.5
    yield "low", -7


def _without(body: Any, path: Path) -> Any:
    changed = copy.copy(body)
    if len(path) == 1:
        del changed[path[0]]
    else:
        changed[path[0]] = _without(body[path[0]], path[1:])
    return changed
