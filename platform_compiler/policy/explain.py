"""Why a policy says what it says of an object: every part of its expressions with its value, as indented lines."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platform_compiler.cel.engine import Expression, Optional
from platform_compiler.cel.steps import Step, steps
from platform_compiler.objects import Body
from platform_compiler.policy.compiled import Compiled
from platform_compiler.policy.evaluate import Result, values_of
from platform_compiler.policy.judge import Bench, Verdict
from platform_compiler.policy.mismatch import why_not, why_unmatched
from platform_compiler.policy.model import Action, Binding
from platform_compiler.policy.subject import Subject
from platform_compiler.policy.table import worst
from platform_compiler.verify.places import dotted

_LONGEST = 100
_INDENT = "  "


def explained(bench: Bench, compiled: Compiled, subject: Subject) -> Iterator[str]:
    """Yield the lines that tell what a policy says of a request, and of the pod that it will make, and why."""
    name = compiled.policy.name
    is_bound = any(binding.policy == name for binding in bench.bindings)
    if not is_bound:
        bench = Bench(bench.compiled, [Binding(name, name, (Action.DENY,), None, None, {})], bench.params)
    verdicts = [one for one in bench.judge(subject) if one.policy.name == name]
    result = worst(one.outcome.result for one in verdicts)
    start = f"policy `{name}`, {subject.operation} of {subject.item}"
    yield f"{start}: {result}" if is_bound else f"{start}: nothing binds it here; if something did: {result}"
    if not verdicts:
        yield from (f"{_INDENT}{reason}" for reason in _why_skipped(bench, compiled, subject))
    for asked, params in _askings(verdicts):
        own = [one for one in verdicts if (one.subject.within, one.params) == (asked.within, params)]
        yield from _of_one(compiled, asked, params, own)


def _askings(verdicts: Iterable[Verdict]) -> list[tuple[Subject, Body | None]]:
    """Return every object and parameters that the policy was asked with, each once."""
    found: list[tuple[Subject, Body | None]] = []
    for one in verdicts:
        if (one.subject, one.params) not in found:
            found.append((one.subject, one.params))
    return found


def _why_skipped(bench: Bench, compiled: Compiled, subject: Subject) -> Iterator[str]:
    """Yield why a policy does not judge: its rules, or those of every binding."""
    reasons = why_not(compiled.policy, subject)
    if reasons:
        yield from reasons
        return
    for binding in bench.bindings:
        if binding.policy == compiled.policy.name and binding.match:
            for reason in why_unmatched(binding.match, subject, needs_rule=False):
                yield f"binding `{binding.name}`: {reason}"


def _of_one(compiled: Compiled, subject: Subject, params: Body | None, verdicts: list[Verdict]) -> Iterator[str]:
    if subject.within:
        yield f"{_INDENT}of the pod that `{dotted(subject.within)}` makes:"
    if params is not None:
        yield f"{_INDENT}with parameters {_value(params)}"
    values = values_of(subject, params)
    for verdict in verdicts:
        index, outcome = verdict.outcome.index, verdict.outcome
        if index is None:
            yield f"{_INDENT}{outcome.result}: {outcome.message}"
            for name, expression in compiled.conditions:
                yield f"{_INDENT}condition `{name}`"
                yield from _steps(compiled, expression, values)
            continue
        said = f" -- {outcome.message}" if outcome.message and outcome.result is Result.DENY else ""
        yield f"{_INDENT}validation {index}: {outcome.result}{said}"
        yield from _steps(compiled, compiled.validations[index], values)


def _steps(compiled: Compiled, expression: Expression, values: Mapping[str, Any]) -> Iterator[str]:
    return lines_of(steps(compiled.language, expression.tree(), values), 2)


def lines_of(step: Step, depth: int) -> Iterator[str]:
    """Yield a step and those below it, each with its value or the reason why it has none."""
    told = f"has no value: {step.error}" if step.error else f"= {_value(step.value)}"
    yield f"{_INDENT * depth}{_short(' '.join(step.text.split()))} {told}"
    for below in step.below:
        yield from lines_of(below, depth + 1)


def values_behind(compiled: Compiled, verdict: Verdict) -> Iterator[str]:
    """Yield the parts of the validation behind a verdict with their values."""
    index = verdict.outcome.index
    if index is not None:
        values = values_of(verdict.subject, verdict.params)
        yield from lines_of(steps(compiled.language, compiled.validations[index].tree(), values), 0)


def _value(value: Any) -> str:
    return _short(_written(value))


def _written(value: Any) -> str:
    if isinstance(value, Optional):
        return value.text
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_written(key)}: {_written(below)}' for key, below in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return json.dumps(value, ensure_ascii=False, default=str)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
