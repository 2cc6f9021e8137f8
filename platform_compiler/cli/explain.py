"""`platformc explain`: what a code means, or which layer a target's setting comes from."""

from pathlib import Path

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.workspace import find_root, source_date
from platform_compiler.diagnostics import CODES, Bag
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.shipped import shipped


@click.command("explain")
@click.argument("what", metavar="CODE | ENV/CLUSTER")
@click.argument("app", required=False, metavar="[TEAM/APP]")
@click.argument("field", required=False, metavar="[FIELD]")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The platform repository. [default: the nearest folder upwards that holds platform.yaml]",
)
@click.pass_context
def command(ctx: click.Context, what: str, app: str | None, field: str | None, root: Path | None) -> None:
    """Explain a code, or where the settings of an application come from.

    \b
    platformc explain PC2104
    platformc explain call-not-granted
    platformc explain IST0101
    platformc explain prod/prod-eu shop/cart
    platformc explain prod/prod-eu shop/cart scale.min
    """  # noqa: D301 -- \b is click's mark for a paragraph that must not be wrapped
    if app is not None:
        click.echo(_settings((root or find_root(Path.cwd())).resolve(), what, app, field), nl=False)
    elif "/" in what:
        raise click.UsageError("name the application too: platformc explain ENV/CLUSTER TEAM/APP [FIELD]")
    else:
        click.echo(_page(what), nl=False)
    ctx.exit(Exit.CLEAN)


def _page(word: str) -> str:
    """Return the page of a code, found by code or by name; the pages of all codes that another tool calls `word`."""
    by_name = {row.name: [row.code] for row in CODES.values()}
    codes = by_name.get(word.lower()) or [row.code for row in CODES.values() if word.upper() in row.alias.split()]
    codes = codes or [word.upper()]
    if codes[0] not in CODES:
        raise click.UsageError(_unknown("code", word, [*CODES, *by_name]))
    return "\n".join((shipped("codes") / f"{code}.md").read_text(encoding="utf-8") for code in codes)


def _settings(root: Path, target: str, app: str, field: str | None) -> str:
    """Return the layers behind one target's settings, the winner marked."""
    from platform_compiler.layers.explain import explain, format_explanation  # noqa: PLC0415 -- `explain CODE` reads one file
    from platform_compiler.pipeline import check  # noqa: PLC0415
    from platform_compiler.source.tree import Directory  # noqa: PLC0415

    checked = check(Directory(root), source_date(root), Bag())
    clusters = {
        f"{settings.environment}/{cluster}": by_ref
        for cluster, by_ref in checked.resolved.by_cluster.items()
        for settings in list(by_ref.values())[:1]
    }
    if target not in clusters:
        raise click.UsageError(_unknown("target", target, list(clusters)))
    if app not in clusters[target]:
        raise click.UsageError(_unknown(f"application on {target}", app, list(clusters[target])))
    return format_explanation(explain(clusters[target][app], field))


def _unknown(noun: str, word: str, choices: list[str]) -> str:
    near = did_you_mean(word, choices)
    hint = f"did you mean '{near}'?" if near else f"there are: {', '.join(sorted(choices)[:20])}"
    return f"there is no {noun} '{word}'; {hint}"
