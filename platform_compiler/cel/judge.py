"""Judging the parts of an expression one by one, each among the names that it stands among."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from platform_compiler.cel.engine import EvaluationError, Expression, Language, Optional, activation
from platform_compiler.cel.shapes import Loop
from platform_compiler.cel.tree import Part, Tree, names_of, rebound


class Given(NamedTuple):
    """What a loop variable holds in one round; `origin` is where it was found, for those who follow places."""

    value: Any
    origin: Any


class Bound(NamedTuple):
    """What a binding's name stands for: the binding, and the names around it."""

    binding: Part
    scope: "Scope"

    @property
    def value(self) -> Part:
        """The part that the name stands for."""
        return self.binding.comprehension_expr.accu_init


Scope: TypeAlias = Mapping[str, Given | Bound]
"""The names around a part, the outermost first."""


class TooMuchError(Exception):
    """An expression takes more steps than a reason is worth."""


def inside(scope: Scope, binding: Part) -> Scope:
    """Return the names inside a binding."""
    return _with(scope, {binding.comprehension_expr.accu_var: Bound(binding, scope)})


def given(scope: Scope, names: Mapping[str, Given]) -> Scope:
    """Return the names inside one round of a loop."""
    return _with(scope, names)


def _with(scope: Scope, names: Mapping[str, Given | Bound]) -> Scope:
    # A name that hides another one stands where it is given, not where the hidden one was.
    return {**{name: known for name, known in scope.items() if name not in names}, **names}


class Round(NamedTuple):
    """One round of a loop: the key of its item, and what each loop variable holds."""

    key: str | int
    values: tuple[Any, ...]


@dataclass(slots=True)
class Judge:
    """The parts of one tree judged with one set of values; `left` is how many steps it may still take."""

    language: Language
    tree: Tree
    values: Mapping[str, Any]
    left: int = 4000
    _compiled: dict[int, tuple[Expression, frozenset[str]]] = field(default_factory=dict)

    def spend(self, steps: int = 1) -> None:
        """Count steps.

        Raises:
            TooMuchError: none is left.
        """
        self.left -= steps
        if self.left < 0:
            raise TooMuchError

    def value(self, part: Part, scope: Scope) -> Any:
        """Return the value of a part.

        Raises:
            EvaluationError: it has none.
        """
        self.spend()
        expression, names = self._expression(part, scope)
        known = {name: value for name, value in self.values.items() if name in names}
        known.update((name, one.value) for name, one in scope.items() if name in names and isinstance(one, Given))
        return expression.value(activation(known))

    def fails(self, part: Part, scope: Scope) -> bool:
        """Whether a part has no value."""
        try:
            self.value(part, scope)
        except EvaluationError:
            return True
        return False

    def is_(self, part: Part, scope: Scope, wanted: object) -> bool:
        """Whether a part has just that value."""
        try:
            return bool(self.value(part, scope) is wanted)
        except EvaluationError:
            return False

    def present(self, part: Part, scope: Scope) -> bool:
        """Whether a part is an optional value that holds something."""
        try:
            value = self.value(part, scope)
        except EvaluationError:
            return False
        return not isinstance(value, Optional) or value.present

    def rounds(self, loop: Loop, scope: Scope) -> Iterator[Round]:
        """Yield the rounds of a loop; none where what it runs over has no value."""
        try:
            value = self.value(loop.range, scope)
        except EvaluationError:
            return
        several = len(loop.names) > 1
        if isinstance(value, dict):
            for key, item in value.items():
                yield Round(key, (key, item) if several else (key,))
        elif isinstance(value, list):
            for i, item in enumerate(value):
                yield Round(i, (i, item) if several else (item,))

    def _expression(self, part: Part, scope: Scope) -> tuple[Expression, frozenset[str]]:
        """Return a part ready to be judged, inside those bindings whose names it reads, and the names it then reads."""
        if part.id not in self._compiled:
            names, whole = names_of(part), part
            for name, one in reversed(list(scope.items())):
                if isinstance(one, Bound) and name in names:
                    names = (names - {name}) | names_of(one.value)
                    whole = rebound(one.binding, whole)
            self._compiled[part.id] = self.language.part(self.tree, whole), names
        return self._compiled[part.id]
