"""Where the files that travel with the program are: schemas, built-in blueprints, one page per code.

A wheel carries them inside the package; a checkout has them beside it. Nothing else may look for them.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from platform_compiler.disk import content

BUILT_IN = "built-in/"
"""What their paths begin with, in spans."""
FOLDER = "_shipped"
"""Where a wheel has them, inside the package."""


@cache
def shipped(name: str) -> Path:
    """Return the directory of shipped files called `name`: `schemas`, `blueprints`, `codes` or `scaffold`."""
    package = Path(__file__).parent
    inside = package / FOLDER / name
    if inside.is_dir():
        return inside
    beside = {"codes": "docs/codes"}.get(name, name)
    return package.parent / beside


@cache
def shipped_files(name: str) -> Mapping[str, bytes]:
    """Return the shipped files called `name` by path, read once a process: they travel with the program."""
    return files_below(shipped(name))


def files_below(folder: Path, but: str = "") -> dict[str, bytes]:
    """Return the files of a folder of the program by path with `/`, sorted, but for one folder in it.

    What Python compiled, what starts with a dot, and tests of policies are no part of it.
    """
    found: list[str] = []
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.name not in {"__pycache__", "tests", but}:
                    (waiting if entry.is_dir() else found).append(entry.path)
    above = len(str(folder)) + 1
    return {path[above:].replace(os.sep, "/"): content(path) for path in sorted(found)}
