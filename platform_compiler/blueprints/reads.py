"""Static reads: every path that a template names must exist in the context of its scope.

What lies behind a filter, an operator or a shape that is not ours (`Anything`) is left to evaluation.
"""

from collections.abc import Mapping as Map

from platform_compiler.blueprints import nodes
from platform_compiler.blueprints.expressions import Expression
from platform_compiler.blueprints.template import Constant, Leaf, Mapping, Sequence, Template, Text
from platform_compiler.context.shape import Anything, ListOf, MapOf, Record, Scalar, Shape
from platform_compiler.context.shapes import shape_of_scope
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.suggest import did_you_mean

Names = Map[str, Shape]


def check_reads(template: Template, includes: Map[str, Template], scope: str, bag: Bag) -> bool:
    """Report every path in a template and its includes that the context lacks; return whether there is none."""
    before = bag.reports
    root = shape_of_scope(scope)
    names = {name: field.shape for name, field in root.fields.items()}
    _Reads(names, includes, bag).template(template, names)
    return bag.reports == before


class _Reads:
    """Walks templates with the shape of every name in scope."""

    def __init__(self, context: Names, includes: Map[str, Template], bag: Bag) -> None:
        self._context = context
        self._includes = includes
        self._bag = bag

    def template(self, template: Template, names: Names) -> None:
        if isinstance(template, Leaf):
            self._shape(template.expression, names, template.span)
        elif isinstance(template, Text):
            for part in template.parts:
                if isinstance(part, Leaf):
                    self._shape(part.expression, names, part.span)
        elif isinstance(template, Sequence):
            for item in template.items:
                self.template(item, names)
        elif isinstance(template, Mapping):
            self._mapping(template, names)
        else:
            assert isinstance(template, Constant)

    def _mapping(self, template: Mapping, names: Names) -> None:
        structure = template.structure
        if structure.loop is not None:
            looped = self._shape(structure.loop.expression, names, structure.loop.span)
            names = {**names, structure.loop.variable: _element(looped)}
        for name, expression in structure.lets:
            names = {**names, name: self._shape(expression, names, structure.span)}
        for bare in (structure.condition, structure.value):
            if bare is not None:
                self._shape(bare, names, structure.span)
        arguments = {name: self._shape(e, names, structure.span) for name, e in structure.arguments}
        if structure.include is not None:
            self.template(self._includes[structure.include], {**self._context, **arguments})
        for key, value in template.entries:
            self.template(key, names)
            self.template(value, names)

    def _shape(self, expression: Expression, names: Names, span: Span) -> Shape:
        return self._expression(expression.tree, names, span)

    def _expression(self, tree: nodes.Node, names: Names, span: Span) -> Shape:
        if isinstance(tree, nodes.Name):
            if tree.name in names:
                return names[tree.name]
            self._unknown(tree.name, "the context", names, span)
            return Anything()
        if isinstance(tree, nodes.Getattr | nodes.Getitem):
            return self._step(tree, names, span)
        for child in nodes.below(tree):
            self._expression(child, names, span)
        return Anything()

    def _step(self, tree: nodes.Getattr | nodes.Getitem, names: Names, span: Span) -> Shape:
        below = self._expression(tree.node, names, span)
        key = tree.attr if isinstance(tree, nodes.Getattr) else tree.arg.value  # a constant
        if isinstance(below, Record):
            if key in below.fields:
                return below.fields[key].shape
            self._unknown(key, f"`{_source(tree.node)}`", below.fields, span)
        elif isinstance(below, MapOf):
            return below.of
        elif isinstance(below, Scalar | ListOf):
            what = "a list" if isinstance(below, ListOf) else "a scalar"
            self._bag.add("PC4108", f"`{_source(tree.node)}` is {what} and has no `{key}`", span)
        return Anything()

    def _unknown(self, name: str, where: str, known: Map[str, object], span: Span) -> None:
        near = did_you_mean(name, known)
        cure = f"did you mean `{near}`?" if near else f"there are {', '.join(f'`{k}`' for k in sorted(known))}"
        self._bag.add("PC4108", f"{where} has no `{name}`", span, help=cure)


def _element(shape: Shape) -> Shape:
    """Return what a loop over a shape yields; records of keyed scalars carry `name` and `value`."""
    if isinstance(shape, ListOf):
        return shape.of
    if isinstance(shape, MapOf) and isinstance(shape.of, Record):
        fields = dict(shape.of.fields)
        return Record(shape.of.name, fields) if "name" in fields else Anything()
    return Anything()


def _source(tree: nodes.Node) -> str:
    if isinstance(tree, nodes.Name):
        return tree.name
    if isinstance(tree, nodes.Getattr):
        return f"{_source(tree.node)}.{tree.attr}"
    if isinstance(tree, nodes.Getitem) and isinstance(tree.arg, nodes.Const):
        return f"{_source(tree.node)}['{tree.arg.value}']"
    return "this"
