"""Where a run stands: the platform repository's root, and the date that dated rules are judged by."""

import shlex
from datetime import UTC, date, datetime
from pathlib import Path

import click

from platform_compiler.source.git import GitFailed, commit_date


def find_root(*starts: Path) -> Path:
    """Return the nearest folder that holds `platform.yaml`, at or above the first of `starts` that has one.

    Raises:
        click.UsageError: there is none.
    """
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / "platform.yaml").is_file():
                return folder
    below = sorted(found.parent.name for found in starts[-1].glob("*/platform.yaml"))
    cure = "name the repository with --root DIR, or make one with `platformc init DIR`"
    if below:
        cure = f"did you mean --root {shlex.quote(below[0])}?"
    raise click.UsageError(f"no platform.yaml in {starts[-1]} or any folder above it; {cure}")


def root_or_here(*starts: Path) -> Path:
    """Return the root as `find_root` does, or the last of `starts` where there is none."""
    try:
        return find_root(*starts)
    except click.UsageError:
        return starts[-1]


def address(url: str) -> str:
    """Return where a repository named on the command line is: a path counts from the working directory."""
    from platform_compiler.link.destinations import is_remote  # noqa: PLC0415 -- only for verbs that go elsewhere

    return url if is_remote(url) else str(Path(url).expanduser().absolute())


def checkout_of(root: Path) -> Path:
    """Return the top of the checkout that holds `root`, by its `.git`; `root` itself where there is none."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def source_date(root: Path) -> date:
    """Return the date of the commit that is checked out at `root`, or today's where there is none.

    Dated rules must not change their verdict because a pipeline runs a day later, hence the commit's date.
    """
    try:
        return commit_date(root, "HEAD")
    except GitFailed:
        return datetime.now(UTC).date()
