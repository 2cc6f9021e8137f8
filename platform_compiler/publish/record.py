"""The record of what was published from where: one line of JSON in a commit that `refs/platformc/<branch>` points at.

The ref moves in the same push as its branch, also when the branch stays as it is, so it always tells which source
commit each environment shows. Its history is the history of publishing. A server that refuses such refs gets the line
as a trailer of a commit on the branch itself.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from platform_compiler.publish.source import Source

TRAILER = "Platformc-Record"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """What one environment shows: its source commit, the newest one ever published, and what made it of what.

    `newest` differs from `source` after a rollback; sources up to it are not published again by accident.
    `output` is a digest over the files of the environment.
    """

    source: str
    newest: str
    as_of: str
    compiler: str
    output: str


Record = Mapping[str, Shown]


def record_ref(branch: str) -> str:
    """Return the ref that keeps a branch's record."""
    return f"refs/platformc/{branch}"


def read_record(message: str) -> dict[str, Shown]:
    """Return the record in a commit's message by `platform/environment`; empty where there is none to understand."""
    for line in reversed(message.splitlines()):
        name, _, text = line.partition(": ")
        if name == TRAILER:
            try:
                document: Any = json.loads(text)
                return {owner: Shown(**shown) for owner, shown in document["environments"].items()}
            except (ValueError, KeyError, TypeError, AttributeError):
                return {}
    return {}


def record_line(record: Record) -> str:
    """Return the record as a trailer."""
    document = {"version": _VERSION, "environments": {owner: asdict(shown) for owner, shown in sorted(record.items())}}
    return f"{TRAILER}: {json.dumps(document, separators=(',', ':'), ensure_ascii=True)}"


def record_message(record: Record, source: Source) -> str:
    """Return the message of a commit that keeps a record."""
    return f"Record {source.commit[:12]}: {source.subject}\n\n{record_line(record)}\n"
