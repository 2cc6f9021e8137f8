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
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import digest, entries_of, entry_bytes, ledger_path, read_ledger


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
    """What is going to happen on disk."""

    writes: dict[str, bytes] = field(default_factory=dict)
    deletes: list[str] = field(default_factory=list)
    unchanged: int = 0


def write(  # noqa: PLR0913 -- the two permissions are named
    output: Output, directory: Path, wanted: Callable[[Unit], bool], bag: Bag, *, adopt: bool, force: bool
) -> Written | None:
    """Bring a folder to the state of `output`, as far as `wanted` goes; None when something stands in the way."""
    before = bag.reports
    ledger = read_ledger(directory)
    owned = {path: value for entry in ledger.values() for path, value in entry.files.items()}
    entries = entries_of(output)
    plan = _Plan()
    for entry in entries.values():
        for path, value in entry.files.items():
            _plan_write(path, value, output.files, directory, owned, plan, bag, adopt=adopt, force=force)
    gone = [unit for unit in ledger if unit not in output.units and wanted(unit)]
    for unit in (*output.units, *gone):
        stale = [path for path in ledger[unit].files if path not in output.files] if unit in ledger else []
        for path in sorted(stale):
            _plan_delete(path, directory, owned, plan, bag, force=force)
    if bag.reports != before:
        return None
    for unit, entry in entries.items():
        data = entry_bytes(entry)
        if _read(directory, ledger_path(unit)) != data:
            plan.writes[ledger_path(unit)] = data
    ours = sum(1 for path in plan.writes if path in output.files)
    try:
        _carry_out(plan, [ledger_path(unit) for unit in gone], directory)
    except OSError as trouble:
        bag.add("PC6103", f"it cannot be written: {trouble.strerror}", Span(str(trouble.filename or directory)))
        return None
    return Written(ours, len(plan.deletes), plan.unchanged)


def _read(directory: Path, path: str) -> bytes | None:
    try:
        # Plain text and no Path: an output has tens of thousands of files.
        with open(f"{directory}/{path}", "rb", buffering=0) as file:  # noqa: PTH123
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _plan_write(  # noqa: PLR0913, PLR0917 -- one decision over everything known about a file
    path: str,
    value: str,
    files: Mapping[str, bytes],
    directory: Path,
    owned: Mapping[str, str],
    plan: _Plan,
    bag: Bag,
    *,
    adopt: bool,
    force: bool,
) -> None:
    try:
        there = _read(directory, path)
    except OSError as trouble:
        bag.add("PC6103", f"it cannot be read: {trouble.strerror}", Span(path), help="make it an ordinary file")
        return
    shown = None if there is None else digest(there)
    if shown == value:
        plan.unchanged += 1
    elif shown is None or owned.get(path) == shown:
        plan.writes[path] = files[path]
    elif path not in owned:
        if adopt:
            plan.writes[path] = files[path]
        else:
            bag.add(
                "PC6101", "platformc did not write this file", Span(path), help="move it away, or take it over: --adopt"
            )
    elif force:
        plan.writes[path] = files[path]
    else:
        _report_edited(path, bag)


def _plan_delete(  # noqa: PLR0913 -- as above
    path: str, directory: Path, owned: Mapping[str, str], plan: _Plan, bag: Bag, *, force: bool
) -> None:
    there = _read(directory, path)
    if there is None:
        return
    if force or owned[path] == digest(there):
        plan.deletes.append(path)
    else:
        _report_edited(path, bag)


def _report_edited(path: str, bag: Bag) -> None:
    cure = "change its manifest or blueprint instead; --force throws the edit away"
    bag.add("PC6102", "the file was edited after platformc wrote it", Span(path), help=cure)


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
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 -- as in `_read`
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
