"""From verdicts to findings: what is violated, at which field of the object, and what comes of it.

What is waived stays in sight, as a note.
"""

from collections.abc import Callable, Iterable, Iterator

from platform_compiler.objects import Path
from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.judge import Verdict
from platform_compiler.policy.model import Action
from platform_compiler.policy.waivers import State, Waiver, Weighed
from platform_compiler.verify.item import Fault, Other

_CODES = {Action.DENY: "PC7101", Action.WARN: "PC7102", Action.AUDIT: "PC7103"}
_WAIVED = "PC7210"
_NOT_TOLD = "PC7104"
_NOT_TOLD_AND_IGNORED = "PC7105"


def faults(verdicts: Iterable[Verdict], path_of: Callable[[Verdict], Path]) -> Iterator[Fault]:
    """Yield a fault for everything that is violated or cannot be told; `path_of` finds the field behind a verdict."""
    for verdict in verdicts:
        if verdict.outcome.result in {Result.DENY, Result.ERROR}:
            yield fault(verdict, path_of(verdict))


def fault(verdict: Verdict, path: Path) -> Fault:
    """Return one verdict as the fault of a field."""
    policy, outcome = verdict.policy, verdict.outcome
    message = f"{outcome.message} (policy `{policy.name}`)"
    item = verdict.subject.item
    where = (*verdict.subject.within, *path)
    if outcome.result is Result.ERROR:
        code = _NOT_TOLD_AND_IGNORED if policy.ignores_failure else _NOT_TOLD
        if not policy.ignores_failure and verdict.action is not Action.DENY:
            code = _CODES[verdict.action]
        return Fault(code, item, where, message, "guard what may be absent with `has(...)` or `.?field.orValue(...)`")
    return Fault(_CODES[verdict.action], item, where, message, policy.remediation)


def weighed_faults(weighed: Iterable[Weighed], path_of: Callable[[Verdict], Path]) -> Iterator[Fault]:
    """Yield a fault for everything that is violated or cannot be told, with what waivers say of it."""
    for verdict, waiver, state in weighed:
        if verdict.outcome.result in {Result.DENY, Result.ERROR}:
            found = fault(verdict, path_of(verdict))
            yield _with(found, waiver, state) if waiver and state else found


def _with(found: Fault, waiver: Waiver, state: State) -> Fault:
    if state is State.IN_FORCE:
        # The line of the reason is shown, so the message need not repeat it.
        words = f"{found.message}, waived until {waiver.expires} ({waiver.ticket})"
        also = (Other(waiver.item(), ("spec", "reason"), f"waiver `{waiver.name}` of {waiver.owner}"),)
        return found._replace(code=_WAIVED, message=words, also=also, help="mend it by then, and remove the waiver")
    key = "expires" if state is State.EXPIRED else "granted"
    also = (Other(waiver.item(), ("spec", key), "the waiver"),)
    return found._replace(message=f"{found.message}; {ended(waiver, state)}", also=also)


def ended(waiver: Waiver, state: State) -> str:
    """Return why a waiver excepts nothing."""
    told = f"expired on {waiver.expires}" if state is State.EXPIRED else f"holds from {waiver.granted} on"
    return f"waiver `{waiver.name}` {told}"
