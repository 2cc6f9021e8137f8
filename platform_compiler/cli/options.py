"""Options that mean the same in every verb, and the run they describe."""

import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from platform_compiler.cache.own import kept_in
from platform_compiler.cache.store import NOTHING, Store
from platform_compiler.cli.caching import cache_option
from platform_compiler.cli.workspace import find_root, root_or_here, source_date
from platform_compiler.source.snapshot import Snapshot

_Command = TypeVar("_Command", bound=Callable[..., Any])


FORMATS = ("text", "concise", "json", "github", "gitlab", "junit", "sarif")
"""How findings can be printed; each is imported when it is."""


class Run(NamedTuple):
    """What the shared options say: which repository, judged as of which day, reported how, remembered where."""

    root: Path
    day: date | None
    format: str
    colour: bool
    quiet: bool
    cache: Store = NOTHING

    @property
    def as_of(self) -> date:
        """The day that dated rules are judged by: where no option names one, Git is asked for it."""
        return self.day or source_date(self.root)

    def of(self, tree: Snapshot) -> "Run":
        """Return the run for a repository: where nothing in it is dated, any day will do, and Git is not asked."""
        return self._replace(day=self.as_of if tree.is_dated else self.day or date.min)


def use_colour(choice: str) -> bool:
    """Decide on colours as `--color`, NO_COLOR, FORCE_COLOR, TERM and the terminal say."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


root_option = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The platform repository. [default: the nearest folder upwards that holds platform.yaml]",
)
as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Judge dated rules as of this day. [default: the date of the commit checked out]",
)


def shared_options(command: _Command) -> _Command:
    """Give a verb the shared options; it receives them as one `run: Run` argument.

    A verb that is given `files` stands in the repository of the first of them that has one, wherever it was started.
    """
    return _with_options(command, find_root)


def rootless_options(command: _Command) -> _Command:
    """Give the shared options to a verb that also works outside of platform repositories: there the root is here."""
    return _with_options(command, root_or_here)


def _with_options(command: _Command, find: Callable[..., Path]) -> _Command:

    @root_option
    @as_of_option
    @click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="How findings are printed.",
    )
    @click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour the output.")
    @click.option("-q", "--quiet", is_flag=True, help="No summary; findings only.")
    @cache_option
    @wraps(command)
    def with_run(  # noqa: PLR0913 -- click passes every option by name
        *args: Any,
        root: Path | None,
        as_of: datetime | None,
        format_: str,
        color: str,
        quiet: bool,
        cache: Store,
        **kwargs: Any,
    ) -> Any:
        named = [Path(file) for file in (*kwargs.get("files", ()), kwargs.get("stdin_filename")) if file]
        starts = [file.absolute() for file in named if file != Path("-")]
        found = (root or find(*starts, Path.cwd())).resolve()
        run = Run(found, as_of.date() if as_of else None, format_, use_colour(color), quiet, cache)
        with kept_in(cache):
            return command(*args, run=run, **kwargs)

    return with_run  # type: ignore[return-value]  # wraps() keeps the command's own signature
