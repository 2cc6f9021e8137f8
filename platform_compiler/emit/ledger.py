"""The ledger: which files of an output belong to which unit, with the digest of what was written.

It lies in the output itself, at `.platformc/ledger/<unit's folder>.json`, one file a unit, so that two changes of two
units never meet in one file. Only what it names is ever overwritten or deleted. Digests are Git's blob ids, so a tree
listing is enough to tell what was edited: no file has to be fetched.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

from platform_compiler.context.unit import Unit
from platform_compiler.disk import content
from platform_compiler.emit.layout import Output
from platform_compiler.source.tree import FileTree, Unreadable

ROOT = ".platformc/ledger"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit's files, blob id by path; `owner` is the `platform/environment` whose output the unit is part of.

    `published` is what others were linked with, for targets only (see `layers.published`).
    """

    unit: Unit
    files: Mapping[str, str]
    owner: str = ""
    published: Mapping[str, Any] = field(default_factory=dict)


def digest(data: bytes) -> str:
    """Return the digest that the ledger keeps of a file: its blob id in Git (SHA-1 over `blob <size>`, NUL, bytes)."""
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def ledger_path(unit: Unit) -> str:
    """Return where a unit's entry lies, relative to the output's root."""
    return f"{ROOT}/{unit.folder}.json"


def with_ids(output: Output) -> Output:
    """Return an output that knows the digest of every file, so that nobody works it out again."""
    if output.ids:
        return output
    known: dict[int, str] = {}  # what clusters share is one object, which the output holds
    ids = {path: known.get(id(data)) or known.setdefault(id(data), digest(data)) for path, data in output.files.items()}
    return replace(output, ids=ids)


def with_accounts(output: Output) -> Output:
    """Return an output that knows the digest of every unit's ledger file as well."""
    if output.accounts:
        return output
    output = with_ids(output)
    texts = ledger_of(entries_of(output))
    return replace(output, accounts={unit: digest(text) for unit, text in texts.items()})


def entries_of(output: Output) -> dict[Unit, Entry]:
    """Return the entry of every unit of an output."""
    output = with_ids(output)
    return {unit: entry_for(unit, output) for unit in output.units}


def entry_for(unit: Unit, output: Output) -> Entry:
    """Return the entry of a unit of an output that knows its digests."""
    files = {path: output.ids[path] for path in output.units[unit]}
    return Entry(unit, files, output.owners.get(unit, ""), output.published.get(unit, {}))


def ledger_of(entries: Mapping[Unit, Entry]) -> dict[Unit, bytes]:
    """Return the content of every unit's ledger file: JSON, one line a file, so that changes read well."""
    known: dict[int, str] = {}  # what is published is often the same on many clusters
    texts = {}
    for unit, entry in entries.items():
        form = entry.published
        texts[unit] = _entry_bytes(entry, known.get(id(form)) or known.setdefault(id(form), _json(form)))
    return texts


def _entry_bytes(entry: Entry, published: str) -> bytes:
    unit = entry.unit
    about = {"cluster": unit.cluster, "scope": unit.scope, "id": unit.id, "folder": unit.folder}
    files = ",\n".join([f'    {encode_basestring(path)}: "{value}"' for path, value in sorted(entry.files.items())])
    lines = [f'  "version": {_VERSION}', f'  "unit": {_json(about)}', f'  "owner": {_json(entry.owner)}']
    lines.append(f'  "files": {{\n{files}\n  }}')
    if entry.published:
        lines.append(f'  "published": {published}')
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def read_ledger(directory: Path) -> dict[str, bytes]:
    """Return the files of an output's ledger, relative to the output's root, as far as they can be read."""
    found = {}
    root = os.fspath(directory / ROOT)
    for folder, _, names in os.walk(root):
        below = folder.removeprefix(root).replace(os.sep, "/")
        for name in names:
            if name.endswith(".json"):
                with suppress(OSError):
                    found[f"{ROOT}{below}/{name}"] = content(f"{folder}/{name}")
    return dict(sorted(found.items()))


def entries_in(ledger: Iterable[tuple[str, bytes]], known: Mapping[str, Entry]) -> dict[Unit, Entry]:
    """Return every entry of a ledger; some are known by their digest, and what nobody understands owns nothing."""
    found = (known.get(value) or entry_of(data) for value, data in ledger)
    return {entry.unit: entry for entry in found if entry is not None}


def ledgers_of(tree: FileTree) -> dict[Unit, tuple[str, Entry]]:
    """Return every entry of a tree that is no folder of this machine, with the folder that the output lies in.

    Several outputs may lie in one tree, each in a folder of its own, which ends with a slash or is empty. The tree must
    list dot-folders.
    """
    found = {}
    for path in tree.paths():
        prefix, _, name = path.rpartition(f"{ROOT}/") if f"/{ROOT}/" in f"/{path}" else ("", "", "")
        if name.endswith(".json"):
            with suppress(Unreadable):  # a link in the ledger's place accounts for nothing
                entry = entry_of(tree.read(path))
                if entry is not None:
                    found[entry.unit] = (prefix, entry)
    return found


def entry_of(data: bytes) -> Entry | None:
    """Return the entry that a ledger file holds; None when it cannot be understood."""
    try:
        document: Any = json.loads(data)
        files = {name: value for name, value in document["files"].items() if isinstance(value, str) and _inside(name)}
        unit = Unit(**document["unit"])
        published = document.get("published", {})
        owner = document.get("owner", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    words = (owner, *document["unit"].values())
    if not isinstance(published, dict) or not all(isinstance(word, str) for word in words):
        return None
    return Entry(unit, files, owner, published)


def _inside(path: str) -> bool:
    """Whether a path stays in the output: a ledger from elsewhere must not delete files outside."""
    return not path.startswith("/") and ".." not in path.split("/")
