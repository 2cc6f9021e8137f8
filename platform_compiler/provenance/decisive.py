"""Which lines decide a field: those that, said otherwise, would make it another or take it away.

Between a manifest and a template stand layers, links and contexts, where values are computed from values. So nothing
is carried along; instead one scalar after the other is varied, the units alone are made again, and what differs is
seen. That is right for a copied image, a number of seconds, a digest and a principal alike, and costs nothing in a
compile. Names stand in many places at once: they are varied by renaming.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from platform_compiler.blueprints.expand import Expander
from platform_compiler.blueprints.resource import Resource
from platform_compiler.checked import Checked
from platform_compiler.context.unit import OWNED
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.layers.explain import winning_layer
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import environment_of
from platform_compiler.layers.published import PRIVATE
from platform_compiler.load import Manifest
from platform_compiler.provenance.decision import Decision, Line, decision, dotted
from platform_compiler.provenance.made import Bodies, Key, Made, bodies_of, key_of, made_in, same_in, units_of
from platform_compiler.provenance.near import Near, near
from platform_compiler.provenance.vary import Variation, variations
from platform_compiler.provenance.world import World
from platform_compiler.source.node import MapNode, Pointer, at, key_span

_MERGED = frozenset({"defaults", "mandates", "environments", "clusters"})
"""Words of settings that were used up when layers were merged: varied there is what came out."""
_DEFAULTS = frozenset({"defaults"})
_NOT_METADATA = frozenset({"apiVersion", "kind", "spec"})


class _Candidate(NamedTuple):
    """A line that could matter, for which units, and the worlds that say it otherwise."""

    line: Line
    units: frozenset[Key]
    worlds: Iterator[World]
    is_name: bool = False


class _Varied(NamedTuple):
    """A leaf of some settings said otherwise, and the units that it may matter to."""

    settings: Settings
    variation: Variation
    units: frozenset[Key]


def as_made(resource: Resource) -> Resource:
    """Return a resource as its template made it, before patches: only that is made again."""
    return resource if resource.made is None else resource._replace(body=resource.made, by_hand=(), made=None)


class Trials:
    """Makes the units of some resources again and again, each time with one scalar said otherwise."""

    def __init__(self, checked: Checked, resources: Iterable[Resource]) -> None:
        self._checked = checked
        self._resources = [as_made(resource) for resource in resources]
        self._expander = Expander(checked.catalog, {}, Bag())
        units = {resource.unit for resource in self._resources}
        self._near: dict[Key, Near] = {key_of(unit): near(unit, checked.linked) for unit in units}
        (self._cluster,) = {unit.cluster for unit in units}

    def decisions(self) -> dict[int, list[Decision]]:
        """Return, for each resource by its position, every line that decides something of it, nearest first."""
        found: dict[int, list[Decision]] = {n: [] for n in range(len(self._resources))}
        for candidate in self._candidates():
            for position, one in self._tried(candidate):
                found[position].append(one)
        return found

    def _tried(self, candidate: _Candidate) -> list[tuple[int, Decision]]:
        """Return what a line decides, by the first world that is as sound as ours, else by the first that differs."""
        second: list[tuple[int, Decision]] = []
        for world in candidate.worlds:
            made = made_in(world, candidate.units, self._known)
            found = list(self._differing(candidate, made)) if made else []
            if made and found and made.errors <= self._base.errors:
                return found
            second = second or found
        return second

    def _differing(self, candidate: _Candidate, made: Made) -> Iterator[tuple[int, Decision]]:
        changed: dict[Key, Bodies | None] = {}
        for key in candidate.units:
            context, before = made.contexts.get(key), self._base.contexts[key]
            if context is None or (context.context, context.parts, context.presence, context.raw) != (
                before.context,
                before.parts,
                before.presence,
                before.raw,
            ):
                changed[key] = self._remade(made, key)
        for position, resource in enumerate(self._resources):
            bodies = changed.get(key_of(resource.unit))
            pair = same_in(resource, self._bodies[key_of(resource.unit)], bodies) if bodies is not None else None
            if pair is None:
                continue  # nothing else, or nothing that can be told
            one = decision(candidate.line, *pair)
            if one is not None and candidate.is_name:
                one = replace(one, whole=False, presence=()) if one.values else None
            if one is not None:
                yield position, one

    def _remade(self, made: Made, key: Key) -> Bodies | None:
        """Return what a unit's templates make now: nothing of a unit that is gone, None where that cannot be told."""
        if key not in made.contexts:
            return None if made.errors > self._base.errors else {}
        try:
            return bodies_of(made.contexts[key], self._expander)
        except Exception:  # noqa: BLE001 -- nothing has judged a variation, so a template may stumble over it
            return None

    @cached_property
    def _world(self) -> World:
        """The least that makes the same: the units' cluster and whom they are linked with, or more of it."""
        whole = World(self._checked.loaded, self._checked.resolved)
        refs = {ref for one in self._near.values() for ref in (*one.own, *one.neighbours)}
        for alone in (True, False):
            narrow = whole.narrowed(self._cluster, refs, alone=alone)
            made = made_in(narrow, self._units, self._units)
            if made is not None and made.contexts.keys() == self._units and self._makes_the_same(made):
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
    def _known(self) -> frozenset[Key]:
        return units_of(self._world)

    @cached_property
    def _base(self) -> Made:
        made = made_in(self._world, self._units, self._known)
        assert made is not None
        return made

    @cached_property
    def _bodies(self) -> dict[Key, Bodies]:
        """The resources as their templates make them, before a folder's files are listed in them."""
        return {key: bodies_of(context, self._expander) for key, context in self._base.contexts.items()}

    @cached_property
    def _names(self) -> frozenset[str]:
        """What the resources say, in which a manifest may have a key: the name of a port or of a variable."""
        return frozenset(word for resource in self._resources for word in _words(resource.body))

    def _candidates(self) -> Iterator[_Candidate]:
        """Yield every line that could matter, nearest first."""
        by_ref = self._world.resolved.by_cluster[self._cluster]
        owned = self._owned
        own = {ref: found for ref in sorted(owned) if (found := by_ref.get(ref) or self._elsewhere(ref))}
        others = {ref: units for ref in sorted(by_ref) if (units := self._others(ref))}
        yield from self._of_settings(own, {ref: by_ref[ref] for ref in others}, others)
        for ref, one in own.items():
            yield from self._of_metadata(one, owned[ref])
        for ref, one in {**own, **{ref: by_ref[ref] for ref in others}}.items():
            units = owned.get(ref, frozenset()) | others.get(ref, frozenset())
            yield self._of_name("workloads", one.manifest, units)
        for group, manifest in self._around():
            yield from self._of_manifest(group, manifest)

    @cached_property
    def _owned(self) -> dict[str, frozenset[Key]]:
        """The units that are made of a manifest alone, by its `team/name`."""
        found: dict[str, frozenset[Key]] = {}
        for key, one in self._near.items():
            for ref in one.own if key.scope in {*OWNED, "host"} else ():
                found[ref] = found.get(ref, frozenset()) | {key}
        return found

    def _others(self, ref: str) -> frozenset[Key]:
        """Return the units that have something to do with a target, and are not made of it alone."""
        units = frozenset(key for key, one in self._near.items() if ref in one.own or ref in one.neighbours)
        return units - self._owned.get(ref, frozenset())

    def _of_settings(
        self, own: Mapping[str, Settings], others: Mapping[str, Settings], units: Mapping[str, frozenset[Key]]
    ) -> Iterator[_Candidate]:
        """Yield the leaves of merged settings; a line of a layer is said otherwise for all that it is a layer of."""
        found: dict[tuple[Span, Pointer], list[_Varied]] = {}
        for ref, settings in own.items():
            for one in variations(settings.spec, _MERGED, self._names):
                concerned = self._owned[ref] if one.pointer[0] in PRIVATE else self._owned[ref] | self._others(ref)
                found.setdefault((one.span, one.pointer), []).append(_Varied(settings, one, concerned))
        for ref, settings in others.items():
            for one in variations(settings.spec, PRIVATE | _MERGED, self._names) if ref not in own else ():
                found.setdefault((one.span, one.pointer), []).append(_Varied(settings, one, units[ref]))
        for (span, pointer), varied in found.items():
            owner = winning_layer(varied[0].settings, pointer, varied[0].variation.node)
            concerned = frozenset().union(*(one.units for one in varied))
            yield _Candidate(Line(span, owner, dotted(pointer)), concerned, self._worlds_of(varied))

    def _worlds_of(self, varied: Sequence[_Varied]) -> Iterator[World]:
        for n in range(min(len(one.variation.trees) for one in varied)):
            yield self._world.with_settings(replace(one.settings, spec=one.variation.trees[n]) for one in varied)

    def _of_metadata(self, settings: Settings, units: frozenset[Key]) -> Iterator[_Candidate]:
        manifest = settings.manifest
        for found in variations(manifest.document, _NOT_METADATA, self._names):
            if found.pointer == ("metadata", "name"):
                continue  # said otherwise by renaming
            line = Line(found.span, manifest.kind.lower(), dotted(found.pointer))
            changed = (replace(manifest, document=document) for document in found.trees)
            yield _Candidate(line, units, (self._world.with_manifest("workloads", one) for one in changed))

    def _of_manifest(self, group: str, manifest: Manifest) -> Iterator[_Candidate]:
        for found in variations(manifest.spec, _DEFAULTS, self._names):
            line = Line(found.span, manifest.kind.lower(), dotted(found.pointer))
            changed = (replace(manifest, spec=spec) for spec in found.trees)
            yield _Candidate(line, self._units, (self._world.with_manifest(group, one) for one in changed))
        namespaces = at(manifest.spec, "namespaces") if group == "teams" else None
        for name in namespaces.entries if isinstance(namespaces, MapNode) else ():
            assert isinstance(namespaces, MapNode)
            line = Line(key_span(namespaces, name), "team", f"namespaces.{name}")
            world = self._world.with_namespace_renamed(manifest.name, name)
            yield _Candidate(line, self._units, iter([world]), is_name=True)
        yield self._of_name(group, manifest, self._units)

    def _of_name(self, group: str, manifest: Manifest, units: frozenset[Key]) -> _Candidate:
        return _Candidate(name_line(manifest), units, self._world.renamed(group, manifest), is_name=True)

    def _elsewhere(self, ref: str) -> Settings | None:
        """Return the settings of an application that has only callers on the units' cluster."""
        by_cluster = self._world.resolved.by_cluster
        return next((by_cluster[cluster][ref] for cluster in sorted(by_cluster) if ref in by_cluster[cluster]), None)

    def _around(self) -> Iterator[tuple[str, Manifest]]:
        """Yield the manifests around the units, nearest first."""
        loaded = self._checked.loaded
        cluster = loaded.clusters[self._cluster]
        for name in sorted(
            {ref.partition("/")[0] for one in self._near.values() for ref in (*one.own, *one.neighbours)}
        ):
            yield "teams", loaded.teams[name]
        yield "clusters", cluster
        yield "environments", loaded.environments[environment_of(cluster)]
        for name in sorted(loaded.gateways):
            yield "gateways", loaded.gateways[name]
        if loaded.platform is not None:
            yield "platform", loaded.platform


def name_line(manifest: Manifest) -> Line:
    """Return the line that says what a manifest is called."""
    node = at(manifest.document, "metadata", "name")
    return Line(node.span if node else manifest.document.span, manifest.kind.lower(), "metadata.name")


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _words(child)
    else:
        yield str(value)
