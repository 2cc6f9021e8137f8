"""The commands of the GitHub action, the GitLab template and the shell recipe, run as written on a real repository.

`gh` and `curl` are stand-ins that note what they are called with: nothing here leaves the machine.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.publish.shops import EMAIL, ROOT, Shop, copy, shop
from tests.repositories import commit, git, git_variables

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
DEPLOYMENT = "clusters/dev/checkout/emailservice/deployment-emailservice.yaml"


@pytest.fixture(scope="module")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = shop(tmp_path_factory.mktemp("opened"))
    made.publish()
    git(made.source, "checkout", "--quiet", "-b", "change")
    made.replace(EMAIL, "emailservice:v0.10.6", "emailservice:v0.10.7", 1)
    return made


@pytest.fixture
def pull_request(opened_once: Shop, tmp_path: Path) -> Shop:
    """Return a repository that stands on a branch, one commit after a published main."""
    return copy(opened_once, tmp_path)


def programs(directory: Path, found: str = "") -> dict[str, str]:
    """Put `platformc`, and stand-ins for `gh` and `curl` that answer `found`, first on the path."""
    directory.mkdir()
    stand_in = f'#!/bin/sh\nfor word; do echo "$word"; done >> "{directory}/calls"\necho "--" >> "{directory}/calls"\n'
    listing = f'case "$*" in *--jq*|*per_page*) printf "%s" \'{found}\';; esac\n'
    scripts = {
        "platformc": f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m platform_compiler "$@"\n',
        "gh": stand_in + listing,
        "curl": stand_in + listing,
    }
    for name, script in scripts.items():
        (directory / name).write_text(script)
        (directory / name).chmod(0o755)
    return {**git_variables(), "PATH": f"{directory}{os.pathsep}{os.environ['PATH']}"}


def bash(script: str, cwd: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script as a GitHub runner does."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=cwd,
        env=dict(variables),
        capture_output=True,
        text=True,
        check=False,
    )


def step(name: str, made: Shop, variables: Mapping[str, str], **values: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action; every value that it takes from an expression has to be given."""
    assert set(STEPS[name].get("env", {})) <= set(values), name
    files = {"GITHUB_OUTPUT": str(made.source.parent / "out"), "GITHUB_STEP_SUMMARY": str(made.source.parent / "sum")}
    return bash(STEPS[name]["run"], made.source, {**variables, **files, **values})


def test_steps_take_no_expression_into_their_script() -> None:
    assert not [name for name, found in STEPS.items() if "${{" in found["run"]]


def test_a_pull_request_is_validated_and_shown(pull_request: Shop, tmp_path: Path) -> None:
    variables = programs(tmp_path / "bin")
    validated = step("Validate", pull_request, variables, ROOT=".", GO_ON="false")
    assert validated.returncode == 0, validated.stderr
    assert json.loads((pull_request.source / "platformc.sarif").read_text())["version"] == "2.1.0"
    shown = step("Diff", pull_request, variables, ROOT=".", BASE="main", FAIL_ON="")
    assert shown.returncode == 0, shown.stderr
    comment = (pull_request.source / "platformc-diff.md").read_text()
    assert "v0.10.7" in comment
    assert (tmp_path / "sum").read_text() == comment
    assert (tmp_path / "out").read_text() == "found=true\n"


def test_a_pull_request_that_does_not_compile_fails(pull_request: Shop, tmp_path: Path) -> None:
    pull_request.replace(EMAIL, "blueprint:", "blueprnt:", 2)
    variables = programs(tmp_path / "bin")
    validated = step("Validate", pull_request, variables, ROOT=".", GO_ON="false")
    assert validated.returncode == 1
    assert f"::error file={EMAIL},line=6" in validated.stdout
    assert step("Diff", pull_request, variables, ROOT=".", BASE="main", FAIL_ON="").returncode != 0


@pytest.mark.parametrize(("found", "method"), [("", "POST"), ("77", "PATCH")])
def test_there_is_one_comment(pull_request: Shop, tmp_path: Path, found: str, method: str) -> None:
    variables = programs(tmp_path / "bin", found)
    step("Diff", pull_request, variables, ROOT=".", BASE="main", FAIL_ON="")
    assert "<!-- platformc-diff -->" in (pull_request.source / "platformc-diff.md").read_text()
    done = step("Comment", pull_request, {**variables, "GITHUB_REPOSITORY": "acme/platform"}, GH_TOKEN="x", NUMBER="5")
    assert done.returncode == 0, done.stderr
    last = (tmp_path / "bin" / "calls").read_text().split("--\n")[-2].splitlines()
    assert method in last
    assert ("repos/acme/platform/issues/comments/77" in last) == bool(found)


@pytest.mark.parametrize(("found", "code"), [("true", 1), ("false", 0)])
def test_a_risk_of_the_chosen_level_fails_the_job(pull_request: Shop, tmp_path: Path, found: str, code: int) -> None:
    assert step("Judge", pull_request, programs(tmp_path / "bin"), FOUND=found).returncode == code


