"""`platformc policy check` judges as the API server does: the same requests, the same values, the same refusals.

Every row was read off the API server's own documentation or behaviour; where nobody can know what it would say, the
rows demand an error and no guess.
"""

from typing import Any

import pytest

from tests.policy.admission import Body, binding, check, config_map, policy, rule, says, thing, yaml_text

NEVER = "false"
POD = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "a", "image": "x"}]}}
SERVED = [{"name": "v1", "served": True}, {"name": "v2"}, {"name": "v3", "served": False}]
CRD = thing(
    "apiextensions.k8s.io/v1 CustomResourceDefinition",
    "oxen.example.com",
    {"group": "example.com", "names": {"kind": "Ox", "plural": "oxen"}, "scope": "Cluster", "versions": SERVED},
)
OX = thing("example.com/v1 Ox")
SCALER = thing("autoscaling/v2 HorizontalPodAutoscaler", spec={"maxReplicas": 1})


@pytest.mark.parametrize(
    ("given", "one", "expected"),
    [
        (rule("configmaps"), config_map(), "deny"),
        (rule("secrets"), config_map(), "skip"),
        (rule("*"), config_map(), "deny"),
        (rule("*/*"), config_map(), "deny"),
        (rule("configmaps/*"), config_map(), "deny"),
        (rule("configmaps/status"), config_map(), "skip"),
        (rule("*/status"), config_map(), "skip"),
        (rule(apiGroups=["*"], apiVersions=["*"]), config_map(), "deny"),
        (rule(operations=["CREATE"]), config_map(), "deny"),
        (rule(operations=["UPDATE", "DELETE", "CONNECT"]), config_map(), "skip"),
        (rule(scope="Namespaced"), config_map(), "deny"),
        (rule(scope="Cluster"), config_map(), "skip"),
        (rule("namespaces", scope="Cluster"), thing("Namespace"), "deny"),
        (rule("namespaces", scope="Namespaced"), thing("Namespace"), "skip"),
        (rule(resourceNames=["b"]), config_map(), "skip"),
        (rule(resourceNames=["a", "b"]), config_map(), "deny"),
        (rule(resourceNames=["a"]), {**config_map(), "metadata": {"generateName": "a"}}, "skip"),
        (rule("apps/v1 deployments/*"), thing("apps/v1 Deployment"), "deny"),
        (rule("apps/v1 deployments/scale"), thing("apps/v1 Deployment"), "skip"),
        (rule("endpoints"), thing("Endpoints"), "deny"),
        (rule("networking.k8s.io/v1 ingresses"), thing("networking.k8s.io/v1 Ingress"), "deny"),
        (rule("networking.k8s.io/v1 networkpolicies"), thing("networking.k8s.io/v1 NetworkPolicy"), "deny"),
        (rule("gateway.networking.k8s.io/v1 gateways"), thing("gateway.networking.k8s.io/v1 Gateway"), "deny"),
        (rule("networking.istio.io/v1 serviceentries"), thing("networking.istio.io/v1 ServiceEntry"), "deny"),
    ],
)
def test_rule_is_for_what_the_api_server_takes_it_to_be_for(given: Body, one: Body, expected: str) -> None:
    assert check([policy(NEVER, rules=[given])], [one]).results == [expected]


def test_excluded_rules_win() -> None:
    match = {"excludeResourceRules": [rule(resourceNames=["a"])]}
    answer = check([policy(NEVER, rules=[rule("*")], match=match)], [config_map(), config_map("b")])
    assert answer.results == ["skip", "deny"]


def test_custom_resource_is_called_as_its_definition_says() -> None:
    given = policy(NEVER, rules=[rule("example.com/v1 oxen", scope="Cluster")])
    assert check([given], [OX, CRD]).results == ["deny", "skip"]
    assert check([policy("!has(request.namespace)", rules=[rule("example.com/v1 oxen")])], [CRD, OX]).exit == 0


