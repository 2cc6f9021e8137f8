"""Expand every context with the blueprints that play its parts: contributions first, then templates.

A part's templates stand in folders named after the scope they belong to. Errors are worded by the reference evaluator,
which knows where in the template it is.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

from platform_compiler.blueprints import reference
from platform_compiler.blueprints.catalog import NONE, Catalog
from platform_compiler.blueprints.effects import Honoured, check_effects
from platform_compiler.blueprints.everyone import ANNOTATION, opens_to_everyone
from platform_compiler.blueprints.free import free_paths
from platform_compiler.blueprints.naming import named
from platform_compiler.blueprints.operations import EvaluationError
from platform_compiler.blueprints.program import Compiled, Program, program_of
from platform_compiler.blueprints.resource import Resource
from platform_compiler.blueprints.sharing import Compared, Reads, Sharing
from platform_compiler.context.model import UnitContext
from platform_compiler.context.unit import Scope
from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.layers.model import Settings

Slots = dict[str, dict[str, Any]]
Bodies = list[tuple[Any, Span]]
"""Objects, each with the place of its template."""
_EMPTY_SLOTS: Slots = {
    "pod": {"labels": {}, "annotations": {}},
    "namespace": {"labels": {}},
    "service": {"labels": {}, "ports": []},
    "network": {"ingress": [], "egress": []},
    "dashboard": {"panels": []},
    "object": {"annotations": {}},
    "guarded": {"annotations": {}},
}
_ORDER = ("namespace", "workload", "mesh", "ingress", "observability", "delivery")
_SHARED = frozenset(
    {"NetworkPolicy", "VirtualService", "Gateway", "HTTPRoute", "Service", "ServiceAccount", "ConfigMap"}
)
"""Kinds of which parts make objects of their own scope: the gateway's beside the application's, or the waypoint's."""
_OF_PROXIES = frozenset({"GRPCRoute", "Sidecar", "ServiceEntry"})
"""Kinds that the mesh makes for its proxies, and the ingress for its own."""
_WITH_PROXIES = frozenset({"mesh", "ingress"})
_WITHOUT = {"mesh": "none@1"}
"""What plays a part that a cluster does not have: without a mesh, network policies still stand."""
_SLOTS_OF_SCOPE = {
    "app": ("pod", "service", "network", "dashboard", "object", "guarded"),
    "namespace": ("namespace", "object", "guarded"),
}


def expand(contexts: Iterable[UnitContext], catalog: Catalog, unsupported: dict[str, str], bag: Bag) -> list[Resource]:
    """Return the resources of every context, in the order of contexts, parts and templates."""
    expander = Expander(catalog, unsupported, bag)
    return [resource for context in contexts for resource in expander.resources(context)]


class _Cast(NamedTuple):
    """The programs that play the parts of a unit, known by `roles`, and what they read of contexts."""

    programs: list[Program]
    roles: tuple[str, ...]
    slots: Reads
    """What is read for the slots."""
    when: Reads
    """What decides whether settings are honoured."""
    templates: tuple[Reads, ...]
    """What the templates of each program read."""
    all: Reads
    """What all of that reads, but the slots, and how a unit is delivered."""
    kinds: list[str]


class _Made(NamedTuple):
    """What is the same for all units that have the same context, as far as it is read; delivery is each unit's own."""

    bodies: Bodies
    honoured: Honoured
    checked: dict[int, Settings]
    """Settings that all have an effect, by the id of their tree."""


