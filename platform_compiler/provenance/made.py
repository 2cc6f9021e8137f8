"""Make some units again in another world, and see what became of each of their resources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from platform_compiler.blueprints.expand import Expander
from platform_compiler.blueprints.naming import named
from platform_compiler.blueprints.resource import Resource
from platform_compiler.context.build import build_contexts
from platform_compiler.context.model import UnitContext
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Severity, Span
from platform_compiler.link.link import link
from platform_compiler.provenance.world import World

Body: TypeAlias = dict[str, Any]
Bodies: TypeAlias = dict[Span, list[Body]]


class Key(NamedTuple):
    """A unit as it is found again, wherever its files go."""

    cluster: str
    scope: str
    id: str


@dataclass(frozen=True, slots=True)
class Made:
    """Units as a world makes them: what their templates see, and how many errors there were."""

    contexts: Mapping[Key, UnitContext]
    errors: int


def key_of(unit: Unit) -> Key:
    """Return what tells a unit from all others."""
    return Key(unit.cluster, unit.scope, unit.id)


def made_in(world: World, wanted: frozenset[Key], known: frozenset[Key]) -> Made | None:
    """Return the wanted units of a world, those that are called otherwise there too; None where it has no meaning.

    `known` are all units of the world as it is written: what is not among them is one of those that are missing.
    """
    bag, seen = Bag(), set[Key]()

    def is_wanted(unit: Unit) -> bool:
        key = key_of(unit)
        seen.add(key)
        return key in wanted or key not in known

    try:
        linked = link(world.loaded, world.resolved, bag)
        built = build_contexts(world.loaded, world.resolved, linked, bag, is_wanted)
        found = {key_of(context.unit): context for context in built}
    except Exception:  # noqa: BLE001 -- nothing has judged a variation, so any phase may stumble over it
        return None
    errors = sum(one.severity is Severity.ERROR for one in bag.sorted())
    now = _now(known - seen, seen - known)
    return Made({key: found[now.get(key, key)] for key in wanted if now.get(key, key) in found}, errors)


def _now(gone: Iterable[Key], come: Iterable[Key]) -> dict[Key, Key]:
    """Return what units are called now: where as many of a scope came as are gone, they are the same."""
    found: dict[Key, Key] = {}
    for scope in {key.scope for key in gone}:
        before, after = (sorted(key for key in keys if key.scope == scope) for keys in (gone, come))
        if len(before) == len(after):
            found |= zip(before, after, strict=True)
    return found


def units_of(world: World) -> frozenset[Key]:
    """Return every unit of a world."""
    seen: set[Key] = set()

    def is_wanted(unit: Unit) -> bool:
        seen.add(key_of(unit))
        return False

    bag = Bag()
    linked = link(world.loaded, world.resolved, bag)
    for _ in build_contexts(world.loaded, world.resolved, linked, bag, is_wanted):
        pass
    return frozenset(seen)


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
