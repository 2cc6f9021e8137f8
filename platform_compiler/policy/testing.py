"""Run the tests of policies: does each say of every case what is wanted, and is every validation shown both ways?"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from platform_compiler.diagnostics import Bag
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.policy.cases import Told, cases_of, told
from platform_compiler.policy.compiled import Compiled
from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.explain import values_behind
from platform_compiler.policy.judge import Verdict
from platform_compiler.policy.mismatch import why_not
from platform_compiler.policy.model import Policy
from platform_compiler.policy.places import path_behind
from platform_compiler.policy.read import Library, Test
from platform_compiler.verify.places import dotted, field_span

_MOST_LINES = 30
_QUOTED_STEP = re.compile(r"""\[(["'])(.*?)\1\]""")
"""A key in brackets, as people write one that holds dots."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of the tests of one policy: its cases, and the validations that are shown to pass and to deny."""

    policy: Policy
    told: tuple[Told, ...]
    covered: frozenset[int]


def run_tests(library: Library, compiled: Mapping[str, Compiled], bag: Bag) -> tuple[Tested, ...]:
    """Run all tests that were read, policy by policy; report what is not as wanted and what no test shows."""
    by_policy: dict[str, list[Test]] = {}
    for test in library.tests:
        by_policy.setdefault(test.policy, []).append(test)
    _report_lost(by_policy, library.policies, bag)
    return tuple(
        _tested(compiled[name], by_policy[name], bag) if name in by_policy else _untested(library.policies[name], bag)
        for name in sorted(compiled)
    )


def _report_lost(tests: Mapping[str, Sequence[Test]], policies: Collection[str], bag: Bag) -> None:
    for name, found in tests.items():
        if name in policies:
            continue
        near = did_you_mean(name, list(policies))
        cure = f"did you mean `{near}`?" if near else "name a policy that is read with the test"
        for test in found:
            span = field_span(test.tree, ("metadata", "name"), on_key=False)
            bag.add("PC7303", f"there is no policy `{name}` to test", span, help=cure)


def _untested(policy: Policy, bag: Bag) -> Tested:
    span = field_span(policy.tree, ("metadata", "name"), on_key=False)
    cure = "write a PolicyTest of the same name beside it, with a case that passes and one that is denied"
    bag.add("PC7304", f"policy `{policy.name}` has no tests", span, help=cure)
    return Tested(policy, (), frozenset())


def _tested(compiled: Compiled, tests: Sequence[Test], bag: Bag) -> Tested:
    cases = [case for test in tests for case in cases_of(test)]
    found = [one for case in cases if (one := told(case, compiled, bag)) is not None]
    for one in found:
        _compare(one, compiled, bag)
    passed = any(one.result is Result.PASS for one in found)
    denied = frozenset[int]().union(*(one.denied for one in found))
    # A case that could not be asked may be the one that is missed.
    bag = bag if len(found) == len(cases) else Bag()
    return Tested(compiled.policy, tuple(found), frozenset(_covered(compiled.policy, denied, bag, passed=passed)))


def _covered(policy: Policy, denied: Collection[int], bag: Bag, *, passed: bool) -> Iterator[int]:
    """Yield the validations that are shown both ways, and report the others."""
    for index in range(len(policy.validations)):
        lacks = [word for word, has in (("passes", passed), ("is denied", index in denied)) if not has]
        if not lacks:
            yield index
            continue
        span = field_span(policy.tree, ("spec", "validations", index, "expression"), on_key=True)
        words = f"no case shows what {' and what '.join(lacks)} by validation {index} of policy `{policy.name}`"
        bag.add("PC7306", words, span, help="add such a case to its PolicyTest")


def _compare(one: Told, compiled: Compiled, bag: Bag) -> None:
    """Report where a policy does not say of a case what is wanted."""
    case = one.case
    start = f"case `{case.name}` of policy `{compiled.policy.name}`"
    wanted = Result(case.body["expect"])
    if one.result is not wanted:
        bag.add(
            "PC7301",
            f"{start} is to be `{wanted}`, and is `{one.result}`",
            case.span(),
            notes=_why(one, compiled),
            help="mend the policy, or the case if it is the one that is wrong",
        )
        return
    for field, wish, got in _differences(one, compiled):
        words = f"{start}: `{field}` is to be {wish}, and is {got}"
        bag.add("PC7302", words, case.span(field), help="mend the policy, or the case if it is the one that is wrong")


def _differences(one: Told, compiled: Compiled) -> Iterator[tuple[str, str, str]]:
    """Yield each field of a case that is not as wanted, with what is wanted and what there is, for people."""
    body = one.case.body
    if "validations" in body and one.denied != frozenset(body["validations"]):
        yield "validations", _numbers(body["validations"]), _numbers(one.denied)
    messages = [verdict.outcome.message for verdict in one.refusals]
    if "message" in body and not any(body["message"] in message for message in messages):
        yield "message", f"`{body['message']}`", _either(messages)
    if "field" in body:
        path_of = path_behind({compiled.policy.name: compiled})
        fields = [dotted((*verdict.subject.within, *path_of(verdict))) for verdict in one.refusals]
        if _QUOTED_STEP.sub(r".\2", body["field"]) not in fields:
            yield "field", f"`{body['field']}`", _either(fields)


def _why(one: Told, compiled: Compiled) -> list[str]:
    """Return why a policy says what it says of a case: what it denies, or the values by which it passes."""
    told_why = [_said(verdict) for verdict in one.verdicts if verdict.outcome.result is not Result.PASS]
    if not one.verdicts:
        return list(why_not(compiled.policy, one.subject))
    # A denial that should be none is told by its values, and so is what passes and should not.
    telling = [verdict for verdict in one.verdicts if verdict.outcome.result is one.result]
    return [*told_why, *(line for verdict in telling for line in values_behind(compiled, verdict))][:_MOST_LINES]


def _said(verdict: Verdict) -> str:
    index = verdict.outcome.index
    return f"{'the policy' if index is None else f'validation {index}'} says: {verdict.outcome.message}"


def _numbers(indexes: Collection[int]) -> str:
    return f"[{', '.join(map(str, sorted(indexes)))}]"


def _either(words: Collection[str]) -> str:
    return " or ".join(f"`{word}`" if word else "the object as a whole" for word in dict.fromkeys(words)) or "absent"
