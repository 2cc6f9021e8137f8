"""Which leaves of a tree changed, and where they stand: in the new tree, or in the old one when they are gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from platform_compiler.diagnostics import Span
from platform_compiler.source.node import ListNode, MapNode, Node, Pointer, ScalarNode, plain

_SHORTEST_WORD = 2


@dataclass(frozen=True, slots=True)
class Leaf:
    """A changed leaf: where, what to call it, and the words that a change caused by it would hold.

    `whole` stands for a manifest that came or went; `hint` is a word that must occur, for a leaf of somebody else.
    """

    pointer: Pointer
    span: Span
    text: str
    words: tuple[str, ...]
    gone: bool = False
    whole: bool = False
    hint: str = ""


def changed_leaves(old: Node, new: Node) -> Iterator[Leaf]:
    """Yield every leaf that was added, removed or changed, in order of the new tree, those gone last."""
    yield from _walk(old, new, ())


def _walk(old: Node, new: Node, pointer: Pointer) -> Iterator[Leaf]:
    if old is new:
        return
    if isinstance(old, MapNode) and isinstance(new, MapNode):
        for key, child in new.entries.items():
            before = old.entries.get(key)
            if before is None:
                yield _leaf((*pointer, key), child, new, gone=False)
            else:
                yield from _walk(before, child, (*pointer, key))
        for key, child in old.entries.items():
            if key not in new.entries:
                yield _leaf((*pointer, key), child, old, gone=True)
    elif isinstance(old, ListNode) and isinstance(new, ListNode):
        yield from _lists(old, new, pointer)
    elif _value(old) != _value(new):
        yield Leaf(pointer, new.span, _dotted(pointer), _words(pointer, old, new))


def _lists(old: ListNode, new: ListNode, pointer: Pointer) -> Iterator[Leaf]:
    before, after = [plain(item) for item in old.items], [plain(item) for item in new.items]
    if before == after:
        return
    come = [item for item, value in zip(new.items, after, strict=True) if value not in before]
    gone = [item for item, value in zip(old.items, before, strict=True) if value not in after]
    for item in come:
        yield Leaf(pointer, item.span, _dotted(pointer), _words(pointer, item))
    for item in gone:
        yield Leaf(pointer, item.span, _dotted(pointer), _words(pointer, item), gone=True)
    if not come and not gone:
        yield Leaf(pointer, new.span, _dotted(pointer), _words(pointer, new))


def _leaf(pointer: Pointer, node: Node, parent: MapNode, *, gone: bool) -> Leaf:
    """Return a leaf for an entry that only one tree has, at its key."""
    key = parent.keys.get(str(pointer[-1]), node.span)
    span = key if key.path == node.span.path else node.span
    return Leaf(pointer, span, _dotted(pointer), _words(pointer, node), gone)


def _words(pointer: Pointer, *nodes: Node) -> tuple[str, ...]:
    """Return what a generated resource may show of a leaf: its values, and the last words of its pointer."""
    found = [part for step in pointer[-2:] for part in str(step).split("/")]
    for node in nodes:
        found += _texts(plain(node))
    return tuple(dict.fromkeys(word for word in found if len(word) >= _SHORTEST_WORD or word.isdigit()))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield str(key).rpartition("/")[2]
            yield from _texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child)
    elif value is not None:
        yield str(value)


def _value(node: Node) -> Any:
    value = node.value if isinstance(node, ScalarNode) else plain(node)
    return type(value), value


def _dotted(pointer: Pointer) -> str:
    return ".".join(map(str, pointer))