def test_main_is_published(pull_request: Shop, tmp_path: Path) -> None:
    done = step("Publish", pull_request, programs(tmp_path / "bin"), ROOT=".", FREEZE="true")
    assert done.returncode == 0, done.stderr
    assert "v0.10.7" in git(pull_request.remote, "show", f"main:{DEPLOYMENT}")
    assert json.loads((pull_request.source / "platformc-plan.json").read_text())[0]["status"] == "published"


def test_one_broken_manifest_does_not_keep_main_from_being_published_around_it(
    pull_request: Shop, tmp_path: Path
) -> None:
    pull_request.replace("teams/catalog/adservice.yaml", "blueprint:", "blueprnt:", 2)
    variables = programs(tmp_path / "bin")
    validated = step("Validate", pull_request, variables, ROOT=".", GO_ON="true")
    assert validated.returncode == 0, validated.stderr
    assert "::error file=teams/catalog/adservice.yaml" in validated.stdout
    assert step("Publish", pull_request, variables, ROOT=".", FREEZE="true").returncode == 1
    assert "v0.10.7" in git(pull_request.remote, "show", f"main:{DEPLOYMENT}")


def test_the_action_installs_the_checkout_it_comes_from() -> None:
    assert STEPS["Install platformc"]["run"] == 'python3 -m pip install --quiet "$GITHUB_ACTION_PATH"'


def job(name: str, made: Shop, variables: Mapping[str, str], **values: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a GitLab job, all commands in one shell as the runner does."""
    script = "\n".join(GITLAB[name]["script"])
    return bash(script, made.source, {**variables, **GITLAB["variables"], **values})


@pytest.mark.parametrize(
    ("found", "method"), [("[]", "POST"), ('[{"id": 7, "body": "<!-- platformc-diff -->"}]', "PUT")]
)
def test_a_merge_request_is_checked_shown_and_noted(
    pull_request: Shop, tmp_path: Path, found: str, method: str
) -> None:
    values = {
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(pull_request.source, "rev-parse", "main"),
        "CI_MERGE_REQUEST_IID": "5",
        "CI_PROJECT_ID": "9",
        "CI_API_V4_URL": "https://git.acme.example/api/v4",
        "PLATFORMC_TOKEN": "x",
    }
    done = job("platformc-check", pull_request, programs(tmp_path / "bin", found), **values)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((pull_request.source / "gl-code-quality-report.json").read_text()) == []
    assert (pull_request.source / "platformc-junit.xml").read_text().startswith("<?xml")
    last = (tmp_path / "bin" / "calls").read_text().split("--\n")[-2].splitlines()
    notes = "https://git.acme.example/api/v4/projects/9/merge_requests/5/notes"
    assert method in last
    assert last[-1] == (notes if method == "POST" else f"{notes}/7")


def test_a_merge_request_that_does_not_compile_fails(pull_request: Shop, tmp_path: Path) -> None:
    pull_request.replace(EMAIL, "blueprint:", "blueprnt:", 2)
    values = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "main"}
    assert job("platformc-check", pull_request, programs(tmp_path / "bin"), **values).returncode == 1
    assert json.loads((pull_request.source / "gl-code-quality-report.json").read_text())[0]["check_name"]


def test_the_default_branch_is_published_by_gitlab(pull_request: Shop, tmp_path: Path) -> None:
    done = job("platformc-publish", pull_request, programs(tmp_path / "bin"))
    assert done.returncode == 0, done.stderr
    assert "v0.10.7" in git(pull_request.remote, "show", f"main:{DEPLOYMENT}")


def fence(page: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("branch", "tag"), [("main", "v0.10.7"), ("change", "v0.10.6")])
def test_the_shell_recipe_publishes_on_main_only(pull_request: Shop, tmp_path: Path, branch: str, tag: str) -> None:
    variables = {**programs(tmp_path / "bin"), "BASE": "main", "BRANCH": branch}
    done = bash(fence("docs/ci.md", "sh"), pull_request.source, variables)
    assert done.returncode == 0, done.stderr
    assert "v0.10.7" in (pull_request.source / "comment.md").read_text()
    assert tag in git(pull_request.remote, "show", f"main:{DEPLOYMENT}")


def test_the_commands_of_the_publishing_page_succeed(pull_request: Shop, tmp_path: Path) -> None:
    variables = programs(tmp_path / "bin")
    for line in fence("docs/publish.md", "console").splitlines():
        done = bash(line, pull_request.source, variables)
        assert done.returncode == 0, line + done.stdout + done.stderr
    assert "emailservice:v0.10.6" in git(pull_request.remote, "show", f"main:{DEPLOYMENT}")


def test_the_files_of_the_delivery_page_exist() -> None:
    expected = ROOT / "fixtures" / "expected" / "online-boutique"
    named = re.findall(r"clusters/\S+\.yaml", fence("docs/delivery.md", "sh"))
    assert len(named) == 4
    assert all((expected / path).is_file() for path in named)


def test_a_commit_after_the_checks_is_what_is_published(pull_request: Shop, tmp_path: Path) -> None:
    commit(pull_request.source, "Later", 3, {"notes.md": "1"})
    step("Publish", pull_request, programs(tmp_path / "bin"), ROOT=".", FREEZE="false")
    record = git(pull_request.remote, "log", "-1", "--format=%B", "refs/platformc/main")
    assert git(pull_request.source, "rev-parse", "HEAD") in record
