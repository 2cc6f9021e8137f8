"""Parsing expressions: Jinja2 gives the grammar; what our closed list does not hold is refused before anything runs."""

import re
from functools import lru_cache
from typing import NamedTuple

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.parser import Parser

from platform_compiler.blueprints.operations import FILTERS, TESTS
from platform_compiler.diagnostics.suggest import did_you_mean

_ENVIRONMENT = Environment(autoescape=False)  # noqa: S701 -- only its grammar is used; nothing is rendered
_OPERATORS = (nodes.Add, nodes.Sub, nodes.Mul, nodes.FloorDiv, nodes.Mod, nodes.And, nodes.Or)
_PLAIN = (nodes.Name, nodes.Getattr, nodes.List, nodes.Dict, nodes.Pair, nodes.Not, nodes.Concat, nodes.Operand)
_PATH = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)*\Z", re.ASCII | re.IGNORECASE).match
_WORDS = frozenset({"and", "else", "false", "if", "in", "is", "none", "not", "or", "true"})
"""What the grammar takes for something else than a name, however it begins."""


class Expression(NamedTuple):
    """A parsed and permitted expression, with its source text for messages."""

    source: str
    tree: nodes.Expr


class ExpressionError(Exception):
    """An expression cannot be used; `code` says in which way, the text why, `cure` what to write instead."""

    def __init__(self, code: str, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.cure = cure


@lru_cache(maxsize=4096)
def parse_expression(source: str) -> Expression:
    """Return the expression in `source`; templates say the same again and again, so each text is parsed once.

    Raises:
        ExpressionError: it is no expression, or it uses what the language does not have.
    """
    if not source.strip():
        raise ExpressionError("PC4101", "the expression is empty")
    if _PATH(text := source.strip()) and (path := text.split("."))[0].lower() not in _WORDS:
        return Expression(text, _steps(path))
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
    return Expression(source.strip(), tree)


def _steps(path: list[str]) -> nodes.Expr:
    """Return the tree of `a.b.c`, as the grammar gives it: two expressions in three are no more than that."""
    tree: nodes.Expr = nodes.Name(path[0], "load", lineno=1)
    for key in path[1:]:
        tree = nodes.Getattr(tree, key, "load", lineno=1)
    return tree


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
