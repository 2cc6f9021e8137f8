"""Say one scalar of a tree otherwise, one at a time: another value of the same kind, as plausible as can be had."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias

from platform_compiler.diagnostics import Span
from platform_compiler.load.shape import schema_for
from platform_compiler.source.node import ListNode, MapNode, Node, Pointer, ScalarNode, ScalarValue, key_span

_OTHER_DIGITS = str.maketrans("0123456789", "1234567890")
_KINDS = ("Application", "ExternalService", "Cluster", "Environment", "Gateway", "Platform", "Team", "PolicySet")
_MOST_WORDS = 4
_LONGEST_NAME = 253
_HOST = re.compile(r"://[^/:]+")
_NUMBERED = re.compile(r"[a-z]+[0-9]+")
_PARTS = re.compile(r"[A-Za-z0-9]+")


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
                trees = [_with(tree, key, other) for other in said]
                if span != node.span:  # a key: what names it elsewhere in the manifest may have to follow
                    word = str((key, *pointer)[-1])
                    trees += [_following(one, word, f"{word}x") for one in trees[:1]]
                yield Variation((key, *pointer), node, span, trees)


_Found: TypeAlias = tuple[Pointer, Node, Span, list[Node | None]]


def _varied(node: Node, names: frozenset[str]) -> Iterator[_Found]:
    if isinstance(node, ScalarNode):
        yield (), node, node.span, [replace(node, value=value, text=str(value)) for value in others(node.value)]
    elif isinstance(node, MapNode) and node.entries:
        for key, child in node.entries.items():
            if key in names:
                yield (key,), child, key_span(node, key), [_renamed(node, key, other) for other in _other_names(key)]
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
        if "://" in value:  # where it leads, and to what there
            return [f"{_HOST.sub(lambda found: f'{found[0]}x', value, count=1)}x"]
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


def _other_names(key: str) -> list[str]:
    """Return what a key may be called: a word that sorts where it does, then other digits, such as those of `p99`."""
    other = key.translate(_OTHER_DIGITS)
    return [f"{key}x", *([] if other == key else [other])]


def names_in(words: Iterable[str]) -> frozenset[str]:
    """Return what keys of manifests may have given to some words: whole words, and parts."""
    # A part that some schema has as a key is most likely that word; a numbered one, as `p99`, may well be meant.
    whole = frozenset(words)
    parts = {part for word in whole if len(word) <= _LONGEST_NAME for part in _PARTS.findall(word)}
    return whole | {part for part in parts if part not in _vocabulary() or _NUMBERED.fullmatch(part)}


@cache
def _vocabulary() -> frozenset[str]:
    """Return every key that a schema names."""
    return frozenset(key for kind in _KINDS for key in _keys(schema_for(kind)))


def _keys(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
    for child in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _keys(child)


def _renamed(node: MapNode, key: str, other: str) -> MapNode:
    """Return a mapping with another word for a key, where the key stood."""
    keys = {**node.keys, other: key_span(node, key)}
    return MapNode({other if k == key else k: v for k, v in node.entries.items()}, keys, node.span)


def _following(node: MapNode, word: str, other: str) -> MapNode:
    """Return a tree in which every scalar and every key that is a word is another one."""
    called = {key: other if key == word else key for key in node.entries}
    entries = {called[key]: _followed(child, word, other) for key, child in node.entries.items()}
    return MapNode(entries, {called[key]: key_span(node, key) for key in node.entries}, node.span)


def _followed(node: Node, word: str, other: str) -> Node:
    if isinstance(node, ScalarNode):
        return replace(node, value=other, text=other) if node.value == word else node
    if isinstance(node, ListNode):
        return ListNode(tuple(_followed(item, word, other) for item in node.items), node.span)
    return _following(node, word, other)


def _with_item(node: ListNode, index: int, item: Node | None) -> ListNode:
    kept = (*node.items[:index], *(() if item is None else (item,)), *node.items[index + 1 :])
    return ListNode(kept, node.span)
