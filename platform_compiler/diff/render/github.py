"""Risks as annotations of GitHub Actions, beside the line of the pull request that causes them.

GitHub shows about ten annotations of each type a step: the gravest come first, the rest is counted in a last one.
Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Iterator

from platform_compiler.diagnostics.render.visible import visible
from platform_compiler.diff.fold import Concern
from platform_compiler.diff.model import Level
from platform_compiler.diff.render.words import plural, verdict, where
from platform_compiler.diff.report import LEVELS, Report

_TYPES = {Level.HIGH: "error", Level.MEDIUM: "warning", Level.LOW: "notice"}
_MOST = 10


def render_github(report: Report) -> str:
    """Return at most ten commands a type, high risks first, and one that counts what is left and says the verdict."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    for finding in report.failed[:_MOST]:
        yield _command(
            "error",
            {"file": _file(finding.span.path, report), "line": finding.span.line, "title": finding.code},
            finding.message,
        )
    left = max(len(report.failed) - _MOST, 0)
    for level in LEVELS:
        found = [concern for concern in report.concerns if concern.risk.level is level]
        # The last notice is the summary, so it needs one place among them.
        shown = found[: _MOST - 1 if level is Level.LOW else _MOST]
        left += len(found) - len(shown)
        yield from (_annotation(_TYPES[level], concern, report) for concern in shown)
    more = f"; {plural(left, 'more finding')} in the full report" if left else ""
    yield _command("notice", {"title": "platformc diff"}, f"{verdict(report)}{more}")


def _annotation(kind: str, concern: Concern, report: Report) -> str:
    risk = concern.risk
    places: dict[str, str | int] = {}
    cause = next(iter(sorted((c for c in concern.causes if c.span.path), key=lambda cause: cause.before)), None)
    if cause is not None:
        places = {"file": _file(cause.span.path, report)} | ({} if cause.before else {"line": cause.span.line or 1})
    about = f"{concern.about}: " if "→" not in concern.about else ""
    words = f"{about}{risk.message} ({where(concern.clusters, report.environments)})"
    return _command(kind, {**places, "title": risk.name}, "\n".join(filter(None, (words, risk.advice))))


def _file(path: str, report: Report) -> str:
    """Return a path as GitHub counts it: from the root of the Git repository."""
    return f"{report.names.folder}/{path}" if report.names.folder else path


def _command(kind: str, properties: dict[str, str | int], message: str) -> str:
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    lines = "\n".join(visible(line) for line in message.split("\n"))
    return f"::{kind} {said}::{_data(lines)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
