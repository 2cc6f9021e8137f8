"""What people get wrong when they publish and verify, and what they are told."""

import json
from pathlib import Path

import pytest

from platform_compiler.source.git import redact
from tests.publish.shops import EMAIL, Shop, shop
from tests.repositories import git


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--repository", "evn=../env.git"), "there is no repository 'evn'; did you mean 'env'?"),
        (("--repository", "env"), "--repository 'env' is not NAME=URL"),
        (("--max-deletes", "-1"), "-1 is not in the range"),
        (("--deadline", "-1"), "-1.0 is not in the range"),
        (("--env", "prd"), "there is no environment 'prd'; did you mean 'prod'?"),
        (("--source", "nowhere"), "has no commit 'nowhere'"),
        (("--rollback", "HEAD"), "--rollback and --reason go together"),
    ],
)
def test_wrong_use_is_exit_code_2_and_publishes_nothing(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    made = shop(tmp_path)
    done = made.publish(*arguments, code=2)
    assert words in done.stderr
    assert not made.refs()


def test_plan_into_a_folder_that_is_not_there_is_told_before_anything_is_published(tmp_path: Path) -> None:
    made = shop(tmp_path)
    assert "there is no folder nowhere" in made.publish("--plan", "nowhere/plan.json", code=2).stderr
    assert not made.refs()


def test_paths_on_the_command_line_count_from_the_working_directory(tmp_path: Path) -> None:
    made = shop(tmp_path)
    teams = made.source / "teams"
    assert made.run("publish", "--repository", "env=../../env.git", cwd=teams).code == 0
    assert made.run("verify", "--against", "../../env.git", cwd=teams).code == 0


def test_every_line_of_git_s_words_stands_below_its_repository(tmp_path: Path) -> None:
    made = shop(tmp_path)
    told = made.publish("--repository", f"env={tmp_path}/nowhere.git", code=4).stdout
    assert told.startswith("env main: failed\n  fatal: ")
    assert all(line.startswith("  ") for line in told.splitlines()[1:])


def test_pull_request_names_its_branch_and_is_unchanged_when_it_is_there(tmp_path: Path) -> None:
    made = shop(tmp_path)
    plan = tmp_path / "plan.json"
    branch = f"platformc/main/{git(made.source, 'rev-parse', 'HEAD').strip()[:12]}"
    assert made.publish("--pr", "--plan", str(plan)).stdout.endswith(f"0 deleted, on branch {branch}\n")
    assert [result["proposed"] for result in json.loads(plan.read_text())] == [branch]
    assert made.publish("--pr").stdout == f"env main: unchanged, on branch {branch}\n"


def test_mistyped_repository_to_verify_is_a_usage_error(tmp_path: Path) -> None:
    done = shop(tmp_path).run("verify", "--against", "evn")
    assert done.code == 2
    assert "there is no folder or repository 'evn'; did you mean 'env'?" in done.stderr


def test_drift_is_told_while_somebodys_manifest_is_broken(made: Shop) -> None:
    made.replace(EMAIL, "port: 5000", "port: five", 1)
    made.publish("--freeze", code=1)
    assert made.run("verify", "--against", "env").code == 0
    made.edit("By hand", {"clusters/dev/notes.txt": "mine\n"})
    done = made.run("verify", "--against", "env", "--format", "concise")
    assert (done.code, done.stdout.partition(":")[0]) == (1, "clusters/dev/notes.txt")


def test_broken_environment_is_told_instead_of_verified(made: Shop) -> None:
    prod = made.source / "environments/prod.yaml"
    prod.write_text(prod.read_text().replace("destination:", "destinaton:"))
    done = made.run("verify", "--against", "env")
    assert done.code == 1
    assert "did you mean `destination`?" in done.stdout
    assert "nothing was compared" in done.stderr


@pytest.mark.parametrize(
    "url", ["https://bot:s3cret@h/e.git", "https://s3cret@h/e.git", "https://bot:p@s3cret@h/e.git"]
)
def test_p10_no_part_of_a_credential_stays(url: str) -> None:
    assert redact(f"fatal: unable to access '{url}/'") == "fatal: unable to access 'https://***@h/e.git/'"
