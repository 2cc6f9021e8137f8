"""YAML that somebody else wrote: many documents a file, anchors, aliases, merge keys and the tags of YAML itself.

Manifests of ours have none of these (`reader.py` refuses them); rendered manifests of other tools do, and `kubectl`
reads them. JSON is YAML, so files of JSON are read as well.
"""

import re
from typing import Any, TypeVar

from yaml.error import MarkedYAMLError
from yaml.events import ScalarEvent

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode
from platform_compiler.source.prescan import prescan
from platform_compiler.source.reader import COLON_IN_FLOW, Reader
from platform_compiler.source.scalars import resolve, resolve_as_kubectl

MAX_BYTES = 64 << 20
MAX_NODES = 2_000_000
"""What a file may come to with its aliases written out; a few lines of YAML can name more than memory holds."""
_BOM = b"\xef\xbb\xbf"
_CORE = "tag:yaml.org,2002:"
_STRING = f"{_CORE}str"
_MERGE = "<<"
_COLON = re.compile(r"(?<=[^\s\"'\]}]):(?=[,?\[\]{}])")
_STAND_IN = "\ufdd0"
_N = TypeVar("_N", ScalarNode, MapNode, ListNode)


def read_documents(path: str, data: bytes, bag: Bag) -> list[Node]:
    """Return the root of every document that is not empty, after saying what is wrong.

    Of a file with a syntax error these are the documents before it; of one with anything else that is refused, none.
    """
    text = prescan(path, data.removeprefix(_BOM), bag, MAX_BYTES)
    if text is None:
        return []
    reader = _StreamReader(path, text, Bag())
    reader.read()
    if reader.has_colon_in_flow and _STAND_IN not in text:
        reader = _ColonReader(path, text, Bag())
        reader.read()
    bag.extend(reader.bag)
    return [] if reader.broken else reader.documents


class _StreamReader(Reader):
    has_colon_in_flow = False
    """Whether the parser gave up at `[2001:db8::]`, which is text to `kubectl`."""
    _resolve = staticmethod(resolve_as_kubectl)

    def __init__(self, path: str, text: str, bag: Bag) -> None:
        super().__init__(path, text, bag)
        self.documents: list[Node] = []
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, int] = {}
        self._total = 0

    def _document(self, start: Any) -> None:  # noqa: ARG002 -- any number of documents may stand in the file
        root = self._root_node()
        if not (isinstance(root, ScalarNode) and root.value is None):
            self.documents.append(root)
        self._anchors.clear()

    def _root(self) -> Node | None:
        """Return nothing, and report nothing: a file of comments alone is fine."""
        return None

    def _scalar(self, event: Any) -> ScalarNode:
        node, tag = super()._scalar(event), event.tag
        if tag == _STRING:
            node = ScalarNode(node.text, node.span, node.text, quoted=True)
        elif tag is not None and node.quoted:
            node = ScalarNode(resolve(node.text), node.span, node.text)
        return self._named(event, node)

    def _map(self, start: Any) -> MapNode:
        node = super()._map(start)
        return self._named(start, _merged(node) if _MERGE in node.entries else node)

    def _list(self, start: Any) -> ListNode:
        return self._named(start, super()._list(start))

    def _named(self, event: Any, node: _N) -> _N:
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _judge_key(self, text: str, span: Span) -> None:
        """Take any scalar for a key, as its text: that is what becomes of it in JSON."""

    def _alias(self, event: Any) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            self._refuse(
                "PC1010", f"`*{event.anchor}` stands for nothing", self._span(event), "name an anchor above it"
            )
            return ScalarNode(None, self._span(event), "")
        self._total += self._size(node)
        if self._total > MAX_NODES:
            self._refuse(
                "PC1010", f"aliases come to more than {MAX_NODES:,} values", self._span(event), "write them out"
            )
            return ScalarNode(None, self._span(event), "")
        return node

    def _size(self, node: Node) -> int:
        """Return how many values a node comes to, aliases written out."""
        if isinstance(node, ScalarNode):
            return 1
        known = self._sizes.get(id(node))
        if known is None:
            below = node.entries.values() if isinstance(node, MapNode) else node.items
            known = self._sizes[id(node)] = 1 + sum(map(self._size, below))
        return known

    def _syntax_error(self, wrong: MarkedYAMLError) -> None:
        self.has_colon_in_flow = wrong.problem == COLON_IN_FLOW
        super()._syntax_error(wrong)

    def _refuse_marks(self, event: Any) -> None:
        if event.tag is not None and not str(event.tag).startswith(_CORE):
            self._refuse("PC1009", f"`{event.tag}` is a tag", self._span(event), "remove it; quotes make a string")


class _ColonReader(_StreamReader):
    """Reads such text nevertheless: with another character in place of those colons, until they are read."""

    def __init__(self, path: str, text: str, bag: Bag) -> None:
        super().__init__(path, _COLON.sub(_STAND_IN, text), bag)
        self._given, self._next = self._next, self._restored

    def _restored(self) -> Any:
        event = self._given()
        if type(event) is ScalarEvent:
            event.value = event.value.replace(_STAND_IN, ":")
        return event


def _merged(node: MapNode) -> MapNode:
    """Return a mapping with what `<<` names taken in; its own keys win, then earlier ones."""
    given = node.entries[_MERGE]
    entries: dict[str, Node] = {key: value for key, value in node.entries.items() if key != _MERGE}
    keys = {key: span for key, span in node.keys.items() if key != _MERGE}
    for source in given.items if isinstance(given, ListNode) else (given,):
        for key, value in source.entries.items() if isinstance(source, MapNode) else ():
            if key not in entries:
                entries[key] = value
                keys[key] = source.keys[key] if isinstance(source, MapNode) else value.span
    return MapNode(entries, keys, node.span)
