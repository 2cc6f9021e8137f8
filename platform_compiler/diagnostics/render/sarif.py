"""SARIF 2.1.0, for code scanning: the findings, and of each code what its page says.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. The limits are those of GitHub:
https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from collections.abc import Mapping, Sequence
from typing import Any

from platform_compiler import __version__
from platform_compiler.diagnostics.codes import CODES
from platform_compiler.diagnostics.model import Diagnostic, Label, Span
from platform_compiler.diagnostics.render.fingerprint import fingerprints
from platform_compiler.diagnostics.render.order import worst_first
from platform_compiler.diagnostics.render.visible import visible
from platform_compiler.diagnostics.render.words import words
from platform_compiler.shipped import shipped

MOST_RESULTS = 25_000
MOST_LOCATIONS = 1_000
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(diagnostics: Sequence[Diagnostic], _: Mapping[str, bytes]) -> str:
    """Return one JSON document; of more results than fit the worst are kept, and the rest is counted in a notice."""
    import json  # noqa: PLC0415 -- the other formats do without

    found = worst_first(diagnostics)
    names = fingerprints(found)
    codes = sorted({diagnostic.code for diagnostic in found})
    results = [_result(d, name, codes) for d, name in zip(found[:MOST_RESULTS], names, strict=False)]
    run = {
        "tool": {"driver": {"name": "platformc", "semanticVersion": __version__, "rules": [_rule(c) for c in codes]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, **_left_out(len(found) - len(results))}],
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _left_out(number: int) -> dict[str, Any]:
    if number <= 0:
        return {}
    text = f"{number} more findings were left out; one run holds {MOST_RESULTS}"
    return {"toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}]}


def _rule(code: str) -> dict[str, Any]:
    """Return what a code means; its page travels with the program, so there is no address to visit."""
    row = CODES[code]
    page = (shipped("codes") / f"{code}.md").read_text(encoding="utf-8")
    why = page.partition("## Why\n")[2].partition("\n## ")[0].strip()
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in row.name.split("-")),
        "shortDescription": {"text": row.name.replace("-", " ")},
        "fullDescription": {"text": why},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": row.severity},
        "properties": {"problem.severity": "recommendation" if row.severity == "note" else row.severity},
    }


def _result(diagnostic: Diagnostic, fingerprint: str, codes: Sequence[str]) -> dict[str, Any]:
    result = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": diagnostic.severity.value,
        "message": {"text": _literal(words(diagnostic))},
        "locations": [_location(diagnostic.labels[0])],
        "partialFingerprints": {"platformcFinding/v1": fingerprint},
    }
    if others := diagnostic.labels[1:MOST_LOCATIONS]:
        result["relatedLocations"] = [{"id": number, **_location(label)} for number, label in enumerate(others, 1)]
    return result


def _location(label: Label) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(label.span.path), "uriBaseId": "%SRCROOT%"}}
    if label.span.line:
        physical["region"] = _region(label.span)
    location: dict[str, Any] = {"physicalLocation": physical}
    if label.text:
        location["message"] = {"text": _literal(visible(label.text))}
    return location


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _uri(path: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415 -- the other formats do without

    return quote(path, errors="surrogateescape")


def _literal(text: str) -> str:
    """Return `text` without placeholders and links (§3.11.5, §3.11.6): what a manifest says must stay plain words."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
