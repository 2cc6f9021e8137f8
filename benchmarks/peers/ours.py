"""Ourselves at the same work, and more: links, schema checks, semantic checks, and a file a resource."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def compile_cold(fleet: Path, output: Path | None) -> float:
    """Return the seconds of a whole process that has nothing cached: to the bytes of every file, or to files."""
    where = ["--check"] if output is None else ["-o", str(output)]
    command = [sys.executable, "-m", "platform_compiler", "compile", "--quiet", "--root", str(fleet), *where]
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={"PYTHONPATH": str(ROOT), "PLATFORMC_NO_CACHE": "1"})
    return time.perf_counter() - started
