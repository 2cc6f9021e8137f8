"""Where two bodies differ: the one measure of what a patch did, whichever way it was written."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from platform_compiler.source.node import Pointer


class Difference(NamedTuple):
    """A field that is another, was added, or (`there` is false) is gone."""

    pointer: Pointer
    there: bool


def differences(before: Any, after: Any, pointer: Pointer = ()) -> Iterator[Difference]:
    """Yield where `after` differs, as deep as it can be told.

    Lists are compared by position; one that got shorter differs as a whole, since nobody can tell which item went.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            where = (*pointer, key)
            if key not in after:
                yield from (Difference(leaf, there=False) for leaf in _leaves(before[key], where))
            elif key not in before:
                yield from (Difference(leaf, there=True) for leaf in _leaves(after[key], where))
            else:
                yield from differences(before[key], after[key], where)
    elif isinstance(before, list) and isinstance(after, list) and len(before) <= len(after):
        for position, value in enumerate(after):
            where = (*pointer, position)
            if position < len(before):
                yield from differences(before[position], value, where)
            else:
                yield Difference(where, there=True)
    elif not same(before, after):
        yield Difference(pointer, there=True)


def same(one: Any, other: Any) -> bool:
    """Whether two values are one and the same in JSON: 1 is not true, and not text."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other))
    return (numbers or type(one) is type(other)) and bool(one == other)


def _leaves(value: Any, pointer: Pointer) -> Iterator[Pointer]:
    """Yield what stands below a map that came or went; a list is one thing."""
    if not isinstance(value, dict) or not value:
        yield pointer
        return
    for key, child in value.items():
        yield from _leaves(child, (*pointer, key))
