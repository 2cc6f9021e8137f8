"""Asking Git: which commit a name means, where a folder lies in its repository, where two branches parted.

Every call strips `GIT_*` from the environment: inside a hook GIT_DIR and GIT_INDEX_FILE point at the hook's own
repository and would win over `-C`. Nothing here writes, but for `mirror`, which fills a folder of its own.
"""

import os
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path


class GitTrouble(Exception):  # noqa: N818 -- a condition of the outside world, worded for people by the caller
    """Git could not do what was asked; the text is Git's own words."""


def git(repository: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """Return what a Git command prints.

    Raises:
        GitTrouble: it failed, or there is no Git.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(  # noqa: S603 -- fixed verbs, no shell
            ["git", "-C", str(repository), *arguments],  # noqa: S607 -- the user's own git
            input=stdin,
            capture_output=True,
            check=False,
            env=environment,
        )
    except FileNotFoundError as missing:
        raise GitTrouble("git is not installed") from missing
    if done.returncode:
        raise GitTrouble(done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} failed")
    return done.stdout


def folder_in_repository(folder: Path) -> str:
    """Return where `folder` lies below the root of its Git repository, with `/`; empty for the root itself."""
    return os.fsdecode(git(folder, "rev-parse", "--show-prefix").removesuffix(b"\n")).removesuffix("/")


def commit_of(repository: Path, revision: str) -> str:
    """Return the full id of the commit that `revision` means."""
    try:
        found = git(repository, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    except GitTrouble as trouble:
        raise GitTrouble(f"'{revision}' is no commit that Git knows in {repository}: {trouble}") from trouble
    return found.decode().strip()


def merge_base(repository: Path, one: str, other: str) -> str | None:
    """Return the best common ancestor of two commits, or None where their histories never met (or are cut off)."""
    try:
        return git(repository, "merge-base", one, other).decode().split()[0]
    except GitTrouble as trouble:
        if "failed" in str(trouble):
            return None
        raise


def commit_date(repository: Path, commit: str) -> date:
    """Return the day a commit was made, in UTC."""
    stamp = git(repository, "show", "--no-patch", "--format=%cI", commit).decode().strip()
    return datetime.fromisoformat(stamp).astimezone(UTC).date()


def mirror(url: str, branch: str, folder: Path) -> None:
    """Fetch the tip of a branch of a repository elsewhere (`HEAD`: its default one) as FETCH_HEAD below `folder`."""
    git(folder, "init", "--quiet", "--bare", ".")
    git(folder, "-c", "protocol.ext.allow=never", "fetch", "--quiet", "--depth", "1", "--end-of-options", url, branch)
