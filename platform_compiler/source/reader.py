"""YAML text to a node tree with spans.

The C parser of ruamel.yaml gives events; the tree is built here, without recursion, by the YAML 1.2 core schema. A
document of ours holds no tags, anchors, aliases, merge keys or keys that are not strings, and each file holds one
document; every breach is reported with its place, and reading goes on where it can. Blueprint templates are read by the
same rules.
"""

from typing import Any

from _ruamel_yaml import CParser
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode
from platform_compiler.source.prescan import prescan
from platform_compiler.source.scalars import resolve

MAX_DEPTH = 100
COLON_IN_FLOW = "found unexpected ':'"
"""The parser's words for a plain `a:b` inside brackets or braces."""
_span = tuple.__new__
"""Makes a span in half the time; every key and every value has one."""


def read_yaml(path: str, data: bytes, bag: Bag) -> MapNode | None:
    """Return the document's root mapping, or None when the file is so broken that no tree can be trusted.

    Everything wrong is reported to `bag`. A document with duplicate keys, tags, anchors or odd keys gives None.
    """
    root = read_tree(path, data, bag)
    if root is not None and type(root) is not MapNode:
        bag.add("PC1013", "the document is not a mapping", root.span, help="start with `apiVersion: platformc.dev/v1`")
        return None
    return root


def read_tree(path: str, data: bytes, bag: Bag) -> Node | None:
    """Return the document's root whatever it is (an included template may be a list), by the same rules."""
    text = prescan(path, data, bag)
    if text is None:
        return None
    reader = Reader(path, text, bag)
    root = reader.read()
    return None if reader.broken else root


class Open:
    """A collection that is being built; the file itself counts as a list of its documents."""

    __slots__ = ("entries", "items", "key", "keys", "last", "start")

    def __init__(self, start: Any, *, is_map: bool) -> None:
        self.start = start
        self.items: list[Node] | None = None if is_map else []
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Span] = {}
        self.key: str | None = None
        self.last: Node | None = None

    def take(self, node: Node) -> None:
        """Put a finished node where it belongs."""
        self.last = node
        if self.items is not None:
            self.items.append(node)
        else:
            assert self.key is not None
            self.entries[self.key] = node
            self.key = None


class _GaveUp(Exception):  # noqa: N818 -- what is wrong was reported
    """Reading stops here."""


