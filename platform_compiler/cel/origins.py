"""Where the values of an expression come from: the places of an object, followed through what passes values on.

Lists are followed item by item through `+`, `filter`, `map` and their like, so that the second item of a list that was
put together is known to be, say, the first of the init containers.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.judge import Bound, Given, Judge, Round, Scope, given, inside
from platform_compiler.cel.places import NOWHERE, At, From, Made, Origin, below, merged, paths_of
from platform_compiler.cel.shapes import Loop, constant, function_of, kind_of, loop_of, operands, optional_map
from platform_compiler.cel.tree import Part, children
from platform_compiler.objects import Path


@dataclass(frozen=True, slots=True)
class Origins:
    """Finds where the values of the parts of a judged tree come from; `root` is the name whose places are meant."""

    judge: Judge
    root: str
    known: dict[int, tuple[Bound, Origin]] = field(default_factory=dict)

    def of(self, part: Part, scope: Scope) -> Origin:
        """Return where the value of a part comes from."""
        self.judge.spend()
        follow = _FOLLOWED.get(kind_of(part))
        return NOWHERE if follow is None else follow(self, part, scope)

    def places(self, part: Part, scope: Scope) -> tuple[Path, ...]:
        """Return the places that the value of a part comes from."""
        return paths_of(self.of(part, scope))

    def stands(self, path: Path) -> bool:
        """Whether something stands at a place."""
        value: Any = self.judge.values.get(self.root)
        for step in path:
            keys = value if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0)
            if step not in keys:
                return False
            value = value[step]
        return True

    def rounds(self, loop: Loop, scope: Scope) -> Iterator[tuple[Round, Scope]]:
        """Yield the rounds of a loop, each with the names inside it."""
        whole = self.of(loop.range, scope)
        for one in self.judge.rounds(loop, scope):
            item = below(whole, one.key)
            names = zip(loop.names, one.values, strict=True)
            yield one, given(scope, {name: Given(value, item) for name, value in names})

    def without(self, loop: Loop, scope: Scope) -> Scope:
        """Return the names inside a loop of which no round is meant."""
        return given(scope, dict.fromkeys(loop.names, Given(None, NOWHERE)))

    def key(self, part: Part, scope: Scope) -> object:
        """Return the value of an index; None where it has none."""
        literal = constant(part)
        if literal is not None:
            return literal
        try:
            return self.judge.value(part, scope)
        except EvaluationError:
            return None

    def mixed(self, parts: Iterable[Part], scope: Scope) -> Origin:
        """Return the origin of a value worked out from several parts."""
        return From(merged(self.of(part, scope) for part in parts))


def _ident(origins: Origins, part: Part, scope: Scope) -> Origin:
    name = part.ident_expr.name
    known = scope.get(name)
    if isinstance(known, Given):
        origin: Origin = known.origin
        return origin
    if known is None:
        return At(()) if name == origins.root else NOWHERE
    if id(known) not in origins.known:
        origins.known[id(known)] = known, origins.of(known.value, known.scope)
    return origins.known[id(known)][1]


def _select(origins: Origins, part: Part, scope: Scope) -> Origin:
    found = below(origins.of(part.select_expr.operand, scope), part.select_expr.field)
    return From(paths_of(found)) if part.select_expr.test_only else found


def _binding(origins: Origins, part: Part, scope: Scope) -> Origin:
    return origins.of(part.comprehension_expr.result, inside(scope, part))


def _call(origins: Origins, part: Part, scope: Scope) -> Origin:
    special = _CALLS.get(function_of(part))
    return origins.mixed(operands(part), scope) if special is None else special(origins, part, scope)


def _index(origins: Origins, part: Part, scope: Scope) -> Origin:
    whole, index = part.call_expr.args
    return below(origins.of(whole, scope), origins.key(index, scope))


def _same(origins: Origins, part: Part, scope: Scope) -> Origin:
    return origins.of(operands(part)[0], scope)


def _or_value(origins: Origins, part: Part, scope: Scope) -> Origin:
    """Follow what is there; of what is not, the other value tells, and failing that the place left empty."""
    target, other = operands(part)
    if origins.judge.present(target, scope):
        return origins.of(target, scope)
    instead = origins.of(other, scope)
    return instead if paths_of(instead) else origins.of(target, scope)


def _conditional(origins: Origins, part: Part, scope: Scope) -> Origin:
    condition, one, other = part.call_expr.args
    if origins.judge.fails(condition, scope):
        return origins.mixed([condition], scope)
    found = origins.of(one if origins.judge.is_(condition, scope, wanted=True) else other, scope)
    if paths_of(found):
        return found
    mapped = optional_map(part)
    return origins.mixed([condition], scope) if mapped is None else origins.of(mapped.target, scope)


def _sum(origins: Origins, part: Part, scope: Scope) -> Origin:
    left, right = part.call_expr.args
    sizes = [_size(origins, one, scope) for one in (left, right)]
    if None in sizes:
        return origins.mixed((left, right), scope)
    both = [origins.of(one, scope) for one in (left, right)]
    items = [below(origin, i) for origin, size in zip(both, sizes, strict=True) for i in range(size or 0)]
    return Made(dict(enumerate(items)), merged(both))


def _size(origins: Origins, part: Part, scope: Scope) -> int | None:
    value = origins.key(part, scope)
    return len(value) if isinstance(value, list) else None


def _flatten(origins: Origins, part: Part, scope: Scope) -> Origin:
    whole, value = origins.of(operands(part)[0], scope), origins.key(operands(part)[0], scope)
    if not isinstance(value, list):
        return From(paths_of(whole))
    items: list[Origin] = []
    for i, item in enumerate(value):
        inner = below(whole, i)
        items.extend([below(inner, j) for j in range(len(item))] if isinstance(item, list) else [inner])
    return Made(dict(enumerate(items)), paths_of(whole))


def _list(origins: Origins, part: Part, scope: Scope) -> Origin:
    optional = set(part.list_expr.optional_indices)
    written = [(i in optional, one) for i, one in enumerate(part.list_expr.elements)]
    kept = [one for absent, one in written if not absent or origins.judge.present(one, scope)]
    items = [origins.of(one, scope) for one in kept]
    return Made(dict(enumerate(items)), merged(origins.of(one, scope) for _, one in written))


def _struct(origins: Origins, part: Part, scope: Scope) -> Origin:
    items: dict[Any, Origin] = {}
    for entry in part.struct_expr.entries:
        key = origins.key(entry.map_key, scope) if entry.HasField("map_key") else entry.field_key
        items[key if isinstance(key, str | int) else str(key)] = origins.of(entry.value, scope)
    return Made(items, ())


def _comprehension(origins: Origins, part: Part, scope: Scope) -> Origin:
    loop = loop_of(part)
    if loop is None:
        return origins.mixed(children(part), scope)
    if loop.macro in {"filter", "map", "transformList"}:
        return _listing(origins, loop, scope)
    over = origins.of(loop.range, scope)
    return From(paths_of(over) or origins.places(loop.test, origins.without(loop, scope)))


def _listing(origins: Origins, loop: Loop, scope: Scope) -> Origin:
    items: list[Origin] = []
    whole = origins.of(loop.range, scope)
    for one, names in origins.rounds(loop, scope):
        if loop.test is None or origins.judge.is_(loop.test, names, wanted=True):
            made = NOWHERE if loop.made is None else origins.of(loop.made, names)
            items.append(made if paths_of(made) else below(whole, one.key))
    if len(items) > 1 and isinstance(origins.key(loop.range, scope), dict):
        # The engine runs over a map in an order of its own, so that nobody knows which item is which.
        return From(merged(items))
    return Made(dict(enumerate(items)), paths_of(whole))


_Follow: TypeAlias = Callable[[Origins, Part, Scope], Origin]
_FOLLOWED: dict[str, _Follow] = {
    "ident": _ident,
    "select": _select,
    "call": _call,
    "list": _list,
    "struct": _struct,
    "binding": _binding,
    "comprehension": _comprehension,
}
_CALLS: dict[str, _Follow] = {
    **dict.fromkeys(("_[_]", "_[?_]", "_?._"), _index),
    **dict.fromkeys(("value", "dyn", "optional.of", "optional.ofNonZeroValue"), _same),
    **dict.fromkeys(("orValue", "or"), _or_value),
    "_?_:_": _conditional,
    "_+_": _sum,
    "flatten": _flatten,
}