class Expander:
    """Keeps the programs of one run: a blueprint is parsed and compiled once."""

    def __init__(self, catalog: Catalog, unsupported: dict[str, str], bag: Bag) -> None:
        self._catalog = catalog
        self._unsupported = unsupported
        self._bag = bag
        self._programs: dict[str, Program] = {}
        self._checked: set[tuple[str, ...]] = set()
        self._sharing = Sharing(bag)
        self._casts: dict[tuple[object, ...], _Cast] = {}

    def resources(self, context: UnitContext) -> list[Resource]:
        """Return the resources of one unit."""
        cast = self._cast(context)
        slots = self._filled(context, cast)
        made = self._sharing.once_for_the_same(
            cast.all, context.context, partial(self._made, context, cast, slots), given=slots
        )
        self._check_effects(context, made)
        unit, manifest = context.unit, context.manifest
        found = [Resource(unit, one.body, one.span, manifest, one.by_hand) for one in context.raw]
        found += [Resource(unit, body, span, manifest) for body, span in made.bodies]
        if not found and unit.scope != "cluster":
            return found  # nothing to deliver, and no folder to point at
        for program in filter(_delivers, cast.programs):
            bodies = self._bodies(program, _scope(context, cast, slots), context)
            found += [Resource(unit, body, span, manifest) for body, span in bodies]
        return found

    def prepared(self, context: UnitContext) -> tuple[list[Program], dict[str, Any]]:
        """Return the programs of a unit's parts, and what their templates see: its context and the filled slots."""
        cast = self._cast(context)
        return cast.programs, _scope(context, cast, self._filled(context, cast))

    def _filled(self, context: UnitContext, cast: _Cast) -> Slots:
        """Return the slots as the parts fill them: the same for all units where they hold the same."""


        def filled() -> Slots:  # few facts decide what parts contribute, and most applications agree on them
            compared = Compared(self._sharing, context.unit.id, context.context)
            key = ("slots", cast.roles, compared.exact_key(cast.slots))
            return self._sharing.same(self._sharing.once(key, partial(self._slots, context, cast.programs)))

        return self._sharing.once_for_the_same(cast.slots, context.context, filled)

    def _made(self, context: UnitContext, cast: _Cast, slots: Slots) -> _Made:
        """Return what the programs of a unit make, and which settings they honour."""
        scope = _scope(context, cast, slots)
        compared = Compared(self._sharing, context.unit.id, scope)
        bodies = []
        for program, reads in zip(cast.programs, cast.templates, strict=True):
            if not _delivers(program):
                make = partial(self._bodies, program, scope, context)
                bodies += self._sharing.once_for_equal(reads, compared, make, self._same_bodies)
        # Few facts decide what parts honour, and most applications agree on them.
        key = ("honours", cast.roles, compared.exact_key(cast.when))
        return _Made(bodies, self._sharing.once(key, partial(Honoured, cast.programs, context)), {})

    def _check_effects(self, context: UnitContext, made: _Made) -> None:
        """Report settings without effect: once where units have the same settings, and parts that honour the same."""
        settings = context.settings
        if settings is None or id(settings.spec) in made.checked:
            return
        before = self._bag.reports
        check_effects(context, made.honoured, self._unsupported, self._bag)
        if self._bag.reports == before:
            made.checked[id(settings.spec)] = settings

    def _cast(self, context: UnitContext) -> _Cast:
        """Return what plays the parts of a unit: the same for all that have the same parts."""
        environment, scope = context.context["env"]["name"], context.unit.scope
        key = (environment, scope, context.presence, *context.parts.items())
        found = self._casts.get(key)
        if found is None:
            programs = self._parts(context, environment)
            if context.presence == "client":
                programs = [program.for_clients() for program in programs]
            roles = (scope, context.presence, *(program.blueprint.folder for program in programs))
            found = self._casts[key] = self._sharing.once(("cast", *roles), partial(self._new, programs, roles, scope))
        return found

    def _new(self, programs: list[Program], roles: tuple[str, ...], scope: Scope) -> _Cast:
        given = [template for program in programs for template in program.contributions.values()]
        when = [c.holds for program in programs for c in (*program.honours, *program.refuses) if c.holds is not None]
        shared = [program for program in programs if not _delivers(program)]
        kinds = sorted({kind for program in programs for kind in program.blueprint.contract.emits})
        return _Cast(
            programs,
            roles,
            slots=_reads(given, besides="slots"),  # they see what those before them filled
            when=_reads(when),
            templates=tuple(
                self._sharing.once(("reads", *roles[:2], one.blueprint.folder), partial(_reads, one.templates[scope]))
                for one in programs
            ),
            all=_reads([*when, *(each for one in shared for each in one.templates[scope])], besides="slots"),
            kinds=kinds,
        )

    def _parts(self, context: UnitContext, environment: str) -> list[Program]:
        chosen = [(part, context.parts[part]) for part in _ORDER if part in context.parts]
        played = [_WITHOUT.get(part, NONE) if name == NONE else name for part, name in chosen]
        programs = [self._program(name, environment) for name in played if name != NONE]
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

    def _slots(self, context: UnitContext, programs: list[Program]) -> Slots:
        """Return what the parts contribute."""
        slots: Slots = {
            group: {slot: value.copy() for slot, value in names.items()} for group, names in _EMPTY_SLOTS.items()
        }
        givers: dict[tuple[str, str, str], Program] = {}
        for program in programs:
            for (group, slot), template in program.contributions.items():
                if group not in _SLOTS_OF_SCOPE.get(context.unit.scope, ()):
                    continue
                for given in self._run(template, {**context.context, "slots": slots}, context):
                    if isinstance(given, list):
                        slots[group][slot] += given
                        continue
                    for key, value in given.items():
                        first = givers.setdefault((group, slot, key), program)
                        if first is not program:
                            self._report_twice(f"{group}.{slot}", key, template, first)
                        slots[group][slot][key] = value
        return slots

    def _report_twice(self, slot: str, key: str, template: Compiled, first: Program) -> None:
        self._bag.add(
            "PC4203",
            f"`{key}` is put into `{slot}` by `{first.blueprint.contract.name}` too",
            template.template.span,
            also=[Label(first.blueprint.contract.span, "by this one")],
            help="let one blueprint contribute it",
        )

    def _run(self, template: Compiled, scope: dict[str, Any], context: UnitContext) -> list[Any]:
        try:
            return template.run(scope)
        except EvaluationError:
            try:
                return reference.expand(template.template, scope, template.includes)
            except reference.TemplateError as wrong:
                self._bag.add(
                    "PC4201",
                    f"{wrong} (for `{context.unit.id}` on `{context.unit.cluster}`)",
                    wrong.span,
                    also=[Label(context.manifest, "for this manifest")],
                    help="use `${{? }}`, `default` or `is defined` where a value may be absent",
                )
                return []

    def _bodies(self, program: Program, scope: dict[str, Any], context: UnitContext) -> Bodies:
        """Return what a program makes, each with the place of its template."""
        return [
            (named(body), template.template.span)
            for template in program.templates[context.unit.scope]
            for body in self._run(template, scope, context)
            if self._acceptable(body, template, program)
        ]

    def _same_bodies(self, bodies: Bodies) -> Bodies:
        """Return the same bodies for all that are equal, although templates read something else."""
        return [(self._sharing.same(body), span) for body, span in bodies]

    def _acceptable(self, body: Any, template: Compiled, program: Program) -> bool:
        span, contract = template.template.span, program.blueprint.contract
        kind = body.get("kind") if isinstance(body, dict) else None
        if kind not in contract.emits:
            self._bag.add(
                "PC4202",
                f"`{contract.name}` makes a `{kind}`, which its `emits` does not list"
                if kind
                else "it makes no resource: `kind` is missing",
                span,
                also=[Label(contract.span, "its contract")],
                help=f"add `{kind}` to `emits`" if kind else "write `apiVersion` and `kind`",
            )
            return False
        where = opens_to_everyone(body)
        if where is not None:
            self._bag.add(
                "PC4302",
                f"the {kind} matches everyone: {where}",
                span,
                help=f"match somebody, or say why with the annotation `{ANNOTATION}`",
            )
        return where is None


def _delivers(program: Program) -> bool:
    return program.blueprint.contract.part == "delivery"


def _scope(context: UnitContext, cast: _Cast, slots: Slots) -> dict[str, Any]:
    """Return what the templates of a unit see."""
    scope = {**context.context, "kinds": cast.kinds, "slots": slots}
    annotations = slots["object"]["annotations"]
    if annotations:
        scope["annotations"] = {**scope["annotations"], **annotations}
    return scope


def _reads(templates: Iterable[Compiled], besides: str = "") -> Reads:
    """Return what templates read."""
    paths = {path for one in templates for path in free_paths(one.template, one.includes)}
    return Reads(path for path in paths if path[0] != besides)
