"""Make some units again in another world, and see what became of each of their resources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from platform_compiler.blueprints.expand import Expander
from platform_compiler.blueprints.naming import named
from platform_compiler.blueprints.resource import Resource
from platform_compiler.context.build import build_contexts
from platform_compiler.context.model import UnitContext
from platform_compiler.context.unit import Selection, Unit
from platform_compiler.diagnostics import Bag, Severity, Span
from platform_compiler.layers.placement import has_environment
from platform_compiler.link.link import join
from platform_compiler.link.targets import Interfaces
from platform_compiler.provenance.near import Key, key_of
from platform_compiler.provenance.world import World

Body: TypeAlias = dict[str, Any]
Bodies: TypeAlias = dict[Span, list[Body]]


@dataclass(frozen=True, slots=True)
class Made:
    """Units as a world makes them: what their templates see, and how many errors there were."""

    contexts: Mapping[Key, UnitContext]
    errors: int


@dataclass(frozen=True, slots=True)
class _Wanted(Selection):
    """The units that are made again: those that are known and wanted, and all that are called otherwise."""

    units: frozenset[Key] = frozenset()
    known: frozenset[Key] = frozenset()
    seen: set[Key] = field(default_factory=set)

    def __call__(self, unit: Unit) -> bool:
        key = key_of(unit)
        self.seen.add(key)
        return key in self.units or key not in self.known


def made_in(
    world: World, wanted: frozenset[Key], known: frozenset[Key], interfaces: Interfaces, *, renamed: bool
) -> Made:
    """Return the wanted units of a world, those that are called otherwise there too.

    `known` are all units of the world as it is written: what is not among them is one of those that are missing.
    `interfaces` are those of the world as it is written. Only where something was `renamed` may a cluster be.
    """
    bag = Bag()
    clusters = None if renamed else frozenset(key.cluster for key in wanted)
    selection = _Wanted(clusters=clusters, units=wanted, known=known)
    linked = join(world.loaded, world.resolved, bag, dict(interfaces))
    built = build_contexts(world.loaded, world.resolved, linked, bag, selection)
    found = {key_of(context.unit): context for context in built}
    errors = sum(one.severity is Severity.ERROR for one in bag.sorted())
    errors += sum(not has_environment(one, world.loaded) for one in world.loaded.clusters.values())
    before = {key for key in known if clusters is None or key.cluster in clusters}
    now = _now(before - selection.seen, selection.seen - known)
    return Made({key: found[now.get(key, key)] for key in wanted if now.get(key, key) in found}, errors)


def are_alike(one: UnitContext, other: UnitContext) -> bool:
    """Whether the same is made of two contexts."""
    return (one.context, one.parts, one.presence, one.raw) == (other.context, other.parts, other.presence, other.raw)


def _now(gone: Iterable[Key], come: Iterable[Key]) -> dict[Key, Key]:
    """Return what units are called now: where as many of a scope came as are gone, they are the same."""
    found: dict[Key, Key] = {}
    for scope in {key.scope for key in gone}:
        before, after = (sorted(key for key in keys if key.scope == scope) for keys in (gone, come))
        if len(before) == len(after):
            found |= zip(before, after, strict=True)
    return found


def units_of(world: World) -> tuple[frozenset[Key], Interfaces]:
    """Return every unit of a world, and the interfaces that were read, which hold as long as the world is held."""
    interfaces: Interfaces = {}
    linked = join(world.loaded, world.resolved, Bag(), interfaces)
    seen: set[Key] = set()

    def is_wanted(unit: Unit) -> bool:
        seen.add(key_of(unit))
        return False

    for _ in build_contexts(world.loaded, world.resolved, linked, Bag(), is_wanted):
        pass
    return frozenset(seen), interfaces


def bodies_of(context: UnitContext, expander: Expander) -> Bodies:
    """Return what a unit's templates make, by template; raw resources by where each stands.

    Raises:
        Exception: a template has no meaning for this context.
    """
    found: Bodies = {one.span: [one.body] for one in context.raw}
    programs, scope = expander.prepared(context)
    for program in programs:
        for template in program.templates[context.unit.scope]:
            found.setdefault(template.template.span, []).extend(map(named, template.run(scope)))
    return found


def same_in(resource: Resource, old: Bodies, new: Bodies) -> tuple[Body, Body | None] | None:
    """Return a resource as it was made and as it is made now; None for it now means that it is not.

    It is known by its name, or called otherwise when as many are. The result is None where it was never made.
    """
    before, after = old.get(resource.template, []), new.get(resource.template, [])
    mine = next((body for body in before if name_of(body) == name_of(resource.body)), None)
    if mine is None:
        return None
    for body in after:
        if name_of(body) == name_of(mine):
            return mine, body
    gone = [body for body in before if name_of(body) not in set(map(name_of, after))]
    come = [body for body in after if name_of(body) not in set(map(name_of, before))]
    return mine, come[gone.index(mine)] if len(gone) == len(come) else None


def name_of(body: Body) -> tuple[str, str]:
    """Return what tells the resources of one template apart."""
    metadata = body.get("metadata", {})
    return body["kind"], metadata.get("name", "")
