"""Judging once what stands on several clusters: a body that they share is one value, and so is what is said of it.

Bodies are known by their ids, which stay their own, since an item of each is held.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from platform_compiler.numbers import Numbers
from platform_compiler.objects import Body, a_map
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.versions import Versions
from platform_compiler.verify.world import EVERYTHING, Check, Facts, Seen, World

_SOURCE = "platformc.dev/source"


class Shape(NamedTuple):
    """An object as the API server keeps it, and what its schema says."""

    item: Item
    faults: tuple[Fault, ...]
    sound: bool = False
    unknown: Fault | None = None
    """That no schema knows the kind."""


class Shared:
    """What was found out so far about bodies."""

    def __init__(self) -> None:
        self._sound: defaultdict[tuple[int, Versions], dict[int, Item]] = defaultdict(dict)
        self._looks: dict[tuple[Seen, object], int] = {}
        self._worlds: set[tuple[object, ...]] = set()
        self._clean: dict[tuple[object, ...], dict[frozenset[Seen], set[tuple[object, ...]]]] = {}
        self._number = Numbers().of
        self._bodies: dict[int, tuple[Item, int]] = {}
        self._by_facts: defaultdict[Facts, dict[int, tuple[Item, list[Fault]]]] = defaultdict(dict)

    def shapes(
        self, items: Iterable[Item], schemas: Schemas, versions: Versions, shape_of: Callable[[Item], Shape]
    ) -> list[Shape]:
        """Return the shapes of objects; a body that was found sound before is not looked at again."""
        sound = self._sound[id(schemas), versions]
        found = []
        for item in items:
            shape = Shape(item, (), sound=True) if id(item.body) in sound else shape_of(item)
            found.append(shape)
            if shape.sound and not shape.faults:
                sound[id(shape.item.body)] = shape.item
        return found

    def together(self, world: World, checks: Sequence[Check]) -> Iterator[Fault]:
        """Yield what checks find; one that found nothing in a world that looked the same to it is not asked again."""
        everything = (tuple(checks), world.facts, world.whole, world.signature(EVERYTHING, self._look))
        if everything not in self._worlds:
            faults = list(self._asked(world, checks))
            yield from faults
            if not faults:
                self._worlds.add(everything)

    def _asked(self, world: World, checks: Sequence[Check]) -> Iterator[Fault]:
        look = cache(lambda seen: self._looks.setdefault((seen, world.signature(seen, self._look)), len(self._looks)))
        for check in checks:
            clean = self._clean.setdefault((check, world.facts, world.whole), {})
            if any(tuple(map(look, seen)) in known for seen, known in clean.items()):
                continue
            found, looked_at = world.watched(lambda one, check=check: list(check(one)))  # type: ignore[misc]
            yield from found
            if not found:
                seen = frozenset(looked_at)
                clean.setdefault(seen, set()).add(tuple(map(look, seen)))

    def _look(self, item: Item) -> int:
        """Return one number for all objects that are the same to those who look at several.

        They ask for annotations by name, and nobody for the one that says which manifest is behind an object.
        """
        known = self._bodies.get(id(item.body))
        if known is None:
            known = self._bodies[id(item.body)] = item, self._number(_without_source(item.body))
        return known[1]

    def faults(self, items: Sequence[Item], facts: Facts, each: Sequence[Check]) -> Iterator[Fault]:
        """Yield what checks find that look at one object at a time; they see each body once."""
        facts = replace(facts, promised=frozenset(), files=frozenset())
        found = self._by_facts[facts]
        fresh = {id(item.body): item for item in items if id(item.body) not in found}
        found.update((body, (item, [])) for body, item in fresh.items())
        world = World(tuple(fresh.values()), facts, whole=False)
        for check in each:
            for fault in check(world):
                found[id(fault.item.body)][1].append(fault)
        for item in items:
            for fault in found[id(item.body)][1]:
                yield fault if fault.item is item else _about(item, fault)


def _without_source(body: Body) -> Body:
    metadata = a_map(body, "metadata")
    annotations = a_map(metadata, "annotations")
    if _SOURCE not in annotations:
        return body
    others = {key: value for key, value in annotations.items() if key != _SOURCE}
    return {**body, "metadata": {**metadata, "annotations": others}}


def _about(item: Item, fault: Fault) -> Fault:
    """Return a fault of an object as one of another with the same body."""
    also = tuple(other._replace(item=item) if other.item is fault.item else other for other in fault.also)
    return replace(fault, item=item, also=also)
