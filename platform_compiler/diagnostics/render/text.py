"""Findings for people: the message, the lines it is about with marks under them, and how to mend it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from platform_compiler.diagnostics.model import Diagnostic, Label
from platform_compiler.diagnostics.render.visible import visible, width

_COLOURS = {"error": "1;31", "warning": "1;33", "note": "1;36"}
_BOLD, _BLUE, _GREEN = "1", "1;34", "1;32"
_WIDEST = 120
_CREDENTIAL = re.compile(r"""(?<=://)[^/\s"']+(?=@)""")


@dataclass(frozen=True, slots=True)
class _Style:
    """How marks and colours are drawn."""

    colour: bool
    arrow: str
    bar: str

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text


def render_text(diagnostics: Sequence[Diagnostic], texts: Mapping[str, bytes], *, colour: bool, unicode: bool) -> str:
    """Return all findings, an empty line between two; source lines come from `texts` by path."""
    style = _Style(colour, "─→" if unicode else "-->", "│" if unicode else "|")
    lines = {
        path: _lines(texts[path]) for d in diagnostics for path in {x.span.path for x in d.labels} if path in texts
    }
    return "\n".join(_diagnostic(diagnostic, lines, style) for diagnostic in diagnostics)


def _lines(data: bytes) -> list[str]:
    """Return the lines of a file; credentials in URLs are starred out, as long as they are, so that marks fit."""
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff").replace("\r\n", "\n")
    return _CREDENTIAL.sub(lambda found: "*" * len(found[0]), text).split("\n")


def _diagnostic(diagnostic: Diagnostic, lines: Mapping[str, list[str]], style: _Style) -> str:
    head = style.paint(f"{diagnostic.severity}[{diagnostic.code}]", _COLOURS[diagnostic.severity])
    out = [f"{head}{style.paint(': ' + visible(diagnostic.message), _BOLD)}"]
    gutter = len(str(max(label.span.line for label in diagnostic.labels)))
    by_path: dict[str, list[Label]] = {}
    for label in diagnostic.labels:
        by_path.setdefault(label.span.path, []).append(label)
    for path, labels in by_path.items():
        out += _file(labels, diagnostic, lines.get(path), gutter, style)
    for word, texts, code in (("help", diagnostic.help, _GREEN), ("note", diagnostic.notes, _BLUE)):
        for text in texts:
            first, *rest = text.split("\n")
            out.append(f"{' ' * gutter} = {style.paint(word, code)}: {visible(first)}")
            out += [f"{' ' * (gutter + 4)}{visible(line)}" for line in rest]
    return "\n".join(out) + "\n"


def _file(
    labels: list[Label], diagnostic: Diagnostic, lines: list[str] | None, gutter: int, style: _Style
) -> list[str]:
    """Return the block of one file: where, then each labelled line with its marks."""
    where = visible(str(labels[0].span))
    out = [f"{' ' * gutter}{style.paint(style.arrow, _BLUE)} {where}"]
    if lines is None or not labels[0].span.line:
        words = [f"{' ' * gutter} = {visible(label.text)}" for label in labels if label.text]
        return [*out, *words]
    bar = f"{' ' * gutter} {style.paint(style.bar, _BLUE)}"
    out.append(bar)
    for line in sorted({label.span.line for label in labels}):
        if line > len(lines):
            continue
        here = [label for label in labels if label.span.line == line]
        shown, offset = _window(lines[line - 1], min(label.span.column for label in here))
        number = style.paint(f"{line:>{gutter}}", _BLUE)
        out.append(f"{number} {style.paint(style.bar, _BLUE)} {visible(shown.replace(chr(9), ' '))}".rstrip())
        for label in sorted(here, key=lambda x: x.span.column):
            primary = label is diagnostic.labels[0]
            mark = _mark(label, lines[line - 1], shown, offset, primary=primary)
            colour = _COLOURS[diagnostic.severity] if primary else _BLUE
            indent, _, drawn = mark.partition("\0")
            out.append(f"{bar} {indent}{style.paint(f'{drawn} {visible(label.text)}'.rstrip(), colour)}")
    return out


def _window(line: str, column: int) -> tuple[str, int]:
    """Return the part of a long line that holds `column`, and how many characters were cut before it."""
    if len(line) <= _WIDEST:
        return line, 0
    start = max(0, min(column - 1 - _WIDEST // 4, len(line) - _WIDEST))
    return line[start : start + _WIDEST], start


def _mark(label: Label, line: str, shown: str, offset: int, *, primary: bool) -> str:
    """Return the indent and the marks of a label, joined by NUL; a longer span is marked to the line's end."""
    span = label.span
    start = max(span.column - 1 - offset, 0)
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    marked = shown[start : max(end - offset, start)]
    columns = max(1, width(visible(marked.rstrip())))
    return f"{' ' * width(visible(shown[:start].replace(chr(9), ' ')))}\0{('^' if primary else '-') * columns}"
