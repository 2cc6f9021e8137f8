"""Objects of a cluster that come together: what is known of a group is known of all that have the very same bodies."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Final

from platform_compiler.verify.index import grouped
from platform_compiler.verify.item import Item


class Group:
    """Objects of one cluster. `like` is held, and one object for groups of the very same bodies.

    Of most groups no more is asked, so objects are made when they are needed.
    """

    __slots__ = ("_items", "_make", "cluster", "like")

    def __init__(self, cluster: str, like: object, make: Callable[[], Sequence[Item]]) -> None:
        self.cluster: Final = cluster
        self.like: Final = like
        self._make = make
        self._items: Sequence[Item] | None = None

    @property
    def items(self) -> Sequence[Item]:
        """The objects, in order: always the same ones."""
        if self._items is None:
            self._items = self._make()
        return self._items


def groups_of(items: Iterable[Item]) -> list[Group]:
    """Return objects by cluster."""
    return [Group(name, own, own.copy) for name, own in grouped(items, attrgetter("cluster")).items()]


def items_in(groups: Iterable[Group]) -> list[Item]:
    """Return the objects of groups, in order."""
    return [item for group in groups for item in group.items]
