"""The reject fixtures: one folder a case, laid over the base repository and run through the real command line.

`fixtures/reject/<CODE>-<name>/<case>/`:
  repo/        files laid over `fixtures/base/`, same path replaces
  case.yaml    optional: `args` (default `[validate]`), `remove` (paths of the base to delete), `links` (path: target),
               `pad` (path: bytes to fill it up to, with a comment), `output` (a folder to lay beside),
               `git` (commit everything; `publish`: to the bare repository `env.git`; then commit again with the folder
               `then` laid over, the paths in `gone` deleted, and without the first commit if `unrelated`;
               `drift`: what is written to and deleted from the bare repository by hand)
  expect.txt   stdout with `--format concise`, byte for byte
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from platform_compiler.cli.main import platformc
from tests.repositories import bare, commit, git, init

FIXTURES = Path(__file__).parents[2] / "fixtures"
REJECT = FIXTURES / "reject"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run printed and how it ended."""

    stdout: str
    stderr: str
    exit_code: int


def cases() -> list[Path]:
    """Return every case folder, sorted."""
    return sorted(case for code in REJECT.iterdir() if code.is_dir() for case in code.iterdir() if case.is_dir())


def prepare(case: Path, directory: Path) -> list[str]:
    """Lay the case out in `directory`; return the arguments to run there."""
    settings: dict[str, Any] = {}
    if (case / "case.yaml").exists():
        settings = yaml.safe_load((case / "case.yaml").read_text())
    shutil.copytree(FIXTURES / "base", directory, dirs_exist_ok=True)
    for removed in settings.get("remove", []):
        target = directory / removed
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    if (case / "repo").exists():
        shutil.copytree(case / "repo", directory, dirs_exist_ok=True)
    for path, target in settings.get("links", {}).items():
        (directory / path).symlink_to(target)
    for path, size in settings.get("pad", {}).items():
        text = (directory / path).read_text()
        (directory / path).write_text(text + "#" * (size - len(text) - 1) + "\n")
    if output := settings.get("output"):
        shutil.copytree(case / output, directory / output, dirs_exist_ok=True)
    if "git" in settings:
        _history(case, directory, settings["git"])
    args: list[str] = settings.get("args", ["validate"])
    return args


def _history(case: Path, directory: Path, settings: dict[str, Any]) -> None:
    """Turn the folder into a repository with one or two commits, the first of them published if asked for."""
    bare(directory / "env.git")
    init(directory)
    (directory / ".git" / "info" / "exclude").write_text("env.git\n")
    commit(directory, "First")
    if not settings.get("publish"):
        return
    result = CliRunner().invoke(platformc, ["publish", "--root", str(directory)])
    assert result.exit_code == 0, result.output
    if "drift" in settings:
        _by_hand(directory / "env.git", settings["drift"], directory.with_name(f"{directory.name}-by-hand"))
    if settings.get("unrelated"):
        git(directory, "checkout", "--quiet", "--orphan", "other")
    for path in settings.get("gone", []):
        (directory / path).unlink()
    if "then" in settings:
        shutil.copytree(case / settings["then"], directory, dirs_exist_ok=True)
    commit(directory, "Second", second=1)


def _by_hand(remote: Path, edits: dict[str, Any], clone: Path) -> None:
    """Change files of an environment repository as a person would."""
    git(remote.parent, "clone", "--quiet", str(remote), str(clone))
    for path in edits.get("delete", []):
        (clone / path).unlink()
    commit(clone, "By hand", second=2, files=edits.get("write", {}))
    git(clone, "push", "--quiet", "origin", "main")


def run(case: Path, directory: Path, monkeypatch: Any, output_format: str = "concise") -> Outcome:
    """Run the case in `directory` and return its outcome."""
    args = prepare(case, directory)
    monkeypatch.chdir(directory)
    result = CliRunner().invoke(platformc, [*args, "--format", output_format, "--as-of", "2026-06-01"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.stdout, result.stderr, result.exit_code)
