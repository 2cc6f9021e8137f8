"""Write an output to a folder: nothing at all when anything stands in the way, and only what changed.

What the ledger does not own is refused (`--adopt` takes it over), what was edited by hand is kept (`--force` overwrites
it). Files are replaced whole, so a reader sees the old or the new one; the ledger is written last.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.disk import content
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import (
    digest,
    entries_in,
    entries_of,
    ledger_of,
    ledger_path,
    read_ledger,
    with_accounts,
)


@dataclass(frozen=True, slots=True)
class Written:
    """How many files were written, deleted and left as they were."""

    changed: int
    deleted: int
    unchanged: int

    def __str__(self) -> str:
        return f"{self.changed} written, {self.deleted} deleted, {self.unchanged} unchanged"


@dataclass(slots=True)
class _Plan:
    """What is going to happen in a folder, of whose files some are `owned`, with the digest that each had."""

    directory: str
    owned: Mapping[str, str]
    bag: Bag
    adopt: bool
    force: bool
    writes: dict[str, bytes] = field(default_factory=dict)
    deletes: list[str] = field(default_factory=list)
    unchanged: int = 0

    def put(self, path: str, value: str, files: Mapping[str, bytes]) -> None:
        """Decide about a file of an output, whose digest is `value`."""
        shown = self._shown(path)
        if shown == value:
            self.unchanged += 1
        elif shown is None or self.owned.get(path) == shown or (self.force if path in self.owned else self.adopt):
            self.writes[path] = files[path]
        elif path in self.owned:
            self._report_edited(path)
        else:
            cure = "move it away, or take it over: --adopt"
            self.bag.add("PC6101", "platformc did not write this file", Span(path), help=cure)

    def drop(self, path: str) -> None:
        """Decide about an owned file that the output has no more."""
        shown = self._shown(path)
        if shown is None:
            return
        if self.force or self.owned[path] == shown:
            self.deletes.append(path)
        else:
            self._report_edited(path)

    def _shown(self, path: str) -> str | None:
        """Return the digest of what is there, None where nothing is; what cannot be read is reported."""
        try:
            return digest(content(f"{self.directory}/{path}"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as trouble:
            cure = "make it an ordinary file"
            self.bag.add("PC6103", f"it cannot be read: {trouble.strerror}", Span(path), help=cure)
            return None

    def _report_edited(self, path: str) -> None:
        cure = "change its manifest or blueprint instead; --force throws the edit away"
        self.bag.add("PC6102", "the file was edited after platformc wrote it", Span(path), help=cure)


def write(  # noqa: PLR0913 -- the two permissions are named
    output: Output, directory: Path, wanted: Callable[[Unit], bool], bag: Bag, *, adopt: bool, force: bool
) -> Written | None:
    """Bring a folder to the state of `output`, as far as `wanted` goes; None when something stands in the way."""
    before = bag.reports
    output = with_accounts(output)
    entries = entries_of(output)
    kept = {path: (digest(data), data) for path, data in read_ledger(directory).items()}
    ledger = entries_in(kept.values(), {output.accounts[unit]: entry for unit, entry in entries.items()})
    owned = {path: value for entry in ledger.values() for path, value in entry.files.items()}
    plan = _Plan(os.fspath(directory), owned, bag, adopt, force)
    for entry in entries.values():
        for path, value in entry.files.items():
            plan.put(path, value, output.files)
    gone = [unit for unit in ledger if unit not in output.units and wanted(unit)]
    for unit in (*output.units, *gone):
        stale = [path for path in ledger[unit].files if path not in output.files] if unit in ledger else []
        for path in sorted(stale):
            plan.drop(path)
    if bag.reports != before:
        return None
    ours = len(plan.writes)
    same = {path: value for path, (value, _) in kept.items()}
    others = {unit: entry for unit, entry in entries.items() if same.get(ledger_path(unit)) != output.accounts[unit]}
    plan.writes |= {ledger_path(unit): data for unit, data in ledger_of(others).items()}
    forgotten = {ledger_path(unit) for unit in gone}.difference(map(ledger_path, output.units))
    try:
        _carry_out(plan, sorted(forgotten), directory)
    except OSError as trouble:
        bag.add("PC6103", f"it cannot be written: {trouble.strerror}", Span(str(trouble.filename or directory)))
        return None
    return Written(ours, len(plan.deletes), plan.unchanged)


def _carry_out(plan: _Plan, ledgers: list[str], directory: Path) -> None:
    """Write, then delete, then forget: at every moment the ledger owns what is there."""
    for path, data in sorted(plan.writes.items(), key=lambda item: (item[0].startswith("."), item[0])):
        _replace(f"{directory}/{path}", data)
    for path in (*plan.deletes, *ledgers):
        target = directory / path
        target.unlink(missing_ok=True)
        _prune(target.parent, directory)


def _replace(target: str, data: bytes) -> None:
    folder, _, name = target.rpartition("/")
    half = f"{folder}/.{name}.{os.getpid()}.tmp"
    try:
        try:
            _fill(half, data)
        except FileNotFoundError:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 -- there are tens of thousands
            _fill(half, data)
        os.replace(half, target)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(half)  # noqa: PTH108
        raise


def _fill(path: str, data: bytes) -> None:
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(data)


def _prune(folder: Path, directory: Path) -> None:
    """Remove folders that have become empty."""
    while folder != directory and folder.is_relative_to(directory):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
