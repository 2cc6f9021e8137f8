"""`platformc explain`: what a code means, which layer a setting comes from, which lines made a field of a resource."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.known import check_known
from platform_compiler.cli.options import Run, as_of_option, root_option, use_colour
from platform_compiler.cli.workspace import find_root
from platform_compiler.diagnostics import CODES, Bag
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from platform_compiler.checked import Checked
    from platform_compiler.diagnostics import Span
    from platform_compiler.emit.layout import Output
    from platform_compiler.layers.model import Settings


@click.command("explain")
@click.argument("what", metavar="CODE | [ENV/]CLUSTER | FILE")
@click.argument("name", required=False, metavar="[TEAM/APP | KIND/[NAMESPACE/]NAME]")
@click.argument("field", required=False, metavar="[FIELD]")
@root_option
@as_of_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 -- its arguments and options
    ctx: click.Context,
    what: str,
    name: str | None,
    field: str | None,
    root: Path | None,
    as_of: datetime | None,
    format_: str,
) -> None:
    """Explain a code, a setting of an application, or a field of a resource that is compiled.

    \b
    platformc explain PC2104
    platformc explain call-not-granted
    platformc explain IST0101
    platformc explain prod/prod-eu shop/cart
    platformc explain prod/prod-eu shop/cart scale.min
    platformc explain prod-eu deployment/cart spec.replicas
    platformc explain prod-eu Service/shop/cart
    platformc explain prod-eu Deployment/cart /spec/template/spec/containers/0/image
    platformc explain clusters/prod-eu/shop/cart/deployment-cart.yaml spec.replicas

    A setting is shown with every layer that says it. A field is shown with the blueprint line that wrote it, and with
    the lines of manifests and layers that, said otherwise, would make it another or take it away. FIELD reads as in
    kubectl: spec.template.spec.containers[0].image, or with a name for the position, or is a JSON pointer.
    """  # noqa: D301 -- \b is click's mark for a paragraph that must not be wrapped
    if name is None and not what.endswith(".yaml"):
        if "/" in what:
            raise click.UsageError("name what to explain there: platformc explain [ENV/]CLUSTER TEAM/APP [FIELD]")
        _print(_pages(what), format_, lambda pages: "\n".join(page["page"] for page in pages["codes"]))
        ctx.exit(Exit.CLEAN)
    found = (root or find_root(Path.cwd())).resolve()
    run = Run(found, as_of.date() if as_of else None, format_, use_colour("auto"), quiet=False)
    ctx.exit(_in_repository(run, what, name, field))


def _print(document: dict[str, Any], format_: str, text: Callable[[dict[str, Any]], str]) -> None:
    """Print what was found: as JSON, or as `text` words it."""
    if format_ == "json":
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo(text(document), nl=False)


def _pages(word: str) -> dict[str, Any]:
    """Return the page of a code, found by code or by name; the pages of all codes that another tool calls `word`."""
    by_name = {row.name: [row.code] for row in CODES.values()}
    codes = by_name.get(word.lower()) or [row.code for row in CODES.values() if word.upper() in row.alias.split()]
    codes = codes or [word.upper()]
    if codes[0] not in CODES:
        choices = [*CODES, *by_name]
        near = did_you_mean(word, choices)
        hint = f"did you mean '{near}'?" if near else "to explain what a cluster runs: [ENV/]CLUSTER, then what"
        raise click.UsageError(f"there is no code '{word}'; {hint}")
    pages = {code: (shipped("codes") / f"{code}.md").read_text(encoding="utf-8") for code in codes}
    rows = [CODES[code] for code in codes]
    return {
        "version": 1,
        "codes": [{"code": r.code, "name": r.name, "severity": r.severity, "page": pages[r.code]} for r in rows],
    }


def _in_repository(run: Run, what: str, name: str | None, field: str | None) -> Exit:
    from platform_compiler.pipeline import build, check  # noqa: PLC0415 -- `explain CODE` reads one file
    from platform_compiler.source.tree import Directory  # noqa: PLC0415

    bag = Bag()
    checked = check(Directory(run.root), run.as_of, bag, judged=False)  # what is refused wants explaining too
    path = what if what.endswith(".yaml") else None
    if path is not None and field is not None:
        raise click.UsageError("a file holds one resource: name the file and the FIELD only")
    cluster = _cluster_in(path) if path is not None else what.rpartition("/")[2]
    applications = _applications(checked, cluster, what if path is None else cluster)
    if name is not None and path is None and name in applications:
        _print_setting(applications[name], field, run.format)
        return Exit.CLEAN
    output = None if bag.has_errors else build(checked, bag, lambda unit: unit.cluster == cluster, judged=False)
    if output is None:
        from platform_compiler.cli.report import report  # noqa: PLC0415

        return report(run, bag.sorted(), checked.texts, "resources are explained once the repository compiles")
    if path is not None:
        found, field = _by_path(output, path), name
    else:
        found = _by_name(output, name or "", list(applications))
    _print_field(checked, output, found, field, run.format)
    return Exit.CLEAN


def _print_setting(settings: Settings, field: str | None, format_: str) -> None:
    """Print the layers behind settings; a field that none sets is told, since it may well be a right one."""
    from platform_compiler.layers.explain import document_of, explain, format_explanation, nearest_field  # noqa: PLC0415

    found = explain(settings, field)
    near = None if found else nearest_field(settings, field or "")
    none = f"no layer sets `{field}`{f'; did you mean `{near}`?' if near else ''}\n"
    _print(document_of(found), format_, lambda _: format_explanation(found) if found else none)


def _applications(checked: Checked, cluster: str, written: str) -> Mapping[str, Settings]:
    """Return the settings of a cluster's applications; the cluster may be written with its environment."""
    from platform_compiler.layers.placement import environment_of  # noqa: PLC0415

    loaded = checked.loaded
    if cluster not in checked.resolved.by_cluster or written not in {
        cluster,
        f"{environment_of(loaded.clusters[cluster])}/{cluster}",
    }:
        pairs = [f"{environment_of(manifest)}/{name}" for name, manifest in loaded.clusters.items()]
        check_known("cluster", written, [*pairs, *([] if "/" in written else loaded.clusters)])
    return checked.resolved.by_cluster[cluster]


