"""Which line of a template wrote a field: the reference evaluator's own steps, taken along the field's pointer only."""

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Map
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar

from platform_compiler.blueprints import nodes
from platform_compiler.blueprints.catalog import Catalog
from platform_compiler.blueprints.expand import Expander
from platform_compiler.blueprints.expressions import Expression
from platform_compiler.blueprints.naming import named, pointer_in_template
from platform_compiler.blueprints.operations import Value, records
from platform_compiler.blueprints.program import Compiled, Program
from platform_compiler.blueprints.reference import DROPPED, Scope, TemplateError, Walk, evaluate
from platform_compiler.blueprints.resource import Resource
from platform_compiler.blueprints.template import Constant, Leaf, Mapping, Sequence, Template, Text
from platform_compiler.context.model import UnitContext
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.objects import kind_of, text
from platform_compiler.source.node import Pointer

T = TypeVar("T")


class TemplateLines:
    """Tells which line of a blueprint wrote a field of a resource; a unit is prepared once."""

    def __init__(self, catalog: Catalog, context_of: Callable[[Unit], UnitContext]) -> None:
        self._expander = Expander(catalog, {}, Bag())
        self._prepared = cache(lambda unit: self._expander.prepared(context_of(unit)))

    def line(self, resource: Resource, pointer: Pointer) -> Span:
        """Return the line that wrote the field at `pointer`, or the deepest one above it that is there."""
        by_hand = resource.hand_behind(pointer)
        if by_hand is not None:
            return by_hand.span
        programs, scope = self._prepared(resource.unit)
        template, position = made_by(resource, programs, scope)
        return writer_of(template, scope, position, pointer, programs).span


def made_by(resource: Resource, programs: list[Program], scope: Scope) -> tuple[Compiled, int]:
    """Return the template that makes a resource, and at which position."""
    for program in programs:
        for template in program.templates[resource.unit.scope]:
            if template.template.span == resource.template:
                made = Walk(scope, template.includes).items(template.template, scope)
                return template, [_name(named(body)) for body in made].index(_name(resource.body))
    raise AssertionError(resource.template)


def _name(body: Any) -> tuple[str, str]:
    return kind_of(body), text(body, "metadata", "name")


class Passed(NamedTuple):
    """An expression on the way to a field: what gave a name its value, or made the field be there at all."""

    span: Span
    text: str
    expression: Expression
    name: str = ""


class Written(NamedTuple):
    """The line that wrote a field; `constant` says that no expression did.

    `value` is all that the line gave, and `rest` leads on to the field inside it. `expressions` are the line's own,
    `through` those on the way to it, the outermost first: `$for`, `$let`, `$if`, and the arguments of an `$include`.
    """

    span: Span
    constant: bool
    value: Value
    rest: Pointer
    expressions: tuple[Expression, ...] = ()
    through: tuple[Passed, ...] = ()

    @property
    def needed(self) -> tuple[Passed, ...]:
        """The expressions on the way that the line's own need: those behind its names, and every condition."""
        names, found = _names(self.expressions), list[Passed]()
        for one in reversed(self.through):
            if not one.name or one.name in names:
                found.insert(0, one)
                names |= _names([one.expression])
        return tuple(found)


def _names(expressions: Iterable[Expression]) -> set[str]:
    return {name for one in expressions for name in nodes.names_in(one.tree)}


