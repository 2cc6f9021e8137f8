"""Ourselves at the same work, and more: links, schema checks, semantic checks, and a file a resource."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def compile_cold(fleet: Path, output: Path) -> float:
    """Return the seconds of `platformc compile -o`, a whole process that has nothing cached."""
    command = [sys.executable, "-m", "platform_compiler", "compile", "--quiet", "--root", str(fleet), "-o", str(output)]
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={"PYTHONPATH": str(ROOT), "PLATFORMC_NO_CACHE": "1"})
    return time.perf_counter() - started
