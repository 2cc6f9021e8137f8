"""YAML that somebody else wrote: many documents a file, anchors, aliases, merge keys and the tags of YAML itself.

Manifests of ours have none of these (`reader.py` refuses them); rendered manifests of other tools do, and `kubectl`
reads them. JSON is YAML, so files of JSON are read as well.
"""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import ScalarEvent

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode
from platform_compiler.source.prescan import prescan
from platform_compiler.source.reader import COLON_IN_FLOW, Open, Reader
from platform_compiler.source.scalars import resolve, resolve_as_kubectl

MAX_BYTES = 64 << 20
MAX_NODES = 2_000_000
"""What a file may come to with its aliases written out; a few lines of YAML can name more than memory holds."""
_BOM = b"\xef\xbb\xbf"
_CORE = "tag:yaml.org,2002:"
_STRING = f"{_CORE}str"
_MERGE = "<<"


def read_documents(path: str, data: bytes, bag: Bag) -> list[Node]:
    """Return the root of every document that is not empty; nothing, after saying why, when the file cannot be read."""
    text = prescan(path, data.removeprefix(_BOM), bag, MAX_BYTES)
    if text is None:
        return []
    reader = _StreamReader(path, text, Bag())
    reader.read()
    if reader.has_colon_in_flow:
        reader = _PatientReader(path, text, Bag())
        reader.read()
    bag.extend(reader.bag)
    return [] if reader.broken else reader.documents


class _StreamReader(Reader):
    has_colon_in_flow = False
    """Whether the parser gave up at `[http://example.com]`: it knows YAML 1.1 only, where such text needs quotes."""

    def __init__(self, path: str, text: str, bag: Bag) -> None:
        super().__init__(path, text, bag)
        self.documents: list[Node] = []
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, int] = {}
        self._total = 0

    def _start_document(self, event: Any) -> None:
        """Let any number of documents stand in the file."""

    def _end_document(self) -> None:
        root = self._open[0].last
        if root is not None and not (isinstance(root, ScalarNode) and root.value is None):
            self.documents.append(root)
        self._anchors.clear()

    def _root(self) -> Node | None:
        """Return nothing, and report nothing: a file of comments alone is fine."""
        return None

    def _value(self, event: Any, span: Span, *, plain: bool) -> ScalarNode:
        text, tag = event.value, event.tag
        if tag == _STRING:
            node = ScalarNode(text, span, text, quoted=True)
        elif plain:
            node = ScalarNode(resolve_as_kubectl(text), span, text)
        else:
            node = ScalarNode(resolve(text), span, text) if tag else ScalarNode(text, span, text, quoted=True)
        self._name(event.anchor, node)
        return node

    def _key(self, parent: Open, text: str, span: Span, *, plain: bool) -> None:  # noqa: ARG002 -- of any style
        """Take any scalar for a key, as its text: that is what becomes of it in JSON."""
        super()._key(parent, text, span, plain=False)

    def _collection(self, finished: Open, span: Span) -> Node:
        node = super()._collection(finished, span)
        if isinstance(node, MapNode) and _MERGE in node.entries:
            node = _merged(node)
        self._name(finished.start.anchor, node)
        return node

    def _name(self, anchor: str | None, node: Node) -> None:
        if anchor is not None:
            self._anchors[anchor] = node

    def _aliased(self, event: Any) -> Node:
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


class _PatientReader(_StreamReader):
    """Reads by YAML 1.2, as `kubectl` does where it matters here, and many times slower."""

    def _parser(self) -> Any:
        return _Events(YAML(typ="safe", pure=True).get_constructor_parser(self._text)[1])


class _Events:
    """The events of the parser that is written in Python, with styles as the other one gives them."""

    def __init__(self, parser: Any) -> None:
        self.dispose = parser.dispose
        self._next = parser.get_event

    def get_event(self) -> Any:
        event = self._next()
        if type(event) is ScalarEvent:
            event.style = event.style or ""
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
