"""The expressions of built-in blueprints as the file that is shipped with them."""

from collections.abc import Iterator, Mapping
from typing import Any

from platform_compiler.blueprints.catalog import built_in
from platform_compiler.blueprints.expressions import Expression, is_path
from platform_compiler.blueprints.grammar import tree_of
from platform_compiler.blueprints.known import as_text
from platform_compiler.blueprints.program import program_of
from platform_compiler.diagnostics import Bag


def expressions_file() -> str:
    """Return the content of `expressions.json`: what is no more than a path is read without it."""
    programs = [program_of(blueprint, Bag(), check=True) for blueprint in built_in()]
    texts = {expression.source for expression in _expressions(programs)}
    return as_text((text, tree_of(text)) for text in texts if not is_path(text))


def _expressions(value: Any) -> Iterator[Expression]:
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, Mapping):
        yield from _expressions(list(value.values()))
    elif isinstance(value, tuple | list):
        for below in value:
            yield from _expressions(below)
