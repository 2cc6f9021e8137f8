"""What cannot be judged, or would judge nothing, is loud: never exit code 0."""

import json
import shutil
from pathlib import Path

import pytest

from platform_compiler.cli.exits import Exit
from platform_compiler.policy.repository import built_in_names
from platform_compiler.shipped import shipped
from tests.policy.shops import NO_WEB, WEB, add, codes, platform, shop, with_policy, with_waiver
from tests.policy.writing import cases_of, deployment, policy, run, write

RULE = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["deployments"]}
BINDING = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "ValidatingAdmissionPolicyBinding",
    "metadata": {"name": "b"},
    "spec": {"policyName": "no-wbe", "validationActions": ["Deny"]},
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return with_policy(shop(tmp_path / "shop"), policy("no-web", "object.metadata.name != 'x'"))


def told(repository: Path, *arguments: str) -> list[str]:
    """Return the codes of the errors that a verb ends with."""
    result = platform(*arguments, "--root", str(repository), "--as-of", "2026-06-01", "--format", "concise")
    assert result.exit_code == Exit.FINDINGS, result.output
    return codes(result)


def test_a_sound_repository_is_clean(repository: Path) -> None:
    assert platform("validate", "--root", str(repository)).exit_code == Exit.CLEAN


@pytest.mark.parametrize("verb", [("validate",), ("compile", "--check")])
def test_a_policy_that_does_not_compile(repository: Path, verb: tuple[str, ...]) -> None:
    write(repository / "policies/no-web/policy.yaml", policy("no-web", "object.metadata.name !"))
    assert told(repository, *verb) == ["PC7001"]


@pytest.mark.parametrize("verb", [("validate",), ("compile", "--check")])
def test_a_policy_whose_variables_nest_more_deeply_than_can_be_judged(tmp_path: Path, verb: tuple[str, ...]) -> None:
    chain = [{"name": "v0", "expression": "object.metadata.name"}]
    chain += [{"name": f"v{i}", "expression": f"variables.v{i - 1}"} for i in range(1, 120)]
    deep = policy("no-web", "variables.v119 != 'x'", variables=chain)
    assert told(with_policy(shop(tmp_path / "shop"), deep), *verb) == ["PC7001"]


@pytest.mark.parametrize("verb", [("validate",), ("compile", "--check")])
def test_a_policy_that_does_not_compile_is_told_even_where_nothing_binds_it(
    repository: Path, verb: tuple[str, ...]
) -> None:
    write(repository / "policies/other/policy.yaml", policy("other", "nothing.metadata"))
    assert "PC7001" in told(repository, *verb)


@pytest.mark.parametrize("verb", [("validate",), ("compile", "--check")])
def test_a_set_of_a_policy_that_there_is_not(repository: Path, verb: tuple[str, ...]) -> None:
    add(repository, "PolicySet", "more", policies={"no-wbe": {}}, enforce=[{"actions": ["Deny"]}])
    assert told(repository, *verb) == ["PC7010"]


@pytest.mark.parametrize("verb", [("validate",), ("compile", "--check")])
def test_a_binding_of_a_policy_that_there_is_not(repository: Path, verb: tuple[str, ...]) -> None:
    write(repository / "policies/no-web/binding.yaml", BINDING)
    assert told(repository, *verb) == ["PC7010"]


@pytest.mark.parametrize("verb", [("validate",), ("compile", "--check")])
def test_a_waiver_of_a_policy_that_there_is_not(repository: Path, verb: tuple[str, ...]) -> None:
    with_waiver(repository, WEB, "no-wbe")
    assert "PC7201" in told(repository, *verb)


@pytest.mark.parametrize("verb", [("validate",), ("compile", "--check")])
def test_a_waiver_of_a_validation_that_there_is_not(repository: Path, verb: tuple[str, ...]) -> None:
    with_waiver(repository, WEB)
    waiver = repository / "waivers/w.yaml"
    waiver.write_text(waiver.read_text().replace("policy: no-web", "policy: no-web\n  validations: [1]"))
    assert "PC7202" in told(repository, *verb)


@pytest.mark.parametrize("verb", [("validate",), ("compile", "--check")])
def test_a_waiver_for_a_cluster_that_there_is_not(repository: Path, verb: tuple[str, ...]) -> None:
    with_waiver(repository, {**WEB, "clusters": ["prd-*"]})  # type: ignore[dict-item]
    assert "PC7205" in told(repository, *verb)


