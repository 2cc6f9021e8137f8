"""What policies say of going from what an environment repository shows to what is published.

Only files that change or go are read, and only where some policy has to be asked about that: the old objects are blobs
of the repository, named by the plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

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
from platform_compiler.verify.item import Item
from platform_compiler.verify.report import report

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


@dataclass(frozen=True)
class Transitions:
    """A compilation whose policies have to be asked about what changes."""

    checked: Checked
    output: Output
    court: Court
    asked: Interest

    def former(self, plans: Sequence[Plan], contents: Contents) -> list[Former]:
        """Return the objects that plans replace or delete, as they are published."""
        files = {path: file for plan in plans for path, file in self._files(plan)}
        data = contents(blob for blob, _ in files.values())
        found = ((path, unit, resource_in(path, data[blob])) for path, (blob, unit) in files.items())
        going = {unit for plan in plans for unit in plan.units.values() if unit not in self.output.units}
        return [Former(body, unit, _Published(path, _manifest(unit, going))) for path, unit, body in found if body]

    def report(self, former: Iterable[Former], bag: Bag) -> None:
        """Report what policies say of going from published objects to those of the compilation."""
        told = transitions(self.court, self.checked.linked, known_of(self.checked)[1], self._items, former)
        found = Bag()
        report(self.court.faults(told), found)
        for one in found.sorted():
            first, *others = one.labels
            notes = (*one.notes, _NOTE)
            bag.add(one.code, one.message, first.span, first.text, also=others, help=one.help, notes=notes)

    @cached_property
    def _items(self) -> list[Item]:
        return items_of(self.output.resources.values(), lines_of(self.checked))

    def _files(self, plan: Plan) -> Iterator[tuple[str, tuple[str, Unit]]]:
        """Yield the files to read, with their blobs and units. One that goes may be written anew elsewhere."""
        prefix = plan.site.prefix
        for path, blob in plan.replaced.items():
            resource = self.output.resources.get(path.removeprefix(prefix))
            if resource and self.asked.asks(resource.body, goes=False):
                yield path, (blob, resource.unit)
        for path, blob in plan.deletes.items():
            if not path.removeprefix(prefix).startswith(f"{ROOT}/"):
                yield path, (blob, plan.units[path])


def transitions_of(checked: Checked, output: Output, court: Court) -> Transitions | None:
    """Return what asks the policies of a compilation about changes, or None where none of them has to be asked."""
    asked = interest(court.policies, court.sets, court.names)
    return Transitions(checked, output, court, asked) if asked else None


def _manifest(unit: Unit, going: Iterable[Unit]) -> str:
    """Return the manifest behind a unit; a namespace goes with the last application in it."""
    refs = [unit.id] if unit.scope in OWNED else []
    if unit.scope == "namespace":
        inside = unit.folder.rpartition("/")[0]
        refs = sorted(one.id for one in going if one.scope in OWNED and one.folder.rpartition("/")[0] == inside)
    return f"teams/{refs[0]}.yaml" if refs else ""
