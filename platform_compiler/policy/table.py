"""The whole table: what every validation of every policy says of every object, also where it says nothing."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.judge import Verdict
from platform_compiler.policy.model import Action, Policy
from platform_compiler.policy.subject import Subject

_WORST = (Result.DENY, Result.ERROR, Result.PASS, Result.SKIP)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one validation says of one object; `validation` is None for a policy that has none.

    Where it was asked several times, with several parameters or about a pod too, the worst answer counts: `verdict` is
    the one that gave it, None where the policy is not for the object.
    """

    policy: Policy
    validation: int | None
    subject: Subject
    result: Result
    verdict: Verdict | None

    @property
    def action(self) -> Action | None:
        """What comes of a denial; None where nothing binds the policy here."""
        return self.verdict.action if self.verdict else None

    @property
    def message(self) -> str:
        """Why, for people."""
        if self.verdict:
            return self.verdict.outcome.message
        return "the policy is not for this object" if self.result is Result.SKIP else "the policy does not compile"


def table(
    policies: Mapping[str, Policy],
    asked: Sequence[Subject],
    verdicts: Iterable[Verdict],
    flawed: Container[str] = (),
) -> Iterator[Entry]:
    """Yield an entry for each object, policy and validation, in the order of objects, then policies by name.

    Policies that are `flawed` judge nothing, which is an error everywhere.
    """
    told: defaultdict[tuple[int, str], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        told[id(verdict.subject.item), verdict.policy.name].append(verdict)
    for subject in asked:
        for name, policy in sorted(policies.items()):
            found = told.get((id(subject.item), name), [])
            for index in range(len(policy.validations)) or (None,):
                entry = _entry(policy, index, subject, found)
                yield replace(entry, result=Result.ERROR) if name in flawed else entry


def _entry(policy: Policy, index: int | None, subject: Subject, told: Sequence[Verdict]) -> Entry:
    own = [verdict for verdict in told if verdict.outcome.index in {index, None}]
    first = min(own, key=lambda verdict: _WORST.index(verdict.outcome.result), default=None)
    return Entry(policy, index, subject, first.outcome.result if first else Result.SKIP, first)


def worst(results: Iterable[Result]) -> Result:
    """Return the worst of several answers; without any, the policy is not for the object."""
    return min(results, key=_WORST.index, default=Result.SKIP)
