"""Parts of a context that are the same on several clusters: made once, by the identity of what they are made of.

What linking shares between clusters (merged trees, interfaces, grants) decides most of a context. What decides a part
is held with it, so that its id stays its own. Parts are shared between contexts and must not be changed.
"""

from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")


class Once:
    """The parts made so far for the clusters of one environment."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], tuple[tuple[object, ...], object]] = {}

    def __call__(self, make: Callable[[], T], name: str, *made_of: object, by: tuple[object, ...] = ()) -> T:
        """Return the part called `name` that was made of these values, and of what equals `by`, else make it."""
        key = (name, by, *map(id, made_of))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = made_of, make()
        return cast("T", found[1])
