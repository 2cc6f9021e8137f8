"""Who wrote a setting, and walking merged trees: what rules within one manifest share.

Rules ask little else, so these take their steps themselves, and not by `at`.
"""

from collections.abc import Iterable, Iterator

from platform_compiler.layers.model import Settings
from platform_compiler.source.node import MapNode, Node, ScalarNode


def is_own(node: Node | None, settings: Settings) -> bool:
    """Whether a setting stands in the application's own document; defaults and mandates of others do not count."""
    return node is not None and node.span.path == settings.manifest.path


def entries(node: Node | None, *pointer: str) -> Iterable[tuple[str, Node]]:
    """Return the entries of a mapping, or nothing."""
    for key in pointer:
        node = node.entries.get(key) if type(node) is MapNode else None
    return node.entries.items() if type(node) is MapNode else ()


def number(node: Node | None, *pointer: str) -> int | None:
    """Return the whole number at `pointer`, or None."""
    for key in pointer:
        node = node.entries.get(key) if type(node) is MapNode else None
    return node.value if type(node) is ScalarNode and type(node.value) is int else None


def is_true(node: Node | None, *pointer: str) -> bool:
    """Whether `true` stands at `pointer`."""
    for key in pointer:
        node = node.entries.get(key) if type(node) is MapNode else None
    return type(node) is ScalarNode and node.value is True


def own_leaves(node: Node, settings: Settings, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield the settings of the application's own document: scalars, lists and empty mappings, with their paths."""
    if isinstance(node, MapNode) and node.entries:
        for key, value in node.entries.items():
            yield from own_leaves(value, settings, (*path, key))
    elif is_own(node, settings):
        yield path, node
