"""Templates: a YAML tree with expressions in its leaves and six keys for its structure, parsed into frozen nodes.

Everything that can be known without a context is checked here, each fault at its exact place in the template's file.
"""

import re
from typing import Any, NamedTuple, TypeAlias

from platform_compiler.blueprints.expressions import Expression, parse_expression
from platform_compiler.blueprints.nodes import ExpressionError
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, key_span

KEYS = ("$for", "$let", "$if", "$include", "$with", "$value")
OPEN = "${{"
_PLAIN_TO_ITS_END = re.compile(r"[^'\"()\[\]{}]*\}\}")


class Constant(NamedTuple):
    """A scalar without expressions."""

    value: Any
    span: Span


class Leaf(NamedTuple):
    """A leaf that is one whole expression: it keeps the value's type; an optional one may be absent."""

    expression: Expression
    optional: bool
    span: Span


class Text(NamedTuple):
    """A leaf of text with expressions in it; an optional part that is absent drops the whole leaf."""

    parts: tuple["str | Leaf", ...]
    span: Span


class Loop(NamedTuple):
    """`$for: variable in expression`."""

    variable: str
    expression: Expression
    span: Span


class Structure(NamedTuple):
    """The structural keys of a mapping, in the order in which they apply."""

    loop: Loop | None = None
    lets: tuple[tuple[str, Expression], ...] = ()
    condition: Expression | None = None
    include: str | None = None
    arguments: tuple[tuple[str, Expression], ...] = ()
    value: Expression | None = None
    span: Span = Span("")
    value_span: Span = Span("")


class Mapping(NamedTuple):
    """A mapping; keys are text or leaves."""

    entries: tuple[tuple["Constant | Leaf | Text", "Template"], ...]
    structure: Structure
    span: Span


class Sequence(NamedTuple):
    """A sequence."""

    items: tuple["Template", ...]
    span: Span


Template: TypeAlias = Constant | Leaf | Text | Mapping | Sequence


def parse_template(root: Node, bag: Bag) -> Template | None:
    """Return the template in a YAML tree, or None after reporting everything that is wrong with it."""
    parser = _Parser(bag)
    template = parser.node(root, loops=True)
    return None if parser.broken else template


