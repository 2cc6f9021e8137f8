"""The one door to the `git` program: its environment, its options, and its words with credentials taken out.

Git plumbing runs as a child process and speaks bytes. A hook's `GIT_DIR`, `GIT_INDEX_FILE` and their like would win
over `-C`, so nothing that says where a repository lies is passed on; what says how to reach one is.
"""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

_PASSED_ON = (
    r"GIT_(ASKPASS|SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|HTTP_\w+|PROXY_\w+|ALLOW_PROTOCOL"
    r"|CONFIG_(COUNT|KEY_\d+|VALUE_\d+|GLOBAL|SYSTEM|NOSYSTEM))"
)
"""How pipelines hand over access; every other `GIT_*` variable names a repository or a person and stays behind."""
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.autocrlf=false",
    "core.quotePath=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.ext.allow=never",
)
_USER_INFO = r"(?<=://)[^/\s]+(?=@)"


class GitFailed(Exception):  # noqa: N818 -- what Git said, to be told on
    """Git ended with an error; the text is what it printed, without credentials."""


class Unreachable(GitFailed):
    """A repository elsewhere did not give what was asked for."""


def redact(text: str) -> str:
    """Return `text` with the user part of every URL hidden, where tokens live."""
    return re.sub(_USER_INFO, "***", text)


def git_environment() -> dict[str, str]:
    """Return the environment that `git` runs in: English, silent, and without the caller's repository."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or re.fullmatch(_PASSED_ON, k)}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def git(
    repository: Path,
    *arguments: str,
    stdin: bytes = b"",
    settings: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> bytes:
    """Run `git -C repository` with more settings and variables, and return what it printed.

    Raises:
        GitFailed: it ended with an error, or there is no `git` program.
    """
    import subprocess  # noqa: PLC0415 -- a hook that asks Git for nothing must not pay for it

    chosen = [*_SETTINGS, *(f"{key}={value}" for key, value in (settings or {}).items())]
    options = [word for setting in chosen for word in ("-c", setting)]
    try:
        done = subprocess.run(  # noqa: S603 -- no shell, and callers put `--` or full names before what users wrote
            ["git", *options, "-C", str(repository), *arguments],  # noqa: S607 -- the user's own git
            input=stdin or None,  # without anything to say not even a pipe is opened
            capture_output=True,
            check=False,
            env={**git_environment(), **(variables or {})},
        )
    except FileNotFoundError as missing:
        raise GitFailed("git is not installed") from missing
    if done.returncode:
        raise GitFailed(redact(done.stderr.decode(errors="replace").strip()) or f"git {arguments[0]} failed")
    return done.stdout


def listed(repository: Path, commit: str, *below: str) -> list[tuple[str, str, str]]:
    """Return mode, object id and path of every file, link and submodule of a commit's tree, in Git's order.

    Raises:
        GitFailed: there is no such commit.
    """
    paths = ("--", *below) if below else ()
    answer = git(repository, "ls-tree", "-r", "-z", "--full-tree", commit, *paths)
    found = []
    for entry in answer.decode(errors="surrogateescape").split("\0")[:-1]:
        meta, _, path = entry.partition("\t")
        mode, _, identifier = meta.split()
        found.append((mode, identifier, path))
    return found


def blobs(repository: Path, identifiers: Sequence[str]) -> dict[str, bytes]:
    """Return the bytes of blobs by id, read by one process.

    Raises:
        GitFailed: one of them does not exist.
    """
    answer = git(repository, "cat-file", "--batch", stdin="".join(f"{name}\n" for name in identifiers).encode())
    found, position = {}, 0
    for name in identifiers:
        end = answer.index(b"\n", position)
        words = answer[position:end].split()
        if len(words) < len(("id", "type", "size")):
            raise GitFailed(f"object {name} is missing")
        size = int(words[2])
        found[name] = answer[end + 1 : end + 1 + size]
        position = end + size + 2
    return found


def folder_in_repository(folder: Path) -> str:
    """Return where `folder` lies below the root of its Git repository, with `/`; empty for the root itself."""
    return os.fsdecode(git(folder, "rev-parse", "--show-prefix").removesuffix(b"\n")).removesuffix("/")


def commit_of(repository: Path, revision: str) -> str:
    """Return the full id of the commit that `revision` means."""
    try:
        found = git(repository, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    except GitFailed as trouble:
        raise GitFailed(f"'{revision}' is no commit that Git knows in {repository}: {trouble}") from trouble
    return found.decode().strip()


def merge_base(repository: Path, one: str, other: str) -> str | None:
    """Return the best common ancestor of two commits, or None where their histories never met (or are cut off)."""
    try:
        return git(repository, "merge-base", one, other).decode().split()[0]
    except GitFailed as trouble:
        if "failed" in str(trouble):
            return None
        raise


def commit_date(repository: Path, commit: str) -> date:
    """Return the day a commit was made, in UTC."""
    stamp = git(repository, "show", "--no-patch", "--format=%cI", commit).decode().strip()
    return datetime.fromisoformat(stamp).astimezone(UTC).date()


def mirror(url: str, branch: str, folder: Path) -> None:
    """Fetch the tip of a branch of a repository elsewhere (`HEAD`: its default one) as FETCH_HEAD below `folder`.

    Raises:
        Unreachable: it cannot be had.
    """
    git(folder, "init", "--quiet", "--bare", ".")
    try:
        git(folder, "fetch", "--quiet", "--depth", "1", "--end-of-options", url, branch)
    except GitFailed as trouble:
        raise Unreachable(str(trouble)) from trouble
