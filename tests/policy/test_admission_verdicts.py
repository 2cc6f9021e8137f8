"""What comes of a policy's answer: conditions, variables, messages, failure policy, actions, parameters, limits.

Every row was read off the API server's own documentation or behaviour; where nobody can know what it would say, the
rows demand an error and no guess.
"""

from typing import Any

import pytest

from tests.policy.admission import NEVER, Body, binding, check, config_map, policy, rule, says, thing

CONDITIONS = [
    (["true", "true"], "deny"),
    (["true", "false"], "skip"),
    (["object.none == 1"], "error"),
    (["object.none == 1", "false"], "skip"),
    (["object.none == 1", "true"], "error"),
    (["namespaceObject == null"], "deny"),  # the server gives conditions no namespace
    (["namespaceObject.metadata.name == 'default'"], "error"),
    (["request.operation == 'CREATE' && oldObject == null && params == null"], "deny"),
]


@pytest.mark.parametrize(("conditions", "expected"), CONDITIONS)
def test_conditions_decide_whether_a_policy_judges(conditions: list[str], expected: str) -> None:
    named = [{"name": f"c{i}", "expression": one} for i, one in enumerate(conditions)]
    kind = {"apiVersion": "v1", "kind": "ConfigMap"}
    assert says(NEVER, matchConditions=named, paramKind=kind) == expected


def test_failing_condition_of_a_policy_that_ignores_failures_is_told_and_passes() -> None:
    condition = [{"name": "c", "expression": "object.none == 1"}]
    answer = check([policy(NEVER, matchConditions=condition, failurePolicy="Ignore")], [config_map()])
    assert (answer.exit, answer.results, answer.codes) == (0, ["error"], {"PC7105"})


@pytest.mark.parametrize(
    ("variables", "expression", "expected"),
    [
        ({"v": "object.none.at.all"}, "true", "pass"),
        ({"v": "object.none", "w": "variables.v == 1"}, "true || variables.w", "pass"),
        ({"v": "object.none", "w": "variables.v == 1"}, "variables.w", "error"),
        ({"v": "object.data", "w": "variables.v.a"}, "variables.w == 'x'", "pass"),
        ({"v": "[1, 2]", "w": "variables.v.map(v, v * 2)"}, "variables.w == [2, 4]", "pass"),
        ({"v": "object.data.a == 'y'"}, "variables.v", "deny"),
    ],
)
def test_variables_are_worked_out_when_they_are_read(variables: dict[str, str], expression: str, expected: str) -> None:
    named = [{"name": name, "expression": one} for name, one in variables.items()]
    assert says(expression, variables=named) == expected


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        ({"message": "  no  "}, "no"),
        ({}, "failed expression: false"),
        ({"message": "no", "messageExpression": "'because of ' + object.metadata.name"}, "because of a"),
        ({"message": "no", "messageExpression": r"'\n because '"}, "because"),
        ({"message": "no", "messageExpression": r"'be\ncause'"}, "no"),
        ({"message": "no", "messageExpression": "'   '"}, "no"),
        ({"message": "no", "messageExpression": "string(object.none)"}, "no"),
        ({"messageExpression": "string(object.none)"}, "failed expression: false"),
        ({"message": "no", "messageExpression": f"'{'é' * 2560}'"}, "é" * 2560),
        ({"message": "no", "messageExpression": f"'{'é' * 2561}'"}, "no"),
    ],
)
def test_message_is_the_first_that_can_be_shown(validation: Body, message: str) -> None:
    assert check([policy({"expression": NEVER, **validation})], [config_map()]).messages == [message]


@pytest.mark.parametrize(
    ("expression", "ignored", "exit_code", "codes"),
    [
        (NEVER, False, 1, {"PC7101"}),
        (NEVER, True, 1, {"PC7101"}),
        ("object.none == 1", False, 1, {"PC7104"}),
        ("object.none == 1", True, 0, {"PC7105"}),
        ("object.none == 1 || true", False, 0, set()),
        ("authorizer.group('').resource('pods').check('get').allowed()", False, 1, {"PC7104"}),
    ],
)
def test_failure_policy(expression: str, ignored: bool, exit_code: int, codes: set[str]) -> None:  # noqa: FBT001
    answer = check([policy(expression, failurePolicy="Ignore" if ignored else "Fail")], [config_map()])
    assert (answer.exit, answer.codes) == (exit_code, codes)


@pytest.mark.parametrize(
    ("bindings", "exit_code", "action", "code"),
    [
        ([], 1, "Deny", "PC7101"),
        ([binding("Deny", "Audit")], 1, "Deny", "PC7101"),
        ([binding("Warn")], 0, "Warn", "PC7102"),
        ([binding("Audit")], 0, "Audit", "PC7103"),
        ([binding("Audit"), binding("Warn", name="c")], 0, "Warn", "PC7102"),
        ([binding("Audit"), binding("Deny", name="c", matchResources={"resourceRules": [rule("secrets")]})], 0, "Audit",
         "PC7103"),
    ],
)  # fmt: skip
def test_actions_of_all_bindings_that_are_for_a_request(
    bindings: list[Body], exit_code: int, action: str, code: str
) -> None:
    answer = check([policy(NEVER), *bindings], [config_map()])
    assert (answer.exit, answer.entries[0]["action"], answer.codes) == (exit_code, action, {code})


AUDITS = [
    ("'a' + object.data.a", "Fail", 0, set()),
    ("null", "Fail", 0, set()),
    ("'a' + object.none", "Fail", 1, {"PC7104"}),
    ("'a' + object.none", "Ignore", 0, {"PC7105"}),
]


