"""Objects of files that somebody else rendered: every document of a file, the items of Lists one by one."""

import re
from collections.abc import Iterator
from typing import Any

from platform_compiler.diagnostics import Bag
from platform_compiler.source.node import MapNode, Node, ScalarNode, at, plain
from platform_compiler.source.scalars import ambiguity
from platform_compiler.source.stream import read_documents
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile, field_span

_CLUSTER = re.compile(r"(?:^|/)clusters/([^/]+)/")


def items_of(path: str, data: bytes, bag: Bag) -> list[Item]:
    """Return the objects of a file; say which documents are none.

    Files below `clusters/<name>/` are of that cluster; all others belong to one that has no name.
    """
    found = _CLUSTER.search(path)
    cluster = found[1] if found else ""
    return [item for tree in read_documents(path, data, bag) for item in _objects(tree, cluster, bag)]


def _objects(tree: Node, cluster: str, bag: Bag) -> Iterator[Item]:
    kind, api_version = at(tree, "kind"), at(tree, "apiVersion")
    if not isinstance(tree, MapNode) or not (_is_text(kind) and _is_text(api_version)):
        bag.add(
            "PC5004",
            "no Kubernetes object: `apiVersion` and `kind` are missing",
            field_span(tree, (), on_key=False),
            help="leave the file out, or add what is missing",
        )
        return
    body: dict[str, Any] = plain(tree)
    if body["kind"].endswith("List") and isinstance(body.get("items"), list):
        for i in range(len(body["items"])):
            item = at(tree, "items", i)
            assert item is not None
            yield from _objects(item, cluster, bag)
        return
    _report_ambiguous(tree, bag)
    yield Item(body, cluster, InFile(tree))


def _is_text(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and isinstance(node.value, str)


def _report_ambiguous(node: Node, bag: Bag) -> None:
    """Report text without quotes that the API server reads as something else: it would judge other values."""
    if isinstance(node, ScalarNode):
        if isinstance(node.value, str) and not node.quoted and (reason := ambiguity(node.text)):
            bag.add("PC1104", f"{reason}; a string is meant here", node.span, help=f'quote it: `"{node.text}"`')
        return
    for below in node.entries.values() if isinstance(node, MapNode) else node.items:
        _report_ambiguous(below, bag)
