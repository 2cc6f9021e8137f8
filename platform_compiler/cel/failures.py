"""The place that an expression could not read: the innermost part of it that has no value, though all below it have."""

from collections.abc import Iterator

from platform_compiler.cel.judge import Bound, Scope, inside
from platform_compiler.cel.origins import Origins
from platform_compiler.cel.places import below, paths_of
from platform_compiler.cel.shapes import function_of, kind_of, loop_of
from platform_compiler.cel.tree import Part, children
from platform_compiler.objects import Path

_INDEXES = frozenset({"_[_]", "_[?_]", "_?._"})


def failed(origins: Origins, part: Part, scope: Scope) -> Iterator[Path]:
    """Yield the places that a part without a value could not read."""
    kind = kind_of(part)
    if kind == "binding":
        yield from failed(origins, part.comprehension_expr.result, inside(scope, part))
    elif kind == "comprehension":
        yield from _loop(origins, part, scope)
    elif kind == "ident":
        known = scope.get(part.ident_expr.name)
        if isinstance(known, Bound):
            yield from failed(origins, known.value, known.scope)
        else:
            yield from origins.places(part, scope)
    else:
        yield from _plain(origins, part, scope)


def _plain(origins: Origins, part: Part, scope: Scope) -> Iterator[Path]:
    """Yield the failing operands of a part; where none fails, what the part itself reads."""
    failing = False
    for operand in _judged(origins, part, scope):
        if origins.judge.fails(operand, scope):
            failing = True
            yield from failed(origins, operand, scope)
            if function_of(part) not in {"_&&_", "_||_"}:
                return
    if not failing:
        yield from _itself(origins, part, scope)


def _judged(origins: Origins, part: Part, scope: Scope) -> Iterator[Part]:
    """Yield the operands that a part's value rests on: of a conditional, not the branch that was left out."""
    if function_of(part) != "_?_:_":
        yield from children(part)
        return
    condition, one, other = part.call_expr.args
    yield condition
    yield one if origins.judge.is_(condition, scope, wanted=True) else other


def _itself(origins: Origins, part: Part, scope: Scope) -> Iterator[Path]:
    if part.HasField("select_expr"):
        select = part.select_expr
        yield from paths_of(below(origins.of(select.operand, scope), select.field))
    elif function_of(part) in _INDEXES:
        yield from origins.places(part, scope)
    else:
        yield from paths_of(origins.mixed(children(part), scope))


def _loop(origins: Origins, part: Part, scope: Scope) -> Iterator[Path]:
    loop = loop_of(part)
    if loop is None or origins.judge.fails(loop.range, scope):
        yield from failed(origins, part.comprehension_expr.iter_range, scope)
        return
    failing = False
    for _, names in origins.rounds(loop, scope):
        for below_it in (loop.test, loop.made):
            if below_it is None or not origins.judge.fails(below_it, names):
                continue
            failing = True
            yield from failed(origins, below_it, names)
    if not failing:
        yield from origins.places(loop.range, scope)
