"""Where the settings of a target come from: every layer that sets a field, with its place, and the one that wins."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from platform_compiler.diagnostics import Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.model import Settings
from platform_compiler.source.node import ListNode, MapNode, Node, Pointer, ScalarNode, at


@dataclass(frozen=True, slots=True)
class Origin:
    """One layer's word on one field."""

    layer: str
    value: str
    span: Span
    wins: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """One field with its origins, from the layer that wins down to the lowest."""

    field: str
    origins: tuple[Origin, ...]


def explain(settings: Settings, field: str | None) -> tuple[Explained, ...]:
    """Explain every field at or below `field` (dotted), or all of them; empty when nothing is set there."""
    pointer = tuple(field.split(".")) if field else ()
    start = at(settings.spec, *pointer)
    leaves = _leaves(start, pointer) if start is not None else ()
    return tuple(Explained(_dotted(where), tuple(_origins(settings, where, leaf))) for where, leaf in leaves)


def winning_layer(settings: Settings, pointer: Pointer, leaf: Node) -> str:
    """Return the name of the layer that a leaf of the merged tree came from, or `mandate` where one raised it."""
    for layer in reversed(settings.layers):
        if at(layer.tree, *pointer) is leaf:
            return layer.name
    return "mandate"


def nearest_field(settings: Settings, field: str) -> str | None:
    """Return the field that is set and nearest to a mistyped one."""
    pointers = [pointer for pointer, _ in leaves_of(settings.spec)]
    return did_you_mean(
        field, {_dotted(pointer[:length]) for pointer in pointers for length in range(1, len(pointer) + 1)}
    )


def format_explanation(explained: tuple[Explained, ...]) -> str:
    """Return a text block a field: a row a layer, the winner marked with `>`."""
    width = max(len(o.layer) for e in explained for o in e.origins)
    blocks = []
    for entry in explained:
        rows = [f"  {'>' if o.wins else ' '} {o.layer:<{width}}  {o.value:<24} {_place(o.span)}" for o in entry.origins]
        blocks.append("\n".join([entry.field, *rows]) + "\n")
    return "".join(blocks)


def document_of(explained: tuple[Explained, ...]) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "version": 1,
        "settings": [{"field": one.field, "origins": [_origin(origin) for origin in one.origins]} for one in explained],
    }


def _origin(origin: Origin) -> dict[str, Any]:
    place = {"path": origin.span.path, "line": origin.span.line}
    return {"layer": origin.layer, "value": origin.value, "wins": origin.wins} | place


def _place(span: Span) -> str:
    return f"{span.path}:{span.line}" if span.line else span.path


def leaves_of(node: Node) -> Iterator[tuple[Pointer, Node]]:
    """Yield every leaf of a tree with its pointer; lists and empty mappings count as leaves."""
    return _leaves(node, ())


def _leaves(node: Node, pointer: Pointer) -> Iterator[tuple[Pointer, Node]]:
    if isinstance(node, MapNode) and node.entries:
        for key, child in node.entries.items():
            yield from _leaves(child, (*pointer, key))
    else:
        yield pointer, node


def _origins(settings: Settings, pointer: Pointer, leaf: Node) -> Iterator[Origin]:
    winner = winning_layer(settings, pointer, leaf)
    if winner == "mandate":
        yield Origin("mandate", _shown(leaf), leaf.span, wins=True)
    for layer in reversed(settings.layers):
        node = at(layer.tree, *pointer)
        if node is not None:
            yield Origin(layer.name, _shown(node), node.span, wins=layer.name == winner)


def _shown(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return node.text or "null"
    if isinstance(node, ListNode):
        return f"[{', '.join(_shown(item) for item in node.items)}]"
    return f"{{{', '.join(f'{k}: {_shown(v)}' for k, v in node.entries.items())}}}"


def _dotted(pointer: Pointer) -> str:
    return ".".join(map(str, pointer))
