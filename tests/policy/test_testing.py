"""`platformc policy test`: cases are asked as the API server is, and nothing that is untested stays quiet."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.policy.writing import cases_of, deployment, policy, run, write

TWO = "object.spec.?replicas.orValue(1) >= 2"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "policies"


def outcome(folder: Path, made: dict[str, Any], **cases: Any) -> tuple[int, dict[str, str], list[str]]:
    """Run cases of a policy; return the exit code, the result of each case, and the codes told."""
    write(folder / "p" / "policy.yaml", made)
    write(folder / "p" / "tests.yaml", cases_of(made["metadata"]["name"], **cases))
    result = run("test", "--format", "json")
    told = json.loads(result.stdout)
    results = {case["name"]: case["result"] for one in told["policies"] for case in one["cases"]}
    return result.exit_code, results, [one["code"] for one in told["diagnostics"]]


def test_cases_that_are_as_wanted_are_clean_and_counted(folder: Path) -> None:
    write(folder / "p" / "policy.yaml", policy("two", TWO))
    cases = {"two": {"object": deployment(2), "expect": "pass"}, "one": {"object": deployment(), "expect": "deny"}}
    write(folder / "p" / "tests.yaml", cases_of("two", **cases))
    result = run("test")
    assert (result.exit_code, result.stdout) == (0, "two: 2 cases, 1 of 1 validation covered\n")
    assert result.stderr == "ran 2 cases of 1 policy\n"


def test_every_result_can_be_wanted(folder: Path) -> None:
    code, results, codes = outcome(
        folder,
        policy("two", "object.spec.replicas >= 2"),
        passes={"object": deployment(2), "expect": "pass"},
        denied={"object": deployment(1), "expect": "deny", "validations": [0], "message": "no 0"},
        not_told={"object": deployment(None), "expect": "error", "message": "no such key: replicas"},
        another_kind={"object": {**deployment(), "kind": "StatefulSet"}, "expect": "skip"},
    )
    assert (code, codes) == (0, [])
    assert results == {"passes": "pass", "denied": "deny", "not-told": "error", "another-kind": "skip"}


def test_a_wrong_verdict_is_told_with_the_reason_for_it(folder: Path) -> None:
    code, results, codes = outcome(
        folder,
        policy("two", TWO),
        two={"object": deployment(2), "expect": "pass"},
        one={"object": deployment(1), "expect": "pass"},
    )
    assert (code, results["one"], codes) == (1, "deny", ["PC7301"])
    assert "note: validation 0 says: no 0" in run("test").stdout


def test_a_pod_policy_is_tested_with_what_makes_the_pod(folder: Path) -> None:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    code, _, codes = outcome(
        folder,
        policy("tag", "object.spec.containers.all(c, c.image == 'x:2')", rule=rule),
        pod={
            "object": {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": "a"},
                "spec": {"containers": [{"image": "x:2"}]},
            },
            "expect": "pass",
        },
        template={"object": deployment(), "expect": "deny"},
    )
    assert (code, codes) == (0, [])


def test_namespace_user_params_and_the_object_before_are_what_a_case_says(folder: Path) -> None:
    old = {"oldObject": deployment(5), "object": deployment(3)}
    spec = {"paramKind": {"apiVersion": "v1", "kind": "ConfigMap"}}
    low = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}, "data": {"by": "1"}}
    settings = {"params": low, "namespace": {"labels": {"tier": "gold"}}, "user": "me", **old}
    code, _, codes = outcome(
        folder,
        policy(
            "down",
            "object.spec.replicas >= oldObject.spec.replicas - int(params.data.by)",
            "request.userInfo.username == 'me' && namespaceObject.metadata.labels.?tier.orValue('') == 'gold'",
            **spec,
        ),
        far={**settings, "expect": "deny", "validations": [0]},
        near={**settings, "params": {**low, "data": {"by": "2"}}, "expect": "pass"},
        other_user={**settings, "user": "you", "expect": "deny", "validations": [0, 1]},
        no_labels={**settings, "namespace": {}, "expect": "deny", "validations": [0, 1]},
    )
    assert (code, codes) == (0, [])


def test_a_deletion_is_asked_with_the_object_before_alone(folder: Path) -> None:
    rule = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["DELETE"], "resources": ["deployments"]}
    code, _, codes = outcome(
        folder,
        policy("keep", "object == null && oldObject.metadata.name != 'web'", rule=rule),
        web={"oldObject": deployment(), "expect": "deny"},
        other={"oldObject": deployment(name="api"), "expect": "pass"},
        created={"object": deployment(), "expect": "skip"},
    )
    assert (code, codes) == (0, [])


def test_a_validation_that_no_case_shows_both_ways_is_told(folder: Path) -> None:
    cases = {"two": {"object": deployment(2), "expect": "pass"}, "one": {"object": deployment(1), "expect": "deny"}}
    code, _, codes = outcome(folder, policy("two", TWO, "object.spec.replicas < 100"), **cases)
    assert (code, codes) == (1, ["PC7306"])
    assert "two: 2 cases, 1 of 2 validations covered" in run("test").stdout


def test_a_folder_without_policies_and_tests_is_no_success(folder: Path) -> None:
    write(folder / "other.yaml", deployment())
    assert run("test").exit_code == 2
    assert run("test", "nowhere").exit_code == 2


def test_two_cases_of_a_policy_are_both_run(folder: Path) -> None:
    write(folder / "p" / "more.yaml", cases_of("two", one={"object": deployment(1), "expect": "deny"}))
    code, results, _ = outcome(folder, policy("two", TWO), two={"object": deployment(2), "expect": "pass"})
    assert (code, results) == (0, {"one": "deny", "two": "pass"})


def test_why_a_policy_is_not_for_a_case_is_told(folder: Path) -> None:
    limits = {"objectSelector": {"matchLabels": {"tier": "gold"}}}
    made = policy("two", TWO)
    made["spec"]["matchConstraints"].update(limits)
    outcome(folder, made, one={"object": deployment(1), "expect": "deny"})
    assert "`objectSelector` is not for it: the object's labels do not meet `tier: gold`" in run("test").stdout


def test_an_unmet_condition_is_told(folder: Path) -> None:
    made = policy("two", TWO, matchConditions=[{"name": "gold", "expression": "object.metadata.name == 'gold'"}])
    outcome(folder, made, one={"object": deployment(1), "expect": "deny"})
    assert "its condition `gold` is not met" in run("test").stdout
