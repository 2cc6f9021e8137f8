"""Workflow commands of GitHub Actions, which show findings beside the lines of a pull request.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Mapping, Sequence

from platform_compiler.diagnostics.model import Diagnostic
from platform_compiler.diagnostics.render.order import worst_first
from platform_compiler.diagnostics.render.visible import visible
from platform_compiler.diagnostics.render.words import words

_KINDS = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(diagnostics: Sequence[Diagnostic], _: Mapping[str, bytes]) -> str:
    """Return a command for each finding, each ended by a newline; the worst first, since only ten a step are shown."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in worst_first(diagnostics))


def _command(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    places = {"file": visible(span.path)}
    if span.line:
        places |= {"line": str(span.line), "endLine": str(span.end_line), "col": str(span.column)}
        if span.line == span.end_line:
            places["endColumn"] = str(span.end_column)
    places["title"] = f"{diagnostic.code} {diagnostic.name}"
    properties = ",".join(f"{name}={_property(value)}" for name, value in places.items())
    return f"::{_KINDS[diagnostic.severity]} {properties}::{_data(words(diagnostic))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
