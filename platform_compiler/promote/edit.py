"""Pin an image in a manifest's text. Every other byte stays as it is: comments, order, quotes and style.

A round-trip through a YAML library writes the whole file anew, so the edit is made at the spans that the reader gives.
It takes the style of its neighbours: a line in a block, an entry in `{...}`.
"""

from typing import Any

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.source.node import MapNode, Node, ScalarNode, at, key_span, plain
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.scalars import ambiguity

_STEP = 2
"""Columns of one more level, where no neighbour shows how many."""


def pin_image(data: bytes, document: MapNode, environment: str, image: str) -> bytes | None:
    """Return the manifest with `image` at `spec.environments.<environment>.image`; None when its form defies an edit.

    `document` is what the reader made of `data`. The result says the same as before but for that one value.
    """
    text = data.decode("utf-8")
    changed = _Edit(text).pin(document, environment, image).encode("utf-8")
    path = document.span.path
    wanted = plain(document)
    overlay = (wanted["spec"].setdefault("environments", {})).setdefault(environment, {})
    overlay["image"] = image
    read = read_yaml(path, changed, Bag())
    return changed if read is not None and plain(read) == wanted else None


class _Edit:
    """One edit of one text; each method returns the whole text with the pin in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def pin(self, document: MapNode, environment: str, image: str) -> str:
        """Change the image, or add what is missing: it, the environment, or the whole of `environments`."""
        spec, overlays = _mapping(at(document, "spec")), at(document, "spec", "environments")
        overlay = at(overlays, environment)
        found = at(overlay, "image")
        if isinstance(found, ScalarNode):
            return self._replace(found, _mapping(overlay), image)
        if isinstance(overlay, MapNode) and overlay.entries:
            return self._prepend(overlay, image)
        if isinstance(overlay, MapNode):
            return self._append(overlay, {"image": image})
        if isinstance(overlays, MapNode):
            return self._append(overlays, {environment: {"image": image}})
        return self._append(spec, {"environments": {environment: {"image": image}}})

    def _replace(self, old: ScalarNode, overlay: MapNode, image: str) -> str:
        start, end = self._start(old.span), self._end(old.span)
        written = self._text[start:end]
        quote = written[:1] if old.quoted and written[:1] in ("'", '"') else ""
        if not written:  # `image:` without a value
            start = end = self._text.index(":", self._end(key_span(overlay, "image"))) + 1
        lead = "" if self._text[start - 1 : start] in (" ", "\n") else " "
        tail = "\n" if written.endswith("\n") else ""
        value = f"{quote}{image}{quote}" if quote else _scalar(image, flow=self._is_flow(overlay))
        return f"{self._text[:start]}{lead}{value}{tail}{self._text[end:]}"

    def _prepend(self, overlay: MapNode, image: str) -> str:
        """Put the image before an overlay's first entry."""
        start = self._start(next(iter(overlay.keys.values())))
        name = self._key("image", overlay)
        if self._is_flow(overlay):
            return self._insert(start, f"{name}: {_scalar(image, flow=True)}, ")
        column = next(iter(overlay.keys.values())).column - 1
        return self._insert(start, f"{name}: {_scalar(image)}\n{' ' * column}")

    def _append(self, mapping: MapNode, added: dict[str, Any]) -> str:
        """Put an entry behind a mapping's last one."""
        if self._is_flow(mapping):
            entry = self._flow(added, mapping)[1:-1]
            if mapping.entries:
                return self._insert(self._end(list(mapping.entries.values())[-1].span), f", {entry}")
            return self._insert(self._start(mapping.span) + 1, entry)
        column = next(iter(mapping.keys.values())).column - 1
        return self._insert_lines(mapping.span, self._block(added, mapping, column))

    def _block(self, added: dict[str, Any], beside: MapNode, column: int) -> str:
        """Return an entry as lines, or as one line where every entry beside it that is a mapping is `{...}`."""
        (name, value), *_ = added.items()
        lead = f"{' ' * column}{self._key(name, beside)}:"
        if not isinstance(value, dict):
            return f"{lead} {_scalar(value)}\n"
        maps = [node for node in beside.entries.values() if isinstance(node, MapNode)]
        if maps and all(self._is_flow(node) for node in maps):
            return f"{lead} {self._flow(value, maps[-1])}\n"
        blocks = [next(iter(node.keys.values())).column - 1 for node in maps if not self._is_flow(node)]
        deeper = blocks[-1] if blocks else column + _STEP
        return f"{lead}\n{self._block(value, _NOTHING, deeper)}"

    def _flow(self, added: dict[str, Any], beside: MapNode) -> str:
        entries = (
            f"{self._key(name, beside)}: "
            + (self._flow(value, beside) if isinstance(value, dict) else _scalar(value, flow=True))
            for name, value in added.items()
        )
        return f"{{{', '.join(entries)}}}"

    def _key(self, name: str, beside: MapNode) -> str:
        """Return a key, in double quotes where those beside it are (a manifest may be JSON)."""
        quoted = any(self._text[self._start(span)] == '"' for span in beside.keys.values())
        return f'"{name}"' if quoted else _scalar(name)

    def _insert(self, offset: int, added: str) -> str:
        return f"{self._text[:offset]}{added}{self._text[offset:]}"

    def _insert_lines(self, after: Span, lines: str) -> str:
        """Put whole lines behind the line that a span ends on; a block scalar ends where the next line starts."""
        end = self._end(after)
        if end and self._text[end - 1] == "\n":
            return self._insert(end, lines)
        found = self._text.find("\n", end)
        if found < 0:
            return f"{self._text}\n{lines[:-1]}"
        return self._insert(found + 1, lines)

    def _is_flow(self, mapping: MapNode) -> bool:
        return bool(mapping.span.line) and self._text[self._start(mapping.span)] == "{"

    def _start(self, span: Span) -> int:
        return self._starts[span.line - 1] + span.column - 1

    def _end(self, span: Span) -> int:
        return self._starts[span.end_line - 1] + span.end_column - 1


_NOTHING = MapNode({}, {}, Span(""))


def _mapping(node: Node | None) -> MapNode:
    assert isinstance(node, MapNode), "the manifest's shape is right"
    return node


def _scalar(text: str, *, flow: bool = False) -> str:
    """Return a string as YAML: quoted where it would read as something else, and inside `{...}`, where `:` may."""
    is_safe = not ambiguity(text) and not text.endswith(":") and not (flow and ":" in text)
    return text if is_safe else f'"{text}"'
