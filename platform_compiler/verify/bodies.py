"""Bodies that are equal: what is made twice is judged once all the same.

They are known by their ids, which stay their own, since each is held; content is only looked at where two have a name.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple, TypeAlias

from platform_compiler.numbers import alike
from platform_compiler.objects import Body, a_map
from platform_compiler.verify.group import Group
from platform_compiler.verify.item import Item

_SOURCE = "platformc.dev/source"
_FEW = 8
"""So many earlier bodies of its name a body is compared with: on many clusters each may differ from all others."""
_Name: TypeAlias = tuple[str, str, str, str]


class Known(NamedTuple):
    """A body with the first that equals it, and one number for all that look the same to checks of several objects.

    These ask for annotations by name, and none for `source`, which says which manifest is behind an object.
    """

    body: Body
    first: Body
    look: int


class KnownGroup(NamedTuple):
    """What is known of the bodies of groups that have the very same ones."""

    like: object
    firsts: Sequence[int]
    """The ids of the first of each."""
    looks: tuple[int, ...]


class Bodies:
    """The bodies seen so far in one run."""

    def __init__(self) -> None:
        self._groups: dict[int, KnownGroup] = {}
        self._known: dict[int, Known] = {}
        self._named: defaultdict[_Name, list[Known]] = defaultdict(list)
        self._next = count()

    def of_group(self, group: Group) -> KnownGroup:
        """Return what is known of the bodies of a group by those that came before."""
        found = self._groups.get(id(group.like))
        if found is None:
            known = [self._known.get(id(item.body)) or self._new(item) for item in group.items]
            firsts, looks = [id(one.first) for one in known], tuple([one.look for one in known])
            found = self._groups[id(group.like)] = KnownGroup(group.like, firsts, looks)
        return found

    def of(self, items: Sequence[Item]) -> list[Known]:
        """Return what is known of the bodies of objects by those that came before."""
        known = self._known
        try:
            return [known[id(item.body)] for item in items]
        except KeyError:
            return [known.get(id(item.body)) or self._new(item) for item in items]

    def _new(self, item: Item) -> Known:
        body, named = item.body, self._named[item.group, item.kind, item.namespace, item.name]
        found = self._told_apart(body, named[-_FEW:]) if named else Known(body, body, next(self._next))
        self._known[id(body)] = found
        if found.first is body:
            named.append(found)
        return found

    def _told_apart(self, body: Body, earlier: Sequence[Known]) -> Known:
        for one in earlier:
            if alike(one.body, body):
                return Known(body, one.body, one.look)
        source = _source(body)
        others = (one for one in earlier if _source(one.body) != source)
        look = next((one.look for one in others if alike(_without_source(one.body), _without_source(body))), None)
        return Known(body, body, next(self._next) if look is None else look)


def _source(body: Body) -> object:
    return a_map(body, "metadata", "annotations").get(_SOURCE)


def _without_source(body: Body) -> Body:
    """Return a body without the annotation that names its manifest."""
    metadata = a_map(body, "metadata")
    annotations = {key: value for key, value in a_map(metadata, "annotations").items() if key != _SOURCE}
    return {**body, "metadata": {**metadata, "annotations": annotations}}
