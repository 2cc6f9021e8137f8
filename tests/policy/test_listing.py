"""`platformc policy list`: what makes policies hold, where, with which actions, and who gets them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.reject_cases import FIXTURES
from tests.policy.writing import policy, run, write


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    shutil.copytree(FIXTURES / "base", root)
    monkeypatch.chdir(root)
    write(root / "policies" / "two" / "policy.yaml", policy("two", "object.spec.?replicas.orValue(1) >= 2"))
    return root


def a_set(name: str, policies: dict[str, Any], *enforce: dict[str, Any], **spec: Any) -> None:
    """Write a PolicySet."""
    document = {
        "apiVersion": "platformc.dev/v1",
        "kind": "PolicySet",
        "metadata": {"name": name},
        "spec": {"policies": policies, "enforce": list(enforce), **spec},
    }
    write(Path("policies") / f"{name}.yaml", document)


def rows(*options: str) -> list[list[str]]:
    """Return the cells of the table without its head, and without what a column is padded with."""
    result = run("list", *options)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines[1:]]


def test_a_policy_that_nothing_makes_hold_is_listed_as_such() -> None:
    a_set("other", {"reliability-replicas": {}}, {"actions": ["Deny"]})
    assert rows() == [
        ["reliability-replicas (built in)", "set other", "dev, prod", "Deny", "-", "0"],
        ["two", "-", "nowhere", "-", "-", "0"],
    ]


def test_actions_places_and_shipping_are_those_of_the_sets() -> None:
    entries = ({"environments": ["prod"], "actions": ["Deny"]}, {"environments": ["dev"], "actions": ["Warn", "Audit"]})
    a_set("ours", {"two": {}}, *entries, ship={"clusters": ["prod*"]})
    assert rows() == [
        ["two", "set ours", "dev", "Warn, Audit", "-", "0"],
        ["two", "set ours", "prod", "Deny", "prod", "0"],
    ]


def test_an_entry_holds_from_its_day_on() -> None:
    a_set("ours", {"two": {}}, {"actions": ["Deny"], "since": "2030-01-01"})
    assert rows("--as-of", "2029-12-31")[0][2] == "nowhere"
    assert rows("--as-of", "2030-01-01")[0][2] == "dev, prod"


def test_waivers_in_force_are_counted() -> None:
    a_set("ours", {"two": {}}, {"actions": ["Deny"]})
    spec = {"policy": "two", "match": {"kind": "Deployment", "name": "web"}, "reason": "r", "ticket": "t", "owner": "o"}
    waiver = {
        "apiVersion": "platformc.dev/v1",
        "kind": "Waiver",
        "metadata": {"name": "web"},
        "spec": {**spec, "granted": "2026-05-01", "expires": "2026-06-30"},
    }
    write(Path("waivers") / "web.yaml", waiver)
    assert rows("--as-of", "2026-06-30")[0][-1] == "1"
    assert rows("--as-of", "2026-07-01")[0][-1] == "0"


def test_own_bindings_hold_everywhere() -> None:
    binding = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": "mine"},
        "spec": {"policyName": "two", "validationActions": ["Deny"]},
    }
    write(Path("policies") / "two" / "binding.yaml", binding)
    assert rows() == [["two", "binding mine", "dev, prod", "Deny", "-", "0"]]


def test_json_has_the_same_in_full() -> None:
    a_set("ours", {"two": {}, "manifests-tier": {}}, {"actions": ["Deny"], "clusters": ["dev"]})
    found = json.loads(run("list", "--format", "json").stdout)
    assert [one["policy"] for one in found["policies"]] == ["manifests-tier", "two"]
    assert [one["judges"] for one in found["policies"]] == ["manifests", "resources"]
    assert found["policies"][1]["places"] == [{"environment": "dev", "cluster": "dev"}]
    assert found["diagnostics"] == []


def test_a_repository_without_policies_is_no_success(repository: Path) -> None:
    shutil.rmtree(repository / "policies")
    assert run("list").exit_code == 2


def test_a_policy_that_does_not_compile_is_told(repository: Path) -> None:
    write(repository / "policies" / "two" / "policy.yaml", policy("two", "object.spec.replicas ="))
    result = run("list")
    assert result.exit_code == 1
    assert "PC7001" in result.stderr
