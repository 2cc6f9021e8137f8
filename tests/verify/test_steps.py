"""Readers of plain objects take three steps at most, each by itself, since the type checker does not count stars."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_compiler import objects

ROOT = Path(__file__).parents[2]
MODULE = objects.__name__
READERS = frozenset({"a_list", "a_map", "maps", "number", "text", "texts"})
MOST = 1 + 3


def too_long(source: str) -> list[str]:
    """Return the calls of readers that have a star, or too many steps."""
    tree = ast.parse(source)
    imported = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == MODULE
        for name in node.names
        if name.name in READERS
    }
    return [ast.unparse(call) for call in _calls(tree, imported) if len(call.args) > MOST or _has_star(call)]


def _calls(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return (call for call in calls if isinstance(call.func, ast.Name) and call.func.id in names)


def _has_star(call: ast.Call) -> bool:
    return any(isinstance(given, ast.Starred) for given in call.args) or any(
        given.arg is None for given in call.keywords
    )


@pytest.mark.parametrize(
    "call", ["text(a, *path)", "text(a, 'b', *path)", "text(a, 'b', 'c', 'd', 'e')", "text(a, **b)"]
)
def test_a_call_with_a_star_or_too_many_steps_is_seen(call: str) -> None:
    assert too_long(f"from {MODULE} import text\n{call}") == [call]
    assert too_long(f"from {MODULE} import a_map, text as told\n{call.replace('text', 'told')}")
    assert not too_long(f"from elsewhere import text\n{call}")


def test_no_reader_is_called_with_a_star_or_too_many_steps() -> None:
    sources = {
        path: text
        for folder in ("platform_compiler", "tests", "benchmarks", "scripts")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if MODULE in (text := path.read_text(encoding="utf-8"))
    }
    assert len(sources) > 100
    assert {str(path.relative_to(ROOT)): found for path, text in sources.items() if (found := too_long(text))} == {}
