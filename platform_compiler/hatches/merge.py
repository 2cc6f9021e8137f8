"""Strategic merge: maps merge, lists whose items Kubernetes tells apart by keys merge by these, all else is replaced.

The keys come from the schema of the kind (`#name` in the profile, `x-kubernetes-list-map-keys` of an imported one). A
few lists may repeat their keys for the API server and are merged by them all the same.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from platform_compiler.schema.unique import Way
from platform_compiler.source.node import ListNode, MapNode, Node, Pointer, ScalarNode, plain

_ALSO = {
    "env": ["name"],
    "hostAliases": ["ip"],
    "imagePullSecrets": ["name"],
    "ephemeralContainers": ["name"],
}
_OF_CONTAINERS = {"ports": ["containerPort"]}
_CONTAINERS = frozenset({"containers", "initContainers"})


class DoesNotApplyError(Exception):
    """A patch cannot be applied; the text says why, `node` where."""

    def __init__(self, why: str, node: Node) -> None:
        super().__init__(why)
        self.node = node


def merged(body: Any, patch: Node, way: Way | None, lines: dict[Pointer, Node], pointer: Pointer = ()) -> Any:
    """Return a body with a patch merged into it; `lines` takes the node behind each field that it wrote.

    Raises:
        DoesNotApplyError: the patch holds what cannot be merged.
    """
    lines[pointer] = patch
    if isinstance(patch, MapNode):
        return _map(body, patch, way, lines, pointer)
    if isinstance(patch, ListNode):
        return _list(body, patch, way, lines, pointer)
    return patch.value


def _map(body: Any, patch: MapNode, way: Way | None, lines: dict[Pointer, Node], pointer: Pointer) -> dict[str, Any]:
    found = dict(body) if isinstance(body, dict) else {}
    for key, node in patch.entries.items():
        if key.startswith("$"):
            raise DoesNotApplyError(f"`{key}` is a directive, which a merge does not know", node)
        if isinstance(node, ScalarNode) and node.value is None:
            found.pop(key, None)
            continue
        below = (way.properties.get(key) or way.rest) if way else None
        found[key] = merged(found.get(key), node, below, lines, (*pointer, key))
    return found


def _list(body: Any, patch: ListNode, way: Way | None, lines: dict[Pointer, Node], pointer: Pointer) -> list[Any]:
    keys = _keys(way, pointer)
    inside = way.items if way else None
    if not keys or not isinstance(body, list):
        return [merged(None, item, inside, lines, (*pointer, n)) for n, item in enumerate(patch.items)]
    found = list(body)
    for item in patch.items:
        position = _position(found, item, keys)
        before = found[position] if position < len(found) else None
        found[position:] = [merged(before, item, inside, lines, (*pointer, position)), *found[position + 1 :]]
    return found


def _keys(way: Way | None, pointer: Pointer) -> list[str]:
    if way is not None and way.keys:
        return way.keys
    name = str(pointer[-1])
    if len(pointer) > 2 and pointer[-3] in _CONTAINERS and name in _OF_CONTAINERS:  # noqa: PLR2004 -- list, position, key
        return _OF_CONTAINERS[name]
    return _ALSO.get(name, [])


def _position(found: list[Any], item: Node, keys: Iterable[str]) -> int:
    """Return the place of the item with the same keys, or the end."""
    value = plain(item)
    missing = [key for key in keys if not isinstance(value, dict) or key not in value]
    if missing:
        raise DoesNotApplyError(f"an item of this list is known by its `{missing[0]}`, which is missing", item)
    wanted = [value[key] for key in keys]
    places: Iterator[int] = (
        n for n, other in enumerate(found) if isinstance(other, dict) and [other.get(key) for key in keys] == wanted
    )
    return next(places, len(found))
