"""What counts as the same: the one place where a diff may call two things equal that are written differently.

Everything that compares values asks here, so server defaults and equal quantities are decided once.
"""

from typing import Any

from platform_compiler.diff.defaults import with_defaults
from platform_compiler.diff.equality import same_value
from platform_compiler.diff.model import Body, Step


def canonical(body: Body) -> Body:
    """Return a resource as the server would hold it, as far as that is known."""
    filled: Body = with_defaults(body)
    return filled


def same(old: Any, new: Any, pointer: tuple[Step, ...] = (), kind: str = "") -> bool:
    """Whether two values of one field of a kind mean the same; the number 1 is neither `true` nor the text `1`."""
    return same_value(kind, pointer, old, new)
