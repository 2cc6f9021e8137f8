"""Policies about changes and deletions in `platformc diff`: real repositories, real Git."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.process import platformc
from tests.diff.repositories import ROOT, commit_all, edit, git
from tests.policy.states import KEEP_TIER, policies, policy, waiver, write

WEB, LEDGER = "teams/shop/web.yaml", "teams/pay/ledger.yaml"
DENY = {"keep-tier": "Deny", "keep-data": "Deny", "halve-replicas": "Deny"}
AS_OF = ("--as-of", "2026-06-01")
VIOLATED = """\
  validations:
  - {expression: "oldObject == null ? false : object.metadata.name == 'other'", message: never}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a committed platform repository whose policies are about changes and deletions."""
    root = tmp_path / "platform"
    shutil.copytree(ROOT / "fixtures" / "base", root)
    edit(root / WEB, "\nspec:\n", "\nspec:\n  scale: {min: 8}\n")
    write(root, policies(DENY))
    git(root, "init", "--quiet")
    commit_all(root, "one")
    return root


def let_ledger_go(repository: Path) -> None:
    (repository / LEDGER).unlink()
    edit(repository / WEB, ", pay/ledger: {}", "")


def policies_called_deny(action: str) -> dict[str, str]:
    """Return the set of the repository with another action."""
    made = policies(dict.fromkeys(DENY, action))[f"policies/{action.lower()}.yaml"]
    return {"policies/deny.yaml": made.replace(f"name: {action.lower()}", "name: deny")}


def risks(repository: Path, *arguments: str, code: int | None = None) -> list[dict[str, Any]]:
    """Return what policies refuse of the change since `main`."""
    done = platformc("diff", "--base", "main", "--format", "json", *AS_OF, *arguments, cwd=repository)
    assert code is None or done.returncode == code, done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["risks"]
    return [risk for risk in found if risk["name"] == "refused-by-policy"]


def test_an_immutable_label_that_changes_is_a_high_risk_with_the_line_to_blame(repository: Path) -> None:
    edit(repository / WEB, "\nspec:\n", "\nspec:\n  tier: critical\n")
    (risk,) = risks(repository, "--fail-on", "high", code=1)
    assert (risk["about"], risk["level"], risk["family"]) == ("Deployment shop/web", "high", "policy")
    assert risk["message"] == "the tier of an application may not change (policy `keep-tier`, validation 0)"
    assert risk["field"] == ["metadata", "labels", "platformc.dev/tier"]
    assert risk["advice"] == "make a new application, move over, and let the old one go"
    assert risk["clusters"] == ["dev", "prod"]
    assert [(cause["path"], cause["line"]) for cause in risk["causes"]] == [(WEB, 6)]


def test_another_change_of_the_same_object_is_no_risk(repository: Path) -> None:
    edit(repository / WEB, "web:1.0.0", "web:1.0.1")
    assert risks(repository, "--fail-on", "high", code=0) == []


def test_a_guarded_namespace_that_goes_is_a_high_risk(repository: Path) -> None:
    let_ledger_go(repository)
    assert [(risk["about"], risk["clusters"]) for risk in risks(repository, "--fail-on", "high", code=1)] == [
        ("Namespace pay", ["prod"]),
        ("Namespace pay-dev", ["dev"]),
    ]


def test_replicas_of_a_manifest_may_be_halved_but_not_more(repository: Path) -> None:
    edit(repository / WEB, "min: 8", "min: 4")
    assert risks(repository, "--fail-on", "high", code=0) == []
    edit(repository / WEB, "min: 4", "min: 3")
    (risk,) = risks(repository, "--fail-on", "high", code=1)
    assert (risk["about"], risk["owner"]) == ("Application shop/web", "shop/web")
    assert risk["message"] == "from 8 to 3 replicas (policy `halve-replicas`, validation 0)"
    assert [(cause["path"], cause["line"], cause["text"]) for cause in risk["causes"]] == [(WEB, 6, "spec.scale.min")]


def test_a_layer_that_changes_a_manifest_is_the_line_to_blame(repository: Path) -> None:
    edit(repository / WEB, "  scale: {min: 8}\n", "")
    edit(repository / "environments/prod.yaml", "scale: {min: 2}", "scale: {min: 9}")
    commit_all(repository, "two")
    git(repository, "checkout", "--quiet", "-b", "lower")
    edit(repository / "environments/prod.yaml", "scale: {min: 9}", "scale: {min: 2}")
    found = {risk["about"]: risk["causes"][0]["path"] for risk in risks(repository)}
    assert found["Application shop/web"] == "environments/prod.yaml"


@pytest.mark.parametrize(("action", "level"), [("Warn", "medium"), ("Audit", "low")])
def test_what_comes_of_a_violation_is_its_level(repository: Path, action: str, level: str) -> None:
    write(repository, policies_called_deny(action))
    edit(repository / WEB, "\nspec:\n", "\nspec:\n  tier: critical\n")
    assert [risk["level"] for risk in risks(repository, "--fail-on", level, code=1)] == [level]


def test_a_waiver_in_force_takes_the_risk_away_and_an_expired_one_is_named(repository: Path) -> None:
    edit(repository / WEB, "\nspec:\n", "\nspec:\n  tier: critical\n")
    match = "kind: Deployment, name: web, namespace: shop*"
    write(repository, waiver("web-moves", "keep-tier", match))
    assert risks(repository, "--fail-on", "high", code=0) == []
    write(repository, waiver("web-moves", "keep-tier", match, "2026-05-20"))
    (risk,) = risks(repository, "--fail-on", "high", code=1)
    assert risk["message"].endswith("; waiver `web-moves` expired on 2026-05-20")


def test_a_waiver_for_a_change_is_not_called_unused_while_nothing_changes(repository: Path) -> None:
    write(repository, waiver("web-moves", "keep-tier", "kind: Deployment, name: web"))
    assert "PC7208" not in platformc("compile", "--check", *AS_OF, cwd=repository).stdout


def test_what_a_new_object_violates_too_is_told_by_the_compile_and_not_again(repository: Path) -> None:
    always = policy("keep-tier", ("apps", "CREATE, UPDATE", "deployments"), VIOLATED)
    write(repository, {"policies/keep-tier/policy.yaml": always, **policies_called_deny("Warn")})
    edit(repository / WEB, "web:1.0.0", "web:1.0.1")
    assert "PC7102" in platformc("compile", "--check", *AS_OF, cwd=repository).stdout
    assert risks(repository) == []


def test_an_environment_repository_is_what_was_too(repository: Path) -> None:
    assert platformc("compile", "-o", "../env", *AS_OF, cwd=repository).returncode == 0
    edit(repository / WEB, "\nspec:\n", "\nspec:\n  tier: critical\n")
    done = platformc("diff", "--against", "../env", "--fail-on", "high", *AS_OF, cwd=repository)
    assert done.returncode == 1
    assert "[refused-by-policy]" in done.stdout


def test_only_chosen_clusters_are_asked_about(repository: Path) -> None:
    edit(repository / WEB, "min: 8", "min: 3")
    edit(repository / WEB, "\nspec:\n", "\nspec:\n  tier: critical\n")
    assert [risk["clusters"] for risk in risks(repository, "--cluster", "prod")] == [["prod"], ["prod"]]


def more(policy: str, places: str = "") -> dict[str, str]:
    """Return one more set, for a policy and with a limit that need not exist."""
    made = policies({"keep-tier": "Deny"}, places)["policies/deny.yaml"]
    return {"policies/more.yaml": made.replace("name: deny", "name: more").replace("keep-tier", policy)}


MISTAKES = {
    "violation": {"policies/keep-tier/policy.yaml": KEEP_TIER.replace("[UPDATE]", "[CREATE]")},
    "unknown-policy": more("no-such-policy"),
    "unknown-place": more("keep-tier", ", environments: [mars]"),
    "no-expression": {"policies/keep-tier/policy.yaml": KEEP_TIER.replace("object.metadata", "object.metadata(")},
    "expired-waiver": waiver("old", "keep-tier", "kind: Deployment, name: gone", "2026-05-02"),
}


@pytest.mark.parametrize("files", MISTAKES.values(), ids=list(MISTAKES))
def test_a_base_that_policies_refuse_does_not_degrade_the_diff(repository: Path, files: dict[str, str]) -> None:
    write(repository, files)
    commit_all(repository, "a base with a mistake")
    git(repository, "checkout", "--quiet", "-b", "mend")
    git(repository, "revert", "--no-edit", "HEAD")
    edit(repository / WEB, "web:1.0.0", "web:1.0.1")
    document = json.loads(platformc("diff", "--base", "main", "--format", "json", *AS_OF, cwd=repository).stdout)
    assert document["errors"] == document["notes"] == []
    assert {change["owner"] for change in document["changes"]} == {"shop/web"}


def test_shipped_policies_of_the_base_are_known_and_not_shown_as_new(repository: Path) -> None:
    edit(repository / "policies/deny.yaml", "  enforce:", "  ship: {clusters: [prod]}\n  enforce:")
    commit_all(repository, "ship")
    git(repository, "checkout", "--quiet", "-b", "change")
    done = platformc("diff", "--base", "main", *AS_OF, cwd=repository)
    assert (done.returncode, done.stdout) == (0, "no effective change\n")
