"""`platformc compile`: the whole way, to a directory or to stdout."""

import time
from collections.abc import Callable
from pathlib import Path

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.known import check_known, chosen_clusters
from platform_compiler.cli.options import Run, shared_options
from platform_compiler.cli.report import plural, report
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag
from platform_compiler.emit.layout import Output
from platform_compiler.emit.write import write
from platform_compiler.layers.placement import environment_of
from platform_compiler.pipeline import Checked, build, check, everything
from platform_compiler.source.tree import Directory


@click.command("compile")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files below DIR. [default: print them]",
)
@click.option("--check", "check_only", is_flag=True, help="Report what is wrong; neither print nor write resources.")
@click.option("--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated.")
@click.option("--cluster", "clusters", multiple=True, metavar="CLUSTER", help="Only this cluster; may be repeated.")
@click.option("--only", "apps", multiple=True, metavar="TEAM/APP", help="Only this application; may be repeated.")
@click.option("--adopt", is_flag=True, help="Take over files in DIR that platformc did not write.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited by hand.")
@shared_options
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 -- click passes every option by name
    ctx: click.Context,
    output: Path | None,
    environments: tuple[str, ...],
    clusters: tuple[str, ...],
    apps: tuple[str, ...],
    run: Run,
    *,
    check_only: bool,
    adopt: bool,
    force: bool,
) -> None:
    """Compile every target to Kubernetes and mesh manifests.

    With any error nothing is written. Without -o the resources are printed as one YAML stream; with --check they are
    not, and only the findings are.
    """
    if check_only and output is not None:
        raise click.UsageError("--check writes nothing, so it goes without -o")
    printing = output is None and not check_only
    started = time.perf_counter()
    bag = Bag()
    checked = check(Directory(run.root), run.as_of, bag)
    wanted = _selection(checked, environments, clusters, apps)
    output_tree = None if bag.has_errors else build(checked, bag, wanted)
    done = "nothing was written"
    if output_tree is not None:
        done = f"compiled {_what(output_tree)}"
        if output is not None:
            written = write(output_tree, output, wanted, bag, adopt=adopt, force=force)
            done = f"{done} to {output}: {written}" if written else "nothing was written"
    code = report(
        run,
        bag.sorted(),
        checked.texts,
        f"{done} ({time.perf_counter() - started:.2f} s)",
        to_stderr=printing,
    )
    if printing and code is Exit.CLEAN and output_tree is not None:
        click.echo("---\n".join(output_tree.files[path].decode() for path in sorted(output_tree.files)), nl=False)
    ctx.exit(code)


def _what(output: Output) -> str:
    """Return `12 applications on 4 clusters`."""
    apps = {unit.id for unit in output.units if unit.scope == "app"}
    clusters = {unit.cluster for unit in output.units}
    where = f"{plural(len(apps), 'application')} on {plural(len(clusters), 'cluster')}"
    return f"{where}, {plural(len(output.files), 'resource')}"


def _selection(
    checked: Checked, environments: tuple[str, ...], clusters: tuple[str, ...], apps: tuple[str, ...]
) -> Callable[[Unit], bool]:
    """Return the predicate that the options describe; a name that does not exist is a usage error."""
    loaded = checked.loaded
    for name in apps:
        check_known("application", name, [ref for ref, m in loaded.workloads.items() if m.kind == "Application"])
    for name in environments:
        check_known("environment", name, loaded.environments)
    placed = {name: environment_of(cluster) for name, cluster in loaded.clusters.items()}
    cluster_names = chosen_clusters(placed, environments, clusters)

    def wanted(unit: Unit) -> bool:
        return unit.cluster in cluster_names and (not apps or unit.id in apps)

    if not environments and not clusters and not apps:
        return everything
    return wanted
