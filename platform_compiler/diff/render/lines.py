"""One field's change as signed lines, the same for a terminal and for a fenced block."""

import difflib
import json
import re
from collections.abc import Iterator
from typing import Any

from platform_compiler.diagnostics.render.visible import visible
from platform_compiler.diff.model import FieldChange, FieldKind, Item, Step
from platform_compiler.emit.writer import write_yaml

Line = tuple[str, str]
"""A sign (`+`, `-`, `~` or a blank) and text without line breaks."""

_LONGEST = 300
_SHORT = 60
_MOST_LINES = 40
_PLAIN = re.compile(r"[A-Za-z_/][\w./@:-]*\Z")
_OTHER_TYPE = re.compile(r"(?:true|false|null|yes|no|on|off|y|n)\Z", re.IGNORECASE)


def lines_of(field: FieldChange) -> list[Line]:
    """Return the lines that show a change; long text by its own lines, text that holds data by its fields."""
    shown = list(_lines(field))
    cut = shown[:_MOST_LINES]
    if len(shown) > len(cut):
        cut.append((" ", f"... {len(shown) - len(cut)} more lines"))
    return [(sign, visible(text)) for sign, text in cut]


def pointer_text(pointer: tuple[Step, ...]) -> str:
    """Return `spec.containers[web].ports[8080/TCP]`."""
    text = ""
    for step in pointer:
        if isinstance(step, str):
            simple = re.fullmatch(r"[\w-]+", step)
            text += f".{step}" if simple and text else step if simple else f'["{step}"]'
        else:
            text += f"[{step}]"
    return text


def value_text(value: Any, longest: int = _LONGEST) -> str:
    """Return a value on one line, at most `longest` characters of it."""
    text = _flow(value)
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text):,} characters)"


def _lines(field: FieldChange) -> Iterator[Line]:
    name = pointer_text(field.pointer)
    if field.kind is FieldKind.REORDERED:
        yield "~", f"{name}: reordered: {_order(field.old)} → {_order(field.new)}"
    elif field.inside:
        yield "~", f"{name}, the data inside:"
        for inner in field.inside:
            yield from ((sign, f"  {text}") for sign, text in _lines(inner))
    elif _has_lines(field.old) or _has_lines(field.new):
        yield "~" if field.kind is FieldKind.CHANGED else _SIGN[field.kind], f"{name}:"
        yield from _text_lines(field.old, field.new)
    elif field.kind is FieldKind.CHANGED:
        old, new = value_text(field.old), value_text(field.new)
        if len(old) + len(new) <= 2 * _SHORT:
            yield "~", f"{name}: {old} → {new}"
        else:
            yield "-", f"{name}: {old}"
            yield "+", f"{name}: {new}"
    else:
        value = field.old if field.kind is FieldKind.REMOVED else field.new
        sign, step = _SIGN[field.kind], field.pointer[-1] if field.pointer else ""
        if isinstance(step, Item):
            name, value = _item(field.pointer, value)
        flat = value_text(value)
        if len(flat) <= _SHORT or not isinstance(value, dict | list):
            yield sign, f"{name}: {flat}"
        else:
            yield sign, f"{name}:"
            yield from ((sign, line) for line in write_yaml({"": value}).splitlines()[1:])


def _item(pointer: tuple[Step, ...], value: Any) -> tuple[str, Any]:
    """Return the name and the value of a list's item: its key stands in the name already."""
    if not isinstance(value, dict):
        return pointer_text(pointer[:-1]), value
    step = pointer[-1]
    known = {name for name, _ in step.key} if isinstance(step, Item) else set()
    rest = {key: child for key, child in value.items() if key not in known}
    return pointer_text(pointer), rest["value"] if rest.keys() == {"value"} else rest or value


_SIGN = {FieldKind.ADDED: "+", FieldKind.REMOVED: "-", FieldKind.CHANGED: "~", FieldKind.REORDERED: "~"}


def _text_lines(old: Any, new: Any) -> Iterator[Line]:
    before, after = (
        (text or "").splitlines() if isinstance(text, str | None) else [_flow(text)] for text in (old, new)
    )
    compared = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
    if not compared:
        yield " ", "  the same lines, with other line ends"
    for line in compared:
        sign, text = line[:1], line[1:]
        yield (" ", "  ...") if sign == "@" else (sign, f"  {text[:_LONGEST]}")


def _has_lines(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value.rstrip("\n")


def _order(steps: Any) -> str:
    return value_text([str(step) for step in steps])


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(child)}' for key, child in value.items())}}}"
    if isinstance(value, list | tuple) and not isinstance(value, Item):
        return f"[{', '.join(_flow(child) for child in value)}]"
    if isinstance(value, str):
        return value if _PLAIN.match(value) and not _OTHER_TYPE.match(value) else _quoted(value)
    return json.dumps(value) if value is None or isinstance(value, bool | int | float) else str(value)


def _quoted(value: str) -> str:
    if value.startswith(("(hidden", "<")):
        return value
    return json.dumps(value, ensure_ascii=False)
