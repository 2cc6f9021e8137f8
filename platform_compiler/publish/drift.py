"""What an environment branch shows that its ledger or its source does not say: read only, and without any file."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from platform_compiler.context.unit import Unit
from platform_compiler.emit.ledger import ROOT, Entry, digest, entry_of
from platform_compiler.publish.plan import Site
from platform_compiler.publish.record import Record, read_record, record_ref
from platform_compiler.publish.remote import Remote


class Kind(StrEnum):
    """How a file differs from what was published."""

    MODIFIED = "modified"
    MISSING = "missing"
    FOREIGN = "foreign"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Drift:
    """One file that is not as it was published; `by` says who changed it last, where somebody did."""

    site: Site
    kind: Kind
    path: str
    by: str = ""


Expected = Callable[[str, str], Mapping[str, bytes] | None]
"""What a `platform/environment` compiles to at a source commit, by path; None when that commit is not here."""


def drift_of(sites: Iterable[Site], expected: Expected) -> Iterator[Drift]:
    """Yield every file at the sites that is not what the ledger says, or not what its recorded source compiles to.

    Raises:
        GitFailed: a repository cannot be reached.
    """
    for site in sites:
        with tempfile.TemporaryDirectory(prefix="platformc-") as scratch:
            remote = Remote(site.url, Path(scratch))
            names = (f"refs/heads/{site.branch}", record_ref(site.branch))
            found = remote.refs(names)
            remote.fetch(found.values())
            tip, recorded = (found.get(name) for name in names)
            record = read_record(remote.message(recorded)) if recorded else {}
            for kind, path in sorted(_differences(site, remote, tip, record, expected)):
                by = remote.last_author(tip, path) if tip and kind is not Kind.OUTDATED else ""
                yield Drift(site, kind, path, by)


def _differences(
    site: Site, remote: Remote, tip: str | None, record: Record, expected: Expected
) -> set[tuple[Kind, str]]:
    there = remote.files(tip, site.prefix)
    root = f"{site.prefix}{ROOT}/"
    accounts = remote.contents(blob for path, blob in there.items() if path.startswith(root) and blob)
    entries = [entry for data in accounts.values() if (entry := entry_of(data)) and entry.owner in site.owners]
    owned = {site.prefix + path: blob for entry in entries for path, blob in entry.files.items()}
    found = {(Kind.MISSING, path) for path in owned if path not in there}
    found |= {(Kind.MODIFIED, path) for path, blob in owned.items() if there.get(path, blob) != blob}
    folders = tuple({f"{site.prefix}clusters/{entry.unit.cluster}/" for entry in entries})
    found |= {(Kind.FOREIGN, path) for path in there if path.startswith(folders) and path not in owned}
    return found | _outdated(site, entries, owned, record, expected)


def _outdated(
    site: Site, entries: Iterable[Entry], owned: Mapping[str, str], record: Record, expected: Expected
) -> set[tuple[Kind, str]]:
    """Return the files whose source compiles to something else than what was published, or to nothing, or anew."""
    found: set[tuple[Kind, str]] = set()
    for owner in site.owners:
        files = expected(owner, record[owner].source) if owner in record else None
        if files is not None:
            wanted = {site.prefix + path: digest(data) for path, data in files.items()}
            mine = {site.prefix + path for entry in entries if entry.owner == owner for path in entry.files}
            found |= {(Kind.OUTDATED, path) for path in mine ^ wanted.keys()}
            found |= {(Kind.OUTDATED, path) for path in mine & wanted.keys() if owned[path] != wanted[path]}
    return found


def files_of(units: Mapping[Unit, tuple[str, ...]], owners: Mapping[Unit, str], owner: str) -> Iterator[str]:
    """Yield the paths of an output that belong to one `platform/environment`."""
    for unit, paths in units.items():
        if owners[unit] == owner:
            yield from paths
