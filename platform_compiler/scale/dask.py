"""Workers of a Dask cluster, on this machine or others: Dask's own executor, and a look at whether any are left."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from platform_compiler.scale.engine import Engine, LostError

if TYPE_CHECKING:
    from distributed import Client

_CONNECT = 10.0
_APPEAR = 30.0
"""Seconds that workers may take to appear, and to come back."""


@contextmanager
def dask(host: str, jobs: int = 0) -> Iterator[Engine]:
    """Give an engine of the workers of a scheduler, `HOST:PORT`; 0 jobs are one for each.

    Raises:
        ImportError: Dask is not installed.
        LostError: nothing answers there, or no worker appears, or all are gone while somebody waits.
    """
    from distributed import Client  # noqa: PLC0415 -- an extra, and half a second
    from distributed.scheduler import KilledWorker  # noqa: PLC0415

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost is said by us, once
    try:
        client = Client(f"tcp://{host}", timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError) as trouble:
        raise LostError(f"dask://{host}: {trouble}") from None
    try:
        client.wait_for_workers(1, timeout=_APPEAR)
        executor = client.get_executor(pure=False)
        yield Engine(executor, jobs or len(_workers(client)), inherits=False, look=_look(client, host))
    except KilledWorker as killed:
        raise LostError(f"dask://{host}: the workers that compiled died, one after the other: {killed}") from None
    except TimeoutError:
        raise LostError(f"dask://{host}: there is no worker, and none came in {_APPEAR:.0f} seconds") from None
    finally:
        client.close(timeout=_CONNECT)


def _look(client: "Client", host: str) -> Callable[[], None]:
    seen = time.monotonic()

    def look() -> None:
        nonlocal seen
        now = time.monotonic()
        try:
            there = _workers(client)
        except OSError as trouble:
            raise LostError(f"dask://{host}: {str(trouble) or 'the scheduler does not answer'}") from None
        if there:
            seen = now
        elif now - seen > _APPEAR:
            raise LostError(f"dask://{host}: all workers are gone, and none came back in {_APPEAR:.0f} seconds")

    return look


def _workers(client: "Client") -> dict[str, int]:
    found: dict[str, int] = client.nthreads(callback_timeout=_CONNECT)
    return found
