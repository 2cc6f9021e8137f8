"""Which lines decide a field: those that, said otherwise, would make it another or take it away.

Between a manifest and a template stand layers, links and contexts, where values are computed from values. So nothing
is carried along; instead one scalar after the other is varied, the units alone are made again, and what differs is
seen. That is right for a copied image, a number of seconds, a digest and a principal alike, and costs nothing in a
compile. Names stand in many places at once: they are varied by renaming.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from platform_compiler.blueprints.expand import Expander
from platform_compiler.blueprints.resource import Resource
from platform_compiler.checked import Checked
from platform_compiler.diagnostics import Bag
from platform_compiler.provenance.candidates import Candidate, Candidates
from platform_compiler.provenance.decision import Decision, decision
from platform_compiler.provenance.made import Bodies, Made, are_alike, bodies_of, made_in, same_in, units_of
from platform_compiler.provenance.near import Key, Near, key_of, near
from platform_compiler.provenance.refused import STUMBLES, is_refused
from platform_compiler.provenance.vary import names_in
from platform_compiler.provenance.world import World


def as_made(resource: Resource) -> Resource:
    """Return a resource as its template made it, before patches: only that is made again."""
    return resource if resource.made is None else resource._replace(body=resource.made, by_hand=(), made=None)


class Trials:
    """Makes the units of some resources again and again, each time with one scalar said otherwise."""

    def __init__(self, checked: Checked, resources: Iterable[Resource]) -> None:
        self._checked = checked
        self._resources = [as_made(resource) for resource in resources]
        self._expander = Expander(checked.catalog, {}, Bag())
        self._positions: dict[Key, list[int]] = {}
        self._near: dict[Key, Near] = {}
        for position, resource in enumerate(self._resources):
            self._positions.setdefault(key_of(resource.unit), []).append(position)
        for unit in {resource.unit for resource in self._resources}:
            self._near[key_of(unit)] = near(unit, checked.linked)

    def decisions(self) -> dict[int, list[Decision]]:
        """Return, for each resource by its position, every line that decides something of it, nearest first."""
        found: dict[int, list[Decision]] = {n: [] for n in range(len(self._resources))}
        names = names_in(word for resource in self._resources for word in _words(resource.body))
        for candidate in Candidates(self._world, self._near, names):
            for position, one in self._tried(candidate):
                found[position] += _of_each_line(one, candidate, found[position]) if candidate.also else [one]
        return found

    def _tried(self, candidate: Candidate) -> list[tuple[int, Decision]]:
        """Return what a line decides, by the first world that is as sound as ours, else by the first that differs.

        Where a resource is only gone from that world, the others are asked too what the line decides of it.
        """
        first: dict[int, Decision] = {}
        second: list[tuple[int, Decision]] = []
        changed: dict[int, Decision] = {}
        for world in candidate.worlds:
            made = self._made(world, candidate)
            found = list(self._differing(candidate, world, made)) if made else []
            if made and found and made.errors <= self._base.errors:
                first = first or dict(found)
                changed = {position: one for position, one in found if not one.whole} | changed
                if first.keys() <= changed.keys():
                    break
            second = second or ([] if candidate.also else found)
        return [*first.items(), *(item for item in changed.items() if item not in first.items())] if first else second

    def _made(self, world: World, candidate: Candidate) -> Made | None:
        """Return the units of a candidate in a world; None where that is refused before anything is made."""
        try:
            return made_in(world, candidate.units, *self._known, renamed=candidate.is_name)
        except STUMBLES:
            if not is_refused(world, self._world, self._checked.catalog):
                raise
            return None

    def _differing(self, candidate: Candidate, world: World, made: Made) -> Iterator[tuple[int, Decision]]:
        for key in candidate.units:
            context, before = made.contexts.get(key), self._base.contexts[key]
            if context is not None and are_alike(context, before):
                continue
            bodies = self._remade(world, made, key)
            for position in self._positions[key] if bodies is not None else ():
                pair = same_in(self._resources[position], self._bodies[key], bodies or {})
                one = decision(candidate.line, *pair) if pair else None
                if one is not None and candidate.is_name:
                    one = replace(one, whole=False, presence=()) if one.values else None
                if one is not None:
                    yield position, one

    def _remade(self, world: World, made: Made, key: Key) -> Bodies | None:
        """Return what a unit's templates make now: nothing of a unit that is gone, None where that cannot be told."""
        if key not in made.contexts:
            return None if made.errors > self._base.errors else {}
        try:
            return bodies_of(made.contexts[key], self._expander)
        except STUMBLES:
            if not is_refused(world, self._world, self._checked.catalog):
                raise
            return None

    @cached_property
    def _world(self) -> World:
        """The least that makes the same: what is near the units on their clusters, or on those near them, or all."""
        whole = World(self._checked.loaded, self._checked.resolved)
        refs = {ref for one in self._near.values() for ref in (*one.own, *one.neighbours)}
        own = {key.cluster for key in self._near}
        for clusters in (own, own.union(*(one.clusters for one in self._near.values())), set(whole.loaded.clusters)):
            narrow = whole.narrowed(clusters, refs)
            made = made_in(narrow, self._units, self._units, {}, renamed=False)
            if made.contexts.keys() == self._units and self._makes_the_same(made):
                return narrow
        return whole

    def _makes_the_same(self, made: Made) -> bool:
        bodies = {key: bodies_of(context, self._expander) for key, context in made.contexts.items()}
        for resource in self._resources:
            own = bodies[key_of(resource.unit)]
            pair = same_in(resource, own, own)
            if pair is None or any(resource.body.get(key) != value for key, value in pair[0].items()):
                return False
        return True

    @property
    def _units(self) -> frozenset[Key]:
        return frozenset(self._near)

    @cached_property
    def _known(self) -> tuple[frozenset[Key], Any]:
        return units_of(self._world)

    @cached_property
    def _base(self) -> Made:
        return made_in(self._world, self._units, *self._known, renamed=False)

    @cached_property
    def _bodies(self) -> dict[Key, Bodies]:
        """The resources as their templates make them, before a folder's files are listed in them."""
        return {key: bodies_of(context, self._expander) for key, context in self._base.contexts.items()}


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _words(child)
    else:
        yield str(value)


def _of_each_line(one: Decision, candidate: Candidate, before: Iterable[Decision]) -> list[Decision]:
    """Return what lines decide that were said otherwise together: nothing that one of them decides alone."""
    lines = (candidate.line, *candidate.also)
    spans = {line.span for line in lines}
    alone = {pointer for known in before if known.line.span in spans for pointer in known.values}
    values = tuple(pointer for pointer in one.values if pointer not in alone)
    return [replace(one, line=line, values=values) for line in lines] if values else []
