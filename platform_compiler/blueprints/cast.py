"""Which blueprints play the parts of a unit: few casts serve a whole fleet, and each is known by what it reads."""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from platform_compiler.blueprints.agreement import Reads
from platform_compiler.blueprints.catalog import NONE, Catalog
from platform_compiler.blueprints.program import Compiled, Program, program_of
from platform_compiler.blueprints.sharing import Sharing
from platform_compiler.context.model import UnitContext
from platform_compiler.context.unit import Scope
from platform_compiler.diagnostics import Bag, Label

_ORDER = ("namespace", "workload", "mesh", "ingress", "observability", "delivery")
_SHARED = frozenset(
    {"NetworkPolicy", "VirtualService", "Gateway", "HTTPRoute", "Service", "ServiceAccount", "ConfigMap"}
)
"""Kinds of which parts make objects of their own scope: the gateway's beside the application's, or the waypoint's."""
_OF_PROXIES = frozenset({"AuthorizationPolicy", "EnvoyFilter", "GRPCRoute", "Sidecar", "ServiceEntry"})
"""Kinds that the mesh makes for its proxies, and the ingress for its own."""
_WITH_PROXIES = frozenset({"mesh", "ingress"})
_WITHOUT = {"mesh": "none@1"}
"""What plays a part that a cluster does not have: without a mesh, network policies still stand."""


class Cast(NamedTuple):
    """The programs that play the parts of some units, known by `roles`, and what they read of contexts."""

    programs: list[Program]
    roles: tuple[str, ...]
    slots: Reads
    """What is read for the slots."""
    when: Reads
    """What decides whether settings are honoured."""
    made: list[tuple[Program, Reads]]
    """The programs whose objects units share, and what the templates of each read."""
    delivered: list[Program]
    """The programs that say how a unit is delivered, which is each unit's own."""
    besides_slots: Reads
    """What all of that reads, but for what it reads of the slots, and what delivers a unit."""
    all: Reads
    """The same, and what the slots are filled from."""
    kinds: list[str]


class Casts:
    """Keeps the programs of one run: a blueprint is parsed and compiled once."""

    def __init__(self, catalog: Catalog, sharing: Sharing, bag: Bag) -> None:
        self._catalog = catalog
        self._sharing = sharing
        self._bag = bag
        self._programs: dict[str, Program] = {}
        self._checked: set[tuple[str, ...]] = set()
        self._casts: dict[tuple[object, ...], Cast] = {}

    def of(self, context: UnitContext) -> Cast:
        """Return what plays the parts of a unit: the same for all that have the same parts."""
        environment, scope = context.context["env"]["name"], context.unit.scope
        key = (environment, scope, context.presence, *context.parts, *context.parts.values())
        found = self._casts.get(key)
        if found is None:
            programs = self._parts(context, environment)
            if context.presence == "client":
                programs = [program.for_clients() for program in programs]
            roles = (scope, context.presence, *(program.blueprint.folder for program in programs))
            found = self._casts[key] = self._sharing.once(("cast", *roles), partial(self._new, programs, roles, scope))
        return found

    def _new(self, programs: list[Program], roles: tuple[str, ...], scope: Scope) -> Cast:
        given = [template for program in programs for template in program.contributions.values()]
        when = [c.holds for program in programs for c in (*program.honours, *program.refuses) if c.holds is not None]
        shared = [program for program in programs if not _delivers(program)]
        all_shared = [*when, *(each for one in shared for each in one.templates[scope])]
        kinds = sorted({kind for program in programs for kind in program.blueprint.contract.emits})
        return Cast(
            programs,
            roles,
            slots=_reads(given, besides="slots"),  # they see what those before them filled
            when=_reads(when),
            made=[(one, self._read(one, roles, scope)) for one in shared],
            delivered=[program for program in programs if _delivers(program)],
            besides_slots=_reads(all_shared, besides="slots"),
            all=_reads([*given, *all_shared], besides="slots"),
            kinds=kinds,
        )

    def _read(self, program: Program, roles: tuple[str, ...], scope: Scope) -> Reads:
        """Return what the templates of a program read: the same in every cast that it is in."""
        key = ("reads", *roles[:2], program.blueprint.folder)
        return self._sharing.once(key, partial(_reads, program.templates[scope]))

    def _parts(self, context: UnitContext, environment: str) -> list[Program]:
        programs = [self._program(name, environment) for name in _played(context).values()]
        self._check_owners(programs)
        return programs

    def _program(self, name: str, environment: str) -> Program:
        blueprint = self._catalog.pick(name, environment)
        assert blueprint is not None, f"{name} was checked when manifests were loaded"
        if blueprint.folder not in self._programs:
            self._programs[blueprint.folder] = program_of(blueprint, self._bag, check=not blueprint.prefix)
        return self._programs[blueprint.folder]

    def _check_owners(self, programs: list[Program]) -> None:
        """Report two parts of one target that emit the same kind: one part owns each kind."""
        key = tuple(program.blueprint.folder for program in programs)
        if key in self._checked:
            return
        self._checked.add(key)
        owners: dict[str, Program] = {}
        for program in programs:
            for kind in sorted(program.blueprint.contract.emits):
                other = owners.setdefault(kind, program)
                parts = {program.blueprint.contract.part, other.blueprint.contract.part}
                shared = kind in _SHARED or (kind in _OF_PROXIES and parts == _WITH_PROXIES)
                if other is not program and not shared:
                    self._bag.add(
                        "PC4204",
                        f"`{program.blueprint.contract.name}` and `{other.blueprint.contract.name}` both emit {kind}",
                        program.blueprint.contract.span,
                        also=[Label(other.blueprint.contract.span, "the other one")],
                        help="one part owns each kind: let the other contribute to a slot",
                    )


def parts_without_blueprint(context: UnitContext, catalog: Catalog) -> frozenset[str]:
    """Return the parts of a unit that no blueprint plays: none, in a repository without errors."""
    environment = context.context["env"]["name"]
    return frozenset(part for part, name in _played(context).items() if catalog.pick(name, environment) is None)


def _played(context: UnitContext) -> dict[str, str]:
    """Return what plays each part of a unit, in order."""
    chosen = {part: context.parts[part] for part in _ORDER if part in context.parts}
    played = {part: _WITHOUT.get(part, NONE) if name == NONE else name for part, name in chosen.items()}
    return {part: name for part, name in played.items() if name != NONE}


def _delivers(program: Program) -> bool:
    return program.blueprint.contract.part == "delivery"


def _reads(templates: Iterable[Compiled], besides: str = "") -> Reads:
    """Return what templates read."""
    return Reads({path for one in templates for path in one.reads if path[0] != besides})
