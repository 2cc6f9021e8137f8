"""The commit of the platform repository that is published: who made it, when, and how it stands to another one."""

import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

from platform_compiler.source.git import GitFailed, git, redact

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029<>]")


@dataclass(frozen=True, slots=True)
class Identity:
    """A person and a moment as Git writes them; `date` is `<seconds> <zone>`."""

    name: str
    email: str
    date: str


@dataclass(frozen=True, slots=True)
class Source:
    """A commit of the platform repository. `subject` is one line; `url` has no credentials and may be empty."""

    commit: str
    author: Identity
    committer: Identity
    subject: str
    ref: str
    url: str

    @property
    def as_of(self) -> date:
        """The day that dated rules are judged by: the committer's, in UTC."""
        return datetime.fromtimestamp(int(self.committer.date.split()[0]), UTC).date()


class Relation(StrEnum):
    """How a source commit stands to the one that was published before."""

    SAME = "same"
    NEWER = "newer"
    OLDER = "older"
    UNRELATED = "unrelated"
    UNKNOWN = "unknown"


def source_of(repository: Path, revision: str) -> Source:
    """Return a commit by any of its names.

    Raises:
        GitFailed: there is no such repository or commit.
    """
    commit = git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    fields = "%H%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%s"
    shown = git(repository, "log", "-1", "--date=raw", f"--format={fields}", commit.decode().strip())
    values = [one_line(value) for value in shown.decode(errors="replace").rstrip("\n").split("\0")]
    identifier, author, mail, authored, committer, committer_mail, committed, subject = values
    return Source(
        identifier,
        Identity(author, mail, authored),
        Identity(committer, committer_mail, committed),
        subject,
        _quiet(repository, "symbolic-ref", "--quiet", "HEAD"),
        redact(_quiet(repository, "config", "--get", "remote.origin.url")),
    )


def one_line(text: str) -> str:
    """Return text of a stranger without what would end a line or an identity in a commit."""
    return _UNSAFE.sub(" ", text).strip()


def relation(repository: Path, ours: str, theirs: str) -> Relation:
    """Return how our commit stands to theirs; history that is not here is asked of `origin`, into a scratch folder."""
    if ours == theirs:
        return Relation.SAME
    found = _compare(repository, ours, theirs)
    if found is not Relation.UNKNOWN:
        return found
    url = _quiet(repository, "config", "--get", "remote.origin.url")
    if not url:
        return Relation.UNKNOWN
    with tempfile.TemporaryDirectory(prefix="platformc-") as scratch:
        try:
            git(Path(scratch), "init", "--quiet", "--bare")
            where = url if "://" in url or re.match(r"[\w.@-]+:", url) else str((repository / url).resolve())
            fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=tree:0")
            git(Path(scratch), *fetch, where, ours, theirs)
            return _compare(Path(scratch), ours, theirs)
        except GitFailed:
            return Relation.UNKNOWN


def _compare(repository: Path, ours: str, theirs: str) -> Relation:
    if not all(_quiet(repository, "cat-file", "-t", commit) == "commit" for commit in (ours, theirs)):
        return Relation.UNKNOWN
    base = _quiet(repository, "merge-base", ours, theirs)
    if base in {ours, theirs}:
        return Relation.OLDER if base == ours else Relation.NEWER
    shallow = _quiet(repository, "rev-parse", "--is-shallow-repository") == "true"
    return Relation.UNKNOWN if shallow else Relation.UNRELATED


def _quiet(repository: Path, *arguments: str) -> str:
    """Return what Git prints, or nothing where it knows no answer."""
    try:
        return git(repository, *arguments).decode(errors="replace").strip()
    except GitFailed:
        return ""


def signing_settings(repository: Path) -> dict[str, str]:
    """Return how the repository's Git settings say that commits are signed."""
    names = ("user.signingkey", "gpg.format", "gpg.program", "gpg.ssh.program", "gpg.openpgp.program")
    return {name: value for name in names if (value := _quiet(repository, "config", "--get", name))}