@pytest.mark.parametrize(
    ("match", "objects", "expected"),
    [
        ({"objectSelector": {"matchLabels": {"app": "a"}}}, [config_map(labels={"app": "a"})], ["deny"]),
        ({"objectSelector": {"matchLabels": {"app": "a"}}}, [config_map()], ["skip"]),
        ({"namespaceSelector": {"matchLabels": {"tier": "a"}}}, [config_map(namespace="elsewhere")], ["skip"]),
        (
            {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}}},
            [config_map(), config_map(namespace="other")],
            ["deny", "skip"],
        ),
        (
            {"namespaceSelector": {"matchLabels": {"tier": "a"}}},
            [thing("Namespace", "shop", labels={"tier": "a"}), config_map(namespace="shop"), thing("Namespace", "b")],
            ["deny", "deny", "skip"],
        ),
        ({"namespaceSelector": {"matchLabels": {"tier": "a"}}}, [thing("PersistentVolume")], ["deny"]),
    ],
)
def test_selectors(match: Body, objects: list[Body], expected: list[str]) -> None:
    assert check([policy(NEVER, rules=[rule("*")], match=match)], objects).results == expected


def test_object_selector_is_met_by_what_an_object_was_before() -> None:
    given = policy(NEVER, match={"objectSelector": {"matchLabels": {"app": "a"}}})
    assert check([given], [config_map()], [config_map(labels={"app": "a"})]).results == ["deny"]
    namespaces = policy(NEVER, rules=[rule("namespaces")], match={"namespaceSelector": {"matchLabels": {"app": "a"}}})
    assert check([namespaces], [thing("Namespace")], [thing("Namespace", labels={"app": "a"})]).results == ["skip"]


def test_rule_for_another_version_is_an_error_where_only_a_server_could_convert() -> None:
    other = rule("autoscaling/v1 horizontalpodautoscalers")
    answer = check([policy(NEVER, rules=[other])], [SCALER])
    assert (answer.exit, answer.results) == (1, ["error"])
    assert "only an API server can convert" in answer.messages[0]
    assert check([policy(NEVER, rules=[other], match={"matchPolicy": "Exact"})], [SCALER]).results == ["skip"]


@pytest.mark.parametrize(
    ("given", "one", "expected"),
    [
        (rule("networking.istio.io/v1 gateways"), thing("networking.istio.io/v1beta1 Gateway"), "error"),
        (rule("networking.istio.io/v0 gateways"), thing("networking.istio.io/v1beta1 Gateway"), "skip"),
        (rule("*", apiGroups=["*"]), thing("networking.istio.io/v1beta1 Gateway"), "error"),
        (rule("example.com/v2 gadgets"), thing("example.com/v1 Gadget"), "error"),  # nobody knows the versions
        (rule("*", apiGroups=["*"], apiVersions=["v2"]), thing("example.com/v1 Gadget"), "skip"),
        (rule("example.com/v2 oxen"), OX, "error"),
        (rule("example.com/v3 oxen"), OX, "skip"),
        (rule("example.com/v4 oxen"), OX, "skip"),
    ],
)
def test_rule_for_another_version_counts_if_the_kind_is_served_in_it(given: Body, one: Body, expected: str) -> None:
    assert check([policy(NEVER, rules=[given])], [one, CRD]).results[0] == expected


def test_exclusion_and_binding_are_for_all_versions_of_a_kind() -> None:
    all_versions, other = (
        rule("autoscaling/* horizontalpodautoscalers"),
        rule("autoscaling/v1 horizontalpodautoscalers"),
    )
    excluded = policy(NEVER, rules=[all_versions], match={"excludeResourceRules": [other]})
    assert check([excluded], [SCALER]).results == ["skip"]
    bound = [policy(NEVER, rules=[all_versions]), binding(matchResources={"resourceRules": [other]})]
    assert check(bound, [SCALER]).results == ["deny"]


def test_policies_are_not_asked_about_policies() -> None:
    everything = rule("*", apiGroups=["*"], apiVersions=["*"])
    webhook = thing("admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration")
    answer = check([policy(NEVER, rules=[everything])], [policy("true"), binding(), webhook])
    assert answer.results == ["skip", "skip", "deny"]


