"""Peers from PyPI, each in a virtual environment of its own, made once a run."""

import subprocess
import tempfile
import venv
from functools import cache
from pathlib import Path


@cache
def python_with(package: str) -> str | None:
    """Return the Python of an environment that has a package; None where it cannot be installed."""
    home = Path(tempfile.mkdtemp(prefix=f"platformc-peer-{package}-"))
    venv.create(home, with_pip=True)
    python = home / "bin/python"
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
    done = subprocess.run(command, check=False, capture_output=True)
    return str(python) if done.returncode == 0 else None
