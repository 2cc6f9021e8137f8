"""GitLab's code quality report: a JSON array, one entry a finding.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
GitLab drops all but one of the findings that share a fingerprint, and shows none without a line.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from platform_compiler.diagnostics.model import Diagnostic, Severity
from platform_compiler.diagnostics.render.fingerprint import fingerprints
from platform_compiler.diagnostics.render.visible import visible
from platform_compiler.diagnostics.render.words import words

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render_gitlab(diagnostics: Sequence[Diagnostic], _: Mapping[str, bytes]) -> str:
    """Return one JSON document; a finding about a file as a whole stands at its first line."""
    import json  # noqa: PLC0415 -- the other formats do without

    entries = [
        _entry(diagnostic, name) for diagnostic, name in zip(diagnostics, fingerprints(diagnostics), strict=True)
    ]
    return json.dumps(entries, indent=2) + "\n"


def _entry(diagnostic: Diagnostic, fingerprint: str) -> dict[str, Any]:
    span = diagnostic.span
    return {
        "description": words(diagnostic),
        "check_name": f"{diagnostic.code} {diagnostic.name}",
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {"path": visible(span.path), "lines": {"begin": max(span.line, 1)}},
    }
