"""`platformc schemas import`: take the schemas of your own clusters' kinds into the platform repository."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.report import plural
from platform_compiler.cli.workspace import root_or_here
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.render import render_text
from platform_compiler.schema.imported import Imported, imported
from platform_compiler.schema.store import path_of, text_of
from platform_compiler.source.node import plain
from platform_compiler.source.stream import read_documents
from platform_compiler.source.tree import Directory, Unreadable

_ENDINGS = (".yaml", ".yml", ".json")


@click.group("schemas")
def command() -> None:
    """Schemas of kinds that platformc does not know, or knows in another version."""


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="The platform repository whose schemas/ is written. [default: the one around the working directory, or here]",
)
@click.pass_context
def import_(ctx: click.Context, files: tuple[Path, ...], output: Path | None) -> None:
    """Write compact closed schemas of every kind that FILES define, below schemas/.

    FILES are CustomResourceDefinitions as YAML or JSON (`kubectl get crd -o yaml`), OpenAPI documents of an API server
    (`kubectl get --raw /openapi/v2`), or folders of them. Commit what is written: `compile` and `verify` judge by it
    from then on, before the built-in profile.
    """
    root = (output or root_or_here(Path.cwd())).resolve()
    found: dict[tuple[str, str], Imported] = {}
    code = Exit.CLEAN
    for file in files:
        bag = Bag()
        texts = dict(_read(file, bag))
        kinds = [kind for path, data in texts.items() for kind in _kinds(path, data, bag)]
        found |= {(kind.api_version, kind.kind): kind for kind in kinds}
        if bag.has_errors:
            click.echo(render_text(bag.sorted(), texts, colour=False, unicode=True).removesuffix("\n"))
            code = Exit.FINDINGS
        elif not kinds:
            click.echo(f"warning: {file} defines no kind", err=True)
    for kind in found.values():
        path = root / path_of(kind.api_version, kind.kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(kind.content), encoding="utf-8")
    rules = sum(kind.rules for kind in found.values())
    with_rules = f" with {plural(rules, 'rule')} in CEL" if rules else ""
    click.echo(f"imported {plural(len(found), 'kind')}{with_rules} to {root / 'schemas'}", err=True)
    ctx.exit(code if found or code else Exit.FINDINGS)


def _read(file: Path, bag: Bag) -> Iterator[tuple[str, bytes]]:
    tree = Directory(file if file.is_dir() else file.parent)
    for path in tree.paths() if file.is_dir() else (file.name,):
        if path.endswith(_ENDINGS) or not file.is_dir():
            shown = (file / path if file.is_dir() else file).as_posix()
            try:
                yield shown, tree.read(path)
            except Unreadable as trouble:
                bag.add("PC1001", f"the file cannot be read: {trouble}", Span(shown))


def _kinds(path: str, data: bytes, bag: Bag) -> Iterator[Imported]:
    for document in _documents(path, data, bag):
        yield from imported(document)


def _documents(path: str, data: bytes, bag: Bag) -> Iterator[Any]:
    """Yield the documents of a file; JSON is read as such, for an API server's has many megabytes."""
    if path.endswith(".json"):
        try:
            yield json.loads(data)
        except ValueError as wrong:
            bag.add("PC1006", f"the file is not JSON: {wrong}", Span(path), help="ask the API server for it again")
        return
    for tree in read_documents(path, data, bag):
        yield plain(tree)
