"""What policies say of going from what an environment repository shows to what is published.

Only files that change or go are read, and only where some policy has to be asked about that: the old objects are blobs
of the repository, named by the plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

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
from platform_compiler.publish.plan import Plan
from platform_compiler.verify.compiled import items_of
from platform_compiler.verify.report import report

Compilation: TypeAlias = Callable[[frozenset[str]], tuple[Checked, Output]]
"""Gives what some clusters compile to, with their resources."""
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
    """What asks policies about changes: which of them, the units that there will be, and what makes their objects."""

    asked: Interest
    units: AbstractSet[Unit]
    compiled: Compilation

    def former(self, plans: Sequence[Plan], contents: Contents) -> list[Former]:
        """Return the objects that plans replace or delete, as they are published."""
        files = {path: file for plan in plans for path, file in self._files(plan)}
        data = contents(blob for blob, _ in files.values())
        found = ((path, unit, resource_in(path, data[blob])) for path, (blob, unit) in files.items())
        going = {unit for plan in plans for unit in plan.units.values() if unit not in self.units}
        return [Former(body, unit, _Published(path, _manifest(unit, going))) for path, unit, body in found if body]

    def report(self, former: Sequence[Former], bag: Bag) -> None:
        """Report what policies say of going from published objects to those of the compilation."""
        if not former:
            return
        checked, output = self.compiled(frozenset(one.unit.cluster for one in former))
        court, items = checked.court, items_of(output.resources.values(), lines_of(checked))
        assert court is not None
        told = transitions(court, checked.linked, known_of(checked)[1], items, former)
        found = Bag()
        report(court.faults(told), found)
        for one in found.sorted():
            first, *others = one.labels
            notes = (*one.notes, _NOTE)
            bag.add(one.code, one.message, first.span, first.text, also=others, help=one.help, notes=notes)

    def _files(self, plan: Plan) -> Iterator[tuple[str, tuple[str, Unit]]]:
        """Yield the files to read, with their blobs and units. One that goes may be written anew elsewhere."""
        for path, blob in plan.replaced.items():
            body = resource_in(path, plan.writes[path])
            if body and self.asked.asks(body, goes=False):
                yield path, (blob, plan.units[path])
        for path, blob in plan.deletes.items():
            if not path.removeprefix(plan.site.prefix).startswith(f"{ROOT}/"):
                yield path, (blob, plan.units[path])


def transitions_of(court: Court, units: AbstractSet[Unit], compiled: Compilation) -> Transitions | None:
    """Return what asks policies about changes, or None where none of them has to be asked."""
    asked = interest(court.policies, court.sets, court.names)
    return Transitions(asked, units, compiled) if asked else None


def _manifest(unit: Unit, going: Iterable[Unit]) -> str:
    """Return the manifest behind a unit; a namespace goes with the last application in it."""
    refs = [unit.id] if unit.scope in OWNED else []
    if unit.scope == "namespace":
        inside = unit.folder.rpartition("/")[0]
        refs = sorted(one.id for one in going if one.scope in OWNED and one.folder.rpartition("/")[0] == inside)
    return f"teams/{refs[0]}.yaml" if refs else ""
