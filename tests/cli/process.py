"""The command line as a process of its own, as every user starts it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"


def clean_environment(**more: str) -> dict[str, str]:
    """Return the environment without what Git tells a hook, and with this checkout importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **more}


def platformc(*args: str, cwd: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `platformc`; its output is read as UTF-8 whatever the locale."""
    done = subprocess.run(
        [sys.executable, "-m", "platform_compiler", *args],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        env=clean_environment(**environment),
    )
    streams = (data.decode("utf-8", errors="backslashreplace") for data in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, *streams)