@pytest.mark.parametrize(
    "expression",
    [
        "request.kind.kind == 'ConfigMap' && request.kind.group == '' && request.kind.version == 'v1'",
        "request.resource.resource == 'configmaps' && request.requestResource.resource == 'configmaps'",
        "request.name == 'a' && request.namespace == 'default' && object.metadata.namespace == 'default'",
        "request.operation == 'CREATE' && oldObject == null",
        "!has(request.subResource) && !has(request.requestSubResource)",
        "request.userInfo.username == 'system:serviceaccount:argocd:argocd-application-controller'",
        "request.userInfo.groups.exists(g, g == 'system:serviceaccounts:argocd')",
        "'system:authenticated' in request.userInfo.groups",
        "!has(request.userInfo.uid) && !has(request.userInfo.extra)",
        "request.dryRun == false && request.options.kind == 'CreateOptions'",
        "namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == 'default'",
        "namespaceObject.status.phase == 'Active' && !has(namespaceObject.metadata.annotations)",
        "params == null",
    ],
)
def test_request_is_what_the_server_makes_of_it(expression: str) -> None:
    assert says(expression, paramKind={"apiVersion": "v1", "kind": "ConfigMap"}) == "pass"


@pytest.mark.parametrize(
    ("one", "expression", "expected"),
    [
        (thing("PersistentVolume"), "!has(request.namespace) && namespaceObject == null", "pass"),
        (thing("PersistentVolume"), "request.namespace == ''", "error"),
        (thing("PersistentVolume"), "namespaceObject.metadata.name == 'a'", "error"),
        (thing("Namespace"), "request.namespace == 'a' && namespaceObject == null", "pass"),
        (thing("Namespace"), "!has(object.metadata.namespace)", "pass"),
        ({**config_map(), "metadata": {"generateName": "a-"}}, "!has(request.name)", "pass"),
        ({**config_map(), "metadata": {"generateName": "a-"}}, "object.metadata.name.size() == 7", "pass"),
        (config_map(namespace="unknown"), "namespaceObject.metadata.name == 'unknown'", "pass"),
    ],
)
def test_request_for_what_is_in_no_namespace_or_has_no_name(one: Body, expression: str, expected: str) -> None:
    assert says(expression, [one], rules=[rule("*")]) == expected


def test_change_and_deletion() -> None:
    created = "request.operation == 'CREATE' && oldObject == null && object != null"
    changed = "request.operation == 'UPDATE' && object.data.a != oldObject.data.a"
    deleted = "request.operation == 'DELETE' && object == null && oldObject.data.a == 'z'"
    given = policy(f"{created} || {changed} || {deleted}")
    now = [config_map("new"), config_map("changed", namespace="default")]
    before = [config_map("changed", {"a": "y"}), config_map("gone", {"a": "z"})]
    answer = check([given], now, before)
    assert [(one["operation"], one["result"]) for one in answer.entries] == [
        ("CREATE", "pass"),
        ("UPDATE", "pass"),
        ("DELETE", "pass"),
    ]
    assert check([policy("has(object.data)")], [config_map("b")], [config_map()]).results == ["pass", "error"]


@pytest.mark.parametrize(
    ("lines", "expression", "expected"),
    [
        (["v: 1.0"], "type(object.v) == int && object.v == 1", "pass"),
        (["v: 1e3"], "type(object.v) == int", "pass"),
        (["v: 1.5"], "type(object.v) == double && object.v > 1", "pass"),
        (["v: 1"], "object.v + 0.5 == 1.5", "error"),
        (["v: 9223372036854775807"], "object.v == 9223372036854775807", "pass"),
        (["v: 9223372036854775807"], "object.v + 1 > 0", "error"),
        (["v: 9223372036854775808"], "type(object.v) == double", "pass"),
        (["v: 1e21"], "type(object.v) == double", "pass"),
        (['v: "1"'], "object.v == 1", "deny"),
        (["v: yes"], "object.v == true", "pass"),
        (["v: 010"], "object.v == 8", "pass"),
        (["v: 0x10"], "object.v == 16", "pass"),
        (["v: 2020-01-01"], "object.v == '2020-01-01'", "pass"),
        (["v: ~"], "has(object.v)", "deny"),
        (["v: {}"], "has(object.v)", "pass"),
        (["v: {a: null}"], "has(object.v.a)", "deny"),
        (["v: [1, null]"], "size(object.v) == 2", "pass"),
        (["v: {1: a, true: b}"], "object.v['1'] == 'a' && object.v['true'] == 'b'", "pass"),
        ([], "has(object.v.a)", "error"),
        (["v: a"], "has(object.v.a)", "error"),
        ([], "object.?v.?a.orValue(3) == 3", "pass"),
    ],
)
def test_values_are_those_that_the_server_reads(lines: list[str], expression: str, expected: str) -> None:
    assert says(expression, yaml_text(*lines)) == expected


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


