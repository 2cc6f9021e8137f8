"""A real Dask cluster of separate processes on this machine: the same bytes, and no waiting for what is gone."""

import os
import shutil
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
from tests.cli.process import process
from tests.scale.fleets import alone, assert_same, fleet

ROOT = Path(__file__).parents[2]
BOUTIQUE = ROOT / "fixtures/online-boutique"


@contextmanager
def running(*arguments: str, folder: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of Dask until it is no longer needed."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
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
        with dask(f"dask://{host}", jobs=3) as engine:
            assert_same(fleet("organisation").on(engine), alone("organisation"))
        first.kill()
        first.wait()
        with dask(f"dask://{host}") as engine:
            assert_same(fleet("online-boutique").on(engine), alone("online-boutique"))
        monkeypatch.setattr(module, "_APPEAR", 1.0)
        with pytest.raises(LostError, match="all workers are gone"), dask(f"dask://{host}") as engine:
            ask(engine, os._exit, [1])


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CONNECT", 0.2)
    host = f"127.0.0.1:{free_port()}"
    with pytest.raises(LostError, match=f"dask://{host}"), dask(f"dask://{host}"):
        pass


def certificates(folder: Path) -> dict[str, str]:
    """Make a certificate, and return what tells Dask to use it for everybody and to take no other."""
    secret, public = folder / "key.pem", folder / "certificate.pem"
    request = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=scheduler")
    subprocess.run(["openssl", *request, "-keyout", secret, "-out", public], check=True, capture_output=True)
    tls = "DASK_DISTRIBUTED__COMM__TLS"
    each = {"CERT": str(public), "KEY": str(secret)}
    roles = {
        f"{tls}__{role}__{word}": path for role in ("SCHEDULER", "WORKER", "CLIENT") for word, path in each.items()
    }
    return {f"{tls}__CA_FILE": str(public), **roles}


def compile_on(address: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return process("compile", "--check", "--no-cache", "--executor", address, cwd=BOUTIQUE, stdin=b"", **variables)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="nothing here makes certificates")
def test_certificates_of_dasks_configuration_are_used_and_whoever_has_none_is_told(tmp_path: Path) -> None:
    theirs = certificates(tmp_path)
    host = f"127.0.0.1:{free_port()}"
    scheduler = ("distributed.cli.dask_scheduler", "--host", f"tls://{host}", "--no-dashboard")
    worker = ("distributed.cli.dask_worker", f"tls://{host}", "--no-nanny", "--nthreads", "1", "--no-dashboard")
    with ExitStack() as stack:
        for program in (scheduler, worker):
            stack.enter_context(running(*program, folder=tmp_path, **theirs))
        assert compile_on(f"dask+tls://{host}", **theirs).returncode == 0
        for address in (f"dask+tls://{host}", f"dask://{host}"):
            refused = compile_on(address)
            assert refused.returncode == 4
            assert refused.stderr.startswith(f"error: {address}: ")
            assert refused.stderr.count("\n") == 1
