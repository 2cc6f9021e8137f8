"""Ask one policy about one request, as the API server does.

Source: the field documentation of ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1) and KEP-3488. Conditions
decide whether the policy is for the request at all; then every validation is judged, whatever the others say.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from platform_compiler.cel.engine import Activation, EvaluationError, Expression, activation
from platform_compiler.cel.functions.authorizer import AUTHORIZER
from platform_compiler.objects import Body
from platform_compiler.policy.compiled import NAMES, Compiled
from platform_compiler.policy.subject import Subject, admitted

_LONGEST_MESSAGE = 5 * 1024


class Result(StrEnum):
    """What a validation says of an object."""

    PASS = "pass"  # noqa: S105 -- no password
    DENY = "deny"
    SKIP = "skip"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one validation says; `index` is None for the policy as a whole, `message` is for people.

    `denies` marks a failure that is a denial whatever the bindings say, unless the policy ignores failures.
    """

    index: int | None
    result: Result
    message: str = ""
    denies: bool = False


def inputs_of(subject: Subject, params: Body | None = None, names: Iterable[str] = NAMES) -> Activation:
    """Return what expressions may read about a request, as the engine holds it; `names` are what they do read.

    Raises:
        EvaluationError: the object holds what the language does not know.
    """
    return activation(values_of(subject, params, names))


def values_of(subject: Subject, params: Body | None = None, names: Iterable[str] = NAMES) -> Mapping[str, Any]:
    """Return what expressions may read about a request, by name."""
    return {name: params if name == "params" else _VALUES[name](subject) for name in names}


def _shown(body: Body | None, subject: Subject) -> Body | None:
    return None if body is None else admitted(body, subject.namespace_name)


_VALUES: Mapping[str, Callable[[Subject], Any]] = {
    "object": lambda subject: _shown(subject.body, subject),
    "oldObject": lambda subject: _shown(subject.old, subject),
    "request": Subject.request,
    "namespaceObject": lambda subject: subject.namespace,
    "authorizer": lambda _: AUTHORIZER,
}


def evaluate(compiled: Compiled, inputs: Activation) -> Iterator[Outcome]:
    """Yield what every validation of a policy says; one outcome for all where its conditions do not let it judge."""
    unmet = _unmet(compiled, inputs)
    if unmet is not None:
        yield unmet
        return
    for index, expression in enumerate(compiled.validations):
        yield _judged(compiled, index, expression, inputs)
    if not compiled.validations:
        yield Outcome(None, Result.PASS)
    for key, expression in compiled.audits:
        try:
            expression.value(inputs)
        except EvaluationError as trouble:
            message = f"the audit annotation `{key}` has no value: {trouble}"
            yield Outcome(None, Result.ERROR, message, denies=True)


def _unmet(compiled: Compiled, inputs: Activation) -> Outcome | None:
    """Return why a policy does not judge: a condition is false, or else one cannot be told."""
    failed = None
    for name, expression in compiled.conditions:
        try:
            if expression.value(inputs) is not True:
                return Outcome(None, Result.SKIP, f"its condition `{name}` is not met")
        except EvaluationError as trouble:
            failed = failed or Outcome(None, Result.ERROR, f"its condition `{name}` cannot be told: {trouble}")
    return failed


def _judged(compiled: Compiled, index: int, expression: Expression, inputs: Activation) -> Outcome:
    try:
        value = expression.value(inputs)
    except EvaluationError as trouble:
        return Outcome(index, Result.ERROR, f"`{_short(expression.text)}` cannot be told: {trouble}")
    if value is True:
        return Outcome(index, Result.PASS)
    if value is not False:
        return Outcome(index, Result.ERROR, f"`{_short(expression.text)}` is neither true nor false")
    return Outcome(index, Result.DENY, _message(compiled, index, inputs))


def _message(compiled: Compiled, index: int, inputs: Activation) -> str:
    """Return the first there is of: the message expression's value, the message, the expression itself."""
    validation, expression = compiled.policy.validations[index], compiled.messages[index]
    if expression is not None:
        try:
            found = expression.value(inputs)
        except EvaluationError:
            found = None
        words = found.strip() if isinstance(found, str) else ""
        if words and "\n" not in words and len(words.encode()) <= _LONGEST_MESSAGE:
            return words
    return validation.message.strip() or f"failed expression: {_short(validation.expression.text)}"


def _short(text: str) -> str:
    return " ".join(text.split())
