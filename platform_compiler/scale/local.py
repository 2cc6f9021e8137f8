"""Processes of this machine. Where the system can, they are forked, and so know what was read before they began.

None outlives whoever started it, however that ends.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait

from platform_compiler.scale.engine import Engine


@contextmanager
def local(processes: int, method: str | None = None) -> Iterator[Engine]:
    """Give an engine of so many processes of this machine; `method` says how they are started, where it matters."""
    method = method or ("fork" if _can_fork() else "spawn")
    before = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(processes, multiprocessing.get_context(method), _begin)
    try:
        yield Engine(executor, processes, inherits=method == "fork")
    except BaseException:
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _can_fork() -> bool:
    """Whether a process may be copied: not with threads, nor where the system's own libraries do not bear it."""
    known = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    return known and threading.active_count() == 1


def _begin() -> None:
    """Make a process end without words on Ctrl-C, and when its parent has ended."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
