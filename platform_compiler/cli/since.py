"""A compile of a whole repository as a base for later ones, and what a later one is when little has changed since."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from platform_compiler.cache.keys import key_of
from platform_compiler.cache.store import Store
from platform_compiler.cli.options import Run
from platform_compiler.cli.verdict import Verdict, compile_key, day_of, in_words, recalled, remember
from platform_compiler.closure.change import edited_since
from platform_compiler.closure.closure import MOST
from platform_compiler.closure.index import index_of, shared_digest, shared_of
from platform_compiler.context.unit import Selection, Unit
from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.incremental.base import (
    Base,
    as_it_was,
    base_bytes,
    base_from,
    made_of,
    sources_bytes,
    stage_digests,
)
from platform_compiler.incremental.stages import is_stage, reached, stages_of
from platform_compiler.pipeline import close, part
from platform_compiler.source.snapshot import Snapshot

if TYPE_CHECKING:
    from platform_compiler.checked import Checked
    from platform_compiler.emit.layout import Output

_SOURCES = "-sources"


class Since(NamedTuple):
    """What a compile says, and what has to be replaced in what its base made: units that differ, and others gone.

    Where the verdict has errors there is nothing to replace.
    """

    verdict: Verdict
    base: Base
    output: "Output"
    gone: frozenset[Unit]


class Whole(NamedTuple):
    """A compile of a whole repository; what was found of resources came `late`."""

    verdict: Verdict
    checked: "Checked"
    output: "Output | None"
    late: tuple[Diagnostic, ...]


def remember_whole(cache: Store, tree: Snapshot, as_of: date, whole: Whole) -> None:
    """Keep what a compile of all said; without errors, it is what later ones are measured against."""
    key = compile_key(cache, tree, as_of)
    verdict, checked, output, late = whole
    remember(cache, key, tree, verdict)
    if not key or output is None or (checked.court and checked.court.asks_teams(checked.linked)):
        return
    index = index_of(tree, checked.loaded, checked.catalog.defaults.values(), verdict.findings, day_of(tree, as_of))
    if index is not None:
        stages = stages_of(checked.loaded)
        base = Base(key, index, made_of(output), stage_digests(tree), stages, late)
        cache.put(key + _SOURCES, sources_bytes(tree, index))
        cache.put(_key(tree, as_of), base_bytes(base))


def base_for(cache: Store, tree: Snapshot, as_of: date) -> Base | None:
    """Return the compile that one of these files can be measured against."""
    kept = cache.get(_key(tree, as_of))
    return base_from(kept) if kept is not None else None


def before_of(cache: Store, base: Base, tree: Snapshot) -> Snapshot | None:
    """Return a repository as it was in its base; None where that is not kept."""
    sources = cache.get(base.key + _SOURCES)
    return as_it_was(base, tree, sources) if sources is not None else None


def since_manifests(run: Run, tree: Snapshot, base: Base) -> Since | None:
    """Compile what a change of manifests reaches; None where more has changed, or where that is not enough."""
    edited = edited_since(tree, base.index)
    if len(edited) > MOST or stage_digests(tree) != base.documents:
        return None
    said = recalled(run.cache, base.key, tree)
    before = before_of(run.cache, base, tree)
    if said is None or before is None:
        return None
    from platform_compiler.incremental.news import findings_since  # noqa: PLC0415 -- only where there is something to do
    from platform_compiler.incremental.rebuild import rebuilt  # noqa: PLC0415

    made = rebuilt(base, before, tree, run.as_of)
    found = findings_since(said.findings, base, made.news) if made else None
    if made is None or found is None:
        return None
    said = said._replace(findings=found, texts={**said.texts, **made.texts})
    if said.has_errors:
        said = said._replace(made="")
    elif not _counts_the_same(base, made.output, made.gone):
        said = said._replace(made=_words(base, made.output, made.gone))
    return Since(said, base, made.output, made.gone)


def since_stages(run: Run, tree: Snapshot, base: Base, checked: "Checked", found: Bag) -> Since | None:
    """Compile what a change of environments and clusters reaches; None where that is not enough.

    It is whoever reads defaults that are others now, or else the clusters of the environments. `found` is what a check
    of the repository says.
    """
    edited = {path for path, _ in stage_digests(tree).items() ^ base.documents.items()}
    if base.late or not edited or edited_since(tree, base.index):
        return None
    since = _since_defaults(run, tree, base, checked, edited) or _since_clusters(base, checked, edited)
    return since and since._replace(verdict=since.verdict._replace(findings=found.sorted()))


def _since_defaults(run: Run, tree: Snapshot, base: Base, checked: "Checked", edited: AbstractSet[str]) -> Since | None:
    from platform_compiler.incremental.readers import readers  # noqa: PLC0415 -- only where environments differ
    from platform_compiler.incremental.rebuild import rebuilt  # noqa: PLC0415

    before = before_of(run.cache, base, tree)
    paths = readers(checked, before, edited, run.as_of) if before else None
    shared = shared_of(checked.loaded, checked.catalog.defaults.values())
    if before is None or paths is None or shared is None or shared.steps != base.index.steps:
        return None
    index = base.index._replace(shared=base.index.shared | shared.shared)
    made = rebuilt(replace(base, index=index), before, tree, run.as_of, paths)
    if made is None or made.news.now != made.news.before:
        return None
    return _since(base, checked, made.output, made.gone)


def _since_clusters(base: Base, checked: "Checked", edited: AbstractSet[str]) -> Since | None:
    after = stages_of(checked.loaded)
    clusters = reached(edited, base.stages, after)
    if clusters >= after.keys():
        return None
    bag = Bag()
    made = part(checked, Selection(clusters), whole=True)
    output = close(checked, (made,), bag, whole=True)
    if output is None or bag.sorted():
        return None
    gone = frozenset(unit for unit in base.units.keys() - output.units.keys() if unit.cluster in clusters)
    return _since(base, checked, output, gone)


def _since(base: Base, checked: "Checked", output: "Output", gone: frozenset[Unit]) -> Since:
    return Since(Verdict((), checked.texts, _words(base, output, gone)), base, output, gone)


def _counts_the_same(base: Base, output: "Output", gone: AbstractSet[Unit]) -> bool:
    """Whether there are as many files of each unit as in a base, as after most changes."""
    now = {unit: len(paths) for unit, paths in output.units.items()}
    return not gone and all(unit in base.units and base.units[unit].files == count for unit, count in now.items())


def _words(base: Base, output: "Output", gone: frozenset[Unit]) -> str:
    """Return in words what a base made, but for some units that are others now, or gone."""
    files = {unit: made.files for unit, made in base.units.items() if unit not in gone}
    files |= {unit: len(paths) for unit, paths in output.units.items()}
    return in_words([(*unit[:3], count) for unit, count in files.items()])


def _key(tree: Snapshot, as_of: date) -> str:
    """Return the key of the base for all states of a repository that differ in manifests, environments and clusters."""
    return key_of("base", shared_digest(tree, is_stage), day_of(tree, as_of))
