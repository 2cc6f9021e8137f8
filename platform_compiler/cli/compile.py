"""`platformc compile`: the whole way, to a directory or to stdout."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from platform_compiler.cli.compiled import Choice, compiled
from platform_compiler.cli.exits import Exit
from platform_compiler.cli.jobs import Jobs, jobs_options
from platform_compiler.cli.options import Run, shared_options
from platform_compiler.cli.report import report
from platform_compiler.diagnostics import Bag
from platform_compiler.source.snapshot import snapshot
from platform_compiler.source.tree import Directory

if TYPE_CHECKING:
    from collections.abc import Callable

    from platform_compiler.context.unit import Unit
    from platform_compiler.emit.layout import Output
    from platform_compiler.emit.write import Written


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
@jobs_options
@shared_options
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 -- click passes every option by name
    ctx: click.Context,
    output: Path | None,
    environments: tuple[str, ...],
    clusters: tuple[str, ...],
    apps: tuple[str, ...],
    jobs: Jobs,
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
    started = time.perf_counter()
    choice = Choice(environments, clusters, apps)
    tree = snapshot(Directory(run.root))
    result = compiled(run.of(tree), tree, choice, jobs, whole=not check_only)
    bag, done, stream = Bag(), "nothing was written", ""
    bag.take(result.verdict.findings)
    if result.verdict.made:
        done = f"compiled {result.verdict.made}"
    if result.output is not None and output is not None:
        wanted = choice.wanted(result.verdict.clusters)
        written = _write(result.output, output, wanted, bag, adopt=adopt, force=force)
        done = f"{done} to {output}: {written}" if written else "nothing was written"
    elif result.output is not None:
        files = result.output.files
        stream = "---\n".join(files[path].decode() for path in sorted(files))
    printing = output is None and not check_only
    done = f"{done} ({time.perf_counter() - started:.2f} s)"
    code = report(run, bag.sorted(), result.verdict.texts, done, to_stderr=printing)
    if code is Exit.CLEAN:
        click.echo(stream, nl=False)
    ctx.exit(code)


def _write(  # noqa: PLR0913 -- as `write` has it
    output: "Output", directory: Path, wanted: "Callable[[Unit], bool]", bag: Bag, *, adopt: bool, force: bool
) -> "Written | None":
    """Bring a folder to the state of an output."""
    from platform_compiler.emit.write import write  # noqa: PLC0415 -- only where something is written

    return write(output, directory, wanted, bag, adopt=adopt, force=force)
