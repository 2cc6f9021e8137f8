"""The reference evaluator: a plain walk over templates and expressions. It defines what a template means.

It also says where: every error leaves it with the span of the leaf or key that it arose in. `compile.py` does the same
work faster and says only that something went wrong; the error is then worded here.
"""

from collections.abc import Mapping as Map
from typing import Any

from platform_compiler.blueprints import nodes
from platform_compiler.blueprints import operations as o
from platform_compiler.blueprints.expressions import Expression
from platform_compiler.blueprints.operations import EvaluationError, MissingError, Value
from platform_compiler.blueprints.template import Constant, Leaf, Mapping, Sequence, Structure, Template, Text
from platform_compiler.diagnostics import Span

Scope = dict[str, Value]


class _Dropped:
    """Stands for a value that is not there: its key or item goes."""


DROPPED: Any = _Dropped()


class TemplateError(Exception):
    """A template has no meaning for this context; `span` is where."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.span = span


def expand(template: Template, context: Scope, includes: Map[str, Template]) -> list[Value]:
    """Return the values of a root template: none, one, or with a `$for` several.

    Raises:
        TemplateError: it has no meaning for this context.
    """
    return Walk(context, includes).items(template, context)


class Walk:
    """Evaluates templates over one context; an include sees the context and its arguments only.

    Its steps are open to `provenance/`, which takes them one by one to find the line that wrote a field.
    """

    def __init__(self, context: Scope, includes: Map[str, Template]) -> None:
        self._context = context
        self._includes = includes

    def items(self, template: Template, scope: Scope) -> list[Value]:
        """Return the values that a template contributes to a list."""
        if isinstance(template, Mapping) and template.structure.loop is not None:
            loop = template.structure.loop
            found = []
            for record in self._guard(lambda: o.records(evaluate(loop.expression.tree, scope)), loop.span):
                value = self.structured(template, {**scope, loop.variable: record})
                if value is not DROPPED:
                    found.append(value)
            return found
        value = self.value(template, scope)
        return [] if value is DROPPED else [value]

    def value(self, template: Template, scope: Scope) -> Value:
        """Return the value of a template that stands where one value does."""
        if isinstance(template, Constant):
            return template.value
        if isinstance(template, Leaf):
            return self._guard(lambda: leaf(template, scope), template.span)
        if isinstance(template, Text):
            return self._guard(lambda: _text(template, scope), template.span)
        if isinstance(template, Sequence):
            return [value for item in template.items for value in self.items(item, scope)]
        return self.structured(template, scope)

    def structured(self, template: Mapping, scope: Scope) -> Value:
        """Evaluate a mapping, its `$for` (if any) already in scope unless it makes entries."""
        structure = template.structure
        for name, expression in structure.lets:
            scope = {**scope, name: self._expression(expression, scope, structure)}
        condition = structure.condition
        if condition is not None and not self._guard(lambda: o.truth(evaluate(condition.tree, scope)), structure.span):
            return DROPPED
        if structure.include is not None:
            arguments = {name: self._expression(e, scope, structure) for name, e in structure.arguments}
            return self.value(self._includes[structure.include], {**self._context, **arguments})
        if structure.value is not None:
            return self._expression(structure.value, scope, structure)
        return self._entries(template, scope)

    def _entries(self, template: Mapping, scope: Scope) -> Value:
        found: dict[str, Value] = {}
        for key_template, value_template in template.entries:
            key = self.value(key_template, scope)
            value = self.entry(value_template, scope) if key is not DROPPED else DROPPED
            if value is DROPPED:
                continue
            if type(key) is not str:
                raise TemplateError(f"a key is {o.kind_of(key)}, not text", key_template.span)
            if key in found:
                raise TemplateError(f"key `{key}` stands twice", key_template.span)
            found[key] = value
        return found

    def entry(self, template: Template, scope: Scope) -> Value:
        """Evaluate an entry's value; a `$for` there makes the entries of a map."""
        if not isinstance(template, Mapping) or template.structure.loop is None:
            return self.value(template, scope)
        found: dict[str, Value] = {}
        for made in self.items(template, scope):
            for key, value in made.items():
                if key in found:
                    raise TemplateError(f"key `{key}` is made twice", template.span)
                found[key] = value
        return found

    def _expression(self, expression: Expression, scope: Scope, structure: Structure) -> Value:
        return self._guard(lambda: present(evaluate(expression.tree, scope)), structure.span)

    def _guard(self, work: Any, span: Span) -> Any:
        try:
            return work()
        except EvaluationError as wrong:
            raise TemplateError(str(wrong), span) from wrong


