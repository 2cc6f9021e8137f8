"""YAML text to a node tree with spans.

The C parser of PyYAML gives events; the tree is built here, a few levels deep, by the YAML 1.2 core schema. A document
of ours holds no tags, anchors, aliases, merge keys or keys that are not strings, and each file holds one document;
every breach is reported with its place, and reading goes on where it can. Blueprint templates are read by the same
rules.
"""

from typing import Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode
from platform_compiler.source.prescan import prescan
from platform_compiler.source.scalars import NUMERIC_START, WORDS, resolve

MAX_DEPTH = 100
COLON_IN_FLOW = "found unexpected ':'"
"""The parser's words for a plain `a:` before a comma, a bracket or a brace."""
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


class _GaveUp(Exception):  # noqa: N818 -- what is wrong was reported
    """Reading stops here."""


class Reader:
    """Turns the events of one file into a tree; `broken` says that something was refused on the way."""

    _resolve = staticmethod(resolve)
    """What a plain scalar means."""

    def __init__(self, path: str, text: str, bag: Bag) -> None:
        self._path = path
        self._text = text
        self.bag = bag
        self.broken = False
        self._next: Any = CParser(text).get_event
        self._depth = 0
        self._first: Node | None = None

    def read(self) -> Node | None:
        """Return the root of the document; None when there is none or it cannot be read."""
        try:
            self._documents()
            return self._root()
        except MarkedYAMLError as wrong:
            self._syntax_error(wrong)
        except _GaveUp:
            pass
        return None

    def _documents(self) -> None:
        """Read every document between the events that start and end the stream."""
        self._next()
        while type(start := self._next()) is DocumentStartEvent:
            self._document(start)

    def _document(self, start: Any) -> None:
        """Read a document; report any but the first."""
        if self._first is not None:
            self._refuse("PC1012", "a second document starts here", self._span(start), _ONE_DOCUMENT)
            raise _GaveUp
        self._first = self._root_node()

    def _root_node(self) -> Node:
        """Return a document's root, once its end is seen."""
        root = self._node(self._next())
        self._next()
        return root

    def _node(self, event: Any) -> Node:
        """Return what begins with an event; most of it is scalars."""
        kind = type(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if kind is AliasEvent:
            return self._alias(event)
        self._enter(event)
        node = self._map(event) if kind is MappingStartEvent else self._list(event)
        self._depth -= 1
        return node

    def _enter(self, event: Any) -> None:
        """Go one level down."""
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event)
        if self._depth == MAX_DEPTH:
            self._refuse("PC1005", _DEEP, self._span(event))
            raise _GaveUp
        self._depth += 1

    def _scalar(self, event: Any) -> ScalarNode:
        """Return a value's node."""
        text, start, end = event.value, event.start_mark, event.end_mark
        span = _span(Span, (self._path, start.line + 1, start.column + 1, end.line + 1, end.column + 1))
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event)
        if event.style == "":
            return ScalarNode(self._resolve(text), span, text)
        return ScalarNode(text, span, text, True)  # noqa: FBT003 -- a keyword takes a third longer

    def _map(self, start: Any) -> MapNode:
        entries: dict[str, Node] = {}
        keys: dict[str, Span] = {}
        last: Node | None = None
        take, path = self._next, self._path
        while type(event := take()) is not MappingEndEvent:
            if type(event) is not ScalarEvent:
                self._refuse_as_key(event)
            text, begin, end = event.value, event.start_mark, event.end_mark
            span = _span(Span, (path, begin.line + 1, begin.column + 1, end.line + 1, end.column + 1))
            if event.anchor is not None or event.tag is not None:
                self._refuse_marks(event)
            if event.style == "" and (text in _NO_NAMES or text[0] in NUMERIC_START):
                self._judge_key(text, span)
            if text in keys:
                self._refuse_again(text, span, keys[text])
            keys[text] = span
            value = take()
            last = entries[text] = self._scalar(value) if type(value) is ScalarEvent else self._node(value)
        return MapNode(entries, keys, self._closed(start, event, last))

    def _list(self, start: Any) -> ListNode:
        items: list[Node] = []
        while type(event := self._next()) is not SequenceEndEvent:
            items.append(self._node(event))
        return ListNode(tuple(items), self._closed(start, event, items[-1] if items else None))

    def _closed(self, start: Any, end: Any, last: Node | None) -> Span:
        """Return a collection's span; a block ends with its last child, not with the next token."""
        begin, stop = start.start_mark, end.end_mark
        if last is not None and end.start_mark.index == stop.index:
            _, _, _, line, column = last.span
        else:
            line, column = stop.line + 1, stop.column + 1
        return _span(Span, (self._path, begin.line + 1, begin.column + 1, line, column))

    def _judge_key(self, text: str, span: Span) -> None:
        """Report a key without quotes that is more than a name."""
        if text == "<<":
            self._refuse("PC1014", "`<<` merges another mapping", span, "write the keys out; defaults belong to layers")
        elif type(resolve(text)) is not str:
            self._refuse("PC1011", f"key `{text}` is not a string", span, f'quote it: `"{text}":`')

    def _refuse_again(self, text: str, span: Span, first: Span) -> None:
        also = [Label(first, "first here")]
        self.bag.add("PC1007", f"key `{text}` stands twice", span, "again here", also=also, help="keep one of them")
        self.broken = True

    def _root(self) -> Node | None:
        """Return the document's root; report a file without content."""
        root = self._first
        if root is None or (type(root) is ScalarNode and root.text == "" and not root.quoted):
            self._refuse("PC1013", "the file holds no document", Span(self._path, 1, 1, 1, 1), "delete it or fill it")
            return None
        return root

    def _refuse_as_key(self, event: Any) -> None:
        """Report anything but a name where a key stands."""
        what = "an alias"
        if type(event) is not AliasEvent:
            self._enter(event)
            what = "a collection"
        self._refuse("PC1011", f"{what} is used as a key", self._span(event), "keys are plain names")
        raise _GaveUp

    def _alias(self, event: Any) -> Node:
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

    def _syntax_error(self, wrong: Any) -> None:
        """Word the parser's error, at the parser's place (never beyond the text)."""
        mark = wrong.problem_mark or wrong.context_mark
        lines = self._text.split("\n")
        line = min(mark.line, len(lines) - 1) if mark else 0
        column = min(mark.column, len(lines[line])) if mark else 0
        span = Span(self._path, line + 1, column + 1, line + 1, column + 2)
        if lines[line][column : column + 1] == "\t":
            self._refuse("PC1008", "a tab indents this line", span, "indent with spaces")
            return
        if wrong.problem == _TOO_DEEP_FOR_PARSER:
            self._refuse("PC1005", _DEEP, span)
            return
        problem = str(wrong.problem or wrong.context or "the text is not YAML")
        also = []
        context = wrong.context_mark
        if context is not None and wrong.context and (context.line, context.column) != (line, column):
            start = Span(self._path, context.line + 1, context.column + 1, context.line + 1, context.column + 2)
            also.append(Label(start, str(wrong.context)))
        self.bag.add("PC1006", problem.rstrip("."), span, also=also, help=_CURES.get(problem, ()))


_NO_NAMES = frozenset({*WORDS, "<<"})
_DEEP = f"more than {MAX_DEPTH} levels of nesting"
_TOO_DEEP_FOR_PARSER = "exceeded maximum nesting depth"
"""It looks ahead from a bracket that may begin a key, a thousand levels at most."""
_NO_ALIAS = "write the value out; defaults belong to layers"
_ONE_DOCUMENT = "one document a file: move it to a file of its own, named after its `metadata.name`"
_CURES = {
    "mapping values are not allowed in this context": (
        "quote the value if it contains `: `, or check the indentation of this line"
    ),
    "did not find expected key": "check the indentation of this line and the quotes and brackets before it",
    "did not find expected ',' or ']'": "close the bracket, or put a comma between the items",
    "did not find expected ',' or '}'": "close the brace, or put a comma between the entries",
    COLON_IN_FLOW: "quote the value if it ends with `:`",
    "found unexpected end of stream": "close the quote",
    "could not find expected ':'": "put `: ` after the key, or check the indentation of this line",
    "found character that cannot start any token": "quote the value: it starts with a character that YAML reserves",
}
