"""Processes of this machine: none is waited for in vain, and none is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from platform_compiler.scale.engine import LostError, ask
from platform_compiler.scale.local import local
from tests.scale.fleets import FIXTURES

_PATIENCE = 60


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(LostError, match="ended too early"), local(2) as engine:
        ask(engine, os._exit, [1])


def test_a_fault_of_ours_comes_back_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError), local(2) as engine:
        ask(engine, eval, ["1 / 0"])


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are looked up in /proc")
@pytest.mark.parametrize(("end", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_processes_end_with_the_compile_however_that_ends(end: signal.Signals, code: int) -> None:
    command = [sys.executable, "-m", "platform_compiler", "compile", "--check", "--no-cache", "-j", "2"]
    with subprocess.Popen(
        [*command, "--root", str(FIXTURES / "organisation")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_interrupts,  # noqa: PLW1509 -- this process has no threads
    ) as process:
        children = _wait_for(lambda: found if len(found := _children(process.pid)) == 2 else [], process)
        for child in children:  # so that the compile cannot end by itself first
            os.kill(child, signal.SIGSTOP)
        # While it forks, Python loses an interrupt: it is raised in a hook that nobody's exceptions leave.
        _wait_for(lambda: [process.pid] if _state(process.pid) == "S" else [], process, pause=0.2)
        process.send_signal(end)
        for child in children:
            os.kill(child, signal.SIGCONT)
        _, errors = process.communicate(timeout=_PATIENCE)
    assert process.returncode == code
    assert "Traceback" not in errors
    deadline = time.monotonic() + _PATIENCE
    while any(_is_alive(child) for child in children):
        assert time.monotonic() < deadline, f"{children} outlive the compile"
        time.sleep(0.05)


def _hear_interrupts() -> None:
    """Undo what a shell does to whatever it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait_for(look: Callable[[], list[int]], process: "subprocess.Popen[str]", pause: float = 0) -> list[int]:
    time.sleep(pause)
    while process.poll() is None:
        if found := look():
            return list(found)
        time.sleep(0.01)
    raise AssertionError(f"it ended without processes: {process.communicate()}")


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _is_alive(pid: int) -> bool:
    return _state(pid) not in {"Z", ""}


def _state(pid: int) -> str:
    """Return what a process does, as `/proc` has it: `S` while it waits; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
