"""What runs jobs: an executor, how many processes it has, and who says when nothing will come of it any more."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
_LOOK = 1.0
"""Seconds after which somebody looks whether the engine is still there."""


class LostError(ConnectionError):
    """An engine cannot be reached, or it lost what it was working on."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An executor with so many processes.

    `inherits` says that they know what this one has read. `look` is called from time to time while somebody waits, and
    raises `LostError` where that is in vain.
    """

    executor: Executor
    processes: int
    inherits: bool
    look: Callable[[], None] = lambda: None


def ask(engine: Engine, work: Callable[[T], R], jobs: Sequence[T]) -> list[R]:
    """Return what becomes of jobs, in their order.

    Raises:
        LostError: the engine did not finish them.
    """
    try:
        futures = [engine.executor.submit(work, job) for job in jobs]
        _wait(engine, futures)
        return [future.result() for future in futures]
    except BrokenProcessPool:
        raise LostError(
            "a process that compiled ended too early, perhaps for lack of memory; `-j 1` needs the least"
        ) from None
    except CancelledError:
        raise LostError("the connection to the scheduler was lost") from None


def _wait(engine: Engine, futures: Sequence[Future[R]]) -> None:
    waiting: set[Future[R]] = set(futures)
    while waiting:
        done, waiting = wait(waiting, timeout=_LOOK, return_when=FIRST_EXCEPTION)
        if any(future.cancelled() or future.exception() for future in done):
            return
        if waiting:
            engine.look()
