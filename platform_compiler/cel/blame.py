"""The places that make an expression what it is not wanted to be, told by walking it from the top.

At each part it is known which value was wanted. Of a conjunction the false members are walked, of a loop the items that
are at fault, each inside its own round; where the walk ends, the places are told that the last part reads.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain as joined
from itertools import islice
from typing import TypeAlias

from platform_compiler.cel import shapes
from platform_compiler.cel.counts import Count, count_of
from platform_compiler.cel.failures import failed
from platform_compiler.cel.judge import Bound, Round, Scope, inside
from platform_compiler.cel.origins import Origins
from platform_compiler.cel.places import At, below, paths_of
from platform_compiler.cel.shapes import Loop, constant, function_of, kind_of, loop_of, operands, optional_map
from platform_compiler.cel.tree import Part
from platform_compiler.objects import Path

Places: TypeAlias = Iterator[Path]
Wanted: TypeAlias = bool
MOST = 20
"""How many places are told at most."""


def blamed(origins: Origins, part: Part, scope: Scope, *, wanted: Wanted) -> Places:
    """Yield the places that keep a part from the value that is wanted of it, the most telling first."""
    origins.judge.spend()
    walk = _WALKS.get(kind_of(part), _leaf)
    yield from walk(origins, part, scope, wanted)


def _leaf(origins: Origins, part: Part, scope: Scope, _wanted: Wanted) -> Places:
    if origins.judge.fails(part, scope):
        yield from failed(origins, part, scope)
    else:
        yield from origins.places(part, scope)


def _ident(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    known = scope.get(part.ident_expr.name)
    if isinstance(known, Bound):
        yield from blamed(origins, known.value, known.scope, wanted=wanted)
    else:
        yield from _leaf(origins, part, scope, wanted)


def _binding(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    yield from blamed(origins, part.comprehension_expr.result, inside(scope, part), wanted=wanted)


def _call(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    yield from _CALLS.get(function_of(part), _leaf)(origins, part, scope, wanted)


def _logical(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    """Blame the members that are the opposite of what is wanted; those without a value only where there are none."""
    members = list(shapes.chain(part, function_of(part)))
    blamable = [one for one in members if origins.judge.is_(one, scope, not wanted)]
    members = blamable or [one for one in members if origins.judge.fails(one, scope)]
    told = joined.from_iterable(blamed(origins, member, scope, wanted=wanted) for member in members)
    alternatives = (function_of(part) == "_||_") is wanted
    yield from _by_presence(origins, told) if alternatives else told


def _by_presence(origins: Origins, places: Places) -> Places:
    """Yield places where any one could be changed: what stands there and is wrong before what is absent.

    Rules often begin with a way out that few objects take; of absent fields, those nearest to what there is come first.
    """
    missing: dict[Path, int] = {}
    for path in islice(places, MOST):
        if origins.stands(path):
            yield path
        else:
            missing[path] = next(i for i in range(len(path)) if not origins.stands(path[: i + 1]))
    yield from sorted(missing, key=missing.__getitem__, reverse=True)


def _not(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    yield from blamed(origins, part.call_expr.args[0], scope, wanted=not wanted)


def _conditional(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    condition, one, other = part.call_expr.args
    if origins.judge.fails(condition, scope):
        yield from failed(origins, condition, scope)
        return
    holds = origins.judge.is_(condition, scope, wanted=True)
    branch = blamed(origins, one if holds else other, scope, wanted=wanted)
    yield from _else(branch, lambda: blamed(origins, condition, scope, wanted=not holds))


def _compared(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    """Blame both sides; of a comparison with `true` or `false` the other side, of a count the items counted."""
    left, right = part.call_expr.args
    for side, literal in ((left, constant(right)), (right, constant(left))):
        if isinstance(literal, bool) and function_of(part) in {"_==_", "_!=_"}:
            same = literal if function_of(part) == "_==_" else not literal
            yield from blamed(origins, side, scope, wanted=same is wanted)
            return
    count = count_of(origins, part, scope)
    if count is not None and count.fewer_wanted(wanted=wanted):
        yield from _else(_counted(origins, count), lambda: _leaf(origins, part, scope, wanted))
    else:
        yield from _leaf(origins, part, scope, wanted)


def _counted(origins: Origins, count: Count) -> Places:
    """Blame the items of which there should be fewer: those that passed the filters that the list was made by."""
    for test, names in count.kept:
        yield from blamed(origins, test, names, wanted=False)


def _member(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    """Blame what is looked for, then the list; of a map, and of a list that should not hold it, the place itself."""
    item, whole = part.call_expr.args
    if origins.judge.fails(part, scope):
        yield from failed(origins, part, scope)
        return
    value, key, where = origins.key(whole, scope), origins.key(item, scope), origins.of(whole, scope)
    looked_for = origins.places(item, scope)
    if isinstance(value, dict):
        yield from looked_for if wanted else ()
        yield from paths_of(below(where, key))
    elif not wanted and isinstance(value, list) and key in value:
        yield from paths_of(below(where, value.index(key)))
    else:
        yield from paths_of(where) if isinstance(where, At) and not looked_for else ()
        yield from looked_for
        yield from paths_of(where)


def _or_value(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    """Blame the body of an `optMap` that gave the value, or the value that stood in for what is absent."""
    target, other = operands(part)
    mapped = optional_map(target)
    if mapped is not None and origins.judge.present(target, scope):
        yield from blamed(origins, mapped.binding, scope, wanted=wanted)
    elif origins.judge.fails(target, scope) or origins.judge.present(target, scope):
        yield from _leaf(origins, part, scope, wanted)
    else:
        instead = blamed(origins, other, scope, wanted=wanted)
        yield from _else(instead, lambda: origins.places(part, scope))


def _same(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    yield from blamed(origins, operands(part)[0], scope, wanted=wanted)


def _comprehension(origins: Origins, part: Part, scope: Scope, wanted: Wanted) -> Places:
    loop = loop_of(part)
    if loop is None or loop.test is None or loop.macro not in _LOOPS or origins.judge.fails(loop.range, scope):
        yield from _leaf(origins, part, scope, wanted)
        return
    yield from _LOOPS[loop.macro](origins, loop, scope, wanted)


def _all(origins: Origins, loop: Loop, scope: Scope, wanted: Wanted) -> Places:
    yield from _items(origins, loop, scope, wanted=True) if wanted else _whole(origins, loop, scope, wanted)


def _exists(origins: Origins, loop: Loop, scope: Scope, wanted: Wanted) -> Places:
    yield from _whole(origins, loop, scope, wanted) if wanted else _items(origins, loop, scope, wanted=False)


def _exists_one(origins: Origins, loop: Loop, scope: Scope, wanted: Wanted) -> Places:
    """Blame the items that match, which are too many, or one where none is wanted; otherwise the list."""
    rounds = origins.rounds(loop, scope)
    matching = any(origins.judge.is_(loop.test, names, wanted=True) for _, names in rounds)
    yield from _items(origins, loop, scope, wanted=False) if matching else _whole(origins, loop, scope, wanted)


def _items(origins: Origins, loop: Loop, scope: Scope, *, wanted: Wanted) -> Places:
    """Blame the items that are the opposite of what is wanted, one by one; those without a value where there are none.

    Of an item that tells nothing by itself, its own place is told.
    """
    told = False
    for one, names in origins.rounds(loop, scope):
        if origins.judge.is_(loop.test, names, not wanted):
            told = True
            inner = blamed(origins, loop.test, names, wanted=wanted)
            yield from _else(inner, partial(_item, origins, loop, scope, one))
    if told:
        return
    for _, names in origins.rounds(loop, scope):
        if origins.judge.fails(loop.test, names):
            yield from failed(origins, loop.test, names)


def _item(origins: Origins, loop: Loop, scope: Scope, one: Round) -> Iterable[Path]:
    return paths_of(below(origins.of(loop.range, scope), one.key))


def _whole(origins: Origins, loop: Loop, scope: Scope, wanted: Wanted) -> Places:
    """Blame what is run over, where nothing in it is as it should be; what is no part of the object is not to blame."""
    where = origins.places(loop.range, scope)
    if where:
        yield from where
        return
    rounds = [names for _, names in origins.rounds(loop, scope)] or [origins.without(loop, scope)]
    for names in rounds:
        yield from blamed(origins, loop.test, names, wanted=wanted)


def _else(places: Places, instead: Callable[[], Iterable[Path]]) -> Places:
    """Yield places, or others where there are none."""
    first = next(places, None)
    yield from instead() if first is None else joined((first,), places)


_Walk: TypeAlias = Callable[[Origins, Part, Scope, Wanted], Places]
_WALKS: dict[str, _Walk] = {
    "ident": _ident,
    "call": _call,
    "binding": _binding,
    "comprehension": _comprehension,
}
_CALLS: dict[str, _Walk] = {
    **dict.fromkeys(("_&&_", "_||_"), _logical),
    **dict.fromkeys(("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"), _compared),
    **dict.fromkeys(("dyn", "value", "optional.of"), _same),
    "!_": _not,
    "_?_:_": _conditional,
    "@in": _member,
    "orValue": _or_value,
}
_LOOPS: dict[str, Callable[[Origins, Loop, Scope, Wanted], Places]] = {
    "all": _all,
    "exists": _exists,
    "exists_one": _exists_one,
    "existsOne": _exists_one,
}
