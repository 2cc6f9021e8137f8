"""Where objects stand: in a file that somebody else rendered, or behind our own output."""

from collections.abc import Callable
from typing import Final, NamedTuple

from platform_compiler.blueprints.resource import Resource
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Label, Span
from platform_compiler.objects import Path
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at


class InFile(NamedTuple):
    """An object of a file, as the nodes it was read from."""

    tree: Node

    @property
    def file(self) -> str:
        """The file it was read from."""
        return self.tree.span.path

    def labels(self, path: Path, words: str, *, on_key: bool) -> tuple[Label, ...]:
        """Return the place of the field, or of the deepest field above it that is there."""
        return (Label(field_span(self.tree, path, on_key=on_key), words),)


class Generated:
    """An object of our own: the line of the blueprint that wrote a field, and the manifest the object was made for."""

    __slots__ = ("_like", "_line", "_unit")

    def __init__(self, unit: Unit, like: Resource, line: Callable[[Resource, Path], Span]) -> None:
        """Take a unit and a resource that is made alike for it."""
        self._unit: Final = unit
        self._like: Final = like
        self._line: Final = line

    @property
    def file(self) -> str:
        """None yet: files are laid out after everything was judged."""
        return ""

    def labels(self, path: Path, words: str, *, on_key: bool) -> tuple[Label, ...]:  # noqa: ARG002 -- as the protocol says
        """Return the blueprint's line and the manifest."""
        field = f"makes `{dotted(path)}`" if path else ""
        resource = self._like._replace(unit=self._unit)
        written = Label(self._line(resource, path), words or field)
        return written, Label(resource.manifest, "for this manifest")


def dotted(path: Path) -> str:
    """Return a path as people write it: `spec.ports[0].name`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def field_span(tree: Node, path: Path, *, on_key: bool) -> Span:
    """Return where a field stands; a collection is shown by its key, so that one line is enough."""
    parent: Node = tree
    span = _start(tree)
    for depth, step in enumerate(path):
        below = at(parent, step)
        if below is None:
            break
        last = depth == len(path) - 1
        key = parent.keys.get(str(step)) if isinstance(parent, MapNode) else None
        shows_value = isinstance(below, ScalarNode) and not (on_key and last)
        span = below.span if shows_value else key or _start(below)
        parent = below
    return span


def _start(node: Node) -> Span:
    """Return the first line of a collection: its first key, or its first item."""
    while not isinstance(node, ScalarNode):
        if isinstance(node, MapNode) and node.keys:
            return next(iter(node.keys.values()))
        if isinstance(node, ListNode) and node.items:
            node = node.items[0]
        else:
            break
    return node.span
