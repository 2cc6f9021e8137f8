"""`platformc validate [FILES]`: all that can be said without compiling. The hook's verb: no network, no pydantic."""

import sys
from collections.abc import Set as AbstractSet
from pathlib import Path

import click

from platform_compiler.cli.judged import judged
from platform_compiler.cli.options import Run, shared_options
from platform_compiler.cli.report import plural, report
from platform_compiler.diagnostics import Diagnostic
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.source.snapshot import snapshot
from platform_compiler.source.tree import Directory

_STDIN = Path("-")
_OWN = ("PC10", "PC11", "PC12")
"""Codes of what a manifest does wrong by itself, whatever the others say."""
_ABSENT = ("PC2001", "PC2305")
"""Codes of what leads to nothing: the file that is to blame may be gone, and so cannot be named."""


@click.command("validate")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PATH",
    help="Where the manifest that `-` reads from stdin belongs; the file there need not exist.",
)
@shared_options
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], stdin_filename: Path | None, run: Run) -> None:
    """Check manifests: shape, names, layers, mandates and links.

    With FILES, only findings are shown that touch one of them or what depends on them (a folder stands for every file
    below it, `-` for stdin); the rest of the repository is still read, since links need it.
    The platform repository is that of the first file, or else the one around the working directory.
    """
    tree = snapshot(Directory(run.root))
    wanted = {_relative(file, run.root) for file in files if file != _STDIN}
    if _STDIN in files or stdin_filename is not None:
        path = _stdin_path(files, stdin_filename, run.root)
        tree = tree.overlaid({path: sys.stdin.buffer.read()})
        wanted.add(path)
    verdict = judged(run.of(tree), tree, {path for path in tree.files if _touches(path, wanted)})
    named = {path for path in verdict.texts if not wanted or _touches(path, wanted)}
    found = _about(verdict.findings, wanted, named) if wanted else verdict.findings
    summary = f"checked {plural(len(named), 'file')}" if named else "checked nothing: no manifest is among these files"
    ctx.exit(report(run, found, verdict.texts, summary, checked=named))


def _about(found: tuple[Diagnostic, ...], wanted: AbstractSet[str], named: AbstractSet[str]) -> tuple[Diagnostic, ...]:
    """Return the findings that touch what is wanted or depend on it.

    A finding about two manifests has a label at each, so that either shows it. A team's document is behind all of the
    team's manifests, and what the platform owns (environments, clusters, gateways, blueprints) behind everything.
    """
    behind = tuple(
        {path.removesuffix("team.yaml") if path.startswith("teams/") else "" for path in named if _shared(path)}
    )

    def concerns(diagnostic: Diagnostic) -> bool:
        paths = [label.span.path for label in diagnostic.labels]
        if diagnostic.code in _ABSENT or any(_touches(path, wanted) for path in paths):
            return True
        return not diagnostic.code.startswith(_OWN) and any(path.startswith(behind) for path in paths)

    return tuple(filter(concerns, found))


def _shared(path: str) -> bool:
    return not path.startswith("teams/") or path.endswith("/team.yaml")


def _stdin_path(files: tuple[Path, ...], name: Path | None, root: Path) -> str:
    """Return where the manifest on stdin belongs, relative to the root."""
    if name is None:
        raise click.UsageError("`-` needs --stdin-filename PATH: where the manifest belongs decides what it must say")
    if _STDIN not in files:
        raise click.UsageError("--stdin-filename names what `-` reads; add `-` to the files")
    return _inside(name, root)


def _relative(file: Path, root: Path) -> str:
    """Return an existing file relative to the repository's root, with `/`; `.` is the root itself."""
    if not file.exists() and not file.is_symlink():
        raise click.UsageError(f"there is no {file}{_meant(file, root)}")
    return _inside(file, root)


def _inside(file: Path, root: Path) -> str:
    # A link stands where it lies, not where it leads.
    place = file.resolve() if file.is_dir() else file.parent.resolve() / file.name
    try:
        return place.relative_to(root).as_posix()
    except ValueError:
        raise click.UsageError(
            f"{file} is not in the platform repository {root}; check one repository at a time"
        ) from None


def _meant(file: Path, root: Path) -> str:
    """Return a hint at the file that was probably meant: seen from the root, or with a like name."""
    if (root / file).exists():
        return f" from here; did you mean {root / file}?"
    siblings = [path.name for path in file.parent.iterdir()] if file.parent.is_dir() else []
    near = did_you_mean(file.name, siblings)
    return f"; did you mean {file.with_name(near)}?" if near else ""


def _touches(path: str, wanted: AbstractSet[str]) -> bool:
    """Whether a path or a folder above it is wanted; `.` is above all."""
    if path in wanted or "." in wanted:
        return True
    folder = path.rpartition("/")[0]
    while folder and folder not in wanted:
        folder = folder.rpartition("/")[0]
    return bool(folder)
