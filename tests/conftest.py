"""What holds for every test: a slow machine is no failure, nothing is remembered from one test to the next, and the
processes that tests start need not compile us.
"""

import os
from compileall import compile_dir
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Compile once, also where Python is told to keep no compiled files: hundreds of processes import us."""
    os.environ["PLATFORMC_NO_CACHE"] = "1"
    if not hasattr(config, "workerinput"):
        compile_dir(Path(__file__).parents[1] / "platform_compiler", quiet=2)
