"""Expressions of built-in blueprints as trees: `expressions.json` beside this module has them, so they need no Jinja2.

Each stands there by its whole text, which is all that the grammar sees: one that is not there, such as one that was
just written, is parsed. `make golden` writes the file, and a test holds it to the blueprints and to the grammar.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from platform_compiler.blueprints import nodes

FILE = Path(__file__).with_name("expressions.json")
_KINDS: Mapping[str, Any] = {kind.__name__: kind for kind in nodes.KINDS}


def known_tree(text: str) -> nodes.Expr | None:
    """Return the tree of an expression without space around it, or None where no built-in blueprint holds it."""
    row = _rows().get(text)
    return None if row is None else _value(row)


def as_text(trees: Iterable[tuple[str, nodes.Expr]]) -> str:
    """Return the content of the file: one expression a line, with its tree as lists that begin with a node's name."""
    lines = [f"{json.dumps(text)}: {json.dumps(_row(tree))}" for text, tree in sorted(trees)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


@cache
def _rows() -> Mapping[str, Any]:
    rows: Mapping[str, Any] = json.loads(FILE.read_bytes())
    return rows


def _value(row: Any) -> Any:
    """Return a node, several of them, or what a field holds."""
    if not isinstance(row, list):
        return row
    kind = _KINDS[row[0]] if row and isinstance(row[0], str) else None
    return kind(*map(_value, row[1:])) if kind else tuple(map(_value, row))


def _row(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    below = [_row(field) for field in value]
    return [type(value).__name__, *below] if type(value) in nodes.KINDS else below
