"""One expression a policy tells that a request is in order: asking it first finds what asking each validation finds."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.diagnostics import Bag
from platform_compiler.policy.cases import cases_of, told
from platform_compiler.policy.compiled import Compiled, all_compiled, compiled
from platform_compiler.policy.evaluate import inputs_of
from platform_compiler.policy.judge import VIOLATED, Bench
from platform_compiler.policy.model import Action, Binding
from platform_compiler.policy.read import Library, read_library
from platform_compiler.policy.subject import Subject
from tests.policy.written import items, policies, policy_text, requests

ROOT = Path(__file__).parents[2]
BUILT_IN = sorted(path.parent.name for path in ROOT.glob("policies/*/tests.yaml"))
RULES = "[{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]"
OBJECT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "shop"}, "data": {"a": "1"}}
(REQUEST,) = requests(items([OBJECT]))
TRUE, FALSE = "object.data.a == '1'", "object.data.a == '2'"
LOST = "object.data.b == '1'"
CONDITIONS = (TRUE, FALSE, LOST, "namespaceObject == null", "request.operation == 'CREATE'")
RULE_TEXTS = (TRUE, FALSE, LOST, "variables.one", "variables.two || variables.one", "!variables.two", "variables.lost")
VARIABLES = {"one": TRUE, "lost": LOST, "two": f"variables.one && {FALSE}"}


def asked_both_ways(policy: Compiled, subject: Subject) -> tuple[list[Any], list[Any]]:
    """Return what is violated, as it is found by asking once first, and by asking for everything."""
    name = policy.policy.name
    bench = Bench({name: policy}, [Binding(name, name, (Action.DENY,), None, None, {})], {})
    return list(bench.violations(subject)), [one for one in bench.judge(subject) if one.outcome.result in VIOLATED]


@cache
def policy_with(conditions: tuple[str, ...], rules: tuple[str, ...]) -> Compiled:
    asked = [{"name": f"c{i}", "expression": text} for i, text in enumerate(conditions)]
    known = [{"name": name, "expression": text} for name, text in VARIABLES.items()]
    more = f"  matchConditions: {json.dumps(asked)}\n  variables: {json.dumps(known)}\n"
    made = compiled(policies(policy_text("p", RULES, rules, more))["p"])
    assert isinstance(made, Compiled), made
    return made


@given(st.lists(st.sampled_from(CONDITIONS), max_size=3), st.lists(st.sampled_from(RULE_TEXTS), min_size=1, max_size=4))
def test_whatever_conditions_and_validations_say_nothing_is_missed_and_nothing_added(
    conditions: list[str], rules: list[str]
) -> None:
    found, expected = asked_both_ways(policy_with(tuple(conditions), tuple(rules)), REQUEST)
    assert found == expected


@cache
def library_of(name: str) -> Library:
    bag = Bag()
    folder = ROOT / "policies" / name
    found = read_library({f"policies/{name}/{path.name}": path.read_bytes() for path in folder.glob("*.yaml")}, bag)
    assert not bag.has_errors
    return found


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_case_of_a_built_in_policy_is_judged_alike_both_ways(name: str) -> None:
    library = library_of(name)
    (policy,) = all_compiled(library.policies)[0].values()
    cases = [told(case, policy, Bag()) for test in library.tests for case in cases_of(test)]
    assert cases
    for one in filter(None, cases):
        found, expected = asked_both_ways(policy, one.subject)
        assert found == expected


def test_what_is_in_order_is_told_by_the_one_expression_alone() -> None:
    for conditions, rules in (((), (TRUE, "variables.one")), ((TRUE,), (TRUE,)), ((FALSE, LOST), (FALSE,))):
        policy = policy_with(conditions, rules)
        found, _ = asked_both_ways(policy, REQUEST)
        assert found == []
        assert policy.in_order is not None
        assert policy.in_order.holds(inputs_of(REQUEST, None, policy.reads))


def test_a_policy_reads_no_more_than_its_expressions_name() -> None:
    assert policy_with((), (TRUE,)).reads == {"object"}
    assert policy_with(("request.operation == 'CREATE'",), (TRUE, "variables.one")).reads == {"object", "request"}


def test_variables_that_are_too_many_for_one_expression_are_worked_out_for_each_validation() -> None:
    known = [{"name": f"v{i}", "expression": TRUE} for i in range(100)]
    more = f"  variables: {json.dumps(known)}\n"
    rules = [f"variables.{one['name']}" for one in known]
    for last in (TRUE, FALSE):
        policy = compiled(policies(policy_text("p", RULES, [*rules, last], more))["p"])
        assert isinstance(policy, Compiled)
        assert policy.in_order is None
        found, expected = asked_both_ways(policy, REQUEST)
        assert found == expected
        assert len(found) == (last == FALSE)
