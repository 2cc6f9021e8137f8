"""The command line as a process of its own, as every user starts it, and the same within this one, which costs less."""

import gc
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, chdir, contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path

from platform_compiler.cli.boundary import main

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"


def clean_environment(**more: str) -> dict[str, str]:
    """Return the environment without what Git tells a hook, and with this checkout importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **more}


def process(*args: str, cwd: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `platformc` as a process; its output is read as UTF-8 whatever the locale.

    For what only a process shows: its locale, its hash seed, its death, its imports; and one a verb.
    """
    done = subprocess.run(
        [sys.executable, "-m", "platform_compiler", *args],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        env=clean_environment(**environment),
    )
    return subprocess.CompletedProcess(done.args, done.returncode, _text(done.stdout), _text(done.stderr))


def platformc(*args: str, cwd: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `platformc` from its entry on, with a folder, an environment and streams of its own, within this process."""
    return within(*args, cwd=cwd, stdin=stdin, environment=clean_environment(**environment))


def within(
    *args: str, cwd: Path, environment: Mapping[str, str], stdin: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run `platformc` within this process, in an environment that is given whole."""
    streams = {"stdin": BytesIO(stdin), "stdout": BytesIO(), "stderr": BytesIO()}
    entry = importlib.import_module("platform_compiler.__main__")
    assert entry.__file__ is not None
    with ExitStack() as stack:
        stack.enter_context(chdir(cwd))
        stack.enter_context(_environment(environment))
        stack.enter_context(_main_module(entry))
        texts = {name: TextIOWrapper(stream, encoding="utf-8", write_through=True) for name, stream in streams.items()}
        for name, value in {**texts, "argv": [entry.__file__, *args]}.items():
            stack.enter_context(_replaced(name, value))
        stack.callback(gc.enable if gc.isenabled() else gc.disable)
        code = _exit_code()
        written = [_text(streams[name].getvalue()) for name in ("stdout", "stderr")]
    return subprocess.CompletedProcess(["platformc", *args], code, *written)


def _exit_code() -> int:
    try:
        main()
    except SystemExit as done:
        return int(done.code or 0)
    raise AssertionError("the entry ends every run")


@contextmanager
def _environment(whole: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(whole)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _main_module(entry: object) -> Iterator[None]:
    """Let Click find the name of the program where a process has it."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = entry  # type: ignore[assignment]  # the module of that name
    try:
        yield
    finally:
        sys.modules["__main__"] = before


@contextmanager
def _replaced(name: str, value: object) -> Iterator[None]:
    before = getattr(sys, name)
    setattr(sys, name, value)
    try:
        yield
    finally:
        setattr(sys, name, before)


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="backslashreplace")
