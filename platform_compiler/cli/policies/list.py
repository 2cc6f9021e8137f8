"""`platformc policy list`: which policies hold where, and what comes of a violation."""

import json
from collections.abc import Sequence
from typing import Any

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.options import Run, shared_options
from platform_compiler.cli.report import plural, report, table
from platform_compiler.diagnostics import Bag, Severity
from platform_compiler.diagnostics.render.json import diagnostics_of
from platform_compiler.pipeline import check
from platform_compiler.policy.listing import Row, listed, places_in_words, places_of
from platform_compiler.policy.where import Where
from platform_compiler.source.tree import Directory

_HEAD = ("POLICY", "BY", "WHERE", "ACTIONS", "SHIPPED TO", "WAIVERS")
_OF_POLICIES = ("PC10", "PC70", "PC72")
"""Codes of what is wrong with policies, sets and waivers themselves."""


@click.command("list")
@shared_options
@click.pass_context
def command(ctx: click.Context, run: Run) -> None:
    """List the policies of the repository: what makes them hold, where, with which actions, and who gets them.

    Its own policies are listed, and the built-in ones that a PolicySet names; as of a day, since sets say from when on
    they hold. A place is an environment, or ENV/CLUSTER where not all of its clusters are meant.
    """
    bag = Bag()
    checked = check(Directory(run.root), run.as_of, bag)
    if checked.court is None:
        raise click.UsageError(f"there are no policies in {run.root}: neither in policies/ nor named by a PolicySet")
    places = places_of(checked.court, checked.linked)
    rows = listed(checked.court, places)
    wrong = [one for one in bag.sorted() if one.code.startswith(_OF_POLICIES) and one.severity is Severity.ERROR]
    if run.format == "json":
        found = {"version": 1, "policies": [_entry(row) for row in rows], "diagnostics": diagnostics_of(wrong)}
        click.echo(json.dumps(found, indent=2))
        ctx.exit(Exit.FINDINGS if wrong else Exit.CLEAN)
    if rows:
        click.echo(table([_HEAD, *(_cells(row, places) for row in rows)]))
    count = len({row.policy for row in rows})
    ctx.exit(report(run, wrong, checked.texts, f"listed {plural(count, 'policy')}", to_stderr=True))


def _cells(row: Row, places: Sequence[Where]) -> tuple[str, ...]:
    name = f"{row.policy} (built in)" if row.built_in else row.policy
    where = places_in_words(row, places) or "nowhere"
    return name, row.by or "-", where, ", ".join(row.actions) or "-", ", ".join(row.shipped) or "-", str(row.waivers)


def _entry(row: Row) -> dict[str, Any]:
    return {
        "policy": row.policy,
        "category": row.category,
        "builtIn": row.built_in,
        "judges": row.judges,
        "by": row.by,
        "actions": list(row.actions),
        "places": [{"environment": where.environment, "cluster": where.cluster} for where in row.places],
        "shippedTo": list(row.shipped),
        "waivers": row.waivers,
    }
