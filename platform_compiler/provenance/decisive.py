"""Which lines decide a field: those that, said otherwise, would make it another or take it away.

Between a manifest and a template stand layers, links and contexts, where values are computed from values. So nothing
is carried along; instead one scalar after the other is varied, the unit alone is made again, and what differs is seen.
That is right for a copied image, a number of seconds, a digest and a principal alike, and costs nothing in a compile.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from platform_compiler.blueprints.expand import Expander
from platform_compiler.blueprints.naming import named
from platform_compiler.blueprints.resource import Resource
from platform_compiler.context.build import build_contexts
from platform_compiler.context.model import UnitContext
from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diff.fields import field_changes
from platform_compiler.diff.items import holds
from platform_compiler.diff.model import FieldChange, FieldKind, Item, Step
from platform_compiler.layers.explain import winning_layer
from platform_compiler.layers.model import Resolved, Settings
from platform_compiler.layers.placement import environment_of
from platform_compiler.layers.published import PRIVATE
from platform_compiler.link.link import link
from platform_compiler.load import Loaded, Manifest
from platform_compiler.pipeline import Checked
from platform_compiler.provenance.vary import variations
from platform_compiler.source.node import Pointer

_MERGED = frozenset({"defaults", "mandates", "environments", "clusters"})
"""Words that were used up when layers were merged: varied there is what came out."""


_NOT_METADATA = frozenset({"apiVersion", "kind", "spec"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a manifest or a layer: its place, whose word it is, and which setting."""

    span: Span
    owner: str
    setting: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a line decides of a resource: its being there, fields' values, or fields' being there."""

    line: Line
    whole: bool
    values: tuple[Pointer, ...]
    presence: tuple[Pointer, ...]


@dataclass(frozen=True, slots=True)
class _World:
    """The part of a repository that one unit depends on."""

    loaded: Loaded
    resolved: Resolved


def decisions(checked: Checked, resource: Resource, bag: Bag) -> tuple[Decision, ...]:
    """Return every line that decides something of a resource, the target's own first."""
    return tuple(_Trials(checked, resource, Expander(checked.catalog, {}, bag)).decisions())


def as_made(resource: Resource) -> Resource:
    """Return a resource as its template made it, before patches: only that is made again."""
    return resource if resource.made is None else replace(resource, body=resource.made, by_hand=(), made=None)


