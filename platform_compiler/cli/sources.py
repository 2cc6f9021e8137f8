"""From the options of `platformc diff` to the two platform repositories that are meant, before anything is compiled."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click

from platform_compiler.cli.workspace import find_root, source_date
from platform_compiler.source.git import GitFailed, commit_date, commit_of, folder_in_repository, merge_base
from platform_compiler.source.snapshot import Snapshot, snapshot
from platform_compiler.source.tree import Directory, GitRevision

_SHORT = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options ask to compare."""

    root: Path | None
    base: str | None
    head: str | None
    against: str | None
    before: Path | None
    after: Path | None
    as_of: date | None
    environments: tuple[str, ...]
    clusters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A platform repository to compile: its name for people, and the day its dated rules are judged by."""

    tree: Snapshot
    name: str
    day: date
    folder: str = ""


def _check(asked: Asked) -> None:
    pairs = [asked.base, asked.against, asked.before or asked.after]
    if not any(pairs):
        raise click.UsageError(
            "name what to compare with: --base REV, --against ENVIRONMENT-REPOSITORY, or --from DIR --to DIR"
        )
    if (asked.before is None) != (asked.after is None):
        raise click.UsageError("--from and --to go together")
    if asked.before is not None and (asked.base or asked.head or asked.root):
        raise click.UsageError("--from and --to name both sides; leave --base, --head and --root away")


def sources(asked: Asked) -> tuple[Source | None, Source]:
    """Return base and head; there is no base when only an environment repository is compared with.

    Raises:
        click.UsageError: the options do not make a pair, or name what is not there.
        GitFailed, Unreadable: Git cannot give a revision.
    """
    _check(asked)
    if asked.before is not None and asked.after is not None:
        for folder in (asked.before, asked.after):
            if not (folder / "platform.yaml").is_file():
                raise click.UsageError(f"{folder} is no platform repository: it has no platform.yaml")
        today = datetime.now(UTC).date()
        return tuple(Source(snapshot(Directory(folder)), str(folder), today) for folder in (asked.before, asked.after))  # type: ignore[return-value]  # a pair
    root = (asked.root or find_root(Path.cwd())).resolve()
    if asked.head is None:
        head = Source(snapshot(Directory(root)), "the work tree", source_date(root), _folder(root))
    else:
        head = _revision(root, asked.head, commit_of(root, asked.head))
    if asked.base is None:
        return None, head
    wanted, tip = commit_of(root, asked.base), commit_of(root, asked.head or "HEAD")
    common = merge_base(root, wanted, tip)
    if common is None:
        raise GitFailed(
            f"{asked.base} and {asked.head or 'HEAD'} have no common commit here; in a shallow clone fetch more: "
            "git fetch --unshallow"
        )
    return _revision(root, asked.base, common), head


def _revision(root: Path, name: str, commit: str) -> Source:
    folder = folder_in_repository(root)
    tree = snapshot(GitRevision(root, commit, folder))
    return Source(tree, f"{name} ({commit[:_SHORT]})", commit_date(root, commit), folder)


def _folder(root: Path) -> str:
    """Return where the platform repository lies in its Git repository; empty where there is none."""
    try:
        return folder_in_repository(root)
    except GitFailed:
        return ""
