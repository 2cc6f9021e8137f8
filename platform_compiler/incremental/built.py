"""A part of a repository, compiled by itself."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from platform_compiler.blueprints.resource import Resource
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
from platform_compiler.verify.report import report_told


class Judged(NamedTuple):
    """One side of a change, compiled as far as resources, and all that is found of it."""

    checked: Checked
    resources: Sequence[Resource]
    found: tuple[Diagnostic, ...]

    @property
    def errors(self) -> frozenset[Diagnostic]:
        """What would stop a compile of it."""
        return frozenset(one for one in self.found if one.severity is Severity.ERROR)


class Built(NamedTuple):
    """The same, with the bytes of its files."""

    checked: Checked
    output: Output
    made: Mapping[Unit, Made]
    found: tuple[Diagnostic, ...]


def judged_of(tree: Snapshot, as_of: date, excerpt: Excerpt) -> Judged | None:
    """Compile a part and judge it as if it were all that its clusters have; what is missing there is so on both sides.

    None where it cannot be compiled.
    """
    bag = Bag()
    checked = check(tree, as_of, bag, excerpt=excerpt)
    if bag.has_errors:
        return None
    facts, schemas = known_of(checked)
    resources = resources_of(checked, everything, schemas, bag)
    if bag.has_errors:
        return None
    items = items_of(resources, lines_of(checked))
    report_told(verify(items, facts, schemas, whole=True), bag)
    court = checked.court
    if court:
        judgement = court.judge_resources(items, checked.linked, schemas)
        court.close((judgement,), checked.linked, checked.told, bag, whole=True)
    return Judged(checked, resources, bag.sorted())


def built_of(judged: Judged) -> Built | None:
    """Lay a part out; only what is sound, or was so in the whole, has paths. None where paths or sizes are refused."""
    bag = Bag()
    output = joined((laid_of(judged.checked, judged.resources),), bag)
    if output is None:
        return None
    output = with_ids(output)
    return Built(judged.checked, output, made_of(output), (*judged.found, *bag.sorted()))
