"""The reject fixtures: one folder a case, laid over the base repository and run through the real command line.

`fixtures/reject/<CODE>-<name>/<case>/`:
  repo/        files laid over `fixtures/base/`, same path replaces
  case.yaml    optional: `args` (default `[validate]`), `remove` (paths of the base to delete), `links` (path: target),
               `pad` (path: bytes to fill it up to, with a comment), `output` (a folder to lay beside)
  expect.txt   stdout with `--format concise`, byte for byte
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from platform_compiler.cli.main import platformc

FIXTURES = Path(__file__).parents[2] / "fixtures"
REJECT = FIXTURES / "reject"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run printed and how it ended."""

    stdout: str
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
    args: list[str] = settings.get("args", ["validate"])
    return args


def run(case: Path, directory: Path, monkeypatch: Any) -> Outcome:
    """Run the case in `directory` and return its outcome."""
    args = prepare(case, directory)
    monkeypatch.chdir(directory)
    result = CliRunner().invoke(platformc, [*args, "--format", "concise", "--as-of", "2026-06-01"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.stdout, result.exit_code)
