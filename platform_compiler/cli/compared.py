"""From the options of `platformc diff` to its report: which two sides there are, and what they are called."""

import shlex
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from platform_compiler import __version__
from platform_compiler.cache.store import NOTHING, Store
from platform_compiler.cli.known import check_known, chosen_clusters
from platform_compiler.cli.narrowed import narrowed, remember_side
from platform_compiler.cli.sources import Asked, Source
from platform_compiler.diff.compare import compare
from platform_compiler.diff.model import Comparison
from platform_compiler.diff.report import Names, Report, report_on
from platform_compiler.diff.sides import Side, compiled, deployed, environments_of, limited, salvaged, without
from platform_compiler.emit.ledger import Entry
from platform_compiler.source.git import commit_of, folder_in_repository, mirror
from platform_compiler.source.tree import Directory, GitRevision

_SHORT = 12


def compared(asked: Asked, base: Source | None, head: Source, cache: Store = NOTHING) -> Report:
    """Compile both sides, or the part of them in which they may differ, and compare them.

    Raises:
        click.UsageError: the options name what is not there.
        GitFailed, Unreadable: Git cannot give the environment repository.
    """
    day = asked.as_of or head.day
    narrow = narrowed(cache, base.tree, head.tree, day) if base and asked.against is None else None
    after = narrow[1] if narrow else compiled(head.tree, day)
    told = base.name if base else asked.against or ""
    names = Names(told, head.name, _command(asked), f"platformc {__version__}", head.folder)
    if after.has_errors:
        errors = tuple(finding for finding in after.findings if finding.severity == "error")
        return Report(names, {}, (), (), (), {}, failed=errors)
    if not narrow:
        remember_side(cache, head.tree, day, after)
    after = limited(after, _chosen(asked, after))
    before = limited(narrow[0] if narrow else salvaged(base.tree, day), _chosen(asked, after)) if base else None
    if asked.against is None:
        assert before is not None
        return _told(names, before, after)
    if before is None:
        return report_on(names, _environment(asked.against, after, asked), after)
    return _told(names, before, after, compare(_environment(asked.against, before, asked).resources, before.resources))


def _told(names: Names, before: Side, after: Side, apart: Comparison | None = None) -> Report:
    """Report on two compiled sides; what the base cannot compile is left out of both, and the report says so."""
    if not before.has_errors:
        return report_on(names, before, after, apart)
    if not before.resources:
        raise click.UsageError(
            f"{names.base} does not compile with this version of platformc, so there is nothing to compare with; "
            f"see `platformc validate` there: {before.findings[0].span}: {before.findings[0].message}"
        )
    listed = ", ".join(f"`{path}`" for path in sorted(before.left_out)[:5])
    note = (
        f"the base does not compile with this version: what comes from {listed} was not compared, "
        "and what is linked with it may differ only because of that"
    )
    return report_on(names, replace(before, notes=(note,)), without(after, before), apart)


def _chosen(asked: Asked, side: Side) -> frozenset[str] | None:
    """Return the clusters that the options choose, or None for all; a name that does not exist is a usage error."""
    if not asked.environments and not asked.clusters:
        return None
    known = environments_of((side,))
    for name in asked.environments:
        check_known("environment", name, set(known.values()))
    return chosen_clusters(known, asked.environments, asked.clusters)


def _environment(where: str, like: Side, asked: Asked) -> Side:
    """Return the environment repository as it stands: a folder, or the tip of a branch here or elsewhere."""
    chosen = _chosen(asked, like)
    platform = like.checked.loaded.platform if like.checked else None

    def wanted(entry: Entry) -> bool:
        ours = not entry.owner or platform is None or entry.owner.startswith(f"{platform.name}/")
        return ours and (chosen is None or entry.unit.cluster in chosen)

    place, _, branch = where.partition("#")
    folder = Path(place)
    if folder.is_dir() and not branch and not (folder / "HEAD").is_file():
        return deployed(Directory(folder, everything=True), like.resources, wanted)
    if folder.is_dir():
        commit = commit_of(folder, branch or "HEAD")
        inside = "" if (folder / "HEAD").is_file() else folder_in_repository(folder)
        return deployed(GitRevision(folder, commit, inside, everything=True), like.resources, wanted)
    if "://" not in place and "@" not in place:
        raise click.UsageError(f"there is no folder {place}; name one, a Git repository, or its URL")
    with tempfile.TemporaryDirectory(prefix="platformc-") as scratch:
        mirror(place, branch or "HEAD", Path(scratch))
        return deployed(GitRevision(Path(scratch), "FETCH_HEAD", everything=True), like.resources, wanted)


def _command(asked: Asked) -> str:
    """Return the command that shows the same again, for whoever reads the report."""
    words: list[str] = ["platformc", "diff"]
    for option, value in (("--base", asked.base), ("--head", asked.head), ("--against", asked.against)):
        words += [option, value] if value else []
    for option, folder in (("--from", asked.before), ("--to", asked.after)):
        words += [option, str(folder)] if folder else []
    words += [word for name in asked.environments for word in ("--env", name)]
    words += [word for name in asked.clusters for word in ("--cluster", name)]
    return shlex.join(words)
