"""Policies and documents that no API server takes are errors in the words of their cause, and judge nothing."""

import pytest

from tests.policy.admission import NEVER, Body, binding, check, config_map, policy, rule

REFUSED = [
    (policy("object.data.a"), "nobody can tell before"),
    (policy("has(object.a) ? object.a : true"), "nobody can tell before"),
    (policy("'a'"), "the value is a string, and must be a bool"),
    (policy("1 == 1.0"), "no matching overload"),
    (policy("object.a ="), "Syntax error"),
    (policy(" "), "Syntax error"),
    (policy("+".join(["1"] * 60) + " == 60"), "more deeply than 32 levels"),
    (policy("(" * 5000 + "true" + ")" * 5000), "more deeply than 32 levels"),
    (policy("math.greatest(1, 2) == 2"), "undeclared reference"),
    (policy("params == null"), "undeclared reference to 'params'"),
    (policy("variables.v == 1"), "undeclared reference to 'variables.v'"),
    (policy("request.object == null"), "there is no field `request.object`"),
    (policy("true &&\n  request.kind.name == ''"), "there is no field `request.kind.name`"),
    (policy("namespaceObject.kind == ''"), "there is no field `namespaceObject.kind`"),
    (policy("namespaceObject.metadata.ownerReferences == []"), "there is no field `namespaceObject.metadata.owner"),
    (policy({"expression": NEVER, "messageExpression": "object.data.a"}), "nobody can tell before"),
    (policy({"expression": NEVER, "messageExpression": "1"}), "must be a string"),
    (policy({"expression": NEVER, "messageExpression": "string(authorizer == null)"}), "undeclared reference"),
    (policy({"expression": NEVER, "message": "a\nb"}), "more than one line"),
    (policy({"expression": NEVER, "message": "  "}), "the message is blank"),
    (policy("true", auditAnnotations=[{"key": "k", "valueExpression": "1"}]), "must be a string or a null"),
    (policy("true", variables=[{"name": "a-b", "expression": "1"}]), "no expression can read a variable"),
    (policy("true", variables=[{"name": "namespace", "expression": "1"}]), "no expression can read a variable"),
    (
        policy(
            "true",
            variables=[{"name": "v", "expression": "true"}],
            matchConditions=[{"name": "c", "expression": "variables.v"}],
        ),
        "undeclared reference to 'variables.v'",
    ),
    (
        policy("true", variables=[{"name": "v", "expression": "variables.w"}, {"name": "w", "expression": "1"}]),
        "undeclared reference to 'variables.w'",
    ),
    (policy("true", paramKind={"apiVersion": "", "kind": ""}), "`apiVersion` and `kind`"),
    (policy("true", rules=[rule(operations=["*", "CREATE"])]), "stands for all"),
    (policy("true", rules=[rule(resources=["*/*", "pods"])]), "stands for all"),
    (policy(validations=[]), "neither `validations` nor `auditAnnotations`"),
]


@pytest.mark.parametrize(("given", "words"), REFUSED)
def test_policy_that_no_server_takes_is_an_error_and_judges_nothing(given: Body, words: str) -> None:
    answer = check([given], [config_map()])
    assert (answer.exit, answer.codes) == (1, {"PC7001"})
    assert set(answer.results) == {"error"}
    assert words in answer.text


MALFORMED = [
    policy(),
    policy({"message": "a"}),
    policy({"expression": NEVER, "reason": "Nope"}),
    policy("true", failurePolicy="ignore"),
    policy("true", rules=[rule(operations=["create"])]),
    policy("true", rules=[rule(scope="namespaced")]),
    policy("true", rules=[rule(resources=[])]),
    policy("true", matchConstraint={}),
    policy("true", match={"resourceRules": []}),
    policy("true", match={"objectSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]}}),
    policy("true", matchConditions=[{"name": "a", "expression": "true"}] * 2),
    policy("true", variables=[{"name": "a", "expression": "true"}] * 2),
    {**policy("true"), "spec": []},
    {**policy("true"), "metadata": {}},
    {**policy("true"), "apiVersion": "admissionregistration.k8s.io/v1beta1"},
    {**policy("true"), "apiVersion": "admissionregistration.k8s.io/v1alpha1"},
    binding("Nope"),
    binding(paramRef={"name": "a"}),
    binding(paramRef={"parameterNotFoundAction": "Deny"}),
    binding(paramRef={"name": "a", "selector": {}, "parameterNotFoundAction": "Deny"}),
    binding("Deny", "Warn"),
    binding("Deny", "Deny"),
    binding(of="q"),
]


@pytest.mark.parametrize("given", MALFORMED)
def test_malformed_document_among_policies_is_never_passed_over(given: Body) -> None:
    sound = {**policy("true"), "metadata": {"name": "sound"}}
    assert check([sound, binding(of="sound", name="c"), given], [config_map()]).exit == 1


def test_same_name_twice_is_an_error() -> None:
    assert check([policy("true"), policy(NEVER)], [config_map()]).codes == {"PC7003"}


@pytest.mark.parametrize("text", ["", "---\n---\n", "# nothing\n"])
def test_nothing_to_judge_is_a_wrong_use(text: str) -> None:
    assert check([policy("true")], text).exit == 2


@pytest.mark.parametrize("text", ["a: [", "a: b\n", "- a\n", "x: " + "[" * 5000 + "]" * 5000, 'a: "\\ud800"\n'])
def test_file_that_holds_no_objects_is_an_error(text: str) -> None:
    assert check([policy("true")], text).exit == 1
