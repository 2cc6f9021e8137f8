"""An explanation as text: a block a field, the line that wrote it first, then the lines that decide it."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from platform_compiler.diagnostics import Span
from platform_compiler.provenance.decision import Line, dotted
from platform_compiler.provenance.explain import Explanation, Traced

_WIDEST = 100


def format_explanation(title: str, explanation: Explanation, source: Callable[[Span], str]) -> str:
    """Return the text; `source` gives the line of a file."""
    head = [title, *_rows([("made because of", line) for line in explanation.made_for])]
    blocks = ["\n".join([_headline(field), *_field(field, source)]) for field in explanation.fields]
    return "\n\n".join(["\n".join(head), *blocks]) + "\n"


def _headline(field: Traced) -> str:
    text = field.value if isinstance(field.value, str) else json.dumps(field.value)
    return (
        f"{dotted(field.pointer)}: {_short(json.dumps(text, ensure_ascii=False) if not text.isprintable() else text)}"
    )


def _field(field: Traced, source: Callable[[Span], str]) -> Iterator[str]:
    rows: list[tuple[str, Any]] = []
    if field.written is None:
        rows.append(("written by", field.by))
    else:
        rows.append(("written by", (_place(field.written), _short(source(field.written)))))
        rows += [("in which", (_place(one.span), _short(one.text))) for one in reversed(field.through) if one.name]
    if field.written is not None and not field.constant and not field.value_from:
        rows.append(("value from", "no manifest: the blueprint or platformc fills it in"))
    rows += [("value from", line) for line in field.value_from]
    rows += [("there because of", line) for line in field.there_for]
    yield from _rows(rows)


def _rows(rows: Iterable[tuple[str, Any]]) -> list[str]:
    """Return aligned rows; none twice, and a word that stands in the row above is not repeated."""
    cells = list(dict.fromkeys((word, *_cells(what)) for word, what in rows))
    width = max((len(place) for _, place, text in cells if text), default=0)
    found, above = [], ""
    for word, place, text in cells:
        found.append(f"  {word if word != above else '':<16}  {place:<{width if text else 0}}  {text}".rstrip())
        above = word
    return found


def _cells(what: Any) -> tuple[str, str]:
    if isinstance(what, Line):
        return _place(what.span), f"{what.setting} ({what.owner})"
    return what if isinstance(what, tuple) else (what, "")


def _place(span: Span) -> str:
    return f"{span.path}:{span.line}" if span.line else span.path


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
