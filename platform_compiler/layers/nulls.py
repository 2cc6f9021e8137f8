"""Nulls of overlays that remove nothing, since their key is mistyped.

Any layer below may say anything, today or tomorrow, so that a null may well guard against what nobody says yet. It is
told only where no layer below says its key on any cluster that the overlay is for, and one of them says a key that
differs by a slip.
"""

from collections.abc import Iterator, Mapping, Sequence

from platform_compiler.diagnostics import Bag
from platform_compiler.diagnostics.suggest import slip_of
from platform_compiler.layers.merge import is_null
from platform_compiler.layers.model import Settings
from platform_compiler.load import Manifest
from platform_compiler.source.node import MapNode, Node, at, key_span

Pointer = tuple[str, ...]


def check_nulls(manifest: Manifest, by_cluster: Mapping[str, Mapping[str, Settings]], bag: Bag) -> None:
    """Report what the overlays of one manifest remove in vain."""
    for word in ("environments", "clusters"):
        overlays = at(manifest.spec, word)
        for name, overlay in overlays.entries.items() if isinstance(overlays, MapNode) else ():
            nulls = list(_nulls(overlay, ()))
            if nulls and (trees := _below(manifest.ref, by_cluster, word, name, overlay)):
                for pointer in nulls:
                    _check(overlay, pointer, trees, bag)


def _nulls(node: Node, pointer: Pointer) -> Iterator[Pointer]:
    for key, value in node.entries.items() if isinstance(node, MapNode) else ():
        if is_null(value):
            yield (*pointer, key)
        else:
            yield from _nulls(value, (*pointer, key))


def _below(
    ref: str, by_cluster: Mapping[str, Mapping[str, Settings]], word: str, name: str, overlay: Node
) -> list[MapNode]:
    """Return every tree that the overlay lies over, on any of its clusters."""
    trees: dict[int, MapNode] = {}
    for cluster, settings in by_cluster.items():
        target = settings.get(ref)
        if target is not None and name == (cluster if word == "clusters" else target.environment):
            for layer in target.layers:
                if layer.tree is overlay:
                    break
                trees[id(layer.tree)] = layer.tree
    return list(trees.values())


def _check(overlay: Node, pointer: Pointer, trees: Sequence[MapNode], bag: Bag) -> None:
    if any(at(tree, *pointer) is not None for tree in trees):
        return
    *above, key = pointer
    own = at(overlay, *above)
    assert isinstance(own, MapNode)
    beside = [found for tree in trees if isinstance(found := at(tree, *above), MapNode)]
    near = slip_of(key, {other for found in beside for other in found.entries if other not in own.entries})
    if near:
        bag.add(
            "PC3006",
            f"`{'.'.join(pointer)}: null` removes nothing: no layer below says it",
            key_span(own, key),
            help=f"did you mean `{near}`?",
        )
