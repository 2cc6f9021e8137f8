"""Damaging objects in every place: a key more, another type, a key less."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Body = dict[str, Any]
Steps = tuple[str | int, ...]
_ENVELOPE = ("apiVersion", "kind", "metadata", "status")


def mutants(body: Body) -> Iterator[tuple[str, str, Body]]:
    """Yield what was done to an object, where, as `spec.http[].route`, and the object that comes of it."""
    for steps, value in _places(body, ()):
        where = "".join("[]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
        if isinstance(value, dict):
            yield "key more", where, _with(body, steps, value | {"surprise": 1})
        if steps:
            yield "a map", where, _with(body, steps, {"surprise": []})
            yield "a list", where, _with(body, steps, [{"surprise": []}])
            yield "a scalar", where, _with(body, steps, "text" if not isinstance(value, str) else {"text": value})
            yield "a number", where, _with(body, steps, 7.5)
            yield "too low", where, _with(body, steps, -7)
        if steps and isinstance(steps[-1], str):
            yield "key less", where, _without(body, steps)


def _places(value: Any, steps: Steps) -> Iterator[tuple[Steps, Any]]:
    yield steps, value
    if isinstance(value, dict):
        for key, below in value.items():
            if steps or key not in _ENVELOPE:
                yield from _places(below, (*steps, key))
    elif isinstance(value, list):
        for i, below in enumerate(value):
            yield from _places(below, (*steps, i))


def _with(body: Body, steps: Steps, value: Any) -> Body:
    copy = deepcopy(body)
    if not steps:
        return dict(value)
    _at(copy, steps[:-1])[steps[-1]] = value
    return copy


def _without(body: Body, steps: Steps) -> Body:
    copy = deepcopy(body)
    del _at(copy, steps[:-1])[steps[-1]]
    return copy


def _at(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = value[step]
    return value
