"""`platformc verify`: would clusters accept these objects, and would they do what they say?"""

from pathlib import Path

import click

from platform_compiler.cli.files import STDIN, read_files
from platform_compiler.cli.options import Run, rootless_options
from platform_compiler.cli.report import plural, report
from platform_compiler.cli.version import VersionType
from platform_compiler.cli.workspace import find_root
from platform_compiler.diagnostics import Bag, Severity
from platform_compiler.schema.store import FOLDER, Store
from platform_compiler.source.node import Node
from platform_compiler.source.tree import Directory
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Item
from platform_compiler.verify.kustomize import ingredients
from platform_compiler.verify.places import InFile
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.verify import Verdict, judge
from platform_compiler.verify.versions import LATEST, Version, Versions
from platform_compiler.verify.world import Facts


def _text(number: Version) -> str:
    return ".".join(map(str, number))


@click.command("verify")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--kubernetes-version",
    type=VersionType(),
    default=_text(LATEST.kubernetes),
    show_default=True,
    help="What runs on the clusters.",
)
@click.option("--istio-version", type=VersionType(), default=_text(LATEST.istio), show_default=True)
@click.option("--gateway-api-version", type=VersionType(), default=_text(LATEST.gateway_api), show_default=True)
@click.option("--schema-only", is_flag=True, help="Judge shapes alone, not what objects say of each other.")
@click.option("--strict", is_flag=True, help="Fail on warnings, and on kinds that no schema knows.")
@click.option(
    "--against",
    "repository",
    metavar="REPO",
    help="Compare an environment repository with its ledger instead: a name from platform.yaml, a URL or a folder.",
)
@rootless_options
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 -- click passes every option by name
    ctx: click.Context,
    files: tuple[Path, ...],
    kubernetes_version: Version,
    istio_version: Version,
    gateway_api_version: Version,
    repository: str | None,
    run: Run,
    *,
    schema_only: bool,
    strict: bool,
) -> None:
    """Judge rendered YAML, ours or anybody's, as the API server and the mesh would: offline.

    A folder stands for every .yaml, .yml and .json file below it, and for a whole cluster: what is not in it does not
    exist. So does `-`, which reads stdin. Files below clusters/NAME/ belong to the cluster NAME. References to other
    objects are not judged when single files are named.
    """
    if repository is not None:
        if files:
            raise click.UsageError("--against compares a repository, so it goes without FILES")
        from platform_compiler.cli.drifted import drifted  # noqa: PLC0415 -- another road, with Git

        ctx.exit(drifted(run._replace(root=find_root(run.root), day=run.as_of), repository))
    if not files:
        raise click.UsageError("name a folder or files, `-` for stdin, or a repository with --against")
    bag = Bag()
    texts = dict(read_files(files, bag))
    left_out = ingredients(texts).intersection(texts)
    items = [item for path, data in texts.items() if path not in left_out for item in items_of(path, data, bag)]
    whole = any(file == STDIN or file.is_dir() for file in files)
    versions = Versions(kubernetes_version, istio_version, gateway_api_version)
    schemas = Schemas(versions, Store(Directory(run.root, only=FOLDER)))
    verdict = judge(
        items,
        {item.cluster: Facts(versions) for item in items},
        lambda _: schemas,
        _tree_of,
        bag,
        whole=whole and not bag.has_errors,  # what cannot be read may be what others refer to
        shapes_only=schema_only,
        every_kind=strict,
    )
    code = report(run._replace(root=Path.cwd()), bag.sorted(), texts, _summary(verdict, items, len(left_out)))
    ctx.exit(1 if strict and any(d.severity is not Severity.NOTE for d in bag.sorted()) else code)


def _tree_of(item: Item) -> Node:
    assert isinstance(item.place, InFile)
    return item.place.tree


def _summary(verdict: Verdict, items: list[Item], left_out: int) -> str:
    """Return `judged 542 objects on 4 clusters; not checked, as no schema knows them: 2 Foo`."""
    clusters = len({item.cluster for item in items})
    where = f" on {plural(clusters, 'cluster')}" if clusters > 1 else ""
    words = f"judged {plural(verdict.judged, 'object')}{where}"
    if left_out:
        words += f"; left out {plural(left_out, 'file')} that a kustomization works in"
    unknown = ", ".join(f"{number} {kind}" for kind, number in sorted(verdict.unchecked.items()))
    return f"{words}; not checked, as no schema knows them: {unknown}" if unknown else words
