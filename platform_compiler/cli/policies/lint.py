"""`platformc policy lint`: what is probably wrong with a policy, before it judges anything."""

from collections.abc import Mapping
from pathlib import Path

import click

from platform_compiler.cli.options import Run, rootless_options
from platform_compiler.cli.policies.library import library_of
from platform_compiler.cli.report import plural, report
from platform_compiler.cli.version import VersionType
from platform_compiler.diagnostics import Bag
from platform_compiler.policy.lint import lint
from platform_compiler.schema.store import FOLDER, Store
from platform_compiler.source.tree import Directory
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.versions import LATEST, Version


@click.command("lint")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--kubernetes-version", type=VersionType(), help="The oldest Kubernetes that is to take the policies.")
@rootless_options
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], kubernetes_version: Version | None, run: Run) -> None:
    """Look for what is probably wrong with policies: functions, fields and kinds that there are not, and the like.

    FILES are policies, files or folders; by default policies/ of the repository. Functions are held to the version that
    is named, or else to those of the clusters that get a policy by a PolicySet.
    """
    bag = Bag()
    library, compiled = library_of(files, run, bag)
    schemas = Schemas(LATEST, Store(Directory(run.root, only=FOLDER)))
    versions = dict.fromkeys(compiled, kubernetes_version) if kubernetes_version else _shipped(run)
    lint([library.policies[name] for name in sorted(compiled)], library.texts, schemas, versions, bag)
    summary = f"looked at {plural(len(library.policies), 'policy')}"
    ctx.exit(report(run._replace(root=Path.cwd()), bag.sorted(), library.texts, summary))


def _shipped(run: Run) -> Mapping[str, Version]:
    """Return the oldest Kubernetes that gets each policy of the repository, if this is one."""
    if not (run.root / "platform.yaml").is_file():
        return {}
    from platform_compiler.pipeline import check  # noqa: PLC0415 -- policies from elsewhere need no repository
    from platform_compiler.policy.listing import oldest_shipped, places_of  # noqa: PLC0415

    checked = check(Directory(run.root), run.as_of, Bag())  # `validate` tells what is wrong with it
    return oldest_shipped(checked.court, places_of(checked.court, checked.linked)) if checked.court else {}
