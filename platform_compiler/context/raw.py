"""RawResources: their objects as they are applied, in the team's namespace and with our labels."""

from collections.abc import Iterator, Mapping
from typing import Any

from platform_compiler.context.model import ByHand, RawObject
from platform_compiler.link.model import Target
from platform_compiler.link.raws import objects_of
from platform_compiler.source.node import ListNode, MapNode, Node, Pointer, ScalarNode, plain


def raw_objects(target: Target, labels: Mapping[str, str], annotations: Mapping[str, str]) -> tuple[RawObject, ...]:
    """Return the objects of a target; their namespace is the real one, with the environment's suffix."""
    return tuple(
        RawObject(
            _body(node, target.interface.namespace, labels, annotations),
            node.span,
            tuple(_lines(node, (), f"resources[{position}]")),
        )
        for position, node in objects_of(target.spec)
    )


def _body(node: MapNode, namespace: str, labels: Mapping[str, str], annotations: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = plain(node)
    own = body["metadata"]
    metadata = {
        "name": own["name"],
        "namespace": namespace,
        "labels": {**labels, **own.get("labels", {})},
        "annotations": {**annotations, **own.get("annotations", {})},
    }
    rest = {key: value for key, value in own.items() if key not in metadata}
    return {**body, "metadata": {**metadata, **rest}}


def _lines(node: Node, pointer: Pointer, setting: str) -> Iterator[ByHand]:
    """Yield where each field of an object is written; a collection is where its key is."""
    if pointer == ():
        yield ByHand(pointer, node.span, setting)
    if isinstance(node, MapNode):
        for key, child in node.entries.items():
            span = child.span if isinstance(child, ScalarNode) else node.keys.get(key, child.span)
            where = (*pointer, key)
            yield ByHand(where, span, _said(setting, where))
            yield from _lines(child, where, setting)
    elif isinstance(node, ListNode):
        for position, child in enumerate(node.items):
            where = (*pointer, position)
            yield ByHand(where, child.span, _said(setting, where))
            yield from _lines(child, where, setting)


def _said(setting: str, pointer: Pointer) -> str:
    return ".".join((setting, *map(str, pointer)))
