"""An explanation for programs: one JSON document, its fields by JSON pointer as well."""

from collections.abc import Callable, Iterable
from typing import Any

from platform_compiler.blueprints.resource import Resource
from platform_compiler.diagnostics import Span
from platform_compiler.provenance.decision import Line, dotted
from platform_compiler.provenance.explain import Explanation, Traced
from platform_compiler.source.node import Pointer

VERSION = 1


def document_of(
    resource: Resource, path: str, explanation: Explanation, source: Callable[[Span], str]
) -> dict[str, Any]:
    """Return the document; `source` gives the line of a file."""
    metadata = resource.body["metadata"]
    return {
        "version": VERSION,
        "resource": {
            "cluster": resource.unit.cluster,
            "kind": resource.body["kind"],
            "namespace": metadata.get("namespace"),
            "name": metadata["name"],
            "path": path,
        },
        "madeBecauseOf": _lines(explanation.made_for),
        "fields": [_field(one, source) for one in explanation.fields],
    }


def _field(field: Traced, source: Callable[[Span], str]) -> dict[str, Any]:
    return {
        "field": dotted(field.pointer),
        "pointer": json_pointer(field.pointer),
        "value": field.value,
        "writtenBy": _place(field.written) | {"text": source(field.written)} if field.written else None,
        "constant": field.constant,
        "expressions": list(field.expressions),
        "through": [_place(one.span) | {"text": one.text} for one in field.through],
        "valueFrom": _lines(field.value_from),
        "thereBecauseOf": _lines(field.there_for),
    }


def json_pointer(pointer: Pointer) -> str:
    """Return a pointer as RFC 6901 writes it."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in pointer)


def _lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [_place(line.span) | {"setting": line.setting, "layer": line.owner} for line in lines]


def _place(span: Span) -> dict[str, Any]:
    return {"path": span.path, "line": span.line, "column": span.column}
