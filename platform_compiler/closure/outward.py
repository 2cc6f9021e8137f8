"""What of a manifest may matter to others, or to its links with them, as a digest.

Most changes leave it as it was: another image, more replicas, another value of a variable. Whatever is not known to be
a manifest's own counts.
"""

from hashlib import blake2b
from typing import Any

from platform_compiler.source.node import MapNode, Node, ScalarNode

OF_ITS_OWN = frozenset(
    {
        *("args", "command", "configMaps", "cron", "description", "disruption", "envFrom", "files", "health"),
        *("imagePullSecrets", "job", "params", "patches", "pod", "resources", "rollout", "scale", "security"),
        *("shutdown", "stateful", "strategy", "volumes"),
    }
)
"""What an application says of its own pods: no link depends on it, and nothing that is said of others.

These are fewer than `layers.published.PRIVATE`, on which no output of others depends, but findings of links may.
"""
MARKS = frozenset({"labels", "annotations"})
_APPLICATION = "Application"
_LIKE_SPECS = frozenset({"environments", "clusters", "versions", "init", "sidecars"})
"""Words whose entries say what a spec says."""
_IMAGE, _ENV = "image", "env"
_SOME = 0
"""Stands for a value, where it only matters that there is one."""


def outward(document: MapNode, kind: str) -> str:
    """Return the digest of all that a manifest says but for what is its own."""
    form = _of_application(document) if kind == _APPLICATION else _form(document)
    return blake2b(repr(form).encode(), digest_size=16).hexdigest()


def _of_application(document: MapNode) -> Any:
    """Return what an application says to others; its marks are for people and policies."""
    metadata, spec = document.entries.get("metadata"), document.entries.get("spec")
    form = {key: _form(node) for key, node in document.entries.items() if node is not spec}
    if type(metadata) is MapNode:
        form["metadata"] = {key: _form(node) for key, node in metadata.entries.items() if key not in MARKS}
    return [form, _of_spec(spec) if spec is not None else None]


def _of_spec(spec: Node) -> Any:
    """Return what a spec says, or what is like one: an overlay, a version, a container."""
    if type(spec) is not MapNode:
        return _form(spec)
    return {key: _of_setting(key, node) for key, node in spec.entries.items() if key not in OF_ITS_OWN}


def _of_setting(key: str, node: Node) -> Any:
    """Return what a setting says; with an image of its own an application comes to where images are pinned."""
    if key == _IMAGE:
        return _of_value(node)
    if type(node) is not MapNode:
        return _form(node)
    if key in _LIKE_SPECS:
        return {name: _of_spec(one) for name, one in node.entries.items()}
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
