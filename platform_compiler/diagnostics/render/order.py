"""Worst first: services show only the first few findings of a run, and those must be the ones that stop it."""

from collections.abc import Iterable

from platform_compiler.diagnostics.model import Diagnostic, Severity

_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def worst_first(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the findings with errors before warnings before notes; the order inside a severity is kept."""
    return sorted(diagnostics, key=lambda diagnostic: _RANKS[diagnostic.severity])
