"""What counts as the same: the one place where a diff may call two things equal that are written differently.

Everything that compares values asks here, so server defaults and equal quantities are decided once.
"""

from typing import Any

from platform_compiler.diff.model import Body, Step


def canonical(body: Body) -> Body:
    """Return a resource as the server would hold it, as far as that is known."""
    return body


def same(old: Any, new: Any, pointer: tuple[Step, ...] = ()) -> bool:
    """Whether two values of one field mean the same; the number 1 is neither `true` nor the text `1`."""
    if type(old) is not type(new):
        return False
    if type(old) is dict:
        return old.keys() == new.keys() and all(same(old[key], new[key], (*pointer, key)) for key in old)
    if type(old) is list:
        return len(old) == len(new) and all(
            same(a, b, (*pointer, i)) for i, (a, b) in enumerate(zip(old, new, strict=True))
        )
    return bool(old == new)
