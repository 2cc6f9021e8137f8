"""`platformc validate [FILES]`: all that can be said without compiling. The hook's verb: no network, no pydantic."""

from pathlib import Path

import click

from platform_compiler.cli.options import Run, shared_options
from platform_compiler.cli.report import plural, report
from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import check
from platform_compiler.source.tree import Directory


@click.command("validate")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@shared_options
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], run: Run) -> None:
    """Check manifests: shape, names, layers, mandates and links.

    With FILES, only findings that touch one of them are shown (a folder stands for every file below it);
    the rest of the repository is still read, since links need it.
    """
    wanted = tuple(_relative(file, run.root) for file in files)
    bag = Bag()
    checked = check(Directory(run.root), run.as_of, bag)
    found = bag.sorted()
    if wanted:
        found = tuple(d for d in found if any(_touches(label.span.path, wanted) for label in d.labels))
    texts = checked.texts
    number = sum(1 for path in texts if not wanted or _touches(path, wanted))
    ctx.exit(report(run, found, texts, f"checked {plural(number, 'file')}"))


def _relative(file: Path, root: Path) -> str:
    """Return `file` relative to the repository's root, with `/`; `.` is the root itself."""
    try:
        return file.resolve().relative_to(root).as_posix()
    except ValueError:
        raise click.UsageError(f"{file} is not in the platform repository {root}") from None


def _touches(path: str, wanted: tuple[str, ...]) -> bool:
    return any(w in (".", path) or path.startswith(f"{w}/") for w in wanted)