def present(value: Value) -> Value:
    """Return a value that is there."""
    if value is None:
        raise MissingError("the expression has no value")
    return value


def leaf(template: Leaf, scope: Scope) -> Value:
    """Return a leaf's value; an optional one that leads nowhere is dropped."""
    try:
        return present(evaluate(template.expression.tree, scope))
    except MissingError:
        if template.optional:
            return DROPPED
        raise


def _text(template: Text, scope: Scope) -> Value:
    values = [part if isinstance(part, str) else leaf(part, scope) for part in template.parts]
    if any(value is DROPPED for value in values):
        return DROPPED
    return o.concatenate(values)


def evaluate(tree: nodes.Expr, scope: Scope) -> Value:  # noqa: C901, PLR0911, PLR0912 -- one branch a form of expression
    """Return the value of a permitted expression."""
    match tree:
        case nodes.Const():
            return tree.value
        case nodes.Name():
            return o.step(scope, tree.name)
        case nodes.Getattr():
            return o.step(evaluate(tree.node, scope), tree.attr)
        case nodes.Getitem():
            return o.step(evaluate(tree.node, scope), tree.arg.value)
        case nodes.List():
            return [present(evaluate(item, scope)) for item in tree.items]
        case nodes.Dict():
            return _dict([(evaluate(p.key, scope), evaluate(p.value, scope)) for p in tree.items])
        case nodes.CondExpr():
            return evaluate(tree.expr1 if o.truth(evaluate(tree.test, scope)) else tree.expr2, scope)
        case nodes.And():
            return o.truth(evaluate(tree.left, scope)) and o.truth(evaluate(tree.right, scope))
        case nodes.Or():
            return o.truth(evaluate(tree.left, scope)) or o.truth(evaluate(tree.right, scope))
        case nodes.Not():
            return not o.truth(evaluate(tree.node, scope))
        case nodes.Compare():
            operand = tree.ops[0]
            return o.compare(operand.op, evaluate(tree.expr, scope), evaluate(operand.expr, scope))
        case nodes.Concat():
            return o.concatenate([evaluate(item, scope) for item in tree.nodes])
        case nodes.Filter():
            return _filter(tree, scope)
        case nodes.Test():
            return _test(tree, scope)
    return ARITHMETIC[type(tree)](evaluate(tree.left, scope), evaluate(tree.right, scope))


ARITHMETIC: dict[type[nodes.Expr], Any] = {
    nodes.Add: o.add,
    nodes.Sub: o.subtract,
    nodes.Mul: o.multiply,
    nodes.FloorDiv: o.floor_divide,
    nodes.Mod: o.modulo,
}


def _dict(pairs: list[tuple[Value, Value]]) -> Value:
    for key, value in pairs:
        if type(key) is not str:
            raise EvaluationError(f"a key is {o.kind_of(key)}, not text")
        present(value)
    return dict(pairs)


def _filter(tree: nodes.Filter, scope: Scope) -> Value:
    if tree.name == "default":
        try:
            return present(evaluate(tree.node, scope))
        except MissingError:
            return evaluate(tree.args[0], scope)
    function = o.FILTERS[tree.name][0]
    return function(present(evaluate(tree.node, scope)), *[present(evaluate(a, scope)) for a in tree.args])


def _test(tree: nodes.Test, scope: Scope) -> bool:
    if tree.name == "defined":
        try:
            return evaluate(tree.node, scope) is not None
        except MissingError:
            return False
    function = o.TESTS[tree.name][0]
    return function(present(evaluate(tree.node, scope)), *[present(evaluate(a, scope)) for a in tree.args])
