"""How many processes compile, and where: the options, and the engine that they mean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from platform_compiler.scale.cores import cores

if TYPE_CHECKING:
    from platform_compiler.scale.engine import Engine

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SCHEMES = ("dask", "dask+tls")
_AUTO = "auto"
LEAST = 0.25
"""The part of the work that must be saved, since the work as a whole grows by what is no longer shared."""
_WORTH = 150
"""Targets that must be saved: as many take about as long as it takes to start processes and to hear from them."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """How many processes may compile, None being as many as are worth it; `scheduler` is the address of Dask's."""

    count: int | None = None
    scheduler: str = ""

    @contextmanager
    def engine(self, saved: Callable[[int], float]) -> "Iterator[Engine | None]":
        """Give the engine for a compile; None where this process had better do it alone.

        `saved` tells how many targets fewer one of so many processes has to compile.
        """
        if self.scheduler:
            from platform_compiler.scale.dask import dask  # noqa: PLC0415 -- only whoever asks for it

            with _installed(), dask(self.scheduler, self.count or 0) as engine:
                yield engine
            return
        processes = self.count or cores()
        if processes == 1 or saved(processes) < (_WORTH if self.count is None else 1):
            yield None
            return
        from platform_compiler.scale.local import local  # noqa: PLC0415 -- only where it pays

        with local(processes) as engine:
            yield engine


@contextmanager
def _installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in {"dask", "distributed"}:
            raise
        words = "--executor dask:// needs Dask, which is not installed: pip install 'platform-compiler[dask]'"
        raise click.UsageError(words) from None


def _count(ctx: click.Context, param: click.Parameter, value: str) -> int | None:
    if value == _AUTO:
        return None
    if not value.isdecimal():
        raise click.BadParameter(f"'{value}' is neither a number of processes nor `{_AUTO}`.", ctx, param)
    return int(value)


def _scheduler(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    scheme, _, host = (value or "").partition("://")
    if value and not (host and scheme in _SCHEMES):
        raise click.BadParameter(f"'{value}' is not dask://HOST:PORT or dask+tls://HOST:PORT.", ctx, param)
    return value or ""


def jobs_options(command: _Command) -> _Command:
    """Give a verb `-j` and `--executor`; it receives both as `jobs: Jobs`."""

    @click.option(
        "-j",
        "--jobs",
        "count",
        metavar="N",
        default=_AUTO,
        envvar="PLATFORMC_JOBS",
        callback=_count,
        help="Compile in N processes; 0 is one for each core. [default: auto, as many as are worth it]",
    )
    @click.option(
        "--executor",
        "scheduler",
        metavar="dask://HOST:PORT",
        envvar="PLATFORMC_EXECUTOR",
        callback=_scheduler,
        help="Compile on the workers of a Dask cluster; dask+tls:// where it has certificates.",
    )
    @wraps(command)
    def with_jobs(*args: Any, count: int | None, scheduler: str, **kwargs: Any) -> Any:
        return command(*args, jobs=Jobs(count, scheduler), **kwargs)

    return with_jobs  # type: ignore[return-value]  # wraps() keeps the command's own signature
