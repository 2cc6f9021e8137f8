"""Workers of a Dask cluster, on this machine or others: Dask's own executor, and a look at whether any are left.

Certificates are those of Dask's own configuration, https://distributed.dask.org/en/stable/tls.html.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from platform_compiler.scale.engine import Engine, LostError

if TYPE_CHECKING:
    from distributed import Client

_THEIRS = {"dask": "tcp", "dask+tls": "tls"}
"""What Dask calls the schemes of our addresses."""
_CONNECT = 10.0
_APPEAR = 30.0
"""Seconds that workers may take to appear, and to come back."""


@contextmanager
def dask(address: str, jobs: int = 0) -> Iterator[Engine]:
    """Give an engine of the workers of a scheduler, `dask://HOST:PORT` or `dask+tls://HOST:PORT`; 0 jobs: one for each.

    Raises:
        ImportError: Dask is not installed.
        LostError: nothing answers there, or no worker appears, or all are gone while somebody waits.
    """
    from distributed import Client  # noqa: PLC0415 -- an extra, and half a second
    from distributed.scheduler import KilledWorker  # noqa: PLC0415

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost is said by us, once
    scheme, _, host = address.partition("://")
    theirs = f"{_THEIRS[scheme]}://{host}"
    try:
        asyncio.run(_reach(theirs))
        client = Client(theirs, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as trouble:  # the last two where certificates do not fit, or are missing
        raise LostError(f"{address}: {trouble}") from None
    try:
        client.wait_for_workers(1, timeout=_APPEAR)
        executor = client.get_executor(pure=False)
        yield Engine(executor, jobs or len(_workers(client)), inherits=False, look=_look(client, address))
    except KilledWorker as killed:
        raise LostError(f"{address}: the workers that compiled died, one after the other: {killed}") from None
    except TimeoutError:
        raise LostError(f"{address}: there is no worker, and none came in {_APPEAR:.0f} seconds") from None
    finally:
        client.close(timeout=_CONNECT)


async def _reach(address: str) -> None:
    """Connect once and hang up: a client that cannot connect tells so in a trace, long after."""
    from distributed.comm.core import connect  # noqa: PLC0415
    from distributed.security import Security  # noqa: PLC0415

    there = await connect(address, timeout=_CONNECT, **Security().get_connection_args("client"))
    await there.close()


def _look(client: "Client", address: str) -> Callable[[], None]:
    seen = time.monotonic()

    def look() -> None:
        nonlocal seen
        now = time.monotonic()
        try:
            there = _workers(client)
        except OSError as trouble:
            raise LostError(f"{address}: {str(trouble) or 'the scheduler does not answer'}") from None
        if there:
            seen = now
        elif now - seen > _APPEAR:
            raise LostError(f"{address}: all workers are gone, and none came back in {_APPEAR:.0f} seconds")

    return look


def _workers(client: "Client") -> dict[str, int]:
    found: dict[str, int] = client.nthreads(callback_timeout=_CONNECT)
    return found