class _Parser:
    """Walks a tree; `broken` says that something was refused on the way."""

    def __init__(self, bag: Bag) -> None:
        self._bag = bag
        self.broken = False

    def _refuse(self, code: str, message: str, span: Span, cure: str = "") -> None:
        self._bag.add(code, message, span, help=cure or ())
        self.broken = True

    def node(self, node: Node, *, loops: bool) -> Template:
        """Parse a node; `loops` says whether a `$for` may stand in it (an item of a list, or the root)."""
        if isinstance(node, ScalarNode):
            return self.leaf(node)
        if isinstance(node, ListNode):
            return Sequence(tuple(self.node(item, loops=True) for item in node.items), node.span)
        return self._mapping(node, loops=loops)

    def leaf(self, node: ScalarNode) -> Constant | Leaf | Text:
        if not isinstance(node.value, str) or OPEN not in node.value:
            return Constant(node.value, node.span)
        parts = self._split(node.value, node.span)
        if len(parts) == 1:
            only = parts[0]
            return Constant(only, node.span) if isinstance(only, str) else only
        if len(parts) == 2 and isinstance(parts[0], Leaf) and parts[1] == "\n":  # noqa: PLR2004 -- leaf and newline
            return parts[0]
        return Text(tuple(parts), node.span)

    def _split(self, text: str, span: Span) -> list[str | Leaf]:
        """Split text at its expressions; `$${{` is a literal `${{`."""
        parts: list[str | Leaf] = []
        literal = ""
        position = 0
        while (start := text.find(OPEN, position)) >= 0:
            literal += text[position:start]
            if literal.endswith("$"):
                literal = literal[:-1] + OPEN
                position = start + len(OPEN)
                continue
            end = _end_of(text, start + len(OPEN))
            if end is None:
                self._refuse(
                    "PC4105",
                    "an expression is not closed by `}}`",
                    span,
                    "quote the whole value: YAML ends a plain one at ` #`",
                )
                return [*parts, literal]
            if literal:
                parts.append(literal)
                literal = ""
            parts.append(self._leaf_of(text[start + len(OPEN) : end], span))
            position = end + 2
        literal += text[position:]
        if literal:
            parts.append(literal)
        return parts

    def _leaf_of(self, source: str, span: Span) -> Leaf:
        optional = source.startswith("?")
        return Leaf(self._expression(source.removeprefix("?"), span), optional, span)

    def _expression(self, source: str, span: Span) -> Expression:
        try:
            return parse_expression(source)
        except ExpressionError as wrong:
            self._refuse(wrong.code, str(wrong), span, wrong.cure)
            return parse_expression("false")

    def _bare(self, node: Node, key: str) -> Expression:
        """Parse the expression that a structural key holds."""
        if not isinstance(node, ScalarNode) or (node.value is None and not node.text):
            self._refuse("PC4104", f"`{key}` holds an expression", node.span, "write it without `${{ }}`")
            return parse_expression("false")
        if OPEN in node.text:
            self._refuse("PC4104", f"`{key}` holds a bare expression", node.span, "remove `${{` and `}}`")
            return parse_expression("false")
        return self._expression(node.text, node.span)

    def _mapping(self, node: MapNode, *, loops: bool) -> Template:
        structure = self._structure(node)
        entries = tuple(
            (self.leaf(ScalarNode(key, key_span(node, key), key)), self.node(child, loops=False))
            for key, child in node.entries.items()
            if not key.startswith("$") or key.startswith((OPEN, "$${{"))
        )
        alone = structure.include is not None or structure.value is not None
        if alone and entries:
            word = "$include" if structure.include is not None else "$value"
            self._refuse("PC4104", f"other keys stand beside `{word}`", node.span, f"`{word}` is the whole value")
        if structure.arguments and structure.include is None:
            self._refuse("PC4104", "`$with` stands without `$include`", node.span)
        dynamic = bool(entries) and all(isinstance(key, Leaf | Text) for key, _ in entries)
        if structure.loop and not loops and not dynamic:
            self._refuse(
                "PC4104",
                "`$for` cannot stand here",
                structure.loop.span,
                "it stands in an item of a list, at the root, or in a map whose other keys are all `${{ }}`",
            )
        return Mapping(entries, structure, node.span)

    def _structure(self, node: MapNode) -> Structure:
        for key in node.entries:
            if key.startswith("$") and not key.startswith((OPEN, "$${{")) and key not in KEYS:
                near = did_you_mean(key, KEYS)
                cure = f"did you mean `{near}`?" if near else f"there are {', '.join(f'`{k}`' for k in KEYS)}"
                self._refuse("PC4103", f"there is no template key `{key}`", key_span(node, key), cure)
        get = node.entries.get
        loop, lets, condition, include, arguments, value = (get(key) for key in KEYS)
        return Structure(
            loop=self._loop(loop) if loop is not None else None,
            lets=self._named(lets, "$let"),
            condition=self._bare(condition, "$if") if condition is not None else None,
            include=self._path(include) if include is not None else None,
            arguments=self._named(arguments, "$with"),
            value=self._bare(value, "$value") if value is not None else None,
            span=node.span,
            value_span=value.span if value is not None else node.span,
        )

    def _loop(self, node: Node) -> Loop:
        source = node.text if isinstance(node, ScalarNode) else ""
        variable, word, expression = source.partition(" in ")
        if not word or not variable.strip().isidentifier():
            self._refuse(
                "PC4104", "`$for` reads `variable in expression`", node.span, "for example `$for: port in app.ports`"
            )
            return Loop("_", parse_expression("[]"), node.span)
        if OPEN in expression:
            self._refuse("PC4104", "`$for` holds a bare expression", node.span, "remove `${{` and `}}`")
            return Loop("_", parse_expression("[]"), node.span)
        return Loop(variable.strip(), self._expression(expression, node.span), node.span)

    def _named(self, node: Node | None, key: str) -> tuple[tuple[str, Expression], ...]:
        if node is None:
            return ()
        if not isinstance(node, MapNode):
            self._refuse("PC4104", f"`{key}` holds a map of names and expressions", node.span)
            return ()
        for name in node.entries:
            if not name.isidentifier():
                self._refuse("PC4104", f"`{name}` is not a name", key_span(node, name))
        return tuple((name, self._bare(child, key)) for name, child in node.entries.items())

    def _path(self, node: Node) -> str:
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and OPEN not in node.value:
            return node.value
        self._refuse("PC4104", "`$include` holds a path", node.span, "for example `lib/container.yaml`")
        return ""


def _end_of(text: str, position: int) -> int | None:
    """Return where the first `}}` outside quotes and brackets stands, or None."""
    if plain := _PLAIN_TO_ITS_END.match(text, position):
        return plain.end() - 2
    depth, quote = 0, ""
    while position < len(text):
        character = text[position]
        if quote:
            if character == "\\":
                position += 1
            elif character == quote:
                quote = ""
        elif character in "'\"":
            quote = character
        elif depth == 0 and text.startswith("}}", position):
            return position
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        position += 1
    return None
