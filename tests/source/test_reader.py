"""The reader gives YAML 1.2 values with exact spans, and never an exception."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from platform_compiler.diagnostics import Bag
from platform_compiler.emit.writer import write_yaml
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at, key_span, plain
from platform_compiler.source.reader import read_tree, read_yaml

KEYS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8).filter(lambda key: key != "=")
SCALARS = st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(exclude_categories=["C"]), max_size=12)
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)),
    min_size=1,
    max_size=4,
)


@given(DOCUMENTS)
def test_values_are_those_that_ruamel_reads(document: dict[str, Any]) -> None:
    text = write_yaml(document)
    bag = Bag()
    tree = read_yaml("a.yaml", text.encode(), bag)
    assert bag.sorted() == ()
    assert tree is not None
    assert plain(tree) == YAML(typ="safe", pure=True).load(text) == yaml.safe_load(text)


def scalars(node: Node) -> list[ScalarNode]:
    if isinstance(node, ScalarNode):
        return [node]
    children = node.entries.values() if isinstance(node, MapNode) else node.items
    return [found for child in children for found in scalars(child)]


@given(DOCUMENTS)
def test_span_of_a_plain_scalar_is_where_its_text_stands(document: dict[str, Any]) -> None:
    text = write_yaml(document)
    lines = text.split("\n")
    tree = read_yaml("a.yaml", text.encode(), Bag())
    assert tree is not None
    for scalar in scalars(tree):
        span = scalar.span
        if not scalar.quoted and span.line == span.end_line and scalar.text:
            assert lines[span.line - 1][span.column - 1 : span.end_column - 1] == scalar.text


@given(st.binary(max_size=300))
def test_any_bytes_give_a_tree_or_a_finding(data: bytes) -> None:
    bag = Bag()
    tree = read_tree("a.yaml", data, bag)
    assert (tree is None) == bag.has_errors


@pytest.mark.parametrize("text", ["- " * 101, "a: " + "[" * 5_000, "{a: " * 101])
def test_nesting_beyond_the_limit_is_one_finding(text: str) -> None:
    bag = Bag()
    assert read_tree("a.yaml", text.encode(), bag) is None
    assert [found.code for found in bag.sorted()] == ["PC1005"]


@pytest.mark.parametrize("text", ["- " * 100 + "a", "{a: " * 100 + "}" * 100])
def test_nesting_up_to_the_limit_is_none(text: str) -> None:
    bag = Bag()
    assert read_tree("a.yaml", text.encode(), bag) is not None
    assert not bag.sorted()


def test_colons_inside_brackets_are_text() -> None:
    tree = read_yaml("a.yaml", b"a: [http://example.com, b:c]\n", Bag())
    assert tree is not None
    assert plain(tree) == {"a": ["http://example.com", "b:c"]}


def test_spans_count_from_one_and_keys_have_their_own() -> None:
    tree = read_yaml("a.yaml", "a:\n  - x\n  - é: 1\n".encode(), Bag())
    assert tree is not None
    items = at(tree, "a")
    assert isinstance(items, ListNode)
    inner = items.items[1]
    assert isinstance(inner, MapNode)
    assert str(key_span(inner, "é")) == "a.yaml:3:5"
    assert str(inner.entries["é"].span) == "a.yaml:3:8"
