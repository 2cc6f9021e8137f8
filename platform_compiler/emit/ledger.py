"""The ledger: which files of an output belong to which unit, with the digest of what was written.

It lies in the output itself, at `.platformc/ledger/<unit's folder>.json`, one file a unit, so that two changes of two
units never meet in one file. Only what it names is ever overwritten or deleted.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_compiler.context.unit import Unit
from platform_compiler.source.tree import FileTree

ROOT = ".platformc/ledger"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit's files: SHA-256 by path."""

    unit: Unit
    files: Mapping[str, str]


def digest(data: bytes) -> str:
    """Return the digest that the ledger keeps of a file."""
    return hashlib.sha256(data).hexdigest()


def ledger_path(unit: Unit) -> str:
    """Return where a unit's entry lies, relative to the output's root."""
    return f"{ROOT}/{unit.folder}.json"


def entry_bytes(entry: Entry) -> bytes:
    """Return the content of a unit's ledger file."""
    unit = entry.unit
    document = {
        "version": _VERSION,
        "unit": {"cluster": unit.cluster, "scope": unit.scope, "id": unit.id, "folder": unit.folder},
        "files": dict(sorted(entry.files.items())),
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def read_ledger(directory: Path) -> dict[Unit, Entry]:
    """Return every entry of an output; one that cannot be understood owns nothing."""
    found = {}
    for path in sorted((directory / ROOT).rglob("*.json")):
        entry = _entry(path.read_bytes()) if path.is_file() else None
        if entry is not None:
            found[entry.unit] = entry
    return found


def ledger_of(tree: FileTree) -> dict[Unit, Entry]:
    """Return every entry of an output that is not a folder, such as a commit; its tree must list dot-folders."""
    listed = [path for path in tree.paths() if path.startswith(f"{ROOT}/") and path.endswith(".json")]
    found = (_entry(tree.read(path)) for path in listed)
    return {entry.unit: entry for entry in found if entry is not None}


def _entry(data: bytes) -> Entry | None:
    try:
        document: Any = json.loads(data)
        files = {name: value for name, value in document["files"].items() if isinstance(value, str) and _inside(name)}
        unit = Unit(**document["unit"])
        return Entry(unit, files) if all(isinstance(word, str) for word in document["unit"].values()) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _inside(path: str) -> bool:
    """Whether a path stays in the output: a ledger from elsewhere must not delete files outside."""
    return not path.startswith("/") and ".." not in path.split("/")
