"""Overlays that repeat what the same document says anyway."""

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.merge import is_null
from platform_compiler.layers.placement import pins_images
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import MapNode, Node, ScalarNode, at, plain


def report_redundant(manifest: Manifest, loaded: Loaded, bag: Bag) -> None:
    """Note overlays that repeat what the same document says anyway; a pinned image is never redundant."""
    for kind in ("environments", "clusters"):
        overlays = at(manifest.spec, kind)
        for name, tree in overlays.entries.items() if isinstance(overlays, MapNode) else ():
            environment = loaded.environments.get(name)  # None where its file is broken: it may pin images
            pinned = kind == "environments" and (environment is None or pins_images(environment))
            _compare(tree, manifest.spec, (), bag, pinned=pinned)


def _compare(node: Node, base: Node, pointer: tuple[str, ...], bag: Bag, *, pinned: bool) -> None:
    if not isinstance(node, MapNode) or not isinstance(base, MapNode):
        return
    for key, value in node.entries.items():
        below = base.entries.get(key)
        if below is None or is_null(value) or (pinned and key == "image"):
            continue
        if isinstance(value, MapNode):
            _compare(value, below, (*pointer, key), bag, pinned=pinned)
        elif plain(value) == plain(below) and not (isinstance(value, ScalarNode) and value.value is None):
            bag.add(
                "PC3003",
                f"`{'.'.join((*pointer, key))}` repeats what the document says anyway",
                value.span,
                help="remove it",
            )
