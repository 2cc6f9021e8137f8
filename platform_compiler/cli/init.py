"""`platformc init DIR`: a small working platform repository to start from."""

import shutil
from pathlib import Path

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.report import plural
from platform_compiler.shipped import shipped


@click.command("init")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def command(ctx: click.Context, directory: Path) -> None:
    """Create a platform repository in DIRECTORY: two environments, two clusters, one team with two services.

    DIRECTORY may exist; a file that is already there is never touched.
    """
    sources = {path.relative_to(shipped("scaffold")): path for path in shipped("scaffold").rglob("*") if path.is_file()}
    sources |= {Path(".platformc/schemas") / path.name: path for path in shipped("schemas").glob("*.schema.json")}
    taken = [str(path) for path in sorted(sources) if (directory / path).exists()]
    if taken:
        raise click.UsageError(f"{directory} already holds {', '.join(taken[:5])}; nothing was written")
    for path, source in sorted(sources.items()):
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, directory / path)
    click.echo(f"created {plural(len(sources), 'file')} in {directory}", err=True)
    click.echo(
        f"next:\n  platformc validate --root {directory}\n  platformc compile --root {directory} -o {directory}-output",
        err=True,
    )
    ctx.exit(Exit.CLEAN)
