"""`platformc verify --against`: does an environment repository still show what was published?"""

from collections.abc import Mapping
from pathlib import Path

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.known import check_known
from platform_compiler.cli.options import Run
from platform_compiler.cli.report import report
from platform_compiler.cli.workspace import address
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.link.destinations import is_remote, repositories
from platform_compiler.pipeline import check, compile_tree
from platform_compiler.publish.drift import Drift, Kind, drift_of, files_of
from platform_compiler.publish.sites import sites_of
from platform_compiler.publish.source import source_of
from platform_compiler.source.git import GitFailed, folder_in_repository
from platform_compiler.source.tree import Directory, GitRevision

_SAYS = {
    Kind.MODIFIED: ("the file was edited after it was published", "publish with --force to throw the edit away"),
    Kind.MISSING: ("the file was published and is gone", "publish again to bring it back"),
    Kind.FOREIGN: ("platformc did not write this file", "move it away, or take it over: publish --adopt"),
    Kind.OUTDATED: ("its source compiles to something else now", "publish again; another version made it"),
}


def drifted(run: Run, repository: str) -> Exit:
    """Compare an environment repository with its ledger, and with what its recorded source compiles to.

    Reads only; names every file that was modified, is missing, is foreign or is outdated. `repository` is one of
    platform.yaml by name, or a URL or folder that stands for all of them.
    """
    bag, errors = Bag(), Bag()
    checked = check(Directory(run.root), run.as_of, errors)
    loaded = checked.loaded
    if any(path == "platform.yaml" or path.startswith("environments/") for path in loaded.broken):
        return report(run, errors.sorted(), checked.texts, "nothing was compared")
    known = repositories(loaded)
    if repository not in known and not is_remote(repository) and not Path(repository).expanduser().exists():
        check_known("folder or repository", repository, known)
    overrides = {} if repository in known else dict.fromkeys(known, address(repository))
    sites = sites_of(loaded, run.root, tuple(loaded.environments), overrides, bag)
    if bag.has_errors:
        return report(run, bag.sorted(), checked.texts, "nothing was compared")
    chosen = [site for site in sites if repository not in known or site.repository == repository]
    try:
        for drift in drift_of(chosen, _Compiler(run).files):
            _tell(drift, bag)
    except GitFailed as trouble:
        click.echo(f"error: {trouble}", err=True)
        return Exit.OUTSIDE
    return report(run, bag.sorted(), checked.texts, "compared" if len(bag) else "as it was published")


def _tell(drift: Drift, bag: Bag) -> None:
    message, cure = _SAYS[drift.kind]
    bag.add(
        "PC8007",
        message,
        Span(drift.path),
        drift.kind.value,
        notes=[f"last changed by {drift.by}"] if drift.by else [],
        help=cure,
    )


class _Compiler:
    """Compiles recorded source commits, each once."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._outputs: dict[str, Mapping[str, Mapping[str, bytes]] | None] = {}

    def files(self, owner: str, commit: str) -> Mapping[str, bytes] | None:
        """Return what an environment compiles to at a commit; None when it is not here or no longer compiles."""
        if commit not in self._outputs:
            self._outputs[commit] = self._compiled(commit)
        compiled = self._outputs[commit]
        return None if compiled is None else compiled.get(owner, {})

    def _compiled(self, commit: str) -> Mapping[str, Mapping[str, bytes]] | None:
        try:
            source = source_of(self._run.root, commit)
        except GitFailed:
            return None
        tree = GitRevision(self._run.root, commit, folder_in_repository(self._run.root))
        output = compile_tree(tree, source.as_of, Bag())
        if output is None:
            return None
        return {
            owner: {path: output.files[path] for path in files_of(output.units, output.owners, owner)}
            for owner in set(output.owners.values())
        }
