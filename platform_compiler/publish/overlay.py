"""What to change at one site so that it shows an output: pure, from the listing of a tree and the ledger in it.

Only what the ledger owns is overwritten or deleted. A unit with a file that somebody edited, or at whose place a
stranger's file stands, stays as it is as a whole and is told; all others go on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from platform_compiler.context.unit import Unit
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import Entry, digest, entries_of, entry_bytes, ledger_path
from platform_compiler.publish.model import Leave, Plan, Site

FOREIGN = "a file that platformc did not write stands in its place"
EDITED = "a generated file was edited by hand"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file that keeps a unit from being published: `reason` is `FOREIGN` or `EDITED`."""

    unit: Unit
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An output made ready to be compared: blob ids by path, and each unit's ledger file."""

    output: Output
    ids: Mapping[str, str]
    accounts: Mapping[Unit, bytes]


def offer(output: Output) -> Offer:
    """Digest an output once, however often it has to be laid over a moving branch."""
    entries = entries_of(output)
    ids = {path: identifier for entry in entries.values() for path, identifier in entry.files.items()}
    return Offer(output, ids, {unit: entry_bytes(entry) for unit, entry in entries.items()})


@dataclass(slots=True)
class _Work:
    """One unit's changes, while they are collected."""

    writes: dict[str, bytes] = field(default_factory=dict)
    deletes: dict[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


def overlay(  # noqa: PLR0913 -- everything a decision rests on, named
    site: Site,
    there: Mapping[str, str],
    ledger: Mapping[Unit, Entry],
    offered: Offer,
    *,
    gone: Callable[[Entry], bool],
    frozen: Mapping[Unit, str],
    leave: Leave,
) -> tuple[Plan, list[Conflict]]:
    """Return what changes at a site, and what stands in the way.

    `there` is the tree by full path, `ledger` what it owns, `gone` says of an entry without output whether its unit
    may go, `frozen` holds the units that stay with the reason.
    """
    owned = {site.prefix + path: value for entry in ledger.values() for path, value in entry.files.items()}
    folders = _folders(there)
    plan_writes: dict[str, bytes] = {}
    plan_deletes: dict[str, str] = {}
    kept = {unit: reason for unit, reason in frozen.items() if unit in ledger}
    conflicts: list[Conflict] = []
    for unit, files in _units(ledger, offered.output, gone, frozen):
        old = {site.prefix + path: value for path, value in ledger[unit].files.items()} if unit in ledger else {}
        work = _work(unit, files, offered.ids, site, old, there, owned, folders, leave)
        if work.conflicts:
            conflicts += work.conflicts
            kept[unit] = work.conflicts[0].reason
            continue
        plan_writes |= work.writes
        plan_deletes |= work.deletes
        _keep_account(site.prefix + ledger_path(unit), offered.accounts.get(unit), there, plan_writes, plan_deletes)
    return Plan(site, plan_writes, plan_deletes, kept), conflicts


def _units(
    ledger: Mapping[Unit, Entry],
    output: Output,
    gone: Callable[[Entry], bool],
    frozen: Mapping[Unit, str],
) -> Iterator[tuple[Unit, dict[str, bytes]]]:
    """Yield every unit to bring up to date with its files; those that go have none."""
    for unit, paths in output.units.items():
        if unit not in frozen:
            yield unit, {path: output.files[path] for path in paths}
    for unit, entry in ledger.items():
        if unit not in output.units and unit not in frozen and gone(entry):
            yield unit, {}


def _work(  # noqa: PLR0913, PLR0917 -- one decision over everything known about a unit
    unit: Unit,
    files: Mapping[str, bytes],
    ids: Mapping[str, str],
    site: Site,
    old: Mapping[str, str],
    there: Mapping[str, str],
    owned: Mapping[str, str],
    folders: frozenset[str],
    leave: Leave,
) -> _Work:
    work = _Work()
    for name, data in files.items():
        path = site.prefix + name
        found = there.get(path)
        if found == ids[name]:
            continue
        free = not _blocked(path, there, folders) if found is None else owned.get(path) == found
        if free:
            work.writes[path] = data
        elif path in owned and found is not None:
            _permit(work, unit, path, EDITED, data if leave.force else None)
        else:
            _permit(work, unit, path, FOREIGN, data if leave.adopt and found else None)
    for path, value in old.items():
        found = there.get(path)
        if found is None or path.removeprefix(site.prefix) in files:
            continue
        if found == value or (leave.force and found):
            work.deletes[path] = found
        else:
            work.conflicts.append(Conflict(unit, path, EDITED))
    return work


def _permit(work: _Work, unit: Unit, path: str, reason: str, data: bytes | None) -> None:
    """Write over what stands in the way if that was asked for; else report it."""
    if data is None:
        work.conflicts.append(Conflict(unit, path, reason))
    else:
        work.writes[path] = data


def _keep_account(
    path: str, account: bytes | None, there: Mapping[str, str], writes: dict[str, bytes], deletes: dict[str, str]
) -> None:
    """Add a unit's ledger file to what is written or, without a unit, to what is deleted."""
    found = there.get(path)
    if account is not None:
        if found != digest(account):
            writes[path] = account
    elif found:
        deletes[path] = found


def _folders(there: Mapping[str, str]) -> frozenset[str]:
    """Return every folder of a tree."""
    found: set[str] = set()
    for path in there:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(found)


def _blocked(path: str, there: Mapping[str, str], folders: frozenset[str]) -> bool:
    """Whether a stranger's file or link stands where we need a folder, or a folder where we need a file."""
    return path in folders or any(str(parent) in there for parent in PurePosixPath(path).parents)
