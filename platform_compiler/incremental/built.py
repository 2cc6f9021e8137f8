"""A part of a repository, compiled by itself."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from platform_compiler.blueprints.resource import Resource
from platform_compiler.checked import Checked, known_of, lines_of
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import with_ids
from platform_compiler.emit.part import joined
from platform_compiler.incremental.base import Made, made_of
from platform_compiler.load.excerpt import Excerpt
from platform_compiler.pipeline import check, everything, laid_of, resources_of
from platform_compiler.source.snapshot import Snapshot
from platform_compiler.verify.compiled import items_of, verify
from platform_compiler.verify.report import report_told

Faults: TypeAlias = tuple[Diagnostic, ...]
"""What is found of resources."""


class Compiled(NamedTuple):
    """One side of a change, compiled as far as resources; `said` is what was found on the way there."""

    checked: Checked
    resources: Sequence[Resource]
    said: tuple[Diagnostic, ...]


class Built(NamedTuple):
    """The same, with the bytes of its files, and all that is found of it."""

    checked: Checked
    output: Output
    made: Mapping[Unit, Made]
    found: tuple[Diagnostic, ...]


def compiled_of(tree: Snapshot, as_of: date, excerpt: Excerpt) -> Compiled | None:
    """Compile a part as far as resources; None where that cannot be done."""
    bag = Bag()
    checked = check(tree, as_of, bag, excerpt=excerpt)
    if bag.has_errors:
        return None
    resources = resources_of(checked, everything, known_of(checked)[1], bag)
    if bag.has_errors:
        return None
    return Compiled(checked, resources, bag.sorted())


def faults_in(one: Compiled, trusted: Sequence[Resource] = ()) -> Faults:
    """Judge a part as if it were all that its clusters have; what is missing there is so on both sides.

    What equals one of `trusted` resources is not judged by itself.
    """
    bag = Bag()
    facts, schemas = known_of(one.checked)
    lines = lines_of(one.checked)
    items = items_of(one.resources, lines)
    report_told(verify(items, facts, schemas, whole=True, trusted=items_of(trusted, lines)), bag)
    court = one.checked.court
    if court:
        judgement = court.judge_resources(items, one.checked.linked, schemas)
        court.close((judgement,), one.checked.linked, one.checked.told, bag, whole=True)
    return bag.sorted()


def built_of(one: Compiled, faults: Faults) -> Built | None:
    """Lay a part out; only what is sound, or was so in the whole, has paths. None where paths or sizes are refused."""
    bag = Bag()
    output = joined((laid_of(one.checked, one.resources),), bag)
    if output is None:
        return None
    output = with_ids(output)
    return Built(one.checked, output, made_of(output), (*one.said, *faults, *bag.sorted()))