def test_check_without_a_policy(tmp_path: Path) -> None:
    objects = write(tmp_path / "web.yaml", deployment())
    result = run("check", str(objects), "--policies", str(objects))
    assert result.exit_code == Exit.USAGE
    assert "no ValidatingAdmissionPolicy" in result.output


def test_check_without_an_object(tmp_path: Path) -> None:
    policies = write(tmp_path / "p.yaml", policy("p", "true"))
    (tmp_path / "empty").mkdir()
    for objects in (tmp_path / "empty", write(tmp_path / "none.yaml")):
        result = run("check", str(objects), "--policies", str(policies))
        assert result.exit_code == Exit.USAGE
        assert "no object" in result.output


def test_check_by_a_policy_that_does_not_compile(tmp_path: Path) -> None:
    policies = write(tmp_path / "p.yaml", policy("p", "object."), policy("sound", "true"))
    objects = write(tmp_path / "web.yaml", deployment())
    assert run("check", str(objects), "--policies", str(policies)).exit_code == Exit.FINDINGS


def test_check_by_a_binding_of_a_policy_that_there_is_not(tmp_path: Path) -> None:
    policies = write(tmp_path / "p.yaml", policy("no-web", "true"), BINDING)
    result = run("check", str(write(tmp_path / "web.yaml", deployment())), "--policies", str(policies))
    assert result.exit_code == Exit.FINDINGS
    assert "did you mean `no-web`?" in result.output


def test_a_test_of_a_policy_that_there_is_not(tmp_path: Path) -> None:
    case = {"object": deployment(), "expect": "pass"}
    tests = write(tmp_path / "tests.yaml", policy("p", "true"), cases_of("q", one=case))
    assert run("test", str(tests)).exit_code == Exit.FINDINGS


def test_tests_and_lint_of_nothing(tmp_path: Path) -> None:
    nothing = write(tmp_path / "web.yaml", deployment())
    assert run("test", str(nothing)).exit_code == Exit.USAGE
    assert run("lint", str(nothing)).exit_code == Exit.USAGE


def test_what_a_policy_cannot_tell_is_no_pass(tmp_path: Path) -> None:
    policies = write(tmp_path / "p.yaml", policy("p", "object.spec.replicas > 1"))
    objects = write(tmp_path / "web.yaml", deployment(replicas=None))
    result = run("check", str(objects), "--policies", str(policies), "--format", "json")
    assert result.exit_code == Exit.FINDINGS
    assert [entry["result"] for entry in json.loads(result.stdout)["entries"]] == ["error"]


def test_a_shipped_scaffold_has_policies_and_is_clean(tmp_path: Path) -> None:
    shutil.copytree(shipped("scaffold"), tmp_path / "new")
    result = platform("compile", "--check", "--root", str(tmp_path / "new"), "--format", "concise")
    assert (result.exit_code, result.stdout) == (Exit.CLEAN, "")


def test_a_new_repository_refuses_callers_that_do_not_prove_who_they_are(tmp_path: Path) -> None:
    cart = shop(tmp_path / "new") / "teams/shop/cart.yaml"
    cart.write_text(f"{cart.read_text()}  environments: {{dev: {{mesh: {{mtls: permissive}}}}}}\n")
    shown = platform("compile", "--check", "--root", str(tmp_path / "new"), "--format", "concise").stdout
    assert "(policy `mesh-strict-mtls`)" in shown


def test_a_new_repository_is_held_to_restricted_pod_security_everywhere(tmp_path: Path) -> None:
    rows = run("list", "--root", str(shop(tmp_path / "new"))).stdout.splitlines()
    held = {row.split()[0]: row for row in rows}
    restricted = {name for name in built_in_names() if name.startswith("pod-security-")}
    assert restricted
    assert restricted <= held.keys()
    assert all("dev, prod" in held[name] and "Deny" in held[name] for name in restricted)


def test_the_policy_that_others_are_compared_with_is_violated(tmp_path: Path) -> None:
    repository = with_policy(shop(tmp_path / "shop"), NO_WEB)
    assert told(repository, "validate") == ["PC7101"]
