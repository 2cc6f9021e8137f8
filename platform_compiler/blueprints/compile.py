"""The production evaluator: templates and expressions as closures, made once and called for every target.

It means exactly what `reference.py` means (a property test holds the two equal) but does not know places: whoever gets
an `EvaluationError` asks the reference for the words. Constant subtrees are shared between results and must not be
changed.
"""

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Map
from sys import intern

from platform_compiler.blueprints import nodes
from platform_compiler.blueprints import operations as o
from platform_compiler.blueprints.compile_expression import CONTEXT, Expressions
from platform_compiler.blueprints.constant import is_constant, value_of
from platform_compiler.blueprints.expressions import Expression
from platform_compiler.blueprints.fixed_keys import field_of, filled_path, most_of_one_record, under_fixed_keys
from platform_compiler.blueprints.look_up import Closure, filled_at
from platform_compiler.blueprints.operations import EvaluationError, Value
from platform_compiler.blueprints.reference import DROPPED, Scope
from platform_compiler.blueprints.template import Constant, Leaf, Loop, Mapping, Sequence, Template, Text

_OF_CONTEXT = Expressions()


def compile_template(template: Template, includes: Map[str, Template]) -> Callable[[Scope], list[Value]]:
    """Return a function from a context to the values of a root template."""
    return _Compiler(includes).items(template, _OF_CONTEXT)


class _Compiler:
    """Turns nodes into closures; a template that is included with the same arguments is compiled once.

    What stands in a loop or is included is compiled when it is first needed: much of a catalog never is.
    """

    def __init__(self, includes: Map[str, Template]) -> None:
        self._includes = includes
        self._compiled: dict[tuple[str, frozenset[str]], Closure] = {}

    def items(self, template: Template, names: Expressions) -> Callable[[Scope], list[Value]]:
        """Return the closure for what a template contributes to a list."""
        if isinstance(template, Mapping) and (loop := template.structure.loop) is not None:
            return self._loop(template, loop, names)
        single = self.value(template, names)

        def one(scope: Scope) -> list[Value]:
            value = single(scope)
            return [] if value is DROPPED else [value]

        return one

    def _loop(self, template: Mapping, loop: Loop, names: Expressions) -> Callable[[Scope], list[Value]]:
        variable, source, nest = loop.variable, names.value(loop.expression.tree), _nesting(names)
        body: Closure | None = None

        def looped(scope: Scope) -> list[Value]:
            nonlocal body
            records = source(scope)
            if not records and type(records) is list:  # of most lists there is nothing
                return []
            body = body or self._structured(template, names.nest(variable))
            inner = nest(scope)
            found = []
            for inner[variable] in o.records(records):
                value = body(inner)
                if value is not DROPPED:
                    found.append(value)
            return found

        return looped

    def value(self, template: Template, names: Expressions) -> Closure:
        if is_constant(template):
            shared = value_of(template)
            return lambda _: shared
        if isinstance(template, Leaf):
            return _leaf(template, names)
        if isinstance(template, Text):
            return _text(template, names)
        if isinstance(template, Sequence):
            return self._sequence(template, names)
        assert isinstance(template, Mapping)
        return self._structured(template, names)

    def _sequence(self, template: Sequence, names: Expressions) -> Closure:
        if len(template.items) == 1:
            return self.items(template.items[0], names)
        parts = [
            (_loops(item), self.items(item, names) if _loops(item) else self.value(item, names))
            for item in template.items
        ]

        def listed(scope: Scope) -> Value:
            found: list[Value] = []
            for loop, closure in parts:
                value = closure(scope)
                if loop:
                    found += value
                elif value is not DROPPED:
                    found.append(value)
            return found

        return listed

    def _structured(self, template: Mapping, names: Expressions) -> Closure:
        structure = template.structure
        filled = filled_path(structure, names)
        if filled is not None:
            return filled_at(filled)
        lets = []
        inside = names.nest() if structure.lets else names
        for name, expression in structure.lets:
            lets.append((name, inside.present(expression.tree)))
            inside = inside.nest(name)
        body = self._body(template, inside)
        if structure.condition is not None:
            body = _conditional(structure.condition.tree, body, inside)
        return _with_lets(lets, body, _nesting(names)) if lets else body

    def _body(self, template: Mapping, names: Expressions) -> Closure:
        structure = template.structure
        if structure.include is not None:
            return self._include(structure.include, structure.arguments, names)
        if structure.value is not None:
            return names.present(structure.value.tree)
        return self._entries(template, names)

    def _include(self, path: str, given: Iterable[tuple[str, Expression]], names: Expressions) -> Closure:
        arguments = [(name, names.present(expression.tree)) for name, expression in given]
        nested = names.nested
        included: Closure | None = None

        def include(scope: Scope) -> Value:
            nonlocal included
            included = included or self._included(path, frozenset(name for name, _ in arguments))
            context = scope[CONTEXT] if nested else scope
            if not arguments:
                return included(context)
            inner = {CONTEXT: context}
            for name, closure in arguments:
                inner[name] = closure(scope)
            return included(inner)

        return include

    def _included(self, path: str, own: frozenset[str]) -> Closure:
        if (path, own) not in self._compiled:
            self._compiled[path, own] = self.value(self._includes[path], _OF_CONTEXT.nest(*own) if own else _OF_CONTEXT)
        return self._compiled[path, own]

    def _entries(self, template: Mapping, names: Expressions) -> Closure:
        fixed = {
            intern(key.value): value
            for key, value in template.entries
            if isinstance(key, Constant) and type(key.value) is str
        }
        if len(fixed) == len(template.entries):
            return self._under_fixed_keys(fixed, names)
        pairs = [(self.value(key, names), self._entry(value, names)) for key, value in template.entries]

        def with_any_keys(scope: Scope) -> Value:
            found: dict[str, Value] = {}
            for key_closure, closure in pairs:
                key = key_closure(scope)
                value = closure(scope) if key is not DROPPED else DROPPED
                if value is not DROPPED:
                    _put(found, key, value)
            return found

        return with_any_keys

    def _under_fixed_keys(self, entries: dict[str, Template], names: Expressions) -> Closure:
        constant = {key: value_of(value) for key, value in entries.items() if is_constant(value)}
        changing = {key: value for key, value in entries.items() if key not in constant}
        fields = most_of_one_record(field for key, value in changing.items() if (field := field_of(key, value, names)))
        of_records = {field.key for field in fields}
        calls = [(key, self._entry(value, names)) for key, value in changing.items() if key not in of_records]
        return under_fixed_keys(constant, fields, calls)

    def _entry(self, template: Template, names: Expressions) -> Closure:
        if not _loops(template):
            return self.value(template, names)
        items = self.items(template, names)

        def made(scope: Scope) -> Value:
            found: dict[str, Value] = {}
            for part in items(scope):
                for key, value in part.items():
                    _put(found, key, value)
            return found

        return made


