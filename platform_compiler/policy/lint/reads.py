"""Which fields of an object an expression reads, and which of these reads something before them makes safe.

`has(object.a)` guards what stands beside it in `&&`, in the branch of `?:` that it opens, and (denied) in `||`; a read
by `.?` needs no guard. Variables are looked into where they are read, under the guards that hold there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from platform_compiler.cel.tree import Part, is_binding
from platform_compiler.policy.lint.fields import ITEM
from platform_compiler.policy.lint.written import Sheet, Written

Way: TypeAlias = tuple[str, ...]
"""A field by the names that lead to it from a root such as `object`."""
_INDEXES = frozenset({"_?._", "_[_]", "_[?_]"})


@dataclass(frozen=True, slots=True)
class Read:
    """One field that is read, by which part of which expression; and what makes it safe, if anything does."""

    way: Way
    written: Written
    part: Part
    guarded: bool
    optional: bool

    @property
    def safe(self) -> bool:
        """Whether nothing is amiss where the field is absent."""
        return self.guarded or self.optional


@dataclass(frozen=True, slots=True)
class _Scope:
    """What holds at a place: which fields are there for sure, and the fields that loop variables stand for."""

    written: Written
    there: frozenset[Way] = frozenset()
    names: Mapping[str, Way | None] = field(default_factory=dict)
    collects: bool = False
    """Whether reads alone are wanted, and not what guards them."""


def reads_of(sheet: Sheet) -> Iterator[Read]:
    """Yield the reads of all validations and of the conditions before them; the first of the same that is unsafe."""
    walk = _Walk(sheet)
    there: frozenset[Way] = frozenset()
    for written in sheet.of("condition"):
        scope = _Scope(written)
        yield from walk.reads(written.tree.expr, scope)
        there |= walk.facts(written.tree.expr, scope, when=True)
    for written in sheet.of("validation"):
        yield from walk.reads(written.tree.expr, _Scope(written, there))


class _Walk:
    def __init__(self, sheet: Sheet) -> None:
        self._variables = sheet.variables
        # Variables that read each other twice would be walked without end.
        self._read: dict[tuple[str, frozenset[Way], bool], tuple[Read, ...]] = {}
        self._known: dict[tuple[str, bool], frozenset[Way]] = {}

    def reads(self, part: Part, scope: _Scope) -> Iterator[Read]:
        """Yield every field that a part reads."""
        if part.HasField("comprehension_expr"):
            yield from self._loop(part, scope)
        elif part.HasField("ident_expr"):
            if part.ident_expr.name in self._variables:
                yield from self._of_variable(part.ident_expr.name, scope)
        elif part.HasField("call_expr") and part.call_expr.function in {"_&&_", "_||_", "_?_:_"}:
            yield from self._branches(part, scope)
        else:
            way = self.way(part, scope)
            if way is not None and way[-1] != ITEM and _is_read(part):
                yield Read(way, scope.written, part, way in scope.there, self._is_optional(part, scope))
            for below in _below(part):
                yield from self.reads(below, scope)

    def _of_variable(self, name: str, scope: _Scope) -> tuple[Read, ...]:
        key = (name, scope.there, scope.collects)
        if key not in self._read:
            variable = self._variables[name]
            inside = _Scope(variable, scope.there, collects=scope.collects)
            found = self.reads(variable.tree.expr, inside)
            once = {(read.written.name, read.part.id, read.way, read.guarded): read for read in found}
            self._read[key] = tuple(once.values())
        return self._read[key]

    def _branches(self, part: Part, scope: _Scope) -> Iterator[Read]:
        function, args = part.call_expr.function, part.call_expr.args
        if function == "_?_:_":
            condition, one, other = args
            yield from self.reads(condition, scope)
            yield from self.reads(one, self._knowing(scope, condition, when=True))
            yield from self.reads(other, self._knowing(scope, condition, when=False))
            return
        when = function == "_&&_"
        left, right = args
        # Both orders are safe: `false && error` is false, and so is `error && false`.
        yield from self.reads(left, self._knowing(scope, right, when=when))
        yield from self.reads(right, self._knowing(scope, left, when=when))

    def _knowing(self, scope: _Scope, condition: Part, *, when: bool) -> _Scope:
        """Return what holds beside a condition; whoever asks there by `.?` is believed to have thought of absence."""
        if scope.collects:
            return scope
        collecting = replace(scope, collects=True)
        asked = (_all_on(read.way) for read in self.reads(condition, collecting) if read.optional)
        return replace(scope, there=scope.there.union(self.facts(condition, scope, when=when), *asked))

    def _loop(self, part: Part, scope: _Scope) -> Iterator[Read]:
        loop = part.comprehension_expr
        if is_binding(part):
            yield from self.reads(loop.accu_init, scope)
            named = replace(scope, names={**scope.names, loop.accu_var: self.way(loop.accu_init, scope)})
            yield from self.reads(loop.result, named)
            return
        yield from self.reads(loop.iter_range, scope)
        yield from self.reads(loop.accu_init, scope)
        inside = self._inside(part, scope)
        yield from self.reads(loop.loop_step, inside)
        yield from self.reads(loop.result, replace(inside, names={**inside.names, loop.accu_var: None}))

    def _inside(self, part: Part, scope: _Scope) -> _Scope:
        """Return what holds in the body of a loop; with two variables the first is a position or a key."""
        loop = part.comprehension_expr
        whole = self.way(loop.iter_range, scope)
        item = (*whole, ITEM) if whole is not None else None
        first, second = (None, item) if loop.iter_var2 else (item, None)
        return replace(scope, names={**scope.names, loop.accu_var: None, loop.iter_var2: second, loop.iter_var: first})

    def way(self, part: Part, scope: _Scope) -> Way | None:
        """Return the field that a part stands for, or None where it is none."""
        if part.HasField("ident_expr"):
            name = part.ident_expr.name
            if name in scope.names:
                return scope.names[name]
            variable = self._variables.get(name)
            if variable is not None:
                return self.way(variable.tree.expr, _Scope(variable))
            return (name,) if name in {"object", "oldObject"} else None
        if part.HasField("select_expr"):
            return _joined(self.way(part.select_expr.operand, scope), part.select_expr.field)
        if part.HasField("call_expr"):
            return self._way_of_call(part.call_expr, scope)
        return None

    def _way_of_call(self, call: Any, scope: _Scope) -> Way | None:
        if call.function in _INDEXES:
            index = call.args[1].const_expr
            key = index.string_value if index.WhichOneof("kind") == "string_value" else None
            return _joined(self.way(call.args[0], scope), ITEM if key is None else key)
        if call.function in {"orValue", "value"}:
            return self.way(call.target, scope)
        if call.function == "_+_":  # lists of the same shape, as those of containers are
            return self.way(call.args[0], scope)
        return None

    def _is_optional(self, part: Part, scope: _Scope) -> bool:
        """Whether a part has a value even where the field is absent: some step before it was `.?`."""
        if part.HasField("ident_expr"):
            return False
        if part.HasField("select_expr"):
            return self._is_optional(part.select_expr.operand, scope)
        call = part.call_expr
        if call.function in {"_?._", "_[?_]"}:
            return True
        return call.function == "_[_]" and self._is_optional(call.args[0], scope)

    def facts(self, part: Part, scope: _Scope, *, when: bool) -> frozenset[Way]:
        """Return the fields that are there for sure when a condition is true, or when it is false."""
        if part.HasField("ident_expr") and part.ident_expr.name in self._variables:
            return self._facts_of_variable(part.ident_expr.name, when=when)
        if part.HasField("select_expr"):
            return _all_on(self.way(part, scope)) if when and _is_test(part) else frozenset()
        call = part.call_expr  # empty where it is none
        if call.function == "!_":
            return self.facts(call.args[0], scope, when=not when)
        if call.function in {"_&&_", "_||_"}:
            left, right = (self.facts(arg, scope, when=when) for arg in call.args)
            return left | right if when == (call.function == "_&&_") else left & right
        return _all_on(self._shown_by(call, scope)) if when else frozenset()

    def _facts_of_variable(self, name: str, *, when: bool) -> frozenset[Way]:
        if (name, when) not in self._known:
            variable = self._variables[name]
            self._known[name, when] = self.facts(variable.tree.expr, _Scope(variable), when=when)
        return self._known[name, when]

    def _shown_by(self, call: Any, scope: _Scope) -> Way | None:
        """Return the field that is there when a call is true."""
        if call.function == "hasValue":
            return self.way(call.target, scope)
        if call.function == "@in" and call.args[0].const_expr.WhichOneof("kind") == "string_value":
            return _joined(self.way(call.args[1], scope), call.args[0].const_expr.string_value)
        return None


def _all_on(way: Way | None) -> frozenset[Way]:
    """Return a field and those that lead to it."""
    return frozenset(way[:end] for end in range(2, len(way) + 1)) if way else frozenset()


def _joined(way: Way | None, step: str) -> Way | None:
    return None if way is None else (*way, step)


def _is_read(part: Part) -> bool:
    """Whether a part reads a field by its name: one that tests for it reads those above it alone."""
    return (part.HasField("select_expr") and not part.select_expr.test_only) or (
        part.HasField("call_expr") and part.call_expr.function in _INDEXES
    )


def _is_test(part: Part) -> bool:
    return bool(part.HasField("select_expr") and part.select_expr.test_only)


def _below(part: Part) -> Iterator[Part]:
    if part.HasField("select_expr"):
        yield part.select_expr.operand
    elif part.HasField("call_expr"):
        if part.call_expr.HasField("target"):
            yield part.call_expr.target
        yield from part.call_expr.args
    elif part.HasField("list_expr"):
        yield from part.list_expr.elements
    elif part.HasField("struct_expr"):
        for entry in part.struct_expr.entries:
            if entry.HasField("map_key"):
                yield entry.map_key
            yield entry.value
