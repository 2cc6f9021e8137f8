"""Printing findings: the results on stdout, the summary on stderr, and the exit code that follows from them."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.options import Run
from platform_compiler.cli.workspace import checkout_of
from platform_compiler.diagnostics import Diagnostic, Severity
from platform_compiler.shipped import BUILT_IN

_OF_OUTPUT = "PC61"
"""Codes of findings about files below the output folder; their paths begin there."""

_SILENT = frozenset({"text", "concise"})
"""Formats that say nothing where nothing was found; then no renderer is imported."""

_FOR_SERVICES = frozenset({"github", "gitlab", "sarif", "junit"})


def report(  # noqa: PLR0913 -- what is printed, and where to
    run: Run,
    diagnostics: Sequence[Diagnostic],
    texts: Mapping[str, bytes],
    summary: str,
    *,
    checked: Iterable[str] | None = None,
    to_stderr: bool = False,
) -> Exit:
    """Print findings and a closing line; return FINDINGS when any is an error, else CLEAN.

    `checked` are the paths that a report of what passed names; by default all of `texts`.
    `to_stderr` keeps stdout free for a verb whose result is something else.
    """
    printed = _printed(run, diagnostics, texts, sorted(texts) if checked is None else sorted(checked))
    if printed:
        click.echo(printed.removesuffix("\n"), err=to_stderr, color=run.colour)
    if not run.quiet and run.format != "json":
        click.echo(summary if not diagnostics else f"{count(diagnostics)}; {summary}", err=True)
    return Exit.FINDINGS if any(d.severity is Severity.ERROR for d in diagnostics) else Exit.CLEAN


def _printed(run: Run, diagnostics: Sequence[Diagnostic], texts: Mapping[str, bytes], checked: Iterable[str]) -> str:
    """Return the report, with paths as its reader knows them."""
    if not diagnostics and run.format in _SILENT:
        return ""
    from platform_compiler.diagnostics.render import RENDERERS, render_junit, render_text  # noqa: PLC0415 -- see `_SILENT`

    if run.format in _FOR_SERVICES:
        diagnostics = [_own_first(diagnostic) for diagnostic in diagnostics]
    prefix = _prefix(run)
    if prefix:
        diagnostics = [_below(prefix, diagnostic) for diagnostic in diagnostics]
        texts = {f"{prefix}{path}": data for path, data in texts.items()}
        checked = [f"{prefix}{path}" for path in checked]
    if run.format == "text":
        unicode = (sys.stdout.encoding or "").lower().startswith("utf")
        return render_text(diagnostics, texts, colour=run.colour, unicode=unicode)
    if run.format == "junit":
        return render_junit(diagnostics, texts, checked)
    return RENDERERS[run.format](diagnostics, texts)


def _prefix(run: Run) -> str:
    """Return what leads to the platform repository from where the reader stands.

    People and editors stand in the working directory, services at the top of the checkout; a program reads JSON, whose
    paths are the platform repository's own.
    """
    if run.format == "json":
        return ""
    start = Path.cwd().resolve() if run.format in ("text", "concise") else checkout_of(run.root)
    inside = run.root != start and run.root.is_relative_to(start)
    return f"{run.root.relative_to(start).as_posix()}/" if inside else ""


def _own_first(diagnostic: Diagnostic) -> Diagnostic:
    """Return the finding with places in the checkout before those in built-in files, which no service can show."""
    labels = sorted(diagnostic.labels, key=lambda label: label.span.path.startswith(BUILT_IN))
    return diagnostic._replace(labels=tuple(labels))


def _below(prefix: str, diagnostic: Diagnostic) -> Diagnostic:
    """Return the finding with every path behind `prefix`, but for those of built-in files and of the output folder."""
    if diagnostic.code.startswith(_OF_OUTPUT):
        return diagnostic
    labels = [
        label
        if label.span.path.startswith(BUILT_IN)
        else label._replace(span=label.span._replace(path=f"{prefix}{label.span.path}"))
        for label in diagnostic.labels
    ]
    return diagnostic._replace(labels=tuple(labels))


def count(diagnostics: Sequence[Diagnostic]) -> str:
    """Return `2 errors, 1 warning in 2 files`."""
    by_severity = Counter(d.severity for d in diagnostics)
    parts = [plural(by_severity[s], s.value) for s in Severity if by_severity[s]]
    return f"{', '.join(parts)} in {plural(len({d.span.path for d in diagnostics}), 'file')}"


def plural(number: int, noun: str) -> str:
    """Return `1 file`, `2 files`, `3 policies`, `4 branches`."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("ch"):
        return f"{number:,} {noun}es"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