@pytest.mark.parametrize(("expression", "failure", "exit_code", "codes"), AUDITS)
def test_audit_annotation_without_a_value_denies_whatever_the_binding_says(
    expression: str, failure: str, exit_code: int, codes: set[str]
) -> None:
    annotation = [{"key": "k", "valueExpression": expression}]
    given = policy("true", auditAnnotations=annotation, failurePolicy=failure)
    answer = check([given, binding("Warn")], [config_map()])
    assert (answer.exit, answer.codes) == (exit_code, codes)


def test_policy_of_audit_annotations_alone_has_one_entry() -> None:
    answer = check([policy(auditAnnotations=[{"key": "k", "valueExpression": "'a'"}])], [config_map()])
    assert [(one["validation"], one["result"]) for one in answer.entries] == [(None, "pass")]


def _limited(*objects: Body, action: str = "Deny", not_found: str = "Deny", **ref: Any) -> list[Body]:
    """Return a policy that allows what its parameters name, with parameters beside it."""
    kind = {"apiVersion": "v1", "kind": "ConfigMap"}
    given = policy("object.data.a == params.data.a", rules=[rule("*")], paramKind=kind)
    return [given, binding(action, paramRef={"parameterNotFoundAction": not_found, **ref}), *objects]


@pytest.mark.parametrize(
    ("policies", "one", "exit_code", "expected"),
    [
        (_limited(config_map("z"), name="z"), config_map(), 0, "pass"),
        (_limited(config_map("z", {"a": "y"}), name="z"), config_map(), 1, "deny"),
        (_limited(config_map("z"), name="z"), config_map(namespace="other"), 1, "error"),
        (_limited(config_map("z", namespace="p"), name="z", namespace="p"), config_map(namespace="other"), 0, "pass"),
        (_limited(config_map("z"), name="z"), thing("PersistentVolume"), 1, "error"),
        (_limited(name="z"), config_map(), 1, "error"),
        (_limited(name="z", action="Warn"), config_map(), 1, "error"),  # no action softens what is not set up
        (_limited(name="z", not_found="Allow"), config_map(), 0, "skip"),
        (_limited(name="a"), config_map(), 0, "pass"),  # parameters among what is judged
        (_limited(config_map("y"), config_map("z"), selector={}), config_map(), 0, "pass"),
        (_limited(config_map("y"), config_map("z", {"a": "y"}), selector={}), config_map(), 1, "deny"),
        (_limited(config_map("z", labels={"p": "q"}), selector={"matchLabels": {"p": "q"}}), config_map(), 0, "pass"),
        (_limited(config_map("z"), selector={"matchLabels": {"p": "q"}}), config_map(), 1, "error"),
    ],
)
def test_parameters(policies: list[Body], one: Body, exit_code: int, expected: str) -> None:
    answer = check(policies, [one])
    assert (answer.exit, answer.results) == (exit_code, [expected])


def test_skip_for_lack_of_parameters_says_so() -> None:
    (message,) = check(_limited(name="z", not_found="Allow"), [config_map()]).messages
    assert "no object that it takes its parameters from" in message


def test_parameters_of_a_custom_kind() -> None:
    given = policy("size(object.data) <= params.limit", paramKind={"apiVersion": "example.com/v1", "kind": "Limit"})
    bound = binding(paramRef={"name": "z", "parameterNotFoundAction": "Deny"})
    limit = {**thing("example.com/v1 Limit", "z"), "limit": 1.0, "unset": None}
    assert check([given, bound, limit], [config_map()]).results == ["pass"]
    assert check([given, bound, limit], [config_map(data={"a": "x", "b": "x"})]).results == ["deny"]


def test_one_entry_for_each_policy_validation_and_object() -> None:
    given = policy("true", NEVER, "object.none == 1")
    other = {**policy("true", rules=[rule("secrets")]), "metadata": {"name": "q"}}
    answer = check([given, other], [config_map(), {"apiVersion": "v1", "kind": "List", "items": [config_map("b")]}])
    assert [(one["policy"], one["validation"], one["object"]["name"], one["result"]) for one in answer.entries] == [
        *(("p", i, "a", result) for i, result in enumerate(("pass", "deny", "error"))),
        ("q", 0, "a", "skip"),
        *(("p", i, "b", result) for i, result in enumerate(("pass", "deny", "error"))),
        ("q", 0, "b", "skip"),
    ]


@pytest.mark.parametrize(
    ("expression", "data", "expected"),
    [
        ("object.l.all(x, object.l.all(y, x == y || true))", list(range(200)), "error"),
        ("object.l.all(x, x >= 0)", list(range(20000)), "error"),
        ("19999 in object.l && object.l.sum() > 0", list(range(20000)), "pass"),
        ("object.l[0].matches('(a+)+$')", [f"{'a' * 50000}!"], "deny"),
        ("object.l[0].matches('(?=a)')", ["a"], "error"),
        ("object.l[0].matches(object.l[0])", ["("], "error"),
        ("object.l[5] == 1", [1], "error"),
        ("1 / object.l[0] == 1", [0], "error"),
        ("int(object.l[0]) == 1", ["a"], "error"),
        ("timestamp(object.l[0]) < timestamp('2020-01-01T00:00:00Z')", ["yesterday"], "error"),
    ],
)
def test_limits_and_failures_of_the_engine_are_errors(expression: str, data: list[Any], expected: str) -> None:
    assert says(expression, [{**config_map(), "l": data}]) == expected
