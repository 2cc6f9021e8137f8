"""Printing findings: the results on stdout, the summary on stderr, and the exit code that follows from them."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.options import Run
from platform_compiler.diagnostics import Diagnostic, Severity
from platform_compiler.diagnostics.render import RENDERERS, render_text


def report(
    run: Run, diagnostics: Sequence[Diagnostic], texts: Mapping[str, bytes], summary: str, *, to_stderr: bool = False
) -> Exit:
    """Print findings and a closing line; return FINDINGS when any is an error, else CLEAN.

    `to_stderr` keeps stdout free for a verb whose result is something else.
    """
    if run.format == "text":
        unicode = (sys.stdout.encoding or "").lower().startswith("utf")
        printed = render_text(diagnostics, texts, colour=run.colour, unicode=unicode)
    else:
        printed = RENDERERS[run.format](diagnostics, texts)
    if printed:
        click.echo(printed.removesuffix("\n"), err=to_stderr, color=run.colour)
    if not run.quiet and run.format != "json":
        click.echo(summary if not diagnostics else f"{count(diagnostics)}; {summary}", err=True)
    return Exit.FINDINGS if any(d.severity is Severity.ERROR for d in diagnostics) else Exit.CLEAN


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
