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
_NAME = re.compile(r"([a-z][a-z0-9-]*)((?:\.[a-z0-9-]+)*\.[a-z]{2,})")
_ADDRESS = re.compile(r"(\d{1,3})((?:\.\d{1,3}){2}\.)(\d{1,3})(/\d+)?")
_OCTETS = 256
_DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
_OTHER_UNIT = {"ms": "s", "s": "m", "m": "h", "h": "m", "d": "h"}
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
                    trees += [following(one, word, f"{word}x") for one in trees[:1]]
                yield Variation((key, *pointer), node, span, trees)


@dataclass(frozen=True, slots=True)
class Repeated:
    """A word that several settings of one name hold, such as the host of two routes; trees that say all otherwise."""

    places: tuple[tuple[Span, Pointer], ...]
    trees: list[MapNode]


def repeated(tree: MapNode, left_out: frozenset[str], names: frozenset[str]) -> Iterator[Repeated]:
    """Yield every word among `names` that settings of one name repeat; no word that a schema lists."""
    found: dict[tuple[str, str], list[tuple[Span, Pointer]]] = {}
    for pointer, node in _texts(tree, ()):
        if pointer[0] not in left_out and node.text in names and node.value not in _words():
            name = next(step for step in reversed(pointer) if isinstance(step, str))
            found.setdefault((name, node.text), []).append((node.span, pointer))
    for (_, word), places in found.items():
        if len(places) > 1:
            yield Repeated(tuple(places), [_all_with(tree, places, other) for other in others(word)])


def _texts(node: Node, pointer: Pointer) -> Iterator[tuple[Pointer, ScalarNode]]:
    if isinstance(node, ScalarNode):
        if isinstance(node.value, str):
            yield pointer, node
    else:
        pairs = node.entries.items() if isinstance(node, MapNode) else enumerate(node.items)
        for step, child in pairs:
            yield from _texts(child, (*pointer, step))


def _all_with(tree: MapNode, places: Iterable[tuple[Span, Pointer]], other: ScalarValue) -> MapNode:
    node: Node = tree
    for _, pointer in places:
        node = _replaced(node, pointer, other)
    assert isinstance(node, MapNode)
    return node


def _replaced(node: Node, pointer: Pointer, other: ScalarValue) -> Node:
    if isinstance(node, ScalarNode):
        return replace(node, value=other, text=str(other))
    step, *rest = pointer
    if isinstance(node, MapNode):
        return _with(node, str(step), _replaced(node.entries[str(step)], tuple(rest), other))
    return _with_item(node, int(step), _replaced(node.items[int(step)], tuple(rest), other))


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
        digits = [other] if (other := value.translate(_OTHER_DIGITS)) != value else []
        return [*_words().get(value, ())[:_MOST_WORDS], *_of_its_kind(value), *digits, f"{value}x"]
    return []


def _of_its_kind(value: str) -> Iterator[str]:
    """Yield what may stand for a duration, an address and a host: a neighbour, since not everything is allowed."""
    if found := _DURATION.fullmatch(value):
        number, unit = found.groups()
        yield f"{int(number) + 1}{unit}"
        yield f"{number}{_OTHER_UNIT[unit]}"
    elif found := _ADDRESS.fullmatch(value):
        first, middle, last, bits = found.groups()
        if not bits or bits == "/32":
            yield f"{first}{middle}{_next(last)}{bits or ''}"
        yield f"{_next(first)}{middle}{last}{bits or ''}"
    elif found := _NAME.fullmatch(value):
        host, domain = found.groups()
        yield f"{host}x{domain}"


def _next(octet: str) -> int:
    return (int(octet) + 1) % _OCTETS


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


def following(node: MapNode, word: str, other: str) -> MapNode:
    """Return a tree in which every scalar and every key that is a word is another one; words of schemas stay."""
    called = {key: other if key == word and key not in _vocabulary() else key for key in node.entries}
    entries = {called[key]: _followed(child, word, other) for key, child in node.entries.items()}
    return MapNode(entries, {called[key]: key_span(node, key) for key in node.entries}, node.span)


def _followed(node: Node, word: str, other: str) -> Node:
    if isinstance(node, ScalarNode):
        return replace(node, value=other, text=other) if node.value == word else node
    if isinstance(node, ListNode):
        return ListNode(tuple(_followed(item, word, other) for item in node.items), node.span)
    return following(node, word, other)


def _with_item(node: ListNode, index: int, item: Node | None) -> ListNode:
    kept = (*node.items[:index], *(() if item is None else (item,)), *node.items[index + 1 :])
    return ListNode(kept, node.span)
