"""A real Dask cluster of separate processes on this machine: the same bytes, and no waiting for what is gone."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from platform_compiler.scale import dask as module
from platform_compiler.scale.dask import dask
from platform_compiler.scale.engine import LostError, ask
from tests.scale.fleets import alone, assert_same, fleet

ROOT = Path(__file__).parents[2]


@contextmanager
def running(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of Dask until it is no longer needed."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def test_workers_make_the_same_and_are_not_waited_for_when_they_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = f"127.0.0.1:{free_port()}"
    scheduler = ("distributed.cli.dask_scheduler", "--host", f"tcp://{host}", "--no-dashboard")
    worker = ("distributed.cli.dask_worker", f"tcp://{host}", "--no-nanny", "--nthreads", "2", "--no-dashboard")
    with ExitStack() as stack:
        stack.enter_context(running(*scheduler, folder=tmp_path))
        first, _ = (stack.enter_context(running(*worker, folder=tmp_path)) for _ in range(2))
        with dask(host, jobs=3) as engine:
            assert_same(fleet("organisation").on(engine), alone("organisation"))
        first.kill()
        first.wait()
        with dask(host) as engine:
            assert_same(fleet("online-boutique").on(engine), alone("online-boutique"))
        monkeypatch.setattr(module, "_APPEAR", 1.0)
        with pytest.raises(LostError, match="all workers are gone"), dask(host) as engine:
            ask(engine, os._exit, [1])


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CONNECT", 0.2)
    host = f"127.0.0.1:{free_port()}"
    with pytest.raises(LostError, match=f"dask://{host}"), dask(host):
        pass
