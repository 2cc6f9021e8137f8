"""What to change at one site so that it shows an output: pure, from the listing of a tree and the ledger in it.

Only what the ledger owns is overwritten or deleted. A unit with a file that somebody edited, or at whose place a
stranger's file stands or that of a frozen unit, stays as it is as a whole and is told; all others go on. A unit whose
folder another has now, as where a manifest becomes one of another kind, does not go: the other is what it has become.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from platform_compiler.context.unit import Unit
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import Entry, entry_for, ledger_of, ledger_path
from platform_compiler.publish.model import Leave
from platform_compiler.publish.plan import Plan, Site

FOREIGN = "a file that platformc did not write stands in its place"
EDITED = "a generated file was edited by hand"
HELD = "a file of a frozen unit stands in its place"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file that keeps a unit from being published: `reason` is one of the three above."""

    unit: Unit
    path: str
    reason: str


@dataclass(slots=True)
class _Work:
    """One unit's changes, while they are collected."""

    writes: dict[str, bytes] = field(default_factory=dict)
    deletes: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


def overlay(  # noqa: PLR0913 -- everything a decision rests on, named
    site: Site,
    there: Mapping[str, str],
    ledger: Mapping[Unit, Entry],
    offered: Output,
    *,
    gone: Callable[[Entry], bool],
    frozen: Mapping[Unit, str],
    leave: Leave,
) -> tuple[Plan, list[Conflict]]:
    """Return what changes at a site, and what stands in the way.

    `there` is the tree by full path, `offered` an output that knows all its digests, `ledger` what the tree says of
    units, but where it says the same. `gone` says of an entry without output whether its unit may go, `frozen` holds
    the units that stay with the reason.
    """
    ledger = _succeeded(ledger, offered, lambda unit, entry: unit not in frozen and gone(entry))
    ground = _Ground(site, there, ledger, offered, frozen, leave)
    writes: dict[str, bytes] = {}
    deletes: dict[str, str] = {}
    replaced: dict[str, str] = {}
    units: dict[str, Unit] = {}
    kept = {unit: reason for unit, reason in frozen.items() if unit in ledger or ground.accounts_for(unit)}
    conflicts: list[Conflict] = []
    made = [unit for unit in offered.units if unit not in frozen and not ground.shows(unit)]
    lost = [u for u, entry in ledger.items() if u not in offered.units and u not in frozen and gone(entry)]
    for unit in (*made, *lost):
        work = ground.work(unit)
        if work.conflicts:
            conflicts += work.conflicts
            kept[unit] = work.conflicts[0].reason
        else:
            writes |= work.writes
            deletes |= work.deletes
            replaced |= work.replaced
            units |= dict.fromkeys((*work.deletes, *work.replaced), unit)
    return Plan(site, writes, deletes, kept, replaced, units), conflicts


def _succeeded(
    ledger: Mapping[Unit, Entry], offered: Output, goes: Callable[[Unit, Entry], bool]
) -> Mapping[Unit, Entry]:
    """Return a ledger in which the unit that has a folder now owns what one that goes had there."""
    lost = {unit.folder: unit for unit, entry in ledger.items() if unit not in offered.units and goes(unit, entry)}
    heirs = {lost[unit.folder]: unit for unit in offered.units if unit.folder in lost} if lost else {}
    return {heirs.get(unit, unit): entry for unit, entry in ledger.items()}


class _Ground:
    """What a site shows, and who owns it."""

    def __init__(  # noqa: PLR0913, PLR0917 -- everything a decision rests on
        self,
        site: Site,
        there: Mapping[str, str],
        ledger: Mapping[Unit, Entry],
        offered: Output,
        frozen: Container[Unit],
        leave: Leave,
    ) -> None:
        self._prefix = site.prefix
        self._there = there
        self._ledger = ledger
        self._offered = offered
        self._leave = leave
        self._held = frozenset(path for unit, entry in ledger.items() if unit in frozen for path in entry.files)
        self._taken: dict[str, bool] = {"": False}

    @cached_property
    def _owned(self) -> dict[str, str]:
        """Return the blob that was last written of every file of every unit that the ledger says something else of."""
        return {path: value for entry in self._ledger.values() for path, value in entry.files.items()}

    @cached_property
    def _folders(self) -> frozenset[str]:
        found: set[str] = set()
        for path in self._there:
            folder = path.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    def accounts_for(self, unit: Unit) -> bool:
        """Whether the ledger says of a unit what is offered."""
        account = self._offered.accounts.get(unit)
        return account is not None and self._there.get(self._prefix + ledger_path(unit)) == account

    def shows(self, unit: Unit) -> bool:
        """Whether a unit is there as it is offered, file by file."""
        there, prefix, ids = self._there, self._prefix, self._offered.ids
        return self.accounts_for(unit) and all(
            there.get(prefix + path) == ids[path] for path in self._offered.units[unit]
        )

    def work(self, unit: Unit) -> _Work:
        """Return what changes of a unit; one that is not offered goes."""
        work = _Work()
        files, ids = self._offered.units.get(unit, ()), self._offered.ids
        for path in files:
            if self._there.get(self._prefix + path) != ids[path]:
                self._write(work, unit, path)
        for path in self._ledger[unit].files.keys() - set(files) if unit in self._ledger else ():
            self._delete(work, unit, path)
        self._account(work, unit)
        return work

    def _write(self, work: _Work, unit: Unit, path: str) -> None:
        where = self._prefix + path
        if path in self._held:
            work.conflicts.append(Conflict(unit, where, HELD))
            return
        found, mine = self._there.get(where), self._owned.get(path)
        if mine is None and self.accounts_for(unit):
            mine = self._offered.ids[path]
        if found is None and not self._blocked(where):
            permitted = True
        elif found is not None and mine is not None:
            permitted = found == mine or self._leave.force
        else:
            permitted = bool(found) and self._leave.adopt
        if permitted:
            work.writes[where] = self._offered.files[path]
            if found:
                work.replaced[where] = found
        else:
            work.conflicts.append(Conflict(unit, where, EDITED if found is not None and mine else FOREIGN))

    def _delete(self, work: _Work, unit: Unit, path: str) -> None:
        where = self._prefix + path
        found = self._there.get(where)
        if found is not None and (found == self._owned[path] or (self._leave.force and found)):
            work.deletes[where] = found
        elif found is not None:
            work.conflicts.append(Conflict(unit, where, EDITED))

    def _account(self, work: _Work, unit: Unit) -> None:
        """Write the unit's ledger file, or delete that of a unit that goes."""
        where = self._prefix + ledger_path(unit)
        found = self._there.get(where)
        if unit in self._offered.units:
            if found != self._offered.accounts[unit]:
                work.writes[where] = ledger_of({unit: entry_for(unit, self._offered)})[unit]
        elif found:
            work.deletes[where] = found

    def _blocked(self, path: str) -> bool:
        """Whether a stranger's file or link stands where we need a folder, or a folder where we need a file."""
        return path in self._folders or self._is_taken(path.rpartition("/")[0])

    def _is_taken(self, folder: str) -> bool:
        """Whether a folder cannot be, since it or one around it is a file or a link."""
        found = self._taken.get(folder)
        if found is None:
            found = folder in self._there or self._is_taken(folder.rpartition("/")[0])
            self._taken[folder] = found
        return found
