"""Where a run stands: the platform repository's root, and the date that dated rules are judged by."""

import os
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import click


def find_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds `platform.yaml`.

    Raises:
        click.UsageError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "platform.yaml").is_file():
            return folder
    raise click.UsageError(
        f"no platform.yaml in {start} or any folder above it; name the repository with --root DIR, "
        "or make one with `platformc init DIR`"
    )


def checkout_of(root: Path) -> Path:
    """Return the top of the checkout that holds `root`, by its `.git`; `root` itself where there is none."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def source_date(root: Path) -> date:
    """Return the date of the commit that is checked out at `root`, or today's where there is none.

    Dated rules must not change their verdict because a pipeline runs a day later, hence the commit's date.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        shown = subprocess.run(  # noqa: S603 -- fixed arguments
            ["git", "-C", str(root), "log", "-1", "--format=%cI"],  # noqa: S607 -- the user's own git
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        return datetime.now(UTC).date()
    stamp = shown.stdout.strip()
    return datetime.fromisoformat(stamp).astimezone(UTC).date() if stamp else datetime.now(UTC).date()
