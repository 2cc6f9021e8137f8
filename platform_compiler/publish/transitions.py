"""What policies say of going from what an environment repository shows to what is published.

Only files that change or go are read, and only where some policy has to be asked about that: the old objects are blobs
of the repository, named by the plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

from platform_compiler.blueprints.resource import Batch
from platform_compiler.checked import Checked, known_of, lines_of
from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import ROOT
from platform_compiler.emit.stored import resource_in
from platform_compiler.objects import Path
from platform_compiler.policy.changes import Former, transitions
from platform_compiler.policy.interest import Interest, interest
from platform_compiler.policy.stages import Court
from platform_compiler.policy.waivers import Weighed
from platform_compiler.publish.guard import removed
from platform_compiler.publish.plan import Plan
from platform_compiler.verify.compiled import items_of
from platform_compiler.verify.group import items_in
from platform_compiler.verify.report import report

Compilation: TypeAlias = Callable[[frozenset[str]], tuple[Checked, Output]]
"""Gives what some clusters compile to, with their resources."""
Part: TypeAlias = Callable[[frozenset[Unit]], tuple[Checked, Output] | None]
"""Gives the same of the part of the repository around some units; None where that is not to be had."""
Contents = Callable[[Iterable[str]], Mapping[str, bytes]]
"""Gives the bytes of blobs by their ids."""
_NOTE = "compared with what is published"


@dataclass(frozen=True, slots=True)
class _Published:
    """The place of a published object that goes: the manifest that it was made for on every cluster, else its file."""

    file: str
    manifest: str

    def labels(self, path: Path, words: str, *, on_key: bool) -> tuple[Label, ...]:  # noqa: ARG002 -- as the protocol
        if self.manifest:
            return (Label(Span(self.manifest), words or "what was made for it would go"),)
        return (Label(Span(self.file), words or "would go"),)


@dataclass(frozen=True, slots=True)
class Transitions:
    """What asks policies about changes: which of them, the units that there will be, and what makes their objects.

    What nothing is found of in a part is in order; where anything is, whole clusters are asked about.
    """

    asked: Interest
    units: AbstractSet[Unit]
    compiled: Compilation
    part: Part

    def former(self, plans: Sequence[Plan], contents: Contents) -> list[Former]:
        """Return the objects that plans replace or delete, as they are published."""
        files = {path: file for plan in plans for path, file in self._files(plan)}
        data = contents(blob for blob, _ in files.values())
        found = ((path, unit, resource_in(path, data[blob])) for path, (blob, unit) in files.items())
        going = {unit for plan in plans for unit in plan.units.values() if unit not in self.units}
        return [Former(body, unit, _Published(path, _manifest(unit, going))) for path, unit, body in found if body]

    def report(self, plans: Sequence[Plan], former: Sequence[Former], bag: Bag) -> None:
        """Report what policies say of going from published objects to those of the compilation, as plans have it."""
        if not former or self._is_in_order(plans, former):
            return
        checked, output = self.compiled(frozenset(one.unit.cluster for one in former))
        found = Bag()
        assert checked.court is not None
        report(checked.court.faults(_told(checked, output, former)), found)
        for one in found.sorted():
            first, *others = one.labels
            notes = (*one.notes, _NOTE)
            bag.add(one.code, one.message, first.span, first.text, also=others, help=one.help, notes=notes)

    def _is_in_order(self, plans: Sequence[Plan], former: Sequence[Former]) -> bool:
        """Whether nothing is found in the part around what changes, where that makes these very files.

        Whether an object is gone, or stands elsewhere, only the whole tells.
        """
        if removed(plans):
            return False
        made = self.part(frozenset(one.unit for one in former))
        if made is None:
            return False
        checked, output = made
        files = ((path.removeprefix(plan.site.prefix), plan.writes[path]) for plan in plans for path in plan.replaced)
        return all(output.files.get(path) == data for path, data in files) and not _told(checked, output, former)

    def _files(self, plan: Plan) -> Iterator[tuple[str, tuple[str, Unit]]]:
        """Yield the files to read, with their blobs and units. One that goes may be written anew elsewhere."""
        for path, blob in plan.replaced.items():
            body = resource_in(path, plan.writes[path])
            if body and self.asked.asks(body, goes=False):
                yield path, (blob, plan.units[path])
        for path, blob in plan.deletes.items():
            if not path.removeprefix(plan.site.prefix).startswith(f"{ROOT}/"):
                yield path, (blob, plan.units[path])


def _told(checked: Checked, output: Output, former: Sequence[Former]) -> tuple[Weighed, ...]:
    assert checked.court is not None
    groups = items_of((Batch(one.unit, [one]) for one in output.resources.values()), lines_of(checked))
    return transitions(checked.court, checked.linked, known_of(checked)[1], items_in(groups), former)


def transitions_of(
    court: Court, units: AbstractSet[Unit], compiled: Compilation, part: Part = lambda _: None
) -> Transitions | None:
    """Return what asks policies about changes, or None where none of them has to be asked."""
    asked = interest(court.policies, court.sets, court.names)
    return Transitions(asked, units, compiled, part) if asked else None


def _manifest(unit: Unit, going: Iterable[Unit]) -> str:
    """Return the manifest behind a unit; a namespace goes with the last application in it."""
    refs = [unit.id] if unit.scope in OWNED else []
    if unit.scope == "namespace":
        inside = unit.folder.rpartition("/")[0]
        refs = sorted(one.id for one in going if one.scope in OWNED and one.folder.rpartition("/")[0] == inside)
    return f"teams/{refs[0]}.yaml" if refs else ""
