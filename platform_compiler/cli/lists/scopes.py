"""`platformc list scopes`: how many services of its cluster each application's proxy sees."""

import json

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.known import check_known
from platform_compiler.cli.options import Run, shared_options
from platform_compiler.cli.report import plural, report
from platform_compiler.diagnostics import Bag
from platform_compiler.link.scope import Scope, scopes
from platform_compiler.pipeline import check
from platform_compiler.source.tree import Directory


@click.command("scopes")
@click.argument("cluster", required=False)
@shared_options
@click.pass_context
def command(ctx: click.Context, cluster: str | None, run: Run) -> None:
    """List what the proxy of each application sees: the services that it calls, of all that its CLUSTER has.

    \b
    platformc list scopes
    platformc list scopes prod-eu
    platformc list scopes prod-eu --format json
    """  # noqa: D301 -- \b is click's mark for a paragraph that must not be wrapped
    bag = Bag()
    checked = check(Directory(run.root), run.as_of, bag)
    if bag.has_errors:
        ctx.exit(report(run, bag.sorted(), checked.texts, "scopes are listed once the repository links"))
    if cluster is not None:
        check_known("cluster", cluster, checked.loaded.clusters)
    found = [scope for scope in scopes(checked.linked) if cluster in {None, scope.cluster}]
    if run.format == "json":
        click.echo(json.dumps({"version": 1, "scopes": [scope._asdict() for scope in found]}, indent=2))
        ctx.exit(Exit.CLEAN)
    for scope in found:
        click.echo(_line(scope))
    if not run.quiet:
        click.echo(f"listed {plural(len(found), 'scope')}", err=True)
    ctx.exit(Exit.CLEAN)


def _line(scope: Scope) -> str:
    return f"{scope.cluster} {scope.ref}: {scope.visible} of {scope.total} services visible"
