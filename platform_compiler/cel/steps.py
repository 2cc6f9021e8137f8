"""How an expression came to its value: its parts one by one, each with its own value for what it was judged with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from platform_compiler.cel.engine import EvaluationError, Language
from platform_compiler.cel.judge import Bound, Given, Judge, Round, Scope, TooMuchError, given, inside
from platform_compiler.cel.shapes import Loop, chain, function_of, kind_of, loop_of, optional_map
from platform_compiler.cel.tree import Part, Tree, children, names_of
from platform_compiler.cel.written import written, written_item, written_key

MOST = 20
"""How many rounds of a loop are shown at most."""
_LEFT_OUT = "not worked out, as there is too much of it"
_TELLING = {"all": False, "exists": True, "exists_one": True, "existsOne": True, "filter": True}
"""By macro, the value of its test in those rounds that come first where not all can be shown."""


class Step(NamedTuple):
    """A part of an expression: its text, its value or why it has none, and the parts that led to it."""

    text: str
    value: Any | None
    error: str
    below: tuple["Step", ...]


def steps(language: Language, tree: Tree, values: Mapping[str, Any]) -> Step:
    """Return the parts of an expression with their values.

    Literals and plain names are left out; of a conditional the branch that was not taken; a variable's own parts are
    shown where it is first read.
    """
    shown = _Shown(Judge(language, tree, values))
    body = tree.expr
    scope: Scope = {}
    while kind_of(body) == "binding":
        body, scope = body.comprehension_expr.result, inside(scope, body)
    return shown.step(body, scope)


@dataclass(frozen=True, slots=True)
class _Shown:
    judge: Judge
    variables: set[str] = field(default_factory=set)
    macros: set[int] = field(default_factory=set)

    def step(self, part: Part, scope: Scope) -> Step:
        value, error = self.value(part, scope)
        return Step(written(part), value, error, self.all_below(part, scope))

    def all_below(self, part: Part, scope: Scope) -> tuple[Step, ...]:
        try:
            return tuple(self.below(part, scope))
        except TooMuchError:
            return ()

    def value(self, part: Part, scope: Scope) -> tuple[Any, str]:
        try:
            return self.judge.value(part, scope), ""
        except EvaluationError as trouble:
            return None, str(trouble)
        except TooMuchError:
            return None, _LEFT_OUT

    def fails(self, part: Part, scope: Scope) -> bool:
        return bool(self.value(part, scope)[1])

    def below(self, part: Part, scope: Scope) -> Iterator[Step]:
        """Yield the steps below a part.

        Raises:
            TooMuchError: not all of them can be worked out.
        """
        self.judge.spend()
        kind = kind_of(part)
        if kind == "ident":
            yield from self.variable(part, scope)
        elif kind == "select":
            yield from self.access(part, scope)
        elif kind == "comprehension":
            yield from self.loop(part, scope)
        elif function_of(part) in _CALLS:
            yield from _CALLS[function_of(part)](self, part, scope)
        else:
            for child in children(part):
                yield from self.shown(child, scope)

    def shown(self, part: Part, scope: Scope) -> Iterator[Step]:
        """Yield the step of a part, where it is worth one."""
        if not self.says_nothing(part, scope):
            yield self.step(part, scope)

    def says_nothing(self, part: Part, scope: Scope) -> bool:
        """Whether a part is a literal, or the name of an object or of what a macro goes through."""
        kind = kind_of(part)
        if kind in {"list", "struct"}:
            return not names_of(part)
        known = scope.get(part.ident_expr.name) if kind == "ident" else None
        return kind == "const" or (
            kind == "ident" and (not isinstance(known, Bound) or known.binding.id in self.macros)
        )

    def variable(self, part: Part, scope: Scope) -> Iterator[Step]:
        """Yield what a variable stands for, where it is read for the first time."""
        known, name = scope.get(part.ident_expr.name), part.ident_expr.name
        if isinstance(known, Bound) and name not in self.variables:
            self.variables.add(name)
            yield self.step(known.value, known.scope)

    def access(self, part: Part, scope: Scope) -> Iterator[Step]:
        """Yield what a field or an item is taken from, where that fails or is more than a field itself."""
        whole, *index = children(part)
        if _is_access(whole) and not self.fails(whole, scope):
            yield from self.below(whole, scope)
        else:
            yield from self.shown(whole, scope)
        for key in index:
            yield from self.shown(key, scope)

    def logical(self, part: Part, scope: Scope) -> Iterator[Step]:
        """Yield the members of a chain; those that fail are left out where another one decides."""
        decisive = function_of(part) == "_||_"
        members = list(chain(part, function_of(part)))
        decided = any(self.value(member, scope)[0] is decisive for member in members)
        for member in members:
            if not (decided and self.fails(member, scope)):
                yield from self.shown(member, scope)

    def conditional(self, part: Part, scope: Scope) -> Iterator[Step]:
        """Yield the condition and the branch taken; of `optMap` its target and what is made of it."""
        condition, one, other = part.call_expr.args
        mapped = optional_map(part)
        yield from self.shown(condition if mapped is None else mapped.target, scope)
        if self.fails(condition, scope):
            return
        holds = self.judge.is_(condition, scope, wanted=True)
        if mapped is None:
            yield from self.shown(one if holds else other, scope)
        elif holds:
            self.macros.add(mapped.binding.id)
            yield from self.shown(mapped.body, inside(scope, mapped.binding))

    def loop(self, part: Part, scope: Scope) -> Iterator[Step]:
        """Yield what a loop runs over, and its rounds."""
        loop = loop_of(part)
        yield from self.shown(part.comprehension_expr.iter_range, scope)
        if loop is None:
            return
        for one in self.rounds(loop, scope):
            yield self.round(loop, one, scope)

    def rounds(self, loop: Loop, scope: Scope) -> list[Round]:
        """Return the rounds that are shown: where there are too many, first those that decide."""
        found = [] if self.fails(loop.range, scope) else list(self.judge.rounds(loop, scope))
        telling = _TELLING.get(loop.macro)
        if len(found) > MOST and telling is not None:
            found.sort(key=lambda one: self.value(loop.test, _names(loop, one, scope))[0] is not telling)
        return found[:MOST]

    def round(self, loop: Loop, one: Round, scope: Scope) -> Step:
        inner = _names(loop, one, scope)
        below = [step for part in (loop.test, loop.made) if part is not None for step in self.shown(part, inner)]
        return Step(_heading(loop, one), one.values[-1], "", tuple(below))


def _names(loop: Loop, one: Round, scope: Scope) -> Scope:
    return given(scope, {name: Given(value, None) for name, value in zip(loop.names, one.values, strict=True)})


def _heading(loop: Loop, one: Round) -> str:
    """Return the words of a round: `c = object.spec.containers[0]`, or what key it is about."""
    item = written_item(loop.range, one.key)
    if len(loop.names) > 1:
        return f"{', '.join(loop.names)} = {written_key(one.key)}, {item}"
    return f"{loop.names[0]} = {item if isinstance(one.key, int) else written_key(one.key)}"


def _is_access(part: Part) -> bool:
    return kind_of(part) == "select" or function_of(part) in {"_[_]", "_[?_]", "_?._"}


_Below: TypeAlias = Callable[[_Shown, Part, Scope], Iterator[Step]]
_CALLS: dict[str, _Below] = {
    **dict.fromkeys(("_&&_", "_||_"), _Shown.logical),
    **dict.fromkeys(("_[_]", "_[?_]", "_?._"), _Shown.access),
    "_?_:_": _Shown.conditional,
}
