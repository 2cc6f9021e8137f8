"""A baseline: the violations that were there when a policy was adopted. They are noted, and only new ones count.

An entry is told by what it is about and never by lines: the policy, the validation, the object and the field, where
items of lists are known by their names. The file may only shrink, so that what is mended stays mended.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.objects import Path, at, text
from platform_compiler.policy.compiled import Compiled
from platform_compiler.policy.judge import Verdict
from platform_compiler.policy.places import paths_behind
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import dotted

_VERSION = 1
_AGAIN = "run `platformc policy baseline` again: it drops what is gone"
Fields: TypeAlias = Callable[[Verdict], tuple[str, ...]]
"""What finds the fields behind a verdict, as an entry tells them."""


class Entry(NamedTuple):
    """One violation: `validation` is None for the policy as a whole, `field` empty for the object as a whole."""

    policy: str
    validation: int | None
    cluster: str
    object: str
    field: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The violations that were there, each with its place in the file."""

    entries: Mapping[Entry, Span]

    def covers(self, entries: Iterable[Entry]) -> bool:
        """Whether all of what a verdict objects to was there."""
        return all(entry in self.entries for entry in entries)


def fields_behind(compiled: Mapping[str, Compiled]) -> Fields:
    """Return what finds every field behind a verdict; whoever mends one of two is not to be told of a new violation."""

    def fields(verdict: Verdict) -> tuple[str, ...]:
        paths = paths_behind(compiled[verdict.policy.name], verdict) or ((),)
        return tuple(_stable(verdict.subject.item.body, (*verdict.subject.within, *path)) for path in paths)

    return fields


def _stable(body: Mapping[str, Any], path: Path) -> str:
    """Return a path in which items of lists are known by their names, where they have some."""
    steps: list[str] = []
    for depth, step in enumerate(path):
        name = text(at(body, *path[: depth + 1]), "name") if isinstance(step, int) else ""
        steps.append(f"[{name}]" if name else dotted((step,)) if isinstance(step, int) else f".{step}")
    return "".join(steps).removeprefix(".")


def entries_of(verdict: Verdict, fields: Fields) -> tuple[Entry, ...]:
    """Return a violation as entries, one a field."""
    told, cluster, index = object_of(verdict.subject.item), verdict.subject.item.cluster, verdict.outcome.index
    return tuple(Entry(verdict.policy.name, index, cluster, told, field) for field in fields(verdict))


def object_of(item: Item) -> str:
    """Return what makes an object the same one, whatever the version it is written in."""
    kind = f"{item.kind}.{item.group}" if item.group else item.kind
    name = item.name or text(item.body, "metadata", "generateName")
    return f"{kind} {item.namespace}/{name}" if item.namespace else f"{kind} {name}"


def written(entries: Iterable[Entry]) -> str:
    """Return the text of a baseline: sorted, and one line an entry, so that a review shows what went."""
    rows = [_row(entry) for entry in sorted(set(entries), key=_order)]
    listed = "".join(f"\n  {row}," for row in rows).removesuffix(",")
    return f'{{"version": {_VERSION}, "entries": [{listed}\n]}}\n'


def _order(entry: Entry) -> tuple[str, int, str, str, str]:
    return entry.policy, -1 if entry.validation is None else entry.validation, entry.cluster, entry.object, entry.field


def _row(entry: Entry) -> str:
    shown = {key: value for key, value in entry._asdict().items() if key != "cluster" or value}
    return json.dumps(shown, ensure_ascii=False)


def read_baseline(path: str, data: bytes, bag: Bag) -> Baseline | None:
    """Return what a file holds, or None where it is no baseline, which is reported."""
    try:
        found = json.loads(data.decode("utf-8"))
        entries = [_entry(row) for row in found["entries"]] if found["version"] == _VERSION else None
    except (ValueError, KeyError, TypeError, RecursionError):
        entries = None
    if entries is None:
        cure = "write it with `platformc policy baseline`, and take it as it is"
        bag.add("PC7290", "this is no baseline of policies", Span(path), help=cure)
        return None
    lines = {line.strip().rstrip(","): number for number, line in enumerate(data.decode("utf-8").splitlines(), 1)}
    return Baseline({entry: _place(path, lines.get(_row(entry), 1)) for entry in entries})


def _entry(row: Mapping[str, Any]) -> Entry:
    words = (row["policy"], row.get("cluster", ""), row["object"], row["field"])
    if not all(isinstance(word, str) for word in words) or not isinstance(row["validation"], int | None):
        raise TypeError
    return Entry(row["policy"], row["validation"], words[1], row["object"], row["field"])


def _place(path: str, line: int) -> Span:
    return Span(path, line, 3, line, 4) if line > 1 else Span(path, line, 1, line, 2)


def split(verdicts: Iterable[Verdict], baseline: Baseline, fields: Fields) -> tuple[frozenset[int], frozenset[Entry]]:
    """Return the violations that a baseline covers, by their `id`, and the entries of it that are still there."""
    known: set[int] = set()
    used: set[Entry] = set()
    for verdict in violations(verdicts):
        entries = entries_of(verdict, fields)
        used.update(baseline.entries.keys() & entries)
        if baseline.covers(entries):
            known.add(id(verdict))
    return frozenset(known), frozenset(used)


def violations(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Yield the verdicts of which something comes."""
    return (verdict for verdict in verdicts if verdict.is_violation)


def report_gone(baseline: Baseline, gone: Iterable[Entry], bag: Bag) -> None:
    """Report entries that nothing violates any more."""
    for entry in gone:
        where = f" on {entry.cluster}" if entry.cluster else ""
        field = f"`{entry.field}` of " if entry.field else ""
        words = f"policy `{entry.policy}` has nothing against {field}{entry.object}{where} any more"
        bag.add("PC7291", words, baseline.entries[entry], help=_AGAIN)
