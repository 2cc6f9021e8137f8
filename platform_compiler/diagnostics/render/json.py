"""Findings as JSON, version 1; its shape is `schemas/diagnostics.schema.json`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from platform_compiler.diagnostics.model import Diagnostic, Label, Severity

VERSION = 1


def render_json(diagnostics: Sequence[Diagnostic], _: Mapping[str, bytes]) -> str:
    """Return one JSON document."""
    import json  # noqa: PLC0415 -- the other formats do without

    counted = Counter(diagnostic.severity for diagnostic in diagnostics)
    document = {
        "version": VERSION,
        "diagnostics": diagnostics_of(diagnostics),
        "summary": {f"{severity}s": counted[severity] for severity in Severity},
    }
    return json.dumps(document, indent=2) + "\n"


def diagnostics_of(diagnostics: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """Return findings as plain values."""
    return [_diagnostic(diagnostic) for diagnostic in diagnostics]


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "labels": [_label(label) for label in diagnostic.labels],
        "help": list(diagnostic.help),
        "notes": list(diagnostic.notes),
    }


def _label(label: Label) -> dict[str, Any]:
    span = label.span
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
        "text": label.text,
    }
