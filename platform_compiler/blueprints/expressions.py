"""Expressions: parsed once for each text, into nodes of our own."""

import re
from functools import lru_cache
from typing import NamedTuple

from platform_compiler.blueprints import nodes
from platform_compiler.blueprints.known import known_tree
from platform_compiler.blueprints.nodes import ExpressionError

_PATH = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)*\Z", re.ASCII | re.IGNORECASE).match
_WORDS = frozenset({"and", "else", "false", "if", "in", "is", "none", "not", "or", "true"})
"""What the grammar takes for something else than a name, however it begins."""


class Expression(NamedTuple):
    """A parsed and permitted expression, with its source text for messages."""

    source: str
    tree: nodes.Expr


@lru_cache(maxsize=4096)
def parse_expression(source: str) -> Expression:
    """Return the expression in `source`; templates say the same again and again, so each text is parsed once.

    Raises:
        ExpressionError: it is no expression, or it uses what the language does not have.
    """
    if not source.strip():
        raise ExpressionError("PC4101", "the expression is empty")
    text = source.strip()
    if is_path(text):
        return Expression(text, _steps(text.split(".")))
    known = known_tree(text)
    if known is not None:
        return Expression(text, known)
    from platform_compiler.blueprints.grammar import tree_of  # noqa: PLC0415 -- brings Jinja2

    return Expression(text, tree_of(source))


def is_path(text: str) -> bool:
    """Whether an expression is no more than `a.b.c`, as two in three are."""
    return _PATH(text) is not None and text.partition(".")[0].lower() not in _WORDS


def _steps(path: list[str]) -> nodes.Expr:
    """Return the tree of `a.b.c`, as the grammar gives it."""
    tree: nodes.Expr = nodes.Name(path[0])
    for key in path[1:]:
        tree = nodes.Getattr(tree, key)
    return tree