class Reader:
    """Turns the events of one file into a tree; `broken` says that something was refused on the way."""

    def __init__(self, path: str, text: str, bag: Bag) -> None:
        self._path = path
        self._text = text
        self.bag = bag
        self.broken = False
        self._open = [Open(None, is_map=False)]

    def read(self) -> Node | None:
        """Return the root of the document; None when there is none or it cannot be read."""
        parser = self._parser()
        try:
            self._follow(parser)
            return self._root()
        except MarkedYAMLError as wrong:
            self._syntax_error(wrong)
        except _GaveUp:
            pass
        finally:
            parser.dispose()
        return None

    def _parser(self) -> Any:
        return CParser(self._text)

    def _follow(self, parser: Any) -> None:
        """Follow the events; what comes hundreds of times in a manifest is asked for first."""
        for event in iter(parser.get_event, None):
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._start(event, is_map=kind is MappingStartEvent)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._end(event)
            elif kind is AliasEvent:
                self._refuse_as_key("an alias", event)
                self._open[-1].take(self._aliased(event))
            elif kind is DocumentStartEvent:
                self._start_document(event)
            elif kind is DocumentEndEvent:
                self._end_document()

    def _scalar(self, event: Any) -> None:
        """Take a key, or a value."""
        start, end = event.start_mark, event.end_mark
        span = _span(Span, (self._path, start.line + 1, start.column + 1, end.line + 1, end.column + 1))
        if event.anchor is not None or event.ctag is not None:
            self._refuse_marks(event)
        parent, plain = self._open[-1], event.style == ""
        if parent.items is None and parent.key is None:
            self._key(parent, event.value, span, plain=plain)
        else:
            parent.take(self._value(event, span, plain=plain))

    def _value(self, event: Any, span: Span, *, plain: bool) -> ScalarNode:
        """Return a value's node."""
        text = event.value
        return ScalarNode(resolve(text) if plain else text, span, text, not plain)

    def _key(self, parent: Open, text: str, span: Span, *, plain: bool) -> None:
        """Make `text` the key that the next value belongs to."""
        if plain and text == "<<":
            self._refuse("PC1014", "`<<` merges another mapping", span, "write the keys out; defaults belong to layers")
        elif plain and type(resolve(text)) is not str:
            self._refuse("PC1011", f"key `{text}` is not a string", span, f'quote it: `"{text}":`')
        if text in parent.keys:
            first = parent.keys[text]
            self.bag.add(
                "PC1007",
                f"key `{text}` stands twice",
                span,
                "again here",
                also=[Label(first, "first here")],
                help="keep one of them",
            )
            self.broken = True
        parent.keys[text] = span
        parent.key = text

    def _start(self, event: Any, *, is_map: bool) -> None:
        """Open a collection."""
        if event.anchor is not None or event.ctag is not None:
            self._refuse_marks(event)
        if len(self._open) > MAX_DEPTH:
            self._refuse("PC1005", f"more than {MAX_DEPTH} levels of nesting", self._span(event))
            raise _GaveUp
        self._refuse_as_key("a collection", event)
        self._open.append(Open(event, is_map=is_map))

    def _end(self, event: Any) -> None:
        """Close a collection; a block ends with its last child, not with the next token."""
        finished = self._open.pop()
        start, end = finished.start.start_mark, event.end_mark
        end_line, end_column = end.line + 1, end.column + 1
        if finished.last is not None and event.start_mark.index == end.index:
            _, _, _, end_line, end_column = finished.last.span
        span = _span(Span, (self._path, start.line + 1, start.column + 1, end_line, end_column))
        self._open[-1].take(self._collection(finished, span))

    def _collection(self, finished: Open, span: Span) -> Node:
        """Return a finished collection's node."""
        if finished.items is not None:
            return ListNode(tuple(finished.items), span)
        return MapNode(finished.entries, finished.keys, span)

    def _start_document(self, event: Any) -> None:
        """Report any document but the first."""
        if self._open[0].items:
            self._refuse("PC1012", "a second document starts here", self._span(event), _ONE_DOCUMENT)
            raise _GaveUp

    def _end_document(self) -> None:
        """Take note of the end of a document."""

    def _root(self) -> Node | None:
        """Return the document's root; report a file without content."""
        root = self._open[0].last
        if root is None or (type(root) is ScalarNode and root.text == "" and not root.quoted):
            self._refuse("PC1013", "the file holds no document", Span(self._path, 1, 1, 1, 1), "delete it or fill it")
            return None
        return root

    def _refuse_as_key(self, what: str, event: Any) -> None:
        """Report anything but a name where a key stands."""
        parent = self._open[-1]
        if parent.items is None and parent.key is None:
            self._refuse("PC1011", f"{what} is used as a key", self._span(event), "keys are plain names")
            raise _GaveUp

    def _aliased(self, event: Any) -> Node:
        """Return what an alias stands for."""
        self._refuse("PC1010", f"`*{event.anchor}` is an alias", self._span(event), _NO_ALIAS)
        return ScalarNode(None, self._span(event), "")

    def _refuse_marks(self, event: Any) -> None:
        """Report an anchor or a tag."""
        if event.anchor is not None:
            self._refuse("PC1010", f"`&{event.anchor}` is an anchor", self._span(event), _NO_ALIAS)
        if event.tag is not None:
            self._refuse("PC1009", f"`{event.tag}` is a tag", self._span(event), "remove it; quotes make a string")

    def _refuse(self, code: str, message: str, span: Span, cure: str = "") -> None:
        self.bag.add(code, message, span, help=cure or ())
        self.broken = True

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self._path, start.line + 1, start.column + 1, end.line + 1, max(end.column, start.column + 1) + 1)

    def _syntax_error(self, wrong: MarkedYAMLError) -> None:
        """Word the parser's error, at the parser's place (never beyond the text)."""
        mark = wrong.problem_mark or wrong.context_mark
        lines = self._text.split("\n")
        line = min(mark.line, len(lines) - 1) if mark else 0
        column = min(mark.column, len(lines[line])) if mark else 0
        span = Span(self._path, line + 1, column + 1, line + 1, column + 2)
        if lines[line][column : column + 1] == "\t":
            self._refuse("PC1008", "a tab indents this line", span, "indent with spaces")
            return
        problem = str(wrong.problem or wrong.context or "the text is not YAML")
        also = []
        context = wrong.context_mark
        if context is not None and wrong.context and (context.line, context.column) != (line, column):
            start = Span(self._path, context.line + 1, context.column + 1, context.line + 1, context.column + 2)
            also.append(Label(start, str(wrong.context)))
        self.bag.add("PC1006", problem.rstrip("."), span, also=also, help=_CURES.get(problem, ()))


_NO_ALIAS = "write the value out; defaults belong to layers"
_ONE_DOCUMENT = "one document a file: move it to a file of its own, named after its `metadata.name`"
_CURES = {
    "mapping values are not allowed in this context": (
        "quote the value if it contains `: `, or check the indentation of this line"
    ),
    "did not find expected key": "check the indentation of this line and the quotes and brackets before it",
    "did not find expected ',' or ']'": "close the bracket, or put a comma between the items",
    "did not find expected ',' or '}'": "close the brace, or put a comma between the entries",
    COLON_IN_FLOW: "quote the value if it contains `:`",
    "found unexpected end of stream": "close the quote",
    "could not find expected ':'": "put `: ` after the key, or check the indentation of this line",
    "found character that cannot start any token": "quote the value: it starts with a character that YAML reserves",
}
