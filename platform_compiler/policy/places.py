"""Which field of an object is behind a verdict: the first of those that made an expression false, or that it lacked."""

from collections.abc import Callable, Mapping

from platform_compiler.cel.reasons import failed_at, reasons
from platform_compiler.objects import Path
from platform_compiler.policy.compiled import Compiled
from platform_compiler.policy.evaluate import Result, values_of
from platform_compiler.policy.judge import Verdict


def path_behind(compiled: Mapping[str, Compiled]) -> Callable[[Verdict], Path]:
    """Return what finds the field that a validation did not like, counted from the object that it was asked about."""

    def path(verdict: Verdict) -> Path:
        found = paths_behind(compiled[verdict.policy.name], verdict)
        return found[0] if found else ()

    return path


def paths_behind(compiled: Compiled, verdict: Verdict) -> tuple[Path, ...]:
    """Return every field that a validation did not like, the most telling first."""
    index = verdict.outcome.index
    if index is None:
        return ()
    find = reasons if verdict.outcome.result is Result.DENY else failed_at
    values = values_of(verdict.subject, verdict.params)
    root = "oldObject" if verdict.subject.body is None else "object"
    return find(compiled.language, compiled.validations[index].tree(), values, root)
