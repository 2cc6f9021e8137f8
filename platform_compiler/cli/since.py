"""A compile of a whole repository as a base for later ones, and what a later one is when little has changed since."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from platform_compiler.cache.framed import unframed
from platform_compiler.cache.keys import key_of
from platform_compiler.cli.options import Run
from platform_compiler.cli.report import plural
from platform_compiler.cli.verdict import Verdict, recalled
from platform_compiler.closure.change import edited_since
from platform_compiler.closure.closure import MOST
from platform_compiler.closure.index import index_of, shared_digest
from platform_compiler.context.unit import Unit
from platform_compiler.incremental.base import Base, base_bytes, base_from, made_of, sources_bytes
from platform_compiler.source.snapshot import Snapshot

if TYPE_CHECKING:
    from platform_compiler.checked import Checked
    from platform_compiler.emit.layout import Output
    from platform_compiler.incremental.rebuild import Rebuilt

_SOURCES = "-sources"


@dataclass(frozen=True, slots=True)
class Since:
    """What a compile says, the base that it is measured against, and what has to be replaced in what that made."""

    verdict: Verdict
    base: Base
    rebuilt: "Rebuilt"


def remember_base(run: Run, tree: Snapshot, key: str, checked: "Checked", output: "Output") -> None:
    """Keep a sound compile of all; `key` is that of what it said and made."""
    index = index_of(tree, checked.loaded, checked.catalog.defaults.values())
    if index is not None:
        run.cache.put(key + _SOURCES, sources_bytes(tree, index))
        run.cache.put(_key(run, tree), base_bytes(Base(key, index, made_of(output))))


def compiled_since(run: Run, tree: Snapshot) -> Since | None:
    """Compile what has changed since the last compile of all; None where that is not known, or not enough."""
    kept = run.cache.get(_key(run, tree))
    base = base_from(kept) if kept is not None else None
    if base is None or len(edited := edited_since(tree, base.index)) > MOST:
        return None
    said = recalled(run, base.key, tree)
    sources = run.cache.get(base.key + _SOURCES)
    if said is None or sources is None:
        return None
    from platform_compiler.incremental.rebuild import rebuilt  # noqa: PLC0415 -- only where something is to be compiled

    then = {facts.digest for path, facts in base.index.files.items() if path in edited}
    made = rebuilt(base, tree, unframed(sources, then), run.as_of)
    if made is None or not _are_found_again(said, made, edited):
        return None
    return Since(_verdict(said, base, made, tree), base, made)


def _are_found_again(said: Verdict, made: "Rebuilt", edited: frozenset[str]) -> bool:
    """Whether all that was said of manifests that are edited since is said of them still."""
    there = set(made.found)
    return all(one in there for one in said.findings if not edited.isdisjoint(label.span.path for label in one.labels))


def _verdict(said: Verdict, base: Base, made: "Rebuilt", tree: Snapshot) -> Verdict:
    counts = {unit: one.files for unit, one in base.units.items() if unit not in made.gone}
    counts |= {unit: len(paths) for unit, paths in made.output.units.items()}
    texts = {
        path: data for path, data in {**said.texts, **made.texts}.items() if path in tree.files or path in said.texts
    }
    return replace(said, texts=texts, made=in_words(counts))


def in_words(counts: Mapping[Unit, int]) -> str:
    """Return `12 applications on 4 clusters, 345 resources`; `counts` are the resources of each unit."""
    apps = {unit.id for unit in counts if unit.scope == "app"}
    clusters = {unit.cluster for unit in counts}
    where = f"{plural(len(apps), 'application')} on {plural(len(clusters), 'cluster')}"
    return f"{where}, {plural(sum(counts.values()), 'resource')}"


def _key(run: Run, tree: Snapshot) -> str:
    """Return the key of the base for all states of a repository in which nothing else than teams' manifests differs."""
    return key_of("base", shared_digest(tree), run.as_of.isoformat())
