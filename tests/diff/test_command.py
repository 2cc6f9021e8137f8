"""`platformc diff` as a pipeline and a developer meet it, on real Git repositories."""

import json
import shutil
from pathlib import Path

import pytest

from platform_compiler.diff.render.markdown import MARKER
from tests.cli.process import platformc, process
from tests.diff.repositories import (
    boutique,
    clean_environment,
    commit_all,
    edit,
    git,
    let_frontend_call_emailservice,
)

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return the base platform repository as a Git repository with a branch `main`."""
    root = tmp_path / "platform repository"
    shutil.copytree(FIXTURES / "base", root)
    git(root, "init", "--quiet")
    commit_all(root, "one")
    return root


def _scale(repository: Path) -> None:
    edit(repository / "teams/shop/web.yaml", "\nspec:\n", "\nspec:\n  env: {COLOUR: blue}\n")


def test_d1_exit_code_is_0_without_changes(repository: Path) -> None:
    done = process("diff", "--base", "main", cwd=repository)
    assert (done.returncode, done.stdout, done.stderr) == (0, "no effective change\n", "")


def test_d1_exit_code_is_1_with_changes_unless_told_otherwise(repository: Path) -> None:
    _scale(repository)
    assert process("diff", "--base", "main", cwd=repository).returncode == 1
    assert process("diff", "--base", "main", "--no-exit-code", cwd=repository).returncode == 0


def test_d1_exit_code_is_2_when_head_does_not_compile_and_the_findings_are_told(repository: Path) -> None:
    path = repository / "teams/shop/web.yaml"
    path.write_text(path.read_text().replace("  image:", "  imege:"))
    done = platformc("diff", "--base", "main", cwd=repository)
    assert done.returncode == 2
    assert "does not compile" in done.stdout
    assert "teams/shop/web.yaml:" in done.stdout
    assert "PC1101" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name what to compare with"),
        (("--base", "nowhere"), "nowhere"),
        (("--from", "."), "--from and --to go together"),
        (("--against", "../missing"), "there is no folder ../missing"),
        (("--base", "main", "--cluster", "prd"), "did you mean"),
        (("--base", "main", "-o", "pdf=x"), "there is no format 'pdf'"),
        (("--base", "--upload-pack=touch pwned"), "upload-pack"),
    ],
)
def test_d1_wrong_use_is_exit_code_2_in_words(repository: Path, arguments: tuple[str, ...], words: str) -> None:
    done = platformc("diff", *arguments, cwd=repository)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (repository / "pwned").exists()


def test_d1_fail_on_looks_at_risks_alone(tmp_path: Path) -> None:
    base, calm, risky = (boutique(tmp_path / name) for name in ("base", "calm", "risky"))
    edit(calm / "teams/web/frontend.yaml", "ENV_PLATFORM: local", "ENV_PLATFORM: gcp")
    let_frontend_call_emailservice(risky)

    def code(head: Path, level: str) -> int:
        return platformc("diff", "--from", "base", "--to", head.name, "--fail-on", level, cwd=tmp_path).returncode

    assert base.exists()
    assert code(calm, "high") == 0
    assert (code(risky, "high"), code(risky, "low")) == (1, 1)


def test_d11_two_folders_need_no_git(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "base", tmp_path / "old")
    shutil.copytree(FIXTURES / "base", tmp_path / "new")
    _scale(tmp_path / "new")
    done = platformc("diff", "--from", "old", "--to", "new", cwd=tmp_path, PATH="/nowhere")
    assert done.returncode == 1, done.stderr
    assert "COLOUR" in done.stdout


def test_d11_revisions_are_compared_without_touching_the_work_tree_or_the_index(repository: Path) -> None:
    _scale(repository)
    commit_all(repository, "two")
    (repository / "teams/shop/web.yaml").write_text("neither commit holds this\n")
    (repository / "staged.yaml").write_text("")
    git(repository, "add", "staged.yaml")
    before = (git(repository, "status", "--porcelain"), (repository / ".git/index").read_bytes())
    done = platformc("diff", "--base", "HEAD~1", "--head", "HEAD", cwd=repository)
    assert done.returncode == 1, done.stderr
    assert "COLOUR" in done.stdout
    assert (git(repository, "status", "--porcelain"), (repository / ".git/index").read_bytes()) == before


def test_d11_base_is_where_the_branch_left_it(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "-b", "mine")
    _scale(repository)
    commit_all(repository, "mine")
    git(repository, "checkout", "--quiet", "main")
    edit(repository / "teams/shop/cart.yaml", "\nspec:\n", "\nspec:\n  env: {THEIRS: yes-it-is}\n")
    commit_all(repository, "theirs")
    done = platformc("diff", "--base", "main", "--head", "mine", cwd=repository)
    assert "COLOUR" in done.stdout
    assert "THEIRS" not in done.stdout


def test_d11_the_platform_repository_may_be_a_folder_of_a_bigger_repository(tmp_path: Path) -> None:
    root = tmp_path / "mono" / "deploy" / "ä platform"
    shutil.copytree(FIXTURES / "base", root)
    (tmp_path / "mono" / "other.yaml").write_text("not: ours\n")
    git(tmp_path / "mono", "init", "--quiet")
    commit_all(tmp_path / "mono", "one")
    assert platformc("diff", "--base", "main", cwd=root).stdout == "no effective change\n"
    _scale(root)
    assert "COLOUR" in platformc("diff", "--base", "main", cwd=root).stdout
    edit(root / "teams/shop/cart.yaml", "paths: [/cart/*]", "paths: [/cart/*, /more]")
    annotations = platformc("diff", "--base", "main", "--format", "github", cwd=root).stdout
    assert "::warning file=deploy/ä platform/teams/shop/web.yaml,line=" in annotations


def test_d11_the_variables_of_a_hook_do_not_lead_elsewhere(repository: Path, tmp_path: Path) -> None:
    _scale(repository)
    done = platformc(
        "diff", "--base", "main", cwd=repository, GIT_DIR=str(tmp_path), GIT_INDEX_FILE=str(tmp_path / "index")
    )
    assert "COLOUR" in done.stdout


def test_histories_that_never_met_are_told_with_the_cure_for_shallow_clones(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "--orphan", "island")
    commit_all(repository, "alone")
    done = platformc("diff", "--base", "main", cwd=repository)
    assert done.returncode == 2
    assert "no common commit" in done.stderr
    assert "--unshallow" in done.stderr


def test_base_that_does_not_compile_is_compared_as_far_as_it_goes(repository: Path) -> None:
    path = repository / "teams/shop/cart.yaml"
    path.write_text(path.read_text().replace("  image:", "  imege:"))
    commit_all(repository, "broken")
    git(repository, "branch", "broken")
    path.write_text(path.read_text().replace("  imege:", "  image:"))
    _scale(repository)
    done = platformc("diff", "--base", "broken", "--format", "json", cwd=repository)
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    assert "COLOUR" in json.dumps(document["changes"])
    assert "teams/shop/cart.yaml" in document["notes"][0]
    assert {change["owner"] for change in document["changes"]} == {"shop/web"}


def test_base_of_which_nothing_can_be_compiled_is_a_usage_error_that_says_why(repository: Path) -> None:
    platform = (repository / "platform.yaml").read_text()
    for path in repository.rglob("*.yaml"):
        path.write_text(": :\n")
    commit_all(repository, "nothing stands")
    (repository / "platform.yaml").write_text(platform)
    git(repository, "checkout", "HEAD~1", "--", ".")
    done = platformc("diff", "--base", "main", cwd=repository)
    assert done.returncode == 2
    assert "does not compile with this version" in done.stderr


def _publish(repository: Path, environment: Path) -> None:
    done = platformc("compile", "-o", str(environment), cwd=repository)
    assert done.returncode == 0, done.stdout + done.stderr


def test_against_an_environment_folder_shows_what_publishing_would_change(repository: Path, tmp_path: Path) -> None:
    _publish(repository, tmp_path / "env")
    (tmp_path / "env/clusters/foreign.yaml").write_text("kind: Foreign\n")
    assert platformc("diff", "--against", "../env", cwd=repository).stdout == "no effective change\n"
    _scale(repository)
    done = platformc("diff", "--against", "../env", cwd=repository)
    assert done.returncode == 1
    assert "COLOUR" in done.stdout
    assert "teams/shop/web.yaml" in done.stdout
    assert "Foreign" not in done.stdout


def test_against_the_tip_of_a_branch_reads_commits_and_not_files(repository: Path, tmp_path: Path) -> None:
    environment = tmp_path / "env"
    _publish(repository, environment)
    git(environment, "init", "--quiet")
    commit_all(environment, "one")
    shutil.rmtree(environment / "clusters")
    assert platformc("diff", "--against", "../env#main", cwd=repository).stdout == "no effective change\n"
    (tmp_path / "mono").mkdir()
    shutil.copytree(tmp_path / "env/.platformc", tmp_path / "mono/prod/.platformc")
    git(environment, "--work-tree", str(tmp_path / "mono/prod"), "checkout", "--force", "--", ".")
    git(tmp_path / "mono", "init", "--quiet")
    commit_all(tmp_path / "mono", "one")
    shutil.rmtree(tmp_path / "mono/prod/clusters")
    assert platformc("diff", "--against", "../mono/prod#main", cwd=repository).stdout == "no effective change\n"
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(environment), str(bare))
    assert platformc("diff", "--against", str(bare), cwd=repository).stdout == "no effective change\n"
    assert platformc("diff", "--against", f"file://{bare}#main", cwd=repository).stdout == "no effective change\n"


def test_d10_what_another_compiler_made_is_told_apart_from_the_change(repository: Path, tmp_path: Path) -> None:
    _publish(repository, tmp_path / "env")
    for path in (tmp_path / "env/clusters").rglob("deployment-*.yaml"):
        path.write_text(path.read_text().replace("revisionHistoryLimit: 3", "revisionHistoryLimit: 2"))
    same = platformc("diff", "--base", "main", "--against", "../env", cwd=repository)
    assert same.returncode == 1
    assert same.stdout.startswith("no change between base and head · ")
    assert "spec.revisionHistoryLimit: 2 → 3" in same.stdout
    _scale(repository)
    done = platformc("diff", "--base", "main", "--against", "../env", "--format", "json", cwd=repository)
    document = json.loads(done.stdout)
    assert "revisionHistoryLimit" not in json.dumps(document["changes"])
    assert "COLOUR" in json.dumps(document["changes"])
    assert "COLOUR" not in json.dumps(document["apart"])
    assert "revisionHistoryLimit" in json.dumps(document["apart"])


def test_one_run_writes_every_format_and_appends_the_summary(repository: Path, tmp_path: Path) -> None:
    _scale(repository)
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    outputs = [word for name in ("markdown", "json", "github") for word in ("-o", f"{name}={tmp_path / name}")]
    done = platformc("diff", "--base", "main", *outputs, "--summary", str(summary), cwd=repository)
    assert (done.returncode, done.stdout) == (1, "")
    assert (tmp_path / "markdown").read_text().endswith(f"{MARKER}\n")
    assert json.loads((tmp_path / "json").read_text())["schemaVersion"] == 1
    assert (tmp_path / "github").read_text().startswith("::")
    assert summary.read_text() == "before\n" + (tmp_path / "markdown").read_text()


def test_one_cluster_or_environment_may_be_asked_for(repository: Path) -> None:
    _scale(repository)
    done = platformc("diff", "--base", "main", "--cluster", "dev", "--format", "json", cwd=repository)
    clusters = {name for change in json.loads(done.stdout)["changes"] for name in change["clusters"]}
    assert clusters == {"dev"}


@pytest.mark.parametrize("seed", ["0", "1"])
def test_d9_the_same_input_gives_the_same_bytes(repository: Path, seed: str) -> None:
    _scale(repository)

    def run(hash_seed: str) -> str:
        return process("diff", "--base", "main", "--format", "json", cwd=repository, PYTHONHASHSEED=hash_seed).stdout

    assert run(seed) == run("42")
    assert "GIT_DIR" not in clean_environment()


def test_environment_repository_that_cannot_be_reached_is_exit_code_4(repository: Path, tmp_path: Path) -> None:
    done = platformc("diff", "--against", f"file://{tmp_path}/nowhere.git", cwd=repository)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("error: fatal: ")


def test_resource_that_is_gone_by_hand_on_one_cluster_is_told_as_added_there(repository: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    _publish(repository, environment)
    (environment / "clusters/prod/shop/web/service-web.yaml").unlink()
    (service,) = environment.glob("clusters/dev/*/web/service-web.yaml")
    service.write_text(service.read_text().replace("port: 80\n", "port: 81\n"))
    told = platformc("diff", "--against", str(environment), cwd=repository).stdout
    assert "  + Service shop/web  prod\n" in told
    assert "  ~ Service shop-dev/web  dev\n" in told
    assert "differs in" not in told
    assert "1 file of the environment repository was edited after platformc wrote it" in told
