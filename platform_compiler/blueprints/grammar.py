"""Parsing expressions: Jinja2 gives the grammar; what our closed list does not hold is refused before anything runs."""

from typing import Any

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.parser import Parser

from platform_compiler.blueprints import nodes as own
from platform_compiler.blueprints.nodes import ExpressionError
from platform_compiler.blueprints.operations import FILTERS, TESTS
from platform_compiler.diagnostics.suggest import did_you_mean

_ENVIRONMENT = Environment(autoescape=False)  # noqa: S701 -- only its grammar is used; nothing is rendered
_OPERATORS = (nodes.Add, nodes.Sub, nodes.Mul, nodes.FloorDiv, nodes.Mod, nodes.And, nodes.Or)
_PLAIN = (nodes.Name, nodes.Getattr, nodes.List, nodes.Dict, nodes.Pair, nodes.Not, nodes.Concat, nodes.Operand)
_OWN = {kind.__name__: kind for kind in own.KINDS}


def tree_of(source: str) -> own.Expr:
    """Return the tree of an expression.

    Raises:
        ExpressionError: it is no expression, or it uses what the language does not have.
    """
    try:
        parser = Parser(_ENVIRONMENT, source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise ExpressionError("PC4101", f"`{source}` goes on after its end, at `{parser.stream.current.value}`")
    except TemplateSyntaxError as wrong:
        raise ExpressionError("PC4101", f"`{source.strip()}` is no expression: {_worded(wrong)}") from wrong
    except RecursionError as deep:
        raise ExpressionError("PC4101", "the expression is nested too deeply") from deep
    _permit(tree)
    found: own.Expr = _as_own(tree)
    return found


def _as_own(value: Any) -> Any:
    """Return a permitted node, or what a field of one holds, in our own nodes."""
    if isinstance(value, list):
        return tuple(map(_as_own, value))
    if not isinstance(value, nodes.Node):
        return value
    kind: Any = _OWN[type(value).__name__]
    return kind(*[_as_own(getattr(value, name)) for name in kind._fields])


def _worded(wrong: TemplateSyntaxError) -> str:
    return (wrong.message or "").replace("unexpected 'end of template'", "it ends too early")


def _permit(node: nodes.Node) -> None:  # noqa: C901, PLR0912 -- one branch a form of expression
    """Refuse whatever is not in the language, anywhere below `node`."""
    if isinstance(node, nodes.Filter):
        _permit_filter(node)
    elif isinstance(node, nodes.Test):
        _permit_test(node)
    elif isinstance(node, nodes.Const):
        if type(node.value) not in (str, int, float, bool, type(None)):
            raise ExpressionError("PC4102", f"constants of type {type(node.value).__name__} are not in the language")
    elif isinstance(node, nodes.Getitem):
        if not (isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)):
            raise ExpressionError("PC4102", "only a quoted key may stand in `[ ]`", "iterate with `$for` instead")
    elif isinstance(node, nodes.Compare):
        if len(node.ops) != 1:
            raise ExpressionError("PC4102", "comparisons cannot be chained", "join two of them with `and`")
    elif isinstance(node, nodes.CondExpr):
        if node.expr2 is None:
            raise ExpressionError("PC4102", "`if` without `else` has no value", "write `else none` in a `${{? }}`")
    elif isinstance(node, nodes.Call):
        raise ExpressionError("PC4102", "calls are not in the language", "there are filters: `x | length`")
    elif isinstance(node, nodes.Div):
        raise ExpressionError("PC4102", "`/` is not in the language: its result is not exact", "use `//`")
    elif not isinstance(node, (*_OPERATORS, *_PLAIN)):
        raise ExpressionError("PC4102", f"`{type(node).__name__.lower()}` is not in the language")
    for child in node.iter_child_nodes():
        _permit(child)


def _permit_filter(node: nodes.Filter) -> None:
    if node.name == "default":
        low = high = 1
    elif node.name in FILTERS:
        _, low, high = FILTERS[node.name]
    else:
        near = did_you_mean(node.name, [*FILTERS, "default"])
        raise ExpressionError("PC4102", f"there is no filter `{node.name}`", f"did you mean `{near}`?" if near else "")
    given = len(node.args)
    if node.kwargs or node.dyn_args or node.dyn_kwargs or not low <= given <= high or node.node is None:
        wanted = str(low) if low == high else f"{low} to {high}"
        raise ExpressionError("PC4102", f"filter `{node.name}` takes {wanted} arguments, by position")


def _permit_test(node: nodes.Test) -> None:
    if node.name == "defined":
        wanted = 0
    elif node.name in TESTS:
        wanted = TESTS[node.name][1]
    else:
        near = did_you_mean(node.name, [*TESTS, "defined"])
        raise ExpressionError("PC4102", f"there is no test `{node.name}`", f"did you mean `{near}`?" if near else "")
    if len(node.args) != wanted or node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise ExpressionError("PC4102", f"test `{node.name}` takes {wanted} arguments")