def _with_lets(lets: list[tuple[str, Closure]], body: Closure, nest: Closure) -> Closure:
    def with_lets(scope: Scope) -> Value:
        inner = nest(scope)
        for name, closure in lets:
            inner[name] = closure(inner)
        return body(inner)

    return with_lets


def _nesting(names: Expressions) -> Closure:
    """Return what makes a scope with room for names of its own."""
    return dict.copy if names.nested else lambda context: {CONTEXT: context}


def _loops(template: Template) -> bool:
    """Whether a template makes any number of values."""
    return isinstance(template, Mapping) and template.structure.loop is not None


def _conditional(condition: nodes.Expr, body: Closure, names: Expressions) -> Closure:
    if isinstance(condition, nodes.Not):
        fails = names.condition(condition.node)
        return lambda scope: DROPPED if fails(scope) else body(scope)
    holds = names.condition(condition)
    return lambda scope: body(scope) if holds(scope) else DROPPED


def _put(found: dict[str, Value], key: Value, value: Value) -> None:
    if type(key) is not str:
        raise EvaluationError(f"a key is {o.kind_of(key)}, not text")
    if key in found:
        raise EvaluationError(f"key `{key}` stands twice")
    found[key] = value


def _leaf(template: Leaf, names: Expressions) -> Closure:
    tree = template.expression.tree
    return names.optional(tree) if template.optional else names.present(tree)


def _text(template: Text, names: Expressions) -> Closure:
    parts = [part if isinstance(part, str) else _leaf(part, names) for part in template.parts]

    def joined(scope: Scope) -> Value:
        values = [part if type(part) is str else part(scope) for part in parts]  # type: ignore[operator]
        return DROPPED if DROPPED in values else o.concatenate(values)

    return joined
