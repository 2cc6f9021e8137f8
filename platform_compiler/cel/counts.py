"""Comparisons that count a list, such as `size(bad) == 0`, and the items that they count."""

import operator
from collections.abc import Callable, Iterator
from typing import NamedTuple

from platform_compiler.cel.judge import Bound, Scope
from platform_compiler.cel.origins import Origins
from platform_compiler.cel.shapes import constant, function_of, kind_of, loop_of, operands
from platform_compiler.cel.tree import Part

_SIGNS: dict[str, Callable[[int, int], bool]] = {
    "_==_": operator.eq,
    "_!=_": operator.ne,
    "_<_": operator.lt,
    "_<=_": operator.le,
    "_>_": operator.gt,
    "_>=_": operator.ge,
}


class Count(NamedTuple):
    """A comparison of a list's size with a number; `kept` are the tests that its items passed, with their names."""

    sign: str
    number: int
    size: int
    turned: bool
    kept: tuple[tuple[Part, Scope], ...]

    def fewer_wanted(self, *, wanted: bool) -> bool:
        """Whether an empty list would give the value that is wanted, while this one is not empty."""
        return self.size > 0 and self._holds(0) is wanted

    def _holds(self, size: int) -> bool:
        sides = (self.number, size) if self.turned else (size, self.number)
        return _SIGNS[self.sign](*sides)


def count_of(origins: Origins, part: Part, scope: Scope) -> Count | None:
    """Return what a comparison counts, or None where it counts no list."""
    for turned, (side, other) in enumerate((operands(part), operands(part)[::-1])):
        counted, number = _counted(side, other)
        value = None if counted is None else origins.key(counted, scope)
        if counted is not None and isinstance(value, list):
            kept = tuple(_kept(origins, counted, scope))
            return Count(function_of(part), number, len(value), bool(turned), kept)
    return None


def _counted(side: Part, other: Part) -> tuple[Part | None, int]:
    """Return the list that is counted and the number: of `size(list)` beside a number, or of a list beside `[]`."""
    number = constant(other)
    if function_of(side) == "size" and type(number) is int:
        return operands(side)[0], number
    if other.HasField("list_expr") and not other.list_expr.elements:
        return side, 0
    return None, 0


def _kept(origins: Origins, part: Part, scope: Scope) -> Iterator[tuple[Part, Scope]]:
    """Yield the tests that the items of a list passed, each with the names of its round."""
    known = scope.get(part.ident_expr.name) if kind_of(part) == "ident" else None
    if isinstance(known, Bound):
        yield from _kept(origins, known.value, known.scope)
    elif function_of(part) == "_+_":
        for side in part.call_expr.args:
            yield from _kept(origins, side, scope)
    elif (loop := loop_of(part)) is not None:
        if loop.test is None:
            yield from _kept(origins, loop.range, scope)
            return
        for _, names in origins.rounds(loop, scope):
            if origins.judge.is_(loop.test, names, wanted=True):
                yield loop.test, names
