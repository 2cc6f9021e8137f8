"""Expand every context with the blueprints that play its parts: contributions first, then templates.

A part's templates stand in folders named after the scope they belong to.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from platform_compiler.blueprints.agreement import Reads
from platform_compiler.blueprints.cast import Cast, Casts
from platform_compiler.blueprints.catalog import Catalog
from platform_compiler.blueprints.effects import Honoured, check_effects
from platform_compiler.blueprints.evaluated import evaluated
from platform_compiler.blueprints.everyone import ANNOTATION, opens_to_everyone
from platform_compiler.blueprints.naming import named
from platform_compiler.blueprints.program import Compiled, Program
from platform_compiler.blueprints.resource import Batch, Resource
from platform_compiler.blueprints.sharing import First, Sharing
from platform_compiler.blueprints.slots import Slots, filled
from platform_compiler.context.model import UnitContext
from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.layers.model import Settings
from platform_compiler.numbers import alike
from platform_compiler.objects import at, text

Bodies = list[tuple[Any, Span]]
"""Objects, each with the place of its template."""


def expand(contexts: Iterable[UnitContext], catalog: Catalog, unsupported: dict[str, str], bag: Bag) -> list[Batch]:
    """Return the resources of every context, in the order of contexts, parts and templates."""
    expander = Expander(catalog, unsupported, bag)
    return [batch for context in contexts for batch in expander.batches(context)]


class _Made(NamedTuple):
    """What is the same for all units that have the same context, as far as it is read; delivery is each unit's own."""

    slots: Slots
    resources: Sequence[Resource]
    honoured: Honoured
    checked: dict[int, Settings]
    """Settings that all have an effect, by the id of their tree."""