def _cluster_in(path: str) -> str:
    """Return the cluster in the path of an output file, wherever the output lies."""
    words = path.replace("\\", "/").split("/")
    if "clusters" not in words[:-1]:
        raise click.UsageError(f"'{path}' is no output file: its path has no `clusters/CLUSTER/`")
    return words[len(words) - words[::-1].index("clusters")]


def _by_path(output: Output, path: str) -> str:
    short = path[path.replace("\\", "/").rindex("clusters/") :]
    check_known("file in the output", short, output.files)
    return short


def _by_name(output: Output, name: str, applications: list[str]) -> str:
    """Return the path of the resource that `KIND/NAME` or `KIND/NAMESPACE/NAME` means."""
    names: dict[str, list[str]] = {}
    full: dict[str, str] = {}
    for path, resource in output.resources.items():
        kind, metadata = resource.body["kind"], resource.body["metadata"]
        long = "/".join((kind, *([metadata["namespace"]] if "namespace" in metadata else []), metadata["name"]))
        full[path] = long
        for word in {long, f"{kind}/{metadata['name']}"}:
            names.setdefault(word.lower(), []).append(path)
    found = names.get(name.lower(), [])
    if not found:
        short = {f"{long.partition('/')[0]}/{long.rpartition('/')[2]}" for long in full.values()}
        last = name.rpartition("/")[2].lower()
        namesakes = sorted(word for word in short if word.partition("/")[2].lower() == last)
        if namesakes and did_you_mean(name, {*applications, *short}) is None:
            raise click.UsageError(f"there is no resource '{name}'; of that name there are: {', '.join(namesakes)}")
        kind_known = any(long.lower().startswith(f"{name.partition('/')[0].lower()}/") for long in full.values())
        check_known("resource" if kind_known else "application or resource", name, {*applications, *short})
    if len(found) > 1:
        raise click.UsageError(f"'{name}' means several resources; name the file: {', '.join(sorted(found))}")
    return found[0]


def _print_field(checked: Checked, output: Output, path: str, field: str | None, format_: str) -> None:
    from platform_compiler.provenance.document import document_of  # noqa: PLC0415
    from platform_compiler.provenance.explain import explain  # noqa: PLC0415
    from platform_compiler.provenance.field import UnknownFieldError, pointer_of  # noqa: PLC0415
    from platform_compiler.provenance.render import format_explanation  # noqa: PLC0415

    resource = output.resources[path]
    try:
        pointer = pointer_of(resource.body, field or "")
    except UnknownFieldError as unknown:
        raise click.UsageError(str(unknown)) from unknown
    metadata = resource.body["metadata"]
    name = "/".join(word for word in (metadata.get("namespace"), metadata["name"]) if word)
    title = f"{resource.body['kind']} {name} on {resource.unit.cluster}\n{path}"
    found, source = explain(checked, resource, pointer, output.resources.values()), _line_in(checked)
    _print(document_of(resource, path, found, source), format_, lambda _: format_explanation(title, found, source))


def _line_in(checked: Checked) -> Callable[[Span], str]:
    """Return what gives a line of a blueprint as it stands there, without its indent."""
    texts = dict(checked.texts)
    for versions in checked.catalog.blueprints.values():
        for blueprint in versions:
            texts |= {f"{blueprint.folder}/{path}": data for path, data in blueprint.files.items()}
            texts |= {blueprint.library_file(path): data for path, data in blueprint.libraries.items()}

    def line(span: Span) -> str:
        lines = texts.get(span.path, b"").decode(errors="replace").splitlines()
        return lines[span.line - 1].strip() if 0 < span.line <= len(lines) else ""

    return line
