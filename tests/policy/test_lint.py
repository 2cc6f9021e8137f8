"""`platformc policy lint`: what is odd is told, and what is guarded in any of the usual ways is not."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.reject_cases import FIXTURES
from tests.policy.writing import policy, run, write

NETWORK = {
    "apiGroups": ["networking.k8s.io"],
    "apiVersions": ["v1"],
    "operations": ["CREATE"],
    "resources": ["ingresses"],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(*expressions: str, options: tuple[str, ...] = (), **spec: Any) -> list[str]:
    """Return the codes of what is told of a policy with a cure, and the words in backticks that follow."""
    made = policy("p", *expressions, **spec)
    made["metadata"]["annotations"] = {"platformc.dev/remediation": "mend it"}
    write(Path("p.yaml"), made)
    result = run("lint", "p.yaml", "--format", "concise", *options)
    return [line.partition("[")[2].partition("]")[0] for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    "expression",
    [
        "object.spec.?replicas.orValue(1) > 1",
        "has(object.spec.replicas) && object.spec.replicas > 1",
        "object.spec.replicas > 1 && has(object.spec.replicas)",
        "!has(object.spec.replicas) || object.spec.replicas > 1",
        "has(object.spec.replicas) ? object.spec.replicas > 1 : false",
        "!has(object.spec.replicas) ? false : object.spec.replicas > 1",
        "!(has(object.spec.replicas) && object.spec.replicas < 2)",
        "object.spec.?replicas.hasValue() && object.spec.replicas > 1",
        "object.spec.?replicas.orValue(0) != 0 && object.spec.replicas > 1",
        "has(object.metadata.labels) && 'app' in object.metadata.labels && object.metadata.labels['app'] == 'x'",
        "has(object.metadata.labels) && has(object.metadata.labels.app) && object.metadata.labels.app == 'x'",
        "object.spec.template.spec.containers.all(c, has(c.resources) && has(c.resources.limits))",
        "object.spec.template.spec.containers.all(c, c.name != 'x')",
        "object.spec.template.spec.?initContainers.orValue([]).all(c, c.name != 'x')",
        "object.spec.?template.?spec.?securityContext.?runAsUser.optMap(u, u > 0).orValue(true)",
        "object.metadata.name != 'x' && object.spec.selector != null",
        "size(object.spec.template.spec.?volumes.orValue([])) == 0 || object.spec.template.spec.volumes[0].name != ''",
    ],
)
def test_a_guarded_read_is_fine(expression: str) -> None:
    assert lint(expression) == []


@pytest.mark.parametrize(
    "expression",
    [
        "object.spec.replicas > 1",
        "has(object.spec.paused) && object.spec.replicas > 1",
        "has(object.spec.replicas) || object.spec.replicas > 1",
        "!has(object.spec.replicas) && object.spec.replicas > 1",
        "has(object.spec.replicas) ? true : object.spec.replicas > 1",
        "object.spec.template.spec.containers.all(c, c.resources.limits.cpu != '1')",
        "object.spec.template.spec.containers.exists(c, has(c.securityContext) && c.securityContext.privileged)",
        "object.metadata.labels['app'] == 'x'",
        "object.spec.template.spec.volumes.all(v, v.name != 'x')",
    ],
)
def test_an_unguarded_read_is_told_once(expression: str) -> None:
    assert lint(expression) == ["PC7007"]


def test_a_guard_in_a_condition_holds_in_validations() -> None:
    conditions = [{"name": "said", "expression": "has(object.spec.replicas)"}]
    assert lint("object.spec.replicas > 1", matchConditions=conditions) == []


def test_a_variable_is_looked_into_under_the_guards_of_its_reader() -> None:
    variables = [{"name": "count", "expression": "object.spec.replicas"}]
    assert lint("has(object.spec.replicas) && variables.count > 1", variables=variables) == []
    assert lint("variables.count > 1", variables=variables) == ["PC7007"]


def test_a_variable_that_nobody_reads_does_no_harm() -> None:
    variables = [{"name": "count", "expression": "object.spec.replicas"}]
    assert lint("object.metadata.name != ''", variables=variables) == []


def test_kinds_without_a_schema_are_not_guessed_at() -> None:
    rule = {**NETWORK, "apiGroups": ["example.com"], "resources": ["widgets"]}
    assert lint("object.spec.replicas > 1", rule=rule) == []


def test_the_team_of_a_manifest_is_always_there() -> None:
    rule = {**NETWORK, "apiGroups": ["platformc.dev"], "resources": ["applications"]}
    assert lint("object.metadata.namespace != ''", rule=rule) == []
    assert lint("object.metadata.team != ''", rule=rule) == ["PC7024"]


def test_fields_that_no_kind_has_are_told_and_those_of_one_kind_are_not() -> None:
    assert lint("object.spec.?replica.orValue(1) > 1") == ["PC7024"]
    rule = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["*"]}
    assert lint("object.spec.?serviceName.orValue('') != 'x'", rule=rule) == []


def test_a_fields_path_below_one_that_there_is_not_is_told_once() -> None:
    assert lint("object.spec.?templat.?spec.?hostPID.orValue(false) != true") == ["PC7024"]


def test_functions_are_held_to_the_version_named_and_to_no_other() -> None:
    assert lint("isSemver(object.metadata.name)") == []
    assert lint("isSemver(object.metadata.name)", options=("--kubernetes-version", "1.33")) == ["PC7006"]
    assert lint("isSemver(object.metadata.name)", options=("--kubernetes-version", "1.34")) == []
    assert lint("object.metadata.name in ['a'].sortBy(x, x)", options=("--kubernetes-version", "1.30")) == ["PC7006"]


def test_functions_are_held_to_the_clusters_that_get_the_policy(folder: Path) -> None:
    shutil.copytree(FIXTURES / "base", folder, dirs_exist_ok=True)
    write(folder / "policies" / "p" / "policy.yaml", policy("p", "isSemver(object.metadata.name)"))
    spec = {"policies": {"p": {}}, "enforce": [{"actions": ["Deny"]}], "ship": {"clusters": ["prod"]}}
    sets = {"apiVersion": "platformc.dev/v1", "kind": "PolicySet", "metadata": {"name": "s"}, "spec": spec}
    write(folder / "policies" / "s.yaml", sets)
    assert "`isSemver` needs Kubernetes 1.34, and 1.33" in run("lint", "--format", "concise").stdout
    cluster = folder / "clusters" / "prod.yaml"
    document = yaml.safe_load(cluster.read_text())
    document["spec"]["versions"]["kubernetes"] = "1.34"
    write(cluster, document)
    assert "PC7006" not in run("lint", "--format", "concise").stdout


def test_an_object_that_some_requests_do_not_have_is_asked_for_first() -> None:
    rule = {
        "apiGroups": ["apps"],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["deployments"],
    }
    assert lint("oldObject.metadata.name == object.metadata.name", rule=rule) == ["PC7007"]
    assert lint("oldObject == null || oldObject.metadata.name == object.metadata.name", rule=rule) == []
    assert lint("request.operation == 'CREATE' || oldObject.metadata.name != 'x'", rule=rule) == []
    assert lint("oldObject.metadata.name != 'x'", rule={**rule, "operations": ["UPDATE", "DELETE"]}) == []
    assert lint("object.metadata.name != 'x'", rule={**rule, "operations": ["DELETE"]}) == ["PC7007"]
    conditions = [{"name": "changed", "expression": "request.operation == 'UPDATE'"}]
    assert lint("oldObject.metadata.name != 'x'", rule=rule, matchConditions=conditions) == []


def test_variables_that_read_others_many_times_are_told_once() -> None:
    doubled = [{"name": f"v{i}", "expression": f"variables.v{i - 1} && !variables.v{i - 1}"} for i in range(1, 9)]
    variables = [{"name": "v0", "expression": "object.spec.replicas > 1"}, *doubled]
    assert lint("variables.v8", variables=variables) == ["PC7007"]


def test_what_kubernetes_never_has_is_told_once_with_what_to_write_instead() -> None:
    assert lint("cel.bind(n, object.spec.replicas, n > 1)") == ["PC7001"]
    assert "name the value in `variables` of the policy" in run("lint", "p.yaml").stdout


def test_rules_for_several_versions_and_any_version_are_fine() -> None:
    rule = {
        **NETWORK,
        "apiGroups": ["autoscaling"],
        "apiVersions": ["v1", "v2"],
        "resources": ["horizontalpodautoscalers"],
    }
    assert lint("object.metadata.name != 'x'", rule=rule) == []
    assert lint("object.metadata.name != 'x'", rule={**rule, "apiVersions": ["*"]}) == []
    assert lint("object.metadata.name != 'x'", rule={**rule, "apiVersions": ["v2"]}) == ["PC7022"]


def test_a_folder_without_policies_is_no_success(folder: Path) -> None:
    assert run("lint").exit_code == 2
    write(folder / "p.yaml", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}})
    assert run("lint", "p.yaml").exit_code == 2