MAKERS = [
    ("apps/v1 Deployment", {"template": POD}),
    ("apps/v1 StatefulSet", {"template": POD}),
    ("apps/v1 DaemonSet", {"template": POD}),
    ("apps/v1 ReplicaSet", {"template": POD}),
    ("v1 ReplicationController", {"template": POD}),
    ("batch/v1 Job", {"template": POD}),
    ("batch/v1 CronJob", {"jobTemplate": {"spec": {"template": POD}}}),
]
_IS_POD = "object.kind == 'Pod' && request.kind.kind == 'Pod' && request.resource.resource == 'pods'"
_IS_MADE = "object.metadata.generateName == 'a-' && object.metadata.name.startsWith('a-') && !has(request.name)"
_IS_HERE = "object.metadata.namespace == request.namespace && namespaceObject.metadata.name == 'default'"


@pytest.mark.parametrize(("kind", "spec"), MAKERS)
def test_pod_of_a_workload_is_judged_as_its_controller_creates_it(kind: str, spec: Body) -> None:
    pods = [rule("pods", operations=["CREATE"])]
    given = policy(f"{_IS_POD} && {_IS_MADE} && {_IS_HERE}", "object.spec.containers[0].image == 'y'", rules=pods)
    for old in ([], [thing(kind, "a", spec)]):
        answer = check([given], [thing(kind, "a", spec)], old)
        assert answer.results == ["pass", "deny"]
        assert answer.entries[1]["path"].endswith("template.spec.containers[0].image")


def test_pod_of_a_workload_is_not_made_by_who_applies_the_workload() -> None:
    exempt = [{"name": "c", "expression": "!request.userInfo.username.startsWith('system:serviceaccount:argocd:')"}]
    given = policy(NEVER, rules=[rule("pods")], matchConditions=exempt)
    deployment = thing("apps/v1 Deployment", spec={"template": POD})
    assert check([given], [deployment, thing("Pod")]).results == ["deny", "skip"]
    made = policy("request.userInfo.username.endsWith(':replicaset-controller')", rules=[rule("pods")])
    assert check([made], [deployment]).results == ["pass"]


def test_policy_for_pods_and_workloads_is_asked_about_both() -> None:
    given = policy("object.kind == 'Pod'", rules=[rule("pods"), rule("apps/v1 deployments")])
    assert check([given], [thing("apps/v1 Deployment", spec={"template": POD})]).results == ["deny"]
    given = policy("object.kind == 'Deployment'", rules=[rule("pods"), rule("apps/v1 deployments")])
    assert check([given], [thing("apps/v1 Deployment", spec={"template": POD})]).results == ["deny"]


@pytest.mark.parametrize("template", ["x", ["x"], {}, None])
def test_workload_without_a_readable_template_makes_no_pod(template: Any) -> None:
    given = policy(NEVER, rules=[rule("pods")])
    assert check([given], [thing("apps/v1 Deployment", spec={"template": template})]).results == ["skip"]


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


@pytest.mark.parametrize("text", ["", "---\n---\n", "# nothing\n"])
def test_nothing_to_judge_is_a_wrong_use(text: str) -> None:
    assert check([policy("true")], text).exit == 2


@pytest.mark.parametrize("text", ["a: [", "a: b\n", "- a\n", "x: " + "[" * 5000 + "]" * 5000, 'a: "\\ud800"\n'])
def test_file_that_holds_no_objects_is_an_error(text: str) -> None:
    assert check([policy("true")], text).exit == 1
