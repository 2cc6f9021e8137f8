"""Real Git repositories for tests: fixed people, fixed dates, and nothing of the caller's repository or settings."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

BOUTIQUE = Path(__file__).parents[1] / "fixtures" / "online-boutique"


def git_variables(second: int = 0) -> dict[str, str]:
    """Return an environment in which commits are made by Ann at a given second of 2026-06-01."""
    when = f"{1780272000 + second} +0000"
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {
        **inherited,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_AUTHOR_EMAIL": "ann@acme.example",
        "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@acme.example",
        "GIT_COMMITTER_DATE": when,
    }


def git(repository: Path, *arguments: str, second: int = 0, stdin: bytes = b"", check: bool = True) -> str:
    """Run git in a repository and return what it printed."""
    done = subprocess.run(
        ["git", "-C", str(repository), *arguments],
        env=git_variables(second),
        input=stdin,
        capture_output=True,
        check=False,
    )
    if check and done.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout.decode().strip()


def init(directory: Path) -> Path:
    """Make a repository with branch `main` out of a folder."""
    directory.mkdir(parents=True, exist_ok=True)
    git(directory, "init", "--quiet", "--initial-branch=main")
    return directory


def bare(directory: Path, *, filters: bool = True) -> Path:
    """Make an empty bare repository; `filters` lets clients leave out blobs."""
    directory.mkdir(parents=True)
    git(directory, "init", "--quiet", "--bare", "--initial-branch=main")
    git(directory, "config", "uploadpack.allowFilter", str(filters).lower())
    return directory


def commit(repository: Path, message: str, second: int = 0, files: Mapping[str, str] | None = None) -> str:
    """Write files, commit everything that stands in the work tree, and return the commit's id."""
    for path, text in (files or {}).items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--allow-empty", "-m", message, second=second)
    return git(repository, "rev-parse", "HEAD")
