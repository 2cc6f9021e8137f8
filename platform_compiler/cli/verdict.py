"""What a run says, as it is remembered: the findings, the files they may point at, and what was made.

What is asked of the cache depends on the repository's files, the day, the options and the compiler, all in the key.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from platform_compiler.cache.findings import as_lists, from_lists
from platform_compiler.cache.keys import key_of
from platform_compiler.cache.store import Store
from platform_compiler.cli.report import plural
from platform_compiler.diagnostics import Diagnostic, Severity
from platform_compiler.source.snapshot import Snapshot

if TYPE_CHECKING:
    from platform_compiler.emit.layout import Output


class Verdict(NamedTuple):
    """The findings of a run, sorted, and the bytes of every file that was looked at.

    `made` says in words what was compiled, empty where nothing was; `clusters` are those that options chose, None
    standing for all.
    """

    findings: tuple[Diagnostic, ...]
    texts: Mapping[str, bytes]
    made: str = ""
    clusters: frozenset[str] | None = None

    @property
    def has_errors(self) -> bool:
        """Whether anything found stops a compile."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def key_for(cache: Store, tree: Snapshot, as_of: date, verb: str, **choices: Iterable[str]) -> str:
    """Return the key of what a verb says of a repository; empty where nothing is remembered."""
    if cache.folder is None:
        return ""
    chosen = json.dumps({name: sorted(values) for name, values in choices.items()}, sort_keys=True)
    return key_of(verb, tree.digest, day_of(tree, as_of), chosen)


def compile_key(  # noqa: PLR0913, PLR0917 -- what is compiled of what
    cache: Store,
    tree: Snapshot,
    as_of: date,
    environments: Iterable[str] = (),
    clusters: Iterable[str] = (),
    apps: Iterable[str] = (),
) -> str:
    """Return the key of a compile, of all where nothing is named; empty where nothing is remembered."""
    return key_for(cache, tree, as_of, "compile", environments=environments, clusters=clusters, apps=apps)


def day_of(tree: Snapshot, as_of: date) -> str:
    """Return the day that a repository is judged by, as far as it matters; empty where nothing in it is dated."""
    return as_of.isoformat() if tree.is_dated else ""


def held_on(tree: Snapshot, as_of: date) -> str:
    """Return the day that nothing is found on in what is clean, or in words that it is every day."""
    return day_of(tree, as_of) or "every day"


def recalled(cache: Store, key: str, tree: Snapshot) -> Verdict | None:
    """Return what was said before of the same, or of nearly the same: what cannot be read since is left out of it."""
    kept = cache.get(key) if key else None
    if kept is None:
        return None
    entry = json.loads(kept)
    texts = {path: data for path in entry["files"] if isinstance(data := tree.files.get(path), bytes)}
    texts |= {path: text.encode() for path, text in entry["others"].items()}
    chosen = entry["clusters"]
    clusters = None if chosen is None else frozenset(chosen)
    return Verdict(from_lists(entry["findings"]), texts, entry["made"], clusters)


def remember(cache: Store, key: str, tree: Snapshot, verdict: Verdict) -> None:
    """Keep what was said; files of the repository are known already, only those that are built in are kept with it."""
    if not key:
        return
    others = {path: data.decode() for path, data in verdict.texts.items() if path not in tree.files}
    entry = {
        "findings": as_lists(verdict.findings),
        "files": [path for path in verdict.texts if path in tree.files],
        "others": others,
        "made": verdict.made,
        "clusters": None if verdict.clusters is None else sorted(verdict.clusters),
    }
    cache.put(key, json.dumps(entry, separators=(",", ":")).encode())


def made_of(output: "Output | None") -> str:
    """Return in words what a compile made; nothing where it has errors."""
    return in_words([(*unit[:3], len(paths)) for unit, paths in output.units.items()]) if output else ""


def in_words(units: Collection[Sequence[Any]]) -> str:
    """Return `12 applications on 4 clusters, 345 resources` of units by cluster, scope, id and number of resources."""
    apps = {unit[2] for unit in units if unit[1] == "app"}
    clusters = {unit[0] for unit in units}
    where = f"{plural(len(apps), 'application')} on {plural(len(clusters), 'cluster')}"
    return f"{where}, {plural(sum([unit[3] for unit in units]), 'resource')}"
