"""What of a manifest may matter to others, or to its links with them, as a digest.

Most changes leave it as it was: another image, more replicas, another value of a variable. Whatever is not known to be
a manifest's own counts.
"""

from hashlib import blake2b
from typing import Any

from platform_compiler.source.node import MapNode, Node, ScalarNode

OF_ITS_OWN = frozenset(
    {
        *("args", "command", "configMaps", "description", "disruption", "files", "health", "imagePullSecrets"),
        *("resources", "rollout", "scale", "security", "shutdown", "strategy", "volumes"),
    }
)
"""What an application says of its own pods: no link depends on it, and nothing that is said of others."""
_APPLICATION = "Application"
_OVERLAYS = frozenset({"environments", "clusters"})
_IMAGE, _ENV = "image", "env"
_SOME = 0
"""Stands for a value, where it only matters that there is one."""


def outward(document: MapNode, kind: str) -> str:
    """Return the digest of all that a manifest says but for what is its own."""
    own = document.entries.get("spec") if kind == _APPLICATION else None
    form = {key: _of_spec(node) if node is own else _form(node) for key, node in document.entries.items()}
    return blake2b(repr(form).encode(), digest_size=16).hexdigest()


def _of_spec(spec: Node) -> Any:
    """Return what a spec says, or one of its overlays."""
    if type(spec) is not MapNode:
        return _form(spec)
    return {key: _of_setting(key, node) for key, node in spec.entries.items() if key not in OF_ITS_OWN}


def _of_setting(key: str, node: Node) -> Any:
    """Return what a setting says; with an image of its own an application comes to where images are pinned."""
    if key == _IMAGE:
        return _of_value(node)
    if type(node) is not MapNode:
        return _form(node)
    if key in _OVERLAYS:
        return {name: _of_spec(overlay) for name, overlay in node.entries.items()}
    if key == _ENV:
        return {name: _of_value(value) for name, value in node.entries.items()}
    return _form(node)


def _of_value(node: Node) -> Any:
    """Return what a variable says to others: nothing where it is a plain value, unless it takes one away."""
    return _SOME if type(node) is ScalarNode and node.value is not None else _form(node)


def _form(node: Node) -> Any:
    """Return a tree without its places; what is plain differs from what is quoted."""
    if type(node) is ScalarNode:
        return node.text if node.quoted else (node.text,)
    if type(node) is MapNode:
        return {key: _form(child) for key, child in node.entries.items()}
    return [_form(child) for child in node.items]  # type: ignore[union-attr]
