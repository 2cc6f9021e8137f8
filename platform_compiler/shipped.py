"""Where the files that travel with the program are: schemas, built-in blueprints, one page per code.

A wheel carries them inside the package; a checkout has them beside it. Nothing else may look for them.
"""

from functools import cache
from pathlib import Path

BUILT_IN = "built-in/"
"""What their paths begin with, in spans."""


@cache
def shipped(name: str) -> Path:
    """Return the directory of shipped files called `name`: `schemas`, `blueprints`, `codes` or `scaffold`."""
    package = Path(__file__).parent
    inside = package / "_shipped" / name
    if inside.is_dir():
        return inside
    beside = {"codes": "docs/codes"}.get(name, name)
    return package.parent / beside
