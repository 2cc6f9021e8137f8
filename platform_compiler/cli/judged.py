"""A check of a repository up to its links: remembered, or of the part that decides about some files, or of all."""

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from platform_compiler.cache.keys import key_of
from platform_compiler.cli.options import Run
from platform_compiler.cli.verdict import Verdict, held_on, key_for, recalled, remember
from platform_compiler.diagnostics import Bag
from platform_compiler.source.snapshot import Snapshot

if TYPE_CHECKING:
    from platform_compiler.checked import Checked
    from platform_compiler.closure.closure import Part


def judged(run: Run, tree: Snapshot, wanted: AbstractSet[str]) -> Verdict:
    """Return what is said of a repository, or at least of the files that are wanted, where any are.

    The phases are imported only where something is left for them to do.
    """
    key = key_for(run.cache, tree, run.as_of, "validate")
    verdict = recalled(run.cache, key, tree)
    if verdict is None and wanted and key:
        verdict = _judged_in_part(run, tree, wanted)
    return verdict or _judged(run, tree, key)


def _judged(run: Run, tree: Snapshot, key: str) -> Verdict:
    """Check all; remember what was said, and of a repository without errors what its manifests name."""
    from platform_compiler.pipeline import check  # noqa: PLC0415 -- see `judged`

    bag = Bag()
    checked = check(tree, run.as_of, bag)
    verdict = Verdict(bag.sorted(), checked.texts)
    remember(run.cache, key, tree, verdict)
    if key and not verdict.has_errors:
        _remember_index(run, tree, checked, verdict)
    return verdict


def _judged_in_part(run: Run, tree: Snapshot, wanted: AbstractSet[str]) -> Verdict | None:
    """Check what decides about some files; None where that is everything, or where anything is found."""
    key = key_for(run.cache, tree, run.as_of, "part", wanted=wanted)
    verdict = recalled(run.cache, key, tree)
    if verdict is not None:
        return verdict
    from platform_compiler.closure.closure import part_about  # noqa: PLC0415 -- see `judged`
    from platform_compiler.closure.index import index_bytes, index_from  # noqa: PLC0415

    kept = run.cache.get(_index_key(tree))
    part = part_about(wanted, tree, index_from(kept), held_on(tree, run.as_of)) if kept is not None else None
    if part is None or (part.core and not _is_clean(run, part)):
        return None
    verdict = Verdict((), {path: tree.read(path) for path in sorted(wanted)})
    remember(run.cache, key, tree, verdict)
    if part.after is not None:
        run.cache.put(_index_key(tree), index_bytes(part.after))
    return verdict


def _is_clean(run: Run, part: "Part") -> bool:
    """Whether nothing is found about the core of a part."""
    from platform_compiler.closure.index import places_of  # noqa: PLC0415 -- see `judged`
    from platform_compiler.load.excerpt import Excerpt  # noqa: PLC0415
    from platform_compiler.pipeline import check  # noqa: PLC0415

    bag, sound = Bag(), frozenset(part.tree.paths()) - part.core
    check(part.tree, run.as_of, bag, excerpt=Excerpt(part.unread, sound, part.core, documents=part.documents))
    return part.core.isdisjoint(places_of(bag.sorted()))


def _remember_index(run: Run, tree: Snapshot, checked: "Checked", verdict: Verdict) -> None:
    from platform_compiler.closure.index import index_bytes, index_of  # noqa: PLC0415 -- see `judged`

    defaults = checked.catalog.defaults.values()
    index = index_of(tree, checked.loaded, defaults, verdict.findings, held_on(tree, run.as_of))
    if index is not None:
        run.cache.put(_index_key(tree), index_bytes(index))


def _index_key(tree: Snapshot) -> str:
    """Return the key of the latest index of repositories with these documents of the platform and its teams.

    Which manifests it was made of is not in the key: it says so itself, by digest, and whatever differs is looked at.
    """
    from platform_compiler.closure.index import shared_digest  # noqa: PLC0415 -- see `judged`

    return key_of("index", shared_digest(tree))
