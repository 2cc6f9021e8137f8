"""What expressions are made of: a small tree of our own, in the names of the grammar that it is read by; or why not.

Whoever reads a tree needs no Jinja2, which takes as long to import as a small compile may.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias


class ExpressionError(Exception):
    """An expression cannot be used; `code` says in which way, the text why, `cure` what to write instead."""

    def __init__(self, code: str, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.cure = cure


class Const(NamedTuple):
    """A text, a number, `true`, `false` or `none`."""

    value: Any


class Name(NamedTuple):
    """`name`."""

    name: str


class Getattr(NamedTuple):
    """`node.attr`."""

    node: "Expr"
    attr: str


class Getitem(NamedTuple):
    """`node['arg']`."""

    node: "Expr"
    arg: Const


class List(NamedTuple):
    """`[items]`."""

    items: tuple["Expr", ...]


class Pair(NamedTuple):
    """`key: value`."""

    key: "Expr"
    value: "Expr"


class Dict(NamedTuple):
    """`{items}`."""

    items: tuple[Pair, ...]


class CondExpr(NamedTuple):
    """`expr1 if test else expr2`."""

    test: "Expr"
    expr1: "Expr"
    expr2: "Expr"


class And(NamedTuple):
    """`left and right`."""

    left: "Expr"
    right: "Expr"


class Or(NamedTuple):
    """`left or right`."""

    left: "Expr"
    right: "Expr"


class Not(NamedTuple):
    """`not node`."""

    node: "Expr"


class Operand(NamedTuple):
    """A sign by its name in the grammar, and what stands behind it."""

    op: str
    expr: "Expr"


class Compare(NamedTuple):
    """`expr == other`, and the like; there is one operand."""

    expr: "Expr"
    ops: tuple[Operand, ...]


class Concat(NamedTuple):
    """`nodes ~ nodes`."""

    nodes: tuple["Expr", ...]


class Filter(NamedTuple):
    """`node | name(args)`."""

    node: "Expr"
    name: str
    args: tuple["Expr", ...]


class Test(NamedTuple):
    """`node is name(args)`."""

    node: "Expr"
    name: str
    args: tuple["Expr", ...]


class Add(NamedTuple):
    """`left + right`."""

    left: "Expr"
    right: "Expr"


class Sub(NamedTuple):
    """`left - right`."""

    left: "Expr"
    right: "Expr"


class Mul(NamedTuple):
    """`left * right`."""

    left: "Expr"
    right: "Expr"


class FloorDiv(NamedTuple):
    """`left // right`."""

    left: "Expr"
    right: "Expr"


class Mod(NamedTuple):
    """`left % right`."""

    left: "Expr"
    right: "Expr"


BinExpr: TypeAlias = Add | Sub | Mul | FloorDiv | Mod
_Logic: TypeAlias = And | Or | Not | Compare | Test | CondExpr
Expr: TypeAlias = Const | Name | Getattr | Getitem | List | Dict | Concat | Filter | _Logic | BinExpr
Node: TypeAlias = Expr | Pair | Operand
KINDS: tuple[type[Node], ...] = (
    *(Const, Name, Getattr, Getitem, List, Pair, Dict, CondExpr, And, Or, Not, Operand, Compare, Concat, Filter, Test),
    *(Add, Sub, Mul, FloorDiv, Mod),
)


def below(tree: Node) -> Iterator[Node]:
    """Yield what stands directly below a node, in its order."""
    for field in tree:
        many: Any = field if type(field) is tuple else (field,)
        yield from (node for node in many if type(node) in KINDS)


def names_in(tree: Node) -> Iterator[str]:
    """Yield every name in a tree."""
    if isinstance(tree, Name):
        yield tree.name
    for node in below(tree):
        yield from names_in(node)