class Steps:
    """Steps that were taken in templates over one unit's context: fields that lie near each other share most."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int, int], tuple[Scope, Any]] = {}

    def once(self, name: str, template: Template, scope: Scope, make: Callable[[], T]) -> T:
        """Return what a step made of a template and a scope, which is held so that its id stays its own."""
        key = (name, id(template), id(scope))
        if key not in self._made:
            self._made[key] = scope, make()
        found: T = self._made[key][1]
        return found


def writer_of(  # noqa: PLR0913, PLR0917 -- the template's place, the field's, and what is known of both
    template: Compiled,
    scope: Scope,
    position: int,
    pointer: Pointer,
    programs: list[Program],
    steps: Steps | None = None,
) -> Written:
    """Return what wrote the field at `pointer` of the resource that `template` made at `position`.

    What another part put into a slot was written there. `steps` are those taken for other fields of the unit.
    """
    steps = steps or Steps()
    if pointer == ("metadata", "name"):
        body = Walk(scope, template.includes).items(template.template, scope)[position]
        pointer = pointer_in_template(pointer, body)
    found = _Way(scope, template.includes, steps).item(template.template, scope, position, pointer)
    return _contributed(found, scope, programs, steps) or found


class _Way:
    """Goes down a template to the leaf behind a pointer; every step counts as the evaluator counts."""

    def __init__(self, context: Scope, includes: Map[str, Template], steps: Steps) -> None:
        self._context = context
        self._includes = includes
        self._steps = steps
        self._walk = Walk(context, includes)
        self._passed: list[Passed] = []

    def item(self, template: Template, scope: Scope, position: int, rest: Pointer) -> Written:
        """Go on in what a template contributes to a list at `position`."""
        if not isinstance(template, Mapping) or template.structure.loop is None:
            return self.value(template, scope, rest)
        made = self._steps.once("made", template, scope, lambda: self._made(template, scope))
        self._pass_loop(template)
        return self._inside(template, made[position], rest)

    def value(self, template: Template, scope: Scope, pointer: Pointer) -> Written:
        if isinstance(template, Mapping):
            return self._inside(template, scope, pointer)
        if isinstance(template, Sequence) and pointer:
            position, rest = pointer[0], pointer[1:]
            assert isinstance(position, int)
            for item in template.items:
                made = self._steps.once("length", item, scope, partial(self._length, item, scope))
                if position < made:
                    return self.item(item, scope, position, rest)
                position -= made
        constant = isinstance(template, Constant | Sequence)
        return self._written(template, self._walk.value(template, scope), pointer, constant=constant)

    def _written(self, template: Template, value: Value, rest: Pointer, *, constant: bool) -> Written:
        return Written(template.span, constant, value, rest, _expressions(template), tuple(self._passed))

    def _pass_loop(self, template: Mapping) -> None:
        loop = template.structure.loop
        assert loop is not None
        text = f"{loop.variable} in {loop.expression.source.strip()}"
        self._passed.append(Passed(loop.span, text, loop.expression, loop.variable))

    def _pass(self, span: Span, bound: Iterable[tuple[str, Expression]]) -> None:
        for name, expression in bound:
            if expression.source.strip() != name:
                self._passed.append(Passed(span, f"{name} = {expression.source.strip()}", expression, name))

    def _length(self, template: Template, scope: Scope) -> int:
        return len(self._walk.items(template, scope))

    def _made(self, template: Mapping, scope: Scope) -> list[Scope]:
        """Return the scopes of a loop's rounds that made something."""
        return [i for i in self._rounds(template, scope) if self._walk.structured(template, i) is not DROPPED]

    def _rounds(self, template: Mapping, scope: Scope) -> list[Scope]:
        return self._steps.once("rounds", template, scope, lambda: self._rounds_of(template, scope))

    @staticmethod
    def _rounds_of(template: Mapping, scope: Scope) -> list[Scope]:
        loop = template.structure.loop
        assert loop is not None
        return [{**scope, loop.variable: record} for record in records(evaluate(loop.expression.tree, scope))]

    @staticmethod
    def _within(template: Mapping, scope: Scope) -> Scope:
        """Return a scope with what a template lets names stand for."""
        for name, expression in template.structure.lets:
            scope = {**scope, name: evaluate(expression.tree, scope)}
        return scope

    def _included(self, template: Mapping, scope: Scope) -> Scope:
        arguments = {name: evaluate(expression.tree, scope) for name, expression in template.structure.arguments}
        return {**self._context, **arguments}

    def _inside(self, template: Mapping, scope: Scope, pointer: Pointer) -> Written:
        """Go on in a mapping whose `$for`, if any, is in scope already."""
        structure = template.structure
        if structure.lets:
            outer = scope
            scope = self._steps.once("lets", template, outer, lambda: self._within(template, outer))
        self._pass(structure.span, structure.lets)
        if structure.condition is not None:
            text = f"if {structure.condition.source.strip()}"
            self._passed.append(Passed(structure.span, text, structure.condition))
        if structure.include is not None:
            inner = self._steps.once("included", template, scope, lambda: self._included(template, scope))
            self._pass(structure.span, structure.arguments)
            return self.value(self._includes[structure.include], inner, pointer)
        if structure.value is not None:
            value = self._steps.once("value", template, scope, partial(evaluate, structure.value.tree, scope))
            given = (structure.value,)
            return Written(structure.value_span, False, value, pointer, given, tuple(self._passed))  # noqa: FBT003 -- `constant`
        for key, below in template.entries if pointer else ():
            if self._walk.value(key, scope) == pointer[0]:
                return self._entry(below, scope, pointer[1:])
        return self._written(template, self._walk.structured(template, scope), pointer, constant=True)

    def _entry(self, template: Template, scope: Scope, pointer: Pointer) -> Written:
        """Go on in the value of an entry; a `$for` there makes the entries of a map."""
        if not isinstance(template, Mapping) or template.structure.loop is None or not pointer:
            return self.value(template, scope, pointer)
        for inner in self._rounds(template, scope):
            made = self._steps.once("entries", template, inner, partial(self._walk.structured, template, inner))
            if made is not DROPPED and pointer[0] in made:
                self._pass_loop(template)
                return self._inside(template, inner, pointer)
        return self._written(template, self._walk.entry(template, scope), pointer, constant=False)


def _expressions(template: Template) -> tuple[Expression, ...]:
    """Return what a leaf computes."""
    if isinstance(template, Leaf):
        return (template.expression,)
    if isinstance(template, Text):
        return tuple(part.expression for part in template.parts if isinstance(part, Leaf))
    return ()


def _contributed(found: Written, scope: Scope, programs: list[Program], steps: Steps) -> Written | None:
    """Return the line of the contribution that the value of a leaf was taken from, or None when it was none."""
    for group, names in scope["slots"].items():
        for slot, filled in names.items():
            way = _way_into(filled, found)
            if way is not None:
                return _in_contribution((group, slot), way, scope, programs, steps)
    return None


def _way_into(filled: Any, found: Written) -> Pointer | None:
    """Return where in a filled slot a leaf's value stands: an item by identity, an entry by key and value."""
    if isinstance(filled, list):
        return next(((n, *found.rest) for n, item in enumerate(filled) if item is found.value), None)
    key = found.rest[0] if found.rest else None
    taken = isinstance(found.value, dict) and key in filled and filled[key] == found.value.get(key)
    return found.rest if taken else None


def _in_contribution(
    slot: tuple[str, str], way: Pointer, scope: Scope, programs: list[Program], steps: Steps
) -> Written | None:
    position, rest = way[0], way[1:]
    for program in programs:
        given = program.contributions.get(slot)
        if given is None:
            continue
        try:
            made = Walk(scope, given.includes).value(given.template, scope)
        except TemplateError:
            continue
        if isinstance(made, list) and isinstance(position, int):
            if position < len(made):
                return _Way(scope, given.includes, steps).value(given.template, scope, (position, *rest))
            position -= len(made)
        elif isinstance(made, dict) and position in made:
            return _Way(scope, given.includes, steps).value(given.template, scope, way)
    return None
