"""`platformc policy explain`: the values behind a verdict, and what leaves an object out."""

import shutil
from pathlib import Path

import pytest

from tests.cli.reject_cases import FIXTURES
from tests.policy.writing import deployment, policy, run, write

TWO = "object.spec.?replicas.orValue(1) >= 2"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "p.yaml", policy("two", TWO))
    write(tmp_path / "web.yaml", deployment(1), deployment(3, "api"))
    return tmp_path


def explain(*arguments: str) -> str:
    """Return what is explained by the policies of one file."""
    result = run("explain", *arguments, "--policies", "p.yaml")
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.usefixtures("folder")
def test_every_part_is_shown_with_its_value() -> None:
    assert explain("two", "web.yaml", "Deployment/web").splitlines() == [
        "policy `two`, CREATE of Deployment `shop/web`: deny",
        "  validation 0: deny -- no 0",
        "    object.spec.?replicas.orValue(1) >= 2 = false",
        "      object.spec.?replicas.orValue(1) = 1",
        "        object.spec.?replicas = optional.of(1)",
    ]


@pytest.mark.usefixtures("folder")
def test_all_objects_of_a_file_are_explained_unless_one_is_named() -> None:
    assert [line for line in explain("two", "web.yaml").splitlines() if line.startswith("policy")] == [
        "policy `two`, CREATE of Deployment `shop/web`: deny",
        "policy `two`, CREATE of Deployment `shop/api`: pass",
    ]
    assert "shop/web" not in explain("two", "web.yaml", "deployment/shop/api")


def test_the_rule_and_the_selectors_that_leave_an_object_out_are_told(folder: Path) -> None:
    made = policy("two", TWO)
    made["spec"]["matchConstraints"] |= {
        "objectSelector": {"matchLabels": {"tier": "gold"}},
        "namespaceSelector": {"matchLabels": {"team": "pay"}},
    }
    write(folder / "p.yaml", made)
    told = explain("two", "web.yaml", "Deployment/web")
    assert "`objectSelector` is not for it: the object's labels do not meet `tier: gold`" in told
    assert "`namespaceSelector` is not for it: the namespace's labels do not meet `team: pay`" in told
    write(folder / "other.yaml", {**deployment(), "kind": "StatefulSet"})
    assert "`resources` do not name `statefulsets`" in explain("two", "other.yaml")


def test_a_binding_that_leaves_an_object_out_is_told(folder: Path) -> None:
    limits = {"namespaceSelector": {"matchLabels": {"team": "pay"}}}
    binding = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": "pay-alone"},
        "spec": {"policyName": "two", "validationActions": ["Deny"], "matchResources": limits},
    }
    write(folder / "p.yaml", policy("two", TWO), binding)
    assert "binding `pay-alone`: `namespaceSelector` is not for it" in explain("two", "web.yaml", "Deployment/web")


def test_what_fails_is_told_where_it_fails(folder: Path) -> None:
    write(folder / "p.yaml", policy("two", "object.spec.strategy.type == 'Recreate'"))
    told = explain("two", "web.yaml", "Deployment/web")
    assert "object.spec.strategy has no value: no such key: strategy" in told


def test_an_unmet_condition_is_shown_with_its_values(folder: Path) -> None:
    conditions = [{"name": "gold", "expression": "object.metadata.name == 'gold'"}]
    write(folder / "p.yaml", policy("two", TWO, matchConditions=conditions))
    told = explain("two", "web.yaml", "Deployment/web")
    assert "condition `gold`" in told
    assert "object.metadata.name == 'gold' = false" in told


def test_a_built_in_policy_is_explained_for_what_a_cluster_gets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(FIXTURES / "base", tmp_path / "repository")
    monkeypatch.chdir(tmp_path / "repository")
    result = run("explain", "reliability-replicas", "prod", "Deployment/web")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (
        0,
        "policy `reliability-replicas`, CREATE of Deployment `shop/web`: nothing binds it here; if something did: pass",
    )
    result = run("explain", "manifests-team-owners", "prod", "Team/shop")
    assert "policy `manifests-team-owners`, CREATE of Team `shop`" in result.stdout


@pytest.mark.usefixtures("folder")
def test_what_there_is_not_is_a_usage_error() -> None:
    assert run("explain", "tow", "web.yaml", "--policies", "p.yaml").exit_code == 2
    assert run("explain", "two", "nowhere.yaml", "--policies", "p.yaml").exit_code == 2
    assert run("explain", "two", "web.yaml", "Deployment/nobody", "--policies", "p.yaml").exit_code == 2
