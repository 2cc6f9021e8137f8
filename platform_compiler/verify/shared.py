"""Judging once what stands on several clusters: a body that they share is one value, and so is what is said of it.

Of bodies that are equal the first stands for all. They are known by their ids, which stay their own: each is held.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from platform_compiler.numbers import Numbers
from platform_compiler.verify.bodies import Bodies, KnownGroup
from platform_compiler.verify.group import Group
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.versions import Versions
from platform_compiler.verify.workloads import Face, Seen
from platform_compiler.verify.world import Check, Facts, World

if TYPE_CHECKING:
    from platform_compiler.verify.index import Readings

_AT_A_TIME = 400
Looks: TypeAlias = tuple[Facts, int, tuple[tuple[int, ...], ...]]
"""The facts, the schemas and the groups of objects of a cluster, by numbers."""


class Met(NamedTuple):
    """The objects of a cluster with what is known of their bodies, and what they look like."""

    groups: Sequence[Group]
    known: Sequence[KnownGroup]
    looks: Looks
    """Equal for clusters that look the same to checks of several objects."""


class Shape(NamedTuple):
    """An object as the API server keeps it, and what its schema says."""

    item: Item
    faults: tuple[Fault, ...]
    sound: bool = False
    unknown: Fault | None = None
    """That no schema knows the kind."""


class Judged(NamedTuple):
    """Objects as the API server keeps them, those of them whose shape is sound, and what there is to tell."""

    items: list[Item]
    sound: list[Item]
    told: list[Shape]


class Shared:
    """What was found out so far about bodies."""

    def __init__(self) -> None:
        self._in_order: dict[Looks, set[int]] = {}
        self._sound: defaultdict[tuple[int, Versions], dict[int, Item]] = defaultdict(dict)
        self._looks: dict[tuple[Seen, object], int] = {}
        self._facts: dict[tuple[Facts, bool], int] = {}
        self._clean: defaultdict[tuple[Check, int], dict[frozenset[Seen], set[tuple[int, ...]]]] = defaultdict(dict)
        self._bodies = Bodies()
        self._number = Numbers().of
        self._faces: dict[int, tuple[Face, int]] = {}
        self._readings: Readings = defaultdict(dict)
        self._by_facts: defaultdict[Facts, tuple[dict[int, Item], defaultdict[int, list[Fault]]]] = defaultdict(
            lambda: ({}, defaultdict(list))
        )

    def met(self, groups: Sequence[Group], facts: Facts, schemas: Schemas) -> Met:
        """Return the objects of a cluster as they are known by those of the clusters before."""
        known = [self._bodies.of_group(group) for group in groups]
        return Met(groups, known, (facts, id(schemas), tuple([one.looks for one in known])))

    def besides(self, met: Met) -> list[Item] | None:
        """Return the objects that are not on an earlier cluster that looked the same and was in order, if one was."""
        judged = self._in_order.get(met.looks)
        if judged is None:
            return None
        return [
            item
            for group, known in zip(met.groups, met.known, strict=True)
            if not judged.issuperset(known.firsts)
            for item, first in zip(group.items, known.firsts, strict=True)
            if first not in judged
        ]

    def note_in_order(self, met: Met) -> None:
        """Remember that nothing was found in the objects of a cluster."""
        self._in_order.setdefault(met.looks, set()).update(*[known.firsts for known in met.known])

    def trust(self, items: Sequence[Item], facts: Facts, schemas: Schemas) -> None:
        """Take for granted that nothing is found in objects by themselves."""
        sound, (judged, _) = self._sound[id(schemas), facts.versions], self._by_facts[_alone(facts)]
        for item, known in zip(items, self._bodies.of(items), strict=True):
            sound[id(known.first)] = judged[id(known.first)] = item

    def world(self, items: Sequence[Item], facts: Facts, *, whole: bool) -> World:
        """Return a world in which an object that was read before is not read again."""
        return World(items, facts, whole, self._readings)

    def shapes(
        self, items: Sequence[Item], schemas: Schemas, versions: Versions, shape_of: Callable[[Item, int], Shape | None]
    ) -> Judged:
        """Judge the shapes of objects; a body that was found in order before is not looked at again.

        `shape_of` is told among how many of its kind an object is that are looked at, and gives None for one in order.
        """
        sound = self._sound[id(schemas), versions]
        bodies = self._bodies.of(items)
        new = Counter([item.kind for item, known in zip(items, bodies, strict=True) if id(known.first) not in sound])
        judged = Judged([], [], [])
        for given, known in zip(items, bodies, strict=True):
            first = known.first
            item = given if first is given.body else Item(first, given.cluster, given.place, given)
            shape = None if id(first) in sound else shape_of(item, new[item.kind])
            if shape is None:
                sound.setdefault(id(first), item)
            else:
                item = shape.item
                judged.told.append(shape)
            judged.items.append(item)
            if shape is None or shape.sound:
                judged.sound.append(item)
        return judged

    def together(self, world: World, checks: Sequence[Check]) -> Iterator[Fault]:
        """Yield what checks find; one that found nothing in a world that looked the same to it is not asked again."""
        look = cache(
            lambda seen: self._looks.setdefault((seen, world.signature(seen, self._look, self._face)), len(self._looks))
        )
        facts = self._facts.setdefault((world.facts, world.whole), len(self._facts))
        for check in checks:
            clean = self._clean[check, facts]
            if any(tuple(map(look, seen)) in known for seen, known in clean.items()):
                continue
            found, looked_at = world.watched(lambda one, check=check: list(check(one)))  # type: ignore[misc]
            yield from found
            if not found:
                seen = frozenset(looked_at)
                clean.setdefault(seen, set()).add(tuple(map(look, seen)))

    def _look(self, items: Sequence[Item]) -> tuple[int, ...]:
        return tuple([known.look for known in self._bodies.of(items)])

    def _face(self, face: Face) -> int:
        known = self._faces.get(id(face))
        if known is None:
            known = self._faces[id(face)] = face, self._number(_without_labels(face))
        return known[1]

    def faults(self, items: Sequence[Item], facts: Facts, each: Sequence[Check]) -> Iterator[Fault]:
        """Yield what checks find that look at one object at a time; they see each body once."""
        facts = _alone(facts)
        judged, found = self._by_facts[facts]
        fresh = {id(item.body): item for item in items if id(item.body) not in judged}
        judged.update(fresh)
        for world in self._parts(tuple(fresh.values()), facts):
            for check in each:
                for fault in check(world):
                    found[id(fault.item.body)].append(fault)
        for item in items if found else ():
            for fault in found.get(id(item.body), ()):
                yield fault if fault.item is item else _about(item, fault)

    def _parts(self, items: Sequence[Item], facts: Facts) -> Iterator[World]:
        """Yield objects few at a time: what one check read of them is then still at hand for the next."""
        for start in range(0, len(items), _AT_A_TIME):
            yield self.world(items[start : start + _AT_A_TIME], facts, whole=False)


def _without_labels(face: Face) -> tuple[object, ...]:
    """Return a face as plain data, but for the labels: of them a world tells those that are asked for."""
    return (*face._replace(labels={})[:-1], [tuple(front) for front in face.fronts])


def _alone(facts: Facts) -> Facts:
    """Return facts without what one object by itself has nothing to do with."""
    return facts._replace(promised=frozenset(), files=frozenset())


def _about(item: Item, fault: Fault) -> Fault:
    """Return a fault of an object as one of another with the same body."""
    also = tuple(other._replace(item=item) if other.item is fault.item else other for other in fault.also)
    return fault._replace(item=item, also=also)
