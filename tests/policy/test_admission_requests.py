"""What a policy sees: the request, values and pods of workloads, as the API server and its controllers make them."""

from typing import Any

import pytest

from tests.policy.admission import NEVER, Body, check, config_map, policy, rule, says, thing, yaml_text

POD = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "a", "image": "x"}]}}


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