class _Trials:
    """Makes one resource again and again, each time with one scalar said otherwise."""

    def __init__(self, checked: Checked, resource: Resource, expander: Expander) -> None:
        self._checked = checked
        self._resource = resource
        self._unit = resource.unit
        self._expander = expander

    def decisions(self) -> Iterator[Decision]:
        for line, worlds in self._candidates():
            for world in worlds:
                made = self._made(world)
                if made is None:
                    continue  # nothing can be made of this variation
                decision = _decision(line, self._body, made[0] if made else None)
                if decision is not None:
                    yield decision
                break

    def _made(self, world: _World) -> tuple[dict[str, Any], ...] | None:
        """Return the resource's body in a world, nothing when it is not made there, None when its unit is not."""
        try:
            bag = Bag()
            linked = link(world.loaded, world.resolved, bag)
            contexts = list(build_contexts(world.loaded, world.resolved, linked, bag, self._is_mine))
            found = [body for context in contexts for body in self._bodies(context)]
        except Exception:  # noqa: BLE001 -- nothing has judged a variation, so any phase may stumble over it
            return None
        if not contexts:
            return None
        same = [body for body in found if _name(body) == _name(self._resource.body)]
        return tuple(same or (found if len(found) == 1 else ()))[:1]

    def _bodies(self, context: UnitContext) -> Iterator[dict[str, Any]]:
        """Yield what the resource's template makes of a context."""
        programs, scope = self._expander.prepared(context)
        for program in programs:
            for template in program.templates[self._unit.scope]:
                if template.template.span == self._resource.template:
                    yield from map(named, template.run(scope))

    def _is_mine(self, unit: Unit) -> bool:
        return (unit.cluster, unit.scope, unit.id) == (self._unit.cluster, self._unit.scope, self._unit.id)

    @cached_property
    def _world(self) -> _World:
        """Only the unit's cluster and whom it is linked with there, as long as the same comes out."""
        loaded, cluster = self._checked.loaded, self._unit.cluster
        refs = self._own | self._neighbours
        narrow = _World(
            replace(
                loaded,
                clusters={cluster: loaded.clusters[cluster]},
                workloads={ref: manifest for ref, manifest in loaded.workloads.items() if ref in refs},
            ),
            Resolved({cluster: {r: s for r, s in self._checked.resolved.by_cluster[cluster].items() if r in refs}}),
        )
        made = self._made(narrow)
        same = made and all(self._resource.body.get(key) == value for key, value in made[0].items())
        return narrow if same else _World(loaded, self._checked.resolved)

    @cached_property
    def _body(self) -> dict[str, Any]:
        """The resource as its template makes it, before a folder's files are listed in it."""
        made = self._made(self._world)
        return made[0] if made else self._resource.body

    @cached_property
    def _names(self) -> frozenset[str]:
        """What the resource says, in which a manifest may have a key: the name of a port or of a variable."""
        return frozenset(_words(self._resource.body))

    @cached_property
    def _own(self) -> set[str]:
        linked = self._checked.linked
        if self._unit.scope == "host":
            return {route.target.ref for route in linked.hosts[self._unit.cluster, self._unit.id]}
        if self._unit.scope in OWNED:
            return {self._unit.id}
        targets = linked.targets[self._unit.cluster].values()
        return {t.ref for t in targets if self._unit.scope == "cluster" or t.interface.namespace == self._unit.id}

    @cached_property
    def _neighbours(self) -> set[str]:
        linked = self._checked.linked
        keys = [(self._unit.cluster, ref) for ref in self._own]
        found = {one.callee.ref for key in keys for one in linked.links_out.get(key, ())}
        return found | {one.caller.ref for key in keys for one in linked.links_in.get(key, ())}

    def _candidates(self) -> Iterator[tuple[Line, Iterator[_World]]]:
        """Yield every line that could matter, nearest first, with the worlds that say it otherwise."""
        by_ref = self._world.resolved.by_cluster[self._unit.cluster]
        own = sorted(self._own) if self._unit.scope in {*OWNED, "host"} else []
        settings = [found for ref in own if (found := by_ref.get(ref) or self._elsewhere(ref)) is not None]
        for one in settings:
            yield from self._of_settings(one, frozenset())
        for one in settings:
            yield from self._of_metadata(one)
        for ref in sorted(by_ref.keys() - set(own)):
            yield from self._of_settings(by_ref[ref], PRIVATE)
        for kind, manifest in self._around():
            yield from self._of_manifest(kind, manifest)

    def _of_settings(self, settings: Settings, private: frozenset[str]) -> Iterator[tuple[Line, Iterator[_World]]]:
        for found in variations(settings.spec, private | _MERGED, self._names):
            owner = winning_layer(settings, found.pointer, found.node)
            line = Line(found.span, owner, dotted(found.pointer))
            yield line, (self._with_settings(replace(settings, spec=spec)) for spec in found.trees)

    def _of_metadata(self, settings: Settings) -> Iterator[tuple[Line, Iterator[_World]]]:
        manifest = settings.manifest
        for found in variations(manifest.document, _NOT_METADATA, self._names):
            if found.pointer == ("metadata", "name"):
                continue
            line = Line(found.span, manifest.kind.lower(), dotted(found.pointer))
            changed = (replace(manifest, document=document) for document in found.trees)
            yield line, (self._with_manifest("workloads", one) for one in changed)

    def _of_manifest(self, kind: str, manifest: Manifest) -> Iterator[tuple[Line, Iterator[_World]]]:
        for found in variations(manifest.spec, _MERGED, self._names):
            line = Line(found.span, manifest.kind.lower(), dotted(found.pointer))
            changed = (replace(manifest, spec=spec) for spec in found.trees)
            yield line, (self._with_manifest(kind, one) for one in changed)

    def _elsewhere(self, ref: str) -> Settings | None:
        """Return the settings of an application that has only callers on the unit's cluster."""
        by_cluster = self._world.resolved.by_cluster
        return next((by_cluster[cluster][ref] for cluster in sorted(by_cluster) if ref in by_cluster[cluster]), None)

    def _with_settings(self, settings: Settings) -> _World:
        by_cluster, cluster = self._world.resolved.by_cluster, settings.cluster
        changed = {**by_cluster[cluster], settings.manifest.ref: settings}
        return replace(self._world, resolved=Resolved({**by_cluster, cluster: changed}))

    def _with_manifest(self, kind: str, manifest: Manifest) -> _World:
        loaded = self._world.loaded
        if kind == "platform":
            return replace(self._world, loaded=replace(loaded, platform=manifest))
        changed: Any = {kind: {**getattr(loaded, kind), manifest.ref: manifest}}
        return replace(self._world, loaded=replace(loaded, **changed))

    def _around(self) -> Iterator[tuple[str, Manifest]]:
        """Yield the manifests around a unit, nearest first."""
        loaded = self._checked.loaded
        cluster = loaded.clusters[self._unit.cluster]
        for name in sorted({ref.partition("/")[0] for ref in self._own}):
            yield "teams", loaded.teams[name]
        yield "clusters", cluster
        yield "environments", loaded.environments[environment_of(cluster)]
        for name in sorted(loaded.gateways):
            yield "gateways", loaded.gateways[name]
        if loaded.platform is not None:
            yield "platform", loaded.platform


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _words(child)
    else:
        yield str(value)


