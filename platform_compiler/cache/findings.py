"""Findings as plain lists for JSON, and back."""

from collections.abc import Iterable
from typing import Any

from platform_compiler.diagnostics.model import Diagnostic, Label, Severity, Span


def as_lists(findings: Iterable[Diagnostic]) -> list[list[Any]]:
    """Return findings as lists of texts and numbers."""
    return [
        [
            one.code,
            one.severity.value,
            one.message,
            [[*label.span, label.text] for label in one.labels],
            list(one.help),
            list(one.notes),
        ]
        for one in findings
    ]


def from_lists(lists: Iterable[list[Any]]) -> tuple[Diagnostic, ...]:
    """Return the findings that `as_lists` made lists of."""
    return tuple(
        Diagnostic(
            code,
            Severity(severity),
            message,
            tuple(Label(Span(*place), text) for *place, text in labels),
            tuple(cures),
            tuple(notes),
        )
        for code, severity, message, labels, cures, notes in lists
    )
