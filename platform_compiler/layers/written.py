"""Who wrote a setting, and walking merged trees: what rules within one manifest share."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from platform_compiler.layers.model import Settings
from platform_compiler.source.node import MapNode, Node, ScalarNode, at

Rule = TypeVar("Rule")


def rules_about(spec: MapNode, rules: Mapping[Rule, tuple[str, ...]]) -> list[Rule]:
    """Return the rules that may have something to say: those of which one of the words is written."""
    written = spec.entries.keys()
    return [rule for rule, words in rules.items() if not written.isdisjoint(words)]


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
    found = at(node, *pointer)
    value = found.value if isinstance(found, ScalarNode) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_true(node: Node | None, *pointer: str) -> bool:
    """Whether `true` stands at `pointer`."""
    found = at(node, *pointer)
    return isinstance(found, ScalarNode) and found.value is True


def own_leaves(node: Node, settings: Settings, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield the settings of the application's own document: scalars, lists and empty mappings, with their paths."""
    if isinstance(node, MapNode) and node.entries:
        for key, value in node.entries.items():
            yield from own_leaves(value, settings, (*path, key))
    elif is_own(node, settings):
        yield path, node