def dotted(pointer: Pointer) -> str:
    """Return a pointer as people write it."""
    return ".".join(map(str, pointer))


def _name(body: dict[str, Any]) -> tuple[str, str]:
    return body["kind"], body["metadata"]["name"]


def _decision(line: Line, old: dict[str, Any], new: dict[str, Any] | None) -> Decision | None:
    """Return what saying a line otherwise did to a resource, or None when it did nothing."""
    if new is None:
        return Decision(line, True, (), ())  # noqa: FBT003 -- `whole`
    values: list[Pointer] = []
    presence: list[Pointer] = []
    for change in _paired(field_changes(old, new)):
        if change.kind is FieldKind.CHANGED:
            values.append(_positions(change.pointer, old))
        elif change.kind is FieldKind.REMOVED:
            presence.append(_positions(change.pointer, old))
    return Decision(line, False, tuple(values), tuple(presence)) if values or presence else None  # noqa: FBT003 -- `whole`


def _paired(changes: Iterable[FieldChange]) -> Iterator[FieldChange]:
    """Yield changes, an item in whose place another one came as the fields in which the two differ."""
    listed = list(changes)
    come = {(c.pointer[:-1], c.index): c.new for c in listed if c.kind is FieldKind.ADDED and c.index >= 0}
    for change in listed:
        place = (change.pointer[:-1], change.index)
        if change.kind is not FieldKind.REMOVED or place not in come:
            yield change
            continue
        for inside in field_changes(change.old, come[place]):
            yield replace(inside, pointer=(*change.pointer, *inside.pointer))


def _positions(pointer: tuple[Step, ...], body: Any) -> Pointer:
    """Return a pointer with the positions that items have in `body`."""
    found: list[str | int] = []
    for step in pointer:
        exact = next(n for n, item in enumerate(body) if holds(item, step)) if isinstance(step, Item) else step
        body = body[exact]
        found.append(exact)
    return tuple(found)
