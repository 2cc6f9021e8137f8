"""JUnit XML, which every CI system shows: one test case a file that was checked.

Source: the schema of the Jenkins xUnit plugin (junit-10.xsd), which others follow. A case fails when its file has an
error; warnings and notes are its output. No times are given, so that the same findings are the same bytes.
"""

from collections.abc import Iterable, Mapping, Sequence

from platform_compiler.diagnostics.model import Diagnostic, Severity
from platform_compiler.diagnostics.render.text import render_text
from platform_compiler.diagnostics.render.visible import visible


def render_junit(
    diagnostics: Sequence[Diagnostic], texts: Mapping[str, bytes], checked: Iterable[str] | None = None
) -> str:
    """Return one XML document in ASCII; a case for each path of `checked` (by default of `texts`) and each found."""
    by_path: dict[str, list[Diagnostic]] = {path: [] for path in (texts if checked is None else checked)}
    for diagnostic in diagnostics:
        by_path.setdefault(diagnostic.span.path, []).append(diagnostic)
    cases = [_case(path, by_path[path], texts) for path in sorted(by_path)]
    failed = sum(any(d.severity is Severity.ERROR for d in found) for found in by_path.values())
    counts = f'name="platformc" tests="{len(cases)}" failures="{failed}" errors="0"'
    document = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites {counts}>\n <testsuite {counts} skipped="0">\n'
        f"{''.join(cases)} </testsuite>\n</testsuites>\n"
    )
    return document.encode("ascii", errors="xmlcharrefreplace").decode("ascii")


def _case(path: str, found: list[Diagnostic], texts: Mapping[str, bytes]) -> str:
    errors = [d for d in found if d.severity is Severity.ERROR]
    others = [d for d in found if d.severity is not Severity.ERROR]
    body = ""
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        summary = f"message={_quoted(errors[0].message + more)} type={_quoted(errors[0].code)}"
        body += f"   <failure {summary}>{_text(errors, texts)}</failure>\n"
    if others:
        body += f"   <system-out>{_text(others, texts)}</system-out>\n"
    named = f'  <testcase classname="platformc" name={_quoted(path)}'
    return f"{named}>\n{body}  </testcase>\n" if body else f"{named}/>\n"


def _text(found: list[Diagnostic], texts: Mapping[str, bytes]) -> str:
    return _escaped(render_text(found, texts, colour=False, unicode=False))


def _quoted(text: str) -> str:
    return f'"{_escaped(visible(text))}"'


def _escaped(text: str) -> str:
    """Return `text` for an element or an attribute in double quotes; it holds no character that XML forbids."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
