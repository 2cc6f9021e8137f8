"""Merging trees: maps merge by key, scalars and lists replace, null removes; nodes are kept, so origins survive."""

from collections.abc import Iterable, Mapping
from functools import partial, reduce

from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode

_ONE_OF = frozenset({"env", "files", "volumes", "health", "secrets", "tokenFrom"})
"""Below these keys a value is one of several forms, and is replaced whole."""


class Merging:
    """Merges trees that have nodes in common: what the very same nodes merge to is one node."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int, bool], tuple[MapNode, MapNode, MapNode]] = {}
        self._bare: dict[int, tuple[MapNode, MapNode]] = {}

    def merge(self, trees: Iterable[MapNode]) -> MapNode:
        """Return all trees merged, later ones winning."""
        return reduce(self.overlay, trees)

    def overlay(self, low: MapNode, high: MapNode, *, whole: bool = False) -> MapNode:
        """Return `low` with `high` laid over it; with `whole` no entry merges into its predecessor."""
        bare = self._without_nulls(high)
        entries, keys = {**low.entries, **bare.entries}, {**low.keys, **bare.keys}
        for key in low.entries.keys() & high.entries.keys():
            below, node = low.entries[key], high.entries[key]
            if type(node) is MapNode:
                if type(below) is MapNode and not whole:
                    entries[key] = self._over(below, node, whole=key in _ONE_OF)
            elif is_null(node):
                del entries[key], keys[key]
        return MapNode(entries, keys, high.span)

    def removes(self, tree: MapNode) -> bool:
        """Whether a tree holds a null, which takes away what lies below."""
        return self._without_nulls(tree) is not tree

    def _over(self, low: MapNode, high: MapNode, *, whole: bool) -> MapNode:
        key = (id(low), id(high), whole)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = low, high, self.overlay(low, high, whole=whole)
        return found[2]

    def _without_nulls(self, node: MapNode) -> MapNode:
        found = self._bare.get(id(node))
        if found is None:
            found = self._bare[id(node)] = node, without_nulls(node)
        return found[1]


def is_null(node: Node) -> bool:
    """Whether a node is an explicit null, which removes."""
    return type(node) is ScalarNode and node.value is None and not node.quoted


def without_nulls(node: MapNode) -> MapNode:
    """Return a mapping without its nulls, which had nothing to remove; the same one where it has none."""
    if not _holds_null(node):
        return node
    bare = {
        key: without_nulls(child) if type(child) is MapNode else child
        for key, child in node.entries.items()
        if not is_null(child)
    }
    return MapNode(bare, {key: node.keys[key] for key in bare}, node.span)


def _holds_null(node: MapNode) -> bool:
    for child in node.entries.values():  # every word of every manifest comes by here
        if type(child) is ScalarNode:
            if child.value is None and not child.quoted:
                return True
        elif type(child) is MapNode and _holds_null(child):
            return True
    return False


def without_keys(node: MapNode, *dropped: str) -> MapNode:
    """Return a mapping without some of its keys; the same one where it has none of them."""
    if node.entries.keys().isdisjoint(dropped):
        return node
    kept = {key: child for key, child in node.entries.items() if key not in dropped}
    return MapNode(kept, {key: node.keys[key] for key in kept}, node.span)


def restored(node: MapNode, defaults: MapNode) -> MapNode:
    """Return a mapping with what it lacks of `defaults`: null takes a setting back to its built-in value."""
    changed: dict[str, Node] = {}
    for key, value in defaults.entries.items():
        below = node.entries.get(key)
        if below is value:
            continue
        if below is None:
            changed[key] = value
        elif type(below) is MapNode and type(value) is MapNode:
            kept = restored(below, value)
            if kept is not below:
                changed[key] = kept
    if not changed:
        return node
    keys = {**{key: defaults.keys[key] for key in changed}, **node.keys}
    return MapNode({**node.entries, **changed}, keys, node.span)


def replaced(node: MapNode, value: Node, *pointer: str) -> MapNode:
    """Return a mapping with `value` at `pointer`; mappings on the way are made where they are missing."""
    key, rest = pointer[0], pointer[1:]
    if rest:
        below = node.entries.get(key)
        value = replaced(below if type(below) is MapNode else MapNode({}, {}, value.span), value, *rest)
    keys = {**node.keys, key: node.keys.get(key, value.span)}
    return MapNode({**node.entries, key: value}, keys, node.span)


def alike(one: Node, other: Node, like: Mapping[str, str] | None = None) -> bool:
    """Whether two trees say the same, whichever files they come from.

    With `like` these must be the same, or `like` each other.
    """
    if one is other:
        return True
    path = one.span.path
    if like is not None and like.get(path, path) != other.span.path:
        return False
    if type(one) is MapNode and type(other) is MapNode:
        theirs = other.entries
        return list(one.entries) == list(theirs) and all(
            below is theirs[key] or alike(below, theirs[key], like) for key, below in one.entries.items()
        )
    if type(one) is ListNode and type(other) is ListNode:
        return len(one.items) == len(other.items) and all(map(partial(alike, like=like), one.items, other.items))
    return type(one) is ScalarNode and type(other) is ScalarNode and _said(one) == _said(other)


def _said(node: ScalarNode) -> tuple[object, ...]:
    return type(node.value), node.value, node.text, node.quoted
