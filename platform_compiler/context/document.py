"""`docs/blueprint-context.md`: what templates see, as a page for authors of blueprints, made from the types."""

from typing import get_args

from platform_compiler.context.shape import Anything, Field, ListOf, MapOf, Record, Scalar, Shape
from platform_compiler.context.shapes import shape_of_scope
from platform_compiler.context.unit import Scope

_HEAD = """\
# What templates see

Version 1 of the context. Everything is resolved and defaults are filled: no template does look-ups. A map keyed by name
iterates in key order as records that carry `name`. Optional fields may be absent: read them with `${{? }}`, `default`
or `is defined`. This page is generated from the types that the compiler builds.
"""


def context_page() -> str:
    """Return the page: a section a scope, then a section a record, each once."""
    records: dict[str, Record] = {}
    sections = [_HEAD]
    for scope in get_args(Scope):
        record = shape_of_scope(scope)
        sections.append(f"## Scope `{scope}`\n\n{_table(record, records)}")
    done: set[str] = set()
    while waiting := [name for name in records if name not in done]:
        for name in waiting:
            done.add(name)
            sections.append(f"### {name}\n\n{_table(records[name], records)}")
    return "\n".join(sections)


def _table(record: Record, records: dict[str, Record]) -> str:
    rows = [_row(name, field, records) for name, field in sorted(record.fields.items())]
    return "| field | is | meaning |\n|---|---|---|\n" + "".join(rows)


def _row(name: str, field: Field, records: dict[str, Record]) -> str:
    kind = _kind(field.shape, records)
    words = field.doc.replace("|", "\\|")
    return f"| `{name}` | {kind}{', optional' if field.optional else ''} | {words} |\n"


def _kind(shape: Shape, records: dict[str, Record]) -> str:
    match shape:
        case Record():
            records.setdefault(shape.name, shape)
            return f"[{shape.name}](#{shape.name.lower()})"
        case MapOf():
            return f"map of {_kind(shape.of, records)}"
        case ListOf():
            return f"list of {_kind(shape.of, records)}"
        case Scalar():
            words = " or ".join(f"`{choice}`" for choice in shape.choices)
            return (
                words or {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}[shape.type]
            )
        case Anything():
            return "any value"