class Expander:
    """Expands units one after the other: what several of them share is made once."""

    def __init__(self, catalog: Catalog, unsupported: dict[str, str], bag: Bag) -> None:
        self._unsupported = unsupported
        self._bag = bag
        self._sharing = Sharing(bag)
        self._casts = Casts(catalog, self._sharing, bag)

    def batches(self, context: UnitContext) -> list[Batch]:
        """Return the resources of one unit: those written by hand, those it shares, and those that deliver it."""
        cast = self._casts.of(context)
        made = self._once_for_the_same(cast.all, context, partial(self._made, context, cast))
        self._check_effects(context, made)
        unit, manifest = context.unit, context.manifest
        raw = [Resource(unit, one.body, one.span, manifest, one.by_hand) for one in context.raw]
        delivers = cast.delivered and (raw or made.resources or unit.scope == "cluster")  # else there is no folder
        delivered = self._delivered(context, cast, made.slots) if delivers else ()
        return [Batch(unit, like) for like in (raw, made.resources, delivered) if like]

    def _delivered(self, context: UnitContext, cast: Cast, slots: Slots) -> list[Resource]:
        """Return what delivers a unit."""
        scope = _scope(context, cast, slots)
        return _resources(context, [self._of_program(program, scope, context) for program in cast.delivered])

    def prepared(self, context: UnitContext) -> tuple[list[Program], dict[str, Any]]:
        """Return the programs of a unit's parts, and what their templates see: its context and the filled slots."""
        cast = self._casts.of(context)
        return cast.programs, _scope(context, cast, self._filled(context, cast))

    def _filled(self, context: UnitContext, cast: Cast) -> Slots:
        """Return the slots as the parts fill them: few facts decide it, and most applications agree on them."""
        key = ("slots", cast.roles, self._sharing.key(cast.slots, context.context, context.shared))
        return self._sharing.once(key, lambda: self._same(filled(cast.programs, context, self._bag)))

    def _same(self, slots: Slots) -> Slots:
        """Return one object for all slots that are equal, and one for all fillings in them that are."""
        return self._sharing.same(
            {
                name: {key: self._same_filling(filling) for key, filling in fillings.items()}
                for name, fillings in slots.items()
            }
        )

    def _same_filling(self, filling: Any) -> Any:
        """Return one object for all fillings that are equal, and one for all items in them that are."""
        same = self._sharing.same
        return same(list(map(same, filling)) if isinstance(filling, list) else filling)

    def _made(self, context: UnitContext, cast: Cast) -> _Made:
        """Return what the programs of a unit make: the same, too, where other facts fill the slots with the same."""
        slots = self._filled(context, cast)
        make = partial(self._made_of, context, cast, slots)
        return self._once_for_the_same(cast.besides_slots, context, make, slots)

    def _once_for_the_same(self, reads: Reads, context: UnitContext, make: Callable[[], _Made], *given: Slots) -> _Made:
        """Return what was made for an application of what is given, and of the very same of all that is read."""
        scope = context.context
        key = (reads, context.unit.id, context.manifest, self._sharing.number_of_facts(scope, reads))
        return self._sharing.once_for_the_same(key, [*given, *reads.values(scope, context.shared)], make)

    def _made_of(self, context: UnitContext, cast: Cast, slots: Slots) -> _Made:
        """Return what the programs of a unit make of filled slots, and which settings they honour."""
        scope = _scope(context, cast, slots)
        made: list[list[Bodies]] = []
        for program, reads in cast.made:
            make = partial(self._of_program, program, scope, context)
            remake = partial(self._besides, program, scope, context)
            made.append(self._sharing.once_for_equal(reads, context.unit.id, scope, make, remake, context.shared))
        owner = (context.unit.id, context.manifest)
        resources = self._sharing.once_for_the_same(owner, made, partial(_resources, context, made))
        # Few facts decide what parts honour, and most applications agree on them.
        key = ("honours", cast.roles, self._sharing.key(cast.when, scope, context.shared))
        return _Made(slots, resources, self._sharing.once(key, partial(Honoured, cast.programs, context)), {})

    def _check_effects(self, context: UnitContext, made: _Made) -> None:
        """Report settings without effect: once where units have the same settings, and parts that honour the same."""
        settings = context.settings
        if settings is None or id(settings.spec) in made.checked:
            return
        before = self._bag.reports
        check_effects(context, made.honoured, self._unsupported, self._bag)
        if self._bag.reports == before:
            made.checked[id(settings.spec)] = settings

    def _of_program(self, program: Program, scope: dict[str, Any], context: UnitContext) -> list[Bodies]:
        """Return what each template of a program makes."""
        return [self._of_template(each, program, scope, context) for each in program.templates[context.unit.scope]]

    def _besides(
        self,
        program: Program,
        scope: dict[str, Any],
        context: UnitContext,
        first: First[list[Bodies]],
        names: tuple[str, ...],
    ) -> list[Bodies]:
        """Return the same for a scope that differs at some names from the one of which it was made first.

        A template that reads nothing that differs is not asked again.
        """
        templates, agree = program.templates[context.unit.scope], self._sharing.agree
        key = ("reads of each", program.blueprint.folder, context.presence, context.unit.scope)
        reads = self._sharing.once(key, lambda: [Reads(each.reads) for each in templates])
        return [
            before if agree(read, first, scope, names) else self._again(each, program, scope, context, before)
            for each, read, before in zip(templates, reads, first.made, strict=True)
        ]

    def _again(
        self, template: Compiled, program: Program, scope: dict[str, Any], context: UnitContext, before: Bodies
    ) -> Bodies:
        """Return what a template makes: what it made before where that is equal."""
        made = self._of_template(template, program, scope, context)
        if alike([body for body, _ in made], [body for body, _ in before]):
            return before
        return [(self._sharing.same(body), span) for body, span in made]

    def _of_template(self, template: Compiled, program: Program, scope: dict[str, Any], context: UnitContext) -> Bodies:
        made = evaluated(template, scope, context, self._bag)
        if not made:  # as of most templates
            return []
        span = template.template.span
        return [(named(body), span) for body in made if self._acceptable(body, template, program)]

    def _acceptable(self, body: Any, template: Compiled, program: Program) -> bool:
        contract = program.blueprint.contract
        kind = text(body, "kind")
        if kind not in contract.emits or not text(body, "apiVersion"):
            lacking = "apiVersion" if kind in contract.emits else "" if kind else "kind"
            told = "missing" if at(body, lacking) is None else "no text"
            self._bag.add(
                "PC4202",
                f"it makes no resource: `{lacking}` is {told}"
                if lacking
                else f"`{contract.name}` makes a `{kind}`, which its `emits` does not list",
                template.template.span,
                also=[Label(contract.span, "its contract")],
                help="write `apiVersion` and `kind`" if lacking else f"add `{kind}` to `emits`",
            )
            return False
        where = opens_to_everyone(body)
        if where is not None:
            self._bag.add(
                "PC4302",
                f"the {kind} matches everyone: {where}",
                template.template.span,
                help=f"match somebody, or say why with the annotation `{ANNOTATION}`",
            )
        return where is None


def _resources(context: UnitContext, made: Iterable[Iterable[Bodies]]) -> list[Resource]:
    """Return what programs made of each of their templates as resources of a unit."""
    unit, manifest = context.unit, context.manifest
    bodies = chain.from_iterable(chain.from_iterable(made))
    return [Resource(unit, body, span, manifest) for body, span in bodies]


def _scope(context: UnitContext, cast: Cast, slots: Slots) -> dict[str, Any]:
    """Return what the templates of a unit see."""
    scope = {**context.context, "kinds": cast.kinds, "slots": slots}
    annotations = slots["object"]["annotations"]
    if annotations:
        scope["annotations"] = {**scope["annotations"], **annotations}
    return scope
