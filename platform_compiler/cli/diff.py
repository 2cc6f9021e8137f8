"""`platformc diff`: what a change of the platform repository does to every cluster, risks first."""

from datetime import datetime
from pathlib import Path

import click

from platform_compiler.cache.store import Store
from platform_compiler.cli.caching import cache_option
from platform_compiler.cli.exits import Exit
from platform_compiler.cli.options import use_colour
from platform_compiler.cli.shown import FORMATS, LEVELS, Shown, shown
from platform_compiler.cli.sources import Asked
from platform_compiler.source.git import GitFailed, Unreachable
from platform_compiler.source.tree import Unreadable

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("diff")
@click.option("--base", metavar="REV", help="Compare with this revision: its merge base with head.")
@click.option("--head", metavar="REV", help="The revision to look at. [default: the work tree]")
@click.option(
    "--against", metavar="DIR | REPO[#BRANCH]", help="Compare with an environment repository: a folder or a Git tip."
)
@click.option("--from", "before", type=_FOLDER, help="Compare two platform repositories without Git: the old one.")
@click.option("--to", "after", type=_FOLDER, help="The new one.")
@click.option("--root", type=_FOLDER, help="The platform repository. [default: found upwards from here]")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Judge dated rules of both sides as of this day.")
@click.option("--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated.")
@click.option("--cluster", "clusters", multiple=True, metavar="CLUSTER", help="Only this cluster; may be repeated.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How it is printed.",
)
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="[FORMAT=]FILE", help="Write to FILE instead; may be repeated."
)
@click.option("--summary", type=click.Path(dir_okay=False, path_type=Path), help="Append the Markdown to FILE as well.")
@click.option("--exit-code/--no-exit-code", default=True, help="Exit 1 when something changes. [default: yes]")
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit 1 only at such a risk.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour the text.")
@cache_option
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 -- click passes every option by name
    ctx: click.Context,
    base: str | None,
    head: str | None,
    against: str | None,
    before: Path | None,
    after: Path | None,
    root: Path | None,
    as_of: datetime | None,
    environments: tuple[str, ...],
    clusters: tuple[str, ...],
    format_: str,
    outputs: tuple[str, ...],
    summary: Path | None,
    fail_on: str | None,
    color: str,
    cache: Store,
    *,
    exit_code: bool,
) -> None:
    """Show what changes on every cluster, because of which line, and how risky it is.

    \b
    platformc diff --base main                     the work tree, since it left main
    platformc diff --base main --head my-branch    two revisions; the work tree is not touched
    platformc diff --against ../env                what publishing would change
    platformc diff --from old --to new             two folders, without Git

    Exit 0: nothing changes, 1: something does, 2 and up: it could not be told.
    """  # noqa: D301 -- \b is click's mark for a paragraph that must not be wrapped
    targets = [_target(output, format_) for output in outputs]
    day = as_of.date() if as_of else None
    asked = Asked(root, base, head, against, before, after, day, environments, clusters)
    form = "coloured" if format_ == "text" and use_colour(color) else format_
    forms = {form for form, _ in targets} | ({"markdown"} if summary else set()) | (set() if targets else {form})
    try:
        report = shown(cache, asked, forms)
    except Unreachable as trouble:
        click.echo(f"error: {trouble}", err=True)
        ctx.exit(Exit.OUTSIDE)
    except (GitFailed, Unreadable) as trouble:
        raise click.UsageError(str(trouble)) from trouble
    for written, path in targets:
        path.write_text(report.texts[written], encoding="utf-8")
    if not targets:
        click.echo(report.texts[form], nl=False, color=use_colour(color))
    if summary is not None:
        with summary.open("a", encoding="utf-8") as file:
            file.write(report.texts["markdown"])
    ctx.exit(_code(report, fail_on, exit_code=exit_code))


def _target(output: str, form: str) -> tuple[str, Path]:
    """Return the format and the file of `[FORMAT=]FILE`."""
    word, equals, file = output.partition("=")
    if equals and word not in FORMATS and "/" not in word and "." not in word:
        raise click.UsageError(f"there is no format '{word}'; there are {', '.join(FORMATS)}")
    return (word, Path(file)) if equals and word in FORMATS else (form, Path(output))


def _code(report: Shown, fail_on: str | None, *, exit_code: bool) -> Exit:
    if report.failed:
        return Exit.USAGE
    if fail_on is not None:
        grave = report.worst is not None and LEVELS.index(report.worst) <= LEVELS.index(fail_on)
        return Exit.FINDINGS if grave else Exit.CLEAN
    return Exit.FINDINGS if exit_code and report.differs else Exit.CLEAN
