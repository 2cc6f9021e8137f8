"""Say one scalar of a tree otherwise, one at a time: another value of the same kind, as plausible as can be had."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias

from platform_compiler.diagnostics import Span
from platform_compiler.load.shape import schema_for
from platform_compiler.source.node import ListNode, MapNode, Node, Pointer, ScalarNode, ScalarValue, key_span

_OTHER_DIGITS = str.maketrans("0123456789", "1234567890")
_KINDS = ("Application", "ExternalService", "Cluster", "Environment", "Gateway", "Platform", "Team", "PolicySet")
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Variation:
    """One leaf or key of a tree, where it stands, and trees that say it otherwise, the likeliest to be sound first."""

    pointer: Pointer
    node: Node
    span: Span
    trees: list[MapNode]


def variations(tree: MapNode, left_out: frozenset[str], names: frozenset[str]) -> Iterator[Variation]:
    """Yield every leaf below the keys that are not left out, and every key among `names`.

    A leaf is a scalar, also inside a list, or an empty collection, which is varied by its absence.
    """
    for key, child in tree.entries.items():
        if key not in left_out:
            for pointer, node, span, said in _varied(child, names):
                yield Variation((key, *pointer), node, span, [_with(tree, key, other) for other in said])


_Found: TypeAlias = tuple[Pointer, Node, Span, list[Node | None]]


def _varied(node: Node, names: frozenset[str]) -> Iterator[_Found]:
    if isinstance(node, ScalarNode):
        yield (), node, node.span, [replace(node, value=value, text=str(value)) for value in others(node.value)]
    elif isinstance(node, MapNode) and node.entries:
        for key, child in node.entries.items():
            if key in names:
                yield (key,), child, key_span(node, key), [_renamed(node, key)]
            for pointer, leaf, span, said in _varied(child, names):
                yield (key, *pointer), leaf, span, [_with(node, key, other) for other in said]
    elif isinstance(node, ListNode) and node.items:
        for index, child in enumerate(node.items):
            for pointer, leaf, span, said in _varied(child, names):
                yield (index, *pointer), leaf, span, [_with_item(node, index, other) for other in said]
    else:
        yield (), node, node.span, [None]


def others(value: ScalarValue) -> list[ScalarValue]:
    """Return what may stand in the place of a value: words of the same lists first, then other digits, then others."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value - 1]
    if isinstance(value, str):
        other = value.translate(_OTHER_DIGITS)
        digits = [] if other == value else [other]
        return [*_words().get(value, ())[:_MOST_WORDS], *digits, f"{value}x"]
    return []


@cache
def _words() -> dict[str, list[str]]:
    """Return, for every word that a schema lists, the words that may stand in its place."""
    found: dict[str, list[str]] = {}
    for listed in (words for kind in _KINDS for words in _listed(schema_for(kind))):
        for word in listed:
            known = found.setdefault(word, [])
            known += [other for other in listed if other != word and other not in known]
    return found


def _listed(schema: Any) -> Iterator[list[str]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("enum"), list):
            yield [word for word in schema["enum"] if isinstance(word, str)]
        for child in schema.values():
            yield from _listed(child)
    elif isinstance(schema, list):
        for child in schema:
            yield from _listed(child)


def _with(node: MapNode, key: str, child: Node | None) -> MapNode:
    """Return a mapping with another value at a key, or without the key."""
    entries = {k: v for k, v in node.entries.items() if k != key} if child is None else {**node.entries, key: child}
    return MapNode(entries, node.keys, node.span)


def _renamed(node: MapNode, key: str) -> MapNode:
    """Return a mapping with another word for a key, which sorts where the key does."""
    other = f"{key}x"
    keys = {**node.keys, other: key_span(node, key)}
    return MapNode({other if k == key else k: v for k, v in node.entries.items()}, keys, node.span)


def _with_item(node: ListNode, index: int, item: Node | None) -> ListNode:
    kept = (*node.items[:index], *(() if item is None else (item,)), *node.items[index + 1 :])
    return ListNode(kept, node.span)
