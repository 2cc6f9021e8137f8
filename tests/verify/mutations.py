"""Damage done to objects in every place, one at a time."""

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

Path = tuple[str | int, ...]
_OTHER = {bool: "text", int: "text", float: "text", str: 7}


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
    """Yield an object with one key more, one key less, or one value of another type, in every place there is."""
    for path, value in _values(body):
        if isinstance(value, dict):
            yield Mutation("unknown", path, _with(body, (*path, "surprise"), 1))
            yield Mutation("list", path, _with(body, path, ["x"]))
        elif isinstance(value, list):
            yield Mutation("map", path, _with(body, path, {"x": "y"}))
        else:
            yield Mutation("type", path, _with(body, path, _OTHER[type(value)]))
            yield Mutation("map", path, _with(body, path, {"x": "y"}))
        if path and isinstance(path[-1], str):
            yield Mutation("removed", path, _without(body, path))


def _values(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield everything below a value, `apiVersion` and `kind` at the top apart: those choose the schema."""
    if path not in ((), ("apiVersion",), ("kind",)) or not path:
        yield path, value
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in below:
        yield from _values(item, (*path, step))


def _with(body: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    body = copy.copy(body)
    if isinstance(body, dict) and path[0] not in body:
        body[path[0]] = value
    else:
        body[path[0]] = _with(body[path[0]], path[1:], value)
    return body


def _without(body: Any, path: Path) -> Any:
    body = copy.copy(body)
    if len(path) == 1:
        del body[path[0]]
    else:
        body[path[0]] = _without(body[path[0]], path[1:])
    return body
