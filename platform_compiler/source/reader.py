"""YAML text to a node tree with spans.

The C parser of ruamel.yaml gives events; the tree is built here, without recursion, by the YAML 1.2 core schema. A
document of ours holds no tags, anchors, aliases, merge keys or keys that are not strings, and each file holds one
document; every breach is reported with its place, and reading goes on where it can. Blueprint templates are read by the
same rules.
"""

from typing import Any

from _ruamel_yaml import CParser
from ruamel.yaml.error import MarkedYAMLError

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode
from platform_compiler.source.prescan import prescan
from platform_compiler.source.scalars import resolve

MAX_DEPTH = 100
COLON_IN_FLOW = "found unexpected ':'"
"""The parser's words for a plain `a:b` inside brackets or braces."""


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
    """A collection that is being built."""

    __slots__ = ("anchor", "entries", "items", "key", "keys", "start")

    def __init__(self, start: Any, *, is_map: bool) -> None:
        self.start = start.start_mark
        self.anchor: str | None = start.anchor
        self.items: list[Node] | None = None if is_map else []
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Span] = {}
        self.key: str | None = None


def _wants_key(stack: list[Open]) -> bool:
    """Whether a key stands next."""
    return bool(stack) and stack[-1].items is None and stack[-1].key is None


class Reader:
    """Turns the events of one file into a tree; `broken` says that something was refused on the way."""

    def __init__(self, path: str, text: str, bag: Bag) -> None:
        self._path = path
        self._text = text
        self.bag = bag
        self.broken = False

    def read(self) -> Node | None:
        """Return the root of the document; None when there is none or it cannot be read."""
        parser = self._parser()
        try:
            return self._document(parser)
        except MarkedYAMLError as wrong:
            self._syntax_error(wrong)
            return None
        finally:
            parser.dispose()

    def _parser(self) -> Any:
        return CParser(self._text)

    def _document(self, parser: Any) -> Node | None:  # noqa: C901, PLR0912 -- one branch a kind of event
        """Return the first document's root; report any further document."""
        stack: list[Open] = []
        root: Node | None = None
        documents = 0
        while parser.check_event():
            event = parser.get_event()
            kind = type(event).__name__
            if kind == "ScalarEvent":
                node = self._scalar(event, stack)
                if node is not None:
                    root = self._attach(node, stack) or root
            elif kind in ("MappingStartEvent", "SequenceStartEvent"):
                self._refuse_marks(event)
                if len(stack) == MAX_DEPTH:
                    self._refuse("PC1005", f"more than {MAX_DEPTH} levels of nesting", self._span(event))
                    return None
                if _wants_key(stack):
                    self._refuse("PC1011", "a collection is used as a key", self._span(event), "keys are plain names")
                    return None
                stack.append(Open(event, is_map=kind == "MappingStartEvent"))
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                root = self._attach(self._close(stack.pop(), event), stack) or root
            elif kind == "AliasEvent":
                if _wants_key(stack):
                    self._refuse("PC1011", "an alias is used as a key", self._span(event), "keys are plain names")
                    return None
                root = self._attach(self._aliased(event), stack) or root
            elif kind == "DocumentEndEvent":
                root = self._finished(root)
            elif kind == "DocumentStartEvent":
                documents += 1
                if documents > 1 and not self._may_follow(event):
                    return root
        if documents == 0 or root is None or (type(root) is ScalarNode and root.text == "" and not root.quoted):
            self._nothing()
            return None
        return root

    def _scalar(self, event: Any, stack: list[Open]) -> ScalarNode | None:
        """Return a value's node, or None when the scalar was a key."""
        start, end = event.start_mark, event.end_mark
        span = Span(self._path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event)
        plain = event.style == ""
        if _wants_key(stack):
            self._key(stack[-1], event.value, span, plain=plain)
            return None
        return ScalarNode(resolve(event.value) if plain else event.value, span, event.value, not plain)

    def _key(self, parent: Open, text: str, span: Span, *, plain: bool) -> None:
        """Make `text` the key that the next value belongs to."""
        if plain and text == "<<":
            self._refuse("PC1014", "`<<` merges another mapping", span, "write the keys out; defaults belong to layers")
        elif plain and not isinstance(resolve(text), str):
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

    def _attach(self, node: Node, stack: list[Open]) -> Node | None:
        """Put a finished node where it belongs; return it when it is the root."""
        if not stack:
            return node
        parent = stack[-1]
        if parent.items is not None:
            parent.items.append(node)
        else:
            assert parent.key is not None
            parent.entries[parent.key] = node
            parent.key = None
        return None

    def _close(self, finished: Open, event: Any) -> Node:
        """Return the node of a finished collection; a block ends with its last child, not with the next token."""
        start, end = finished.start, event.end_mark
        end_line, end_column = end.line + 1, end.column + 1
        children = finished.items if finished.items is not None else list(finished.entries.values())
        if children and event.start_mark.index == end.index:
            last = children[-1].span
            end_line, end_column = last.end_line, last.end_column
        span = Span(self._path, start.line + 1, start.column + 1, end_line, end_column)
        if finished.items is not None:
            return ListNode(tuple(finished.items), span)
        return MapNode(finished.entries, finished.keys, span)

    def _nothing(self) -> None:
        """Report a file without content."""
        self._refuse("PC1013", "the file holds no document", Span(self._path, 1, 1, 1, 1), "delete it or fill it")

    def _aliased(self, event: Any) -> Node:
        """Return what an alias stands for."""
        self._refuse("PC1010", f"`*{event.anchor}` is an alias", self._span(event), _NO_ALIAS)
        return ScalarNode(None, self._span(event), "")

    def _finished(self, root: Node | None) -> Node | None:
        """Take note of the end of a document; return what `read` is to return so far."""
        return root

    def _may_follow(self, event: Any) -> bool:
        """Whether a further document may stand in the file."""
        self._refuse("PC1012", "a second document starts here", self._span(event), _ONE_DOCUMENT)
        return False

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
