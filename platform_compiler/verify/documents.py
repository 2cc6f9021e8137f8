"""Objects of files that somebody else rendered: every document of a file, the items of Lists one by one."""

import re
from collections.abc import Iterator
from typing import Any

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.objects import a_map
from platform_compiler.source.node import MapNode, Node, ScalarNode, at, plain
from platform_compiler.source.stream import read_documents
from platform_compiler.verify.item import Item
from platform_compiler.verify.kustomize import is_kustomization
from platform_compiler.verify.places import InFile, field_span

_CLUSTER = re.compile(r"(?:^|/)clusters/([^/]+)/")
_TEMPLATE = re.compile(
    r"\{\{-?\s*(?:(?:if|with|range|else|end|include|template|define|block|tpl|toYaml)\b|/\*"
    r"|[^{}\n]*\.(?:Values|Release|Chart|Capabilities|Files)\b)"
)
"""What Helm puts in; text that is rendered may hold it too, so it tells something only of files that cannot be read."""
_PLACEHOLDER = re.compile(r"\{\{|\$\{").search
_ITEM_OF = ("apiVersion", "kind")


def items_of(path: str, data: bytes, bag: Bag) -> list[Item]:
    """Return the objects of a file; say which documents are none.

    Files below `clusters/<name>/` are of that cluster; all others belong to one that has no name.
    """
    found = _CLUSTER.search(path)
    cluster = found[1] if found else ""
    own = Bag()
    trees = read_documents(path, data, own)
    if own.has_errors and (template := _template_at(path, data)):
        _report_template(template, "this is a template that nobody has rendered", bag)
        return []
    bag.extend(own)
    if is_kustomization(path):
        trees = [_with(tree, "kustomize.config.k8s.io/v1beta1", "Kustomization") for tree in trees]
    return [item for tree in trees for item in _objects(tree, cluster, bag)]


def _template_at(path: str, data: bytes) -> Span | None:
    """Return where a template language shows in a file that cannot be read."""
    text = data.decode("utf-8", "replace")
    found = _TEMPLATE.search(text)
    if found is None:
        return None
    line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
    return Span(path, line, column, line, column + len(found[0]))


def _report_template(span: Span, words: str, bag: Bag) -> None:
    bag.add("PC5010", words, span, help="verify what is applied: the output of `helm template`, say")


def _objects(tree: Node, cluster: str, bag: Bag) -> Iterator[Item]:
    missing = [key for key in _ITEM_OF if not _is_text(at(tree, key))]
    if not isinstance(tree, MapNode) or missing:
        lacks = " and ".join(f"`{key}`" for key in missing)
        bag.add(
            "PC5004",
            f"no Kubernetes object: {lacks} {'is' if len(missing) == 1 else 'are'} missing",
            field_span(tree, (), on_key=False),
            help="leave the file out, or add what is missing",
        )
        return
    body: dict[str, Any] = plain(tree)
    if _is_list(body):
        for i in range(len(body.get("items") or ())):
            item = at(tree, "items", i)
            assert item is not None
            yield from _objects(_with(item, body["apiVersion"], body["kind"].removesuffix("List")), cluster, bag)
        return
    for key in ("name", "namespace"):
        if _PLACEHOLDER(str(a_map(body, "metadata").get(key, ""))):
            span = field_span(tree, ("metadata", key), on_key=False)
            _report_template(span, f"the `{key}` of this {body['kind']} has yet to be filled in", bag)
            return
    yield Item(body, cluster, InFile(tree))


def _is_list(body: dict[str, Any]) -> bool:
    """Whether an object is but a list of objects, as `kubectl get` prints them."""
    if (body["apiVersion"], body["kind"]) == ("v1", "List"):
        return isinstance(body.get("items"), list | None)
    return body["kind"].endswith("List") and isinstance(body.get("items"), list)


def _with(tree: Node, api_version: str, kind: str) -> Node:
    """Return a document with what it leaves out since its surroundings say it."""
    if not isinstance(tree, MapNode) or not kind or at(tree, "kind") is not None:
        return tree
    start = field_span(tree, (), on_key=False)
    given = {"apiVersion": ScalarNode(api_version, start, api_version), "kind": ScalarNode(kind, start, kind)}
    return MapNode({**given, **tree.entries}, tree.keys, tree.span)


def _is_text(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and isinstance(node.value, str)
