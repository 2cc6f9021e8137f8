"""A part of a repository, compiled by itself."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from platform_compiler.blueprints.resource import Batch
from platform_compiler.checked import Checked, known_of, lines_of
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Diagnostic, Severity
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import with_ids
from platform_compiler.emit.part import joined
from platform_compiler.incremental.base import Made, made_of
from platform_compiler.load.excerpt import Excerpt
from platform_compiler.pipeline import check, everything, laid_of, resources_of
from platform_compiler.source.snapshot import Snapshot
from platform_compiler.verify.compiled import items_of, verify
from platform_compiler.verify.group import items_in
from platform_compiler.verify.report import report_told

Faults: TypeAlias = tuple[Diagnostic, ...]
"""What is found of resources."""
_NOTHING = Output({}, {}, {})
_SHAPES = "PC50"
"""How codes begin of what is told of the shape of an object."""


class Compiled(NamedTuple):
    """One side of a change, compiled as far as resources; there are none where what was `said` before holds an error.

    `met` is what was found while they were made.
    """

    checked: Checked
    said: tuple[Diagnostic, ...]
    resources: Sequence[Batch] = ()
    met: Faults = ()

    @property
    def has_stopped(self) -> bool:
        """Whether errors kept resources from being made."""
        return any(one.severity is Severity.ERROR for one in self.said)


class Built(NamedTuple):
    """The same, with the bytes of its files; `late` is all that is found of resources."""

    compiled: Compiled
    output: Output
    made: Mapping[Unit, Made]
    late: Faults

    @property
    def checked(self) -> Checked:
        """What was read, merged and linked."""
        return self.compiled.checked


def differing(one: Built, other: Built) -> frozenset[Unit]:
    """Return the units that two sides do not make alike, or that one of them does not make."""
    return frozenset(unit for unit, _ in one.made.items() ^ other.made.items())


def compiled_of(tree: Snapshot, as_of: date, excerpt: Excerpt) -> Compiled | None:
    """Compile a part as far as resources; None where these cannot be made."""
    bag, late = Bag(), Bag()
    checked = check(tree, as_of, bag, excerpt=excerpt)
    one = Compiled(checked, bag.sorted())
    if one.has_stopped:
        return one
    resources = resources_of(checked, everything, known_of(checked)[1], late)
    return None if late.has_errors else one._replace(resources=resources, met=late.sorted())


def faults_in(one: Compiled, trusted: Sequence[Batch] = (), *, whole: bool = True) -> Faults:
    """Judge a part as if it were all that its clusters have; what is missing there is so on both sides.

    What equals one of `trusted` resources is not judged by itself. Without `whole` nothing is found missing.
    """
    bag = Bag()
    bag.take(one.met)
    facts, schemas = known_of(one.checked)
    lines = lines_of(one.checked)
    groups = items_of(one.resources, lines)
    report_told(verify(groups, facts, schemas, whole=whole, trusted=items_of(trusted, lines)), bag)
    court = one.checked.court
    if court:
        judgement = court.judge_resources(items_in(groups), one.checked.linked, schemas)
        court.close((judgement,), one.checked.linked, one.checked.told, bag, whole=whole)
    return bag.sorted()


def built_of(one: Compiled, faults: Faults, before: Faults) -> Built | None:
    """Lay a part out; only what has a shape, or was so in the whole, has paths. None where paths or sizes are refused.

    What was found `before` is no error of the whole.
    """
    if one.has_stopped:
        return Built(one, _NOTHING, {}, ())
    if any(fault.code.startswith(_SHAPES) for fault in faults if fault not in before):
        return None
    bag = Bag()
    output = joined((laid_of(one.checked, one.resources),), bag)
    if output is None:
        return None
    output = with_ids(output)
    return Built(one, output, made_of(output), (*faults, *bag.sorted()))
