"""`platformc list exceptions`: what goes round the vocabulary or a policy, whose it is, why, and until when."""

import json
from collections.abc import Collection
from datetime import date
from typing import Any

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.options import Run, shared_options
from platform_compiler.cli.report import plural, table
from platform_compiler.diagnostics import Bag
from platform_compiler.hatches.listing import Listed, exceptions
from platform_compiler.pipeline import check
from platform_compiler.source.tree import Directory

_HEAD = ("KIND", "OF", "ABOUT", "CLUSTERS", "OWNER", "EXPIRES", "REASON", "AT")


@click.command("exceptions")
@shared_options
@click.pass_context
def command(ctx: click.Context, run: Run) -> None:
    """List every exception: patches of generated resources, raw resources, and waivers of policies.

    What is over is listed and marked. The list is made even of a repository with errors, of all that can be read;
    `platformc validate` says what is wrong. With --format json each exception is one object.
    """
    as_of = run.as_of
    checked = check(Directory(run.root), as_of, Bag())
    waivers = checked.court.waivers if checked.court else ()
    found = exceptions(checked.loaded, checked.resolved, waivers)
    if run.format == "json":
        entries = [_entry(one, as_of) for one in found]
        click.echo(json.dumps({"version": 1, "exceptions": entries}, indent=2))
        ctx.exit(Exit.CLEAN)
    if found:
        click.echo(table([_HEAD, *(_cells(one, checked.loaded.clusters, as_of) for one in found)]))
    if not run.quiet:
        click.echo(f"listed {plural(len(found), 'exception')}", err=True)
    ctx.exit(Exit.CLEAN)


def _cells(one: Listed, clusters: Collection[str], as_of: date) -> tuple[str, ...]:
    where = "all" if set(one.clusters) == set(clusters) else ", ".join(one.clusters) or "none"
    last = "-" if one.expires is None else f"{one.expires}{' (over)' if one.is_over(as_of) else ''}"
    place = f"{one.span.path}:{one.span.line}"
    return one.kind.value, one.of, one.about, where, one.owner or "-", last, one.reason or "-", place


def _entry(one: Listed, as_of: date) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "of": one.of,
        "about": one.about,
        "clusters": list(one.clusters),
        "owner": one.owner,
        "reason": one.reason,
        "expires": one.expires.isoformat() if one.expires else None,
        "over": one.is_over(as_of),
        "path": one.span.path,
        "line": one.span.line,
    }
