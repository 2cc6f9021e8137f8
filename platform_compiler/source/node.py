"""The node tree: a YAML document as frozen values that know where they stand.

The origin of a setting is the span its node carries: merging layers keeps nodes, so every leaf of a merged tree
still points at the file and line it came from.

Nodes are frozen to the type checker (`Final`). A dataclass that is frozen when the program runs takes three times as
long to make, and a tree has a node for every word that people write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from platform_compiler.diagnostics.model import Span

ScalarValue: TypeAlias = str | int | float | bool | None
Pointer: TypeAlias = tuple[str | int, ...]


@dataclass(slots=True, unsafe_hash=True)
class ScalarNode:
    """A scalar: its value by the YAML 1.2 core schema, and the text as written (without quotes)."""

    value: Final[ScalarValue]
    span: Final[Span]
    text: Final[str]
    quoted: Final[bool] = False


@dataclass(slots=True, unsafe_hash=True)
class MapNode:
    """A mapping with string keys in source order; `keys` holds the span of each key."""

    entries: Final[Mapping[str, "Node"]]
    keys: Final[Mapping[str, Span]]
    span: Final[Span]


@dataclass(slots=True, unsafe_hash=True)
class ListNode:
    """A sequence."""

    items: Final[tuple["Node", ...]]
    span: Final[Span]


Node: TypeAlias = ScalarNode | MapNode | ListNode


def plain(node: Node) -> Any:
    """Return the node's value as plain `dict`, `list` and scalars."""
    if type(node) is MapNode:
        return {k: v.value if type(v) is ScalarNode else plain(v) for k, v in node.entries.items()}
    if type(node) is ScalarNode:
        return node.value
    assert type(node) is ListNode
    return [v.value if type(v) is ScalarNode else plain(v) for v in node.items]


def scalars_of(node: Node) -> list[ScalarNode]:
    """Return every scalar of a tree, in its order."""
    found: list[ScalarNode] = []
    _gather(node, found)
    return found


def _gather(node: Node, found: list[ScalarNode]) -> None:
    if type(node) is ScalarNode:
        found.append(node)
        return
    for child in node.entries.values() if type(node) is MapNode else node.items:  # type: ignore[union-attr]
        if type(child) is ScalarNode:
            found.append(child)
        else:
            _gather(child, found)


def at(node: Node | None, *pointer: str | int) -> Node | None:
    """Return the node at `pointer` below `node`, or None when any step is absent."""
    for step in pointer:
        if type(node) is MapNode:
            node = node.entries.get(step)  # type: ignore[arg-type]  # no number is a key
        elif type(node) is ListNode and isinstance(step, int) and -len(node.items) <= step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def key_span(node: MapNode, key: str) -> Span:
    """Return the span of `key` in `node`, or the mapping's own when the key was not written there."""
    return node.keys.get(key, node.span)


def nearest(node: Node, *pointer: str | int) -> Span:
    """Return the span of the deepest existing node along `pointer`: where to say that something is missing."""
    found: Node = node
    for step in pointer:
        below = at(found, step)
        if below is None:
            break
        found = below
    return found.span
