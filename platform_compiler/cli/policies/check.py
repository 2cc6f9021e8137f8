"""`platformc policy check`: judge any Kubernetes YAML by policies, as the API server would."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.files import read_files
from platform_compiler.cli.options import Run, rootless_options
from platform_compiler.cli.report import plural, report
from platform_compiler.diagnostics import Bag
from platform_compiler.diagnostics.render.json import diagnostics_of
from platform_compiler.policy.check_sets import check_bindings
from platform_compiler.policy.compiled import all_compiled
from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.flaws import report_flaws
from platform_compiler.policy.foreign import benches, judged, subjects
from platform_compiler.policy.judge import Verdict
from platform_compiler.policy.places import path_behind
from platform_compiler.policy.read import read_library
from platform_compiler.policy.report import faults
from platform_compiler.policy.subject import DEFAULT_USER
from platform_compiler.policy.table import Entry, table
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import dotted
from platform_compiler.verify.report import report as report_faults
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.versions import LATEST

_FILES = click.Path(path_type=Path)


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=_FILES)
@click.option(
    "--policies",
    "policy_files",
    multiple=True,
    required=True,
    type=_FILES,
    help="Policies, bindings and their parameters: a file or folder; may be repeated.",
)
@click.option(
    "--old",
    "old_files",
    multiple=True,
    type=_FILES,
    help="The objects as they were before: a file or folder; may be repeated.",
)
@click.option("--user", default=DEFAULT_USER, show_default=True, help="Who applies the objects.")
@rootless_options
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 -- click passes every option by name
    ctx: click.Context,
    files: tuple[Path, ...],
    policy_files: tuple[Path, ...],
    old_files: tuple[Path, ...],
    user: str,
    run: Run,
) -> None:
    """Judge the objects of FILES by policies, as the API server would when they are applied.

    A folder stands for every .yaml, .yml and .json file below it, `-` for stdin. Policies are ValidatingAdmissionPolicy
    (v1), unmodified; their bindings say where they hold and with which parameters, and a policy that nothing binds
    denies everywhere. Objects are created, or changed and deleted where --old says how they were.
    With --format json there is one entry for each policy, validation and object.
    """
    run = replace(run, root=Path.cwd())
    bag = Bag()
    library = read_library(dict(read_files(policy_files, bag)), bag)
    check_bindings(library, library.policies, bag)
    compiled, flawed = all_compiled(library.policies)
    for name, flaws in flawed.items():
        report_flaws(library.policies[name], flaws, library.texts, bag)
    if not library.policies and not bag.has_errors:
        raise click.UsageError(f"there is no ValidatingAdmissionPolicy in {' '.join(map(str, policy_files))}")
    now, texts = _objects(files, bag)
    before, old_texts = _objects(old_files, bag)
    if not now and not before and not bag.has_errors:
        raise click.UsageError(f"there is no object in {' '.join(map(str, files))}")
    asked = list(subjects(now, before, _is_namespaced, user))
    verdicts = list(judged(asked, benches(library, compiled, now)))
    path_of = path_behind(compiled)
    report_faults(faults(verdicts, path_of), bag)
    if run.format == "json":
        entries = [_entry(one, path_of) for one in table(library.policies, asked, verdicts)]
        click.echo(
            json.dumps({"version": 1, "entries": entries, "diagnostics": diagnostics_of(bag.sorted())}, indent=2)
        )
        ctx.exit(Exit.FINDINGS if bag.has_errors else Exit.CLEAN)
    summary = f"judged {plural(len(asked), 'object')} by {plural(len(compiled), 'policy')}"
    ctx.exit(report(run, bag.sorted(), {**library.texts, **old_texts, **texts}, summary))


def _objects(files: tuple[Path, ...], bag: Bag) -> tuple[list[Item], dict[str, bytes]]:
    texts = dict(read_files(files, bag))
    return [item for path, data in texts.items() for item in items_of(path, data, bag)], texts


@cache
def _schemas() -> Schemas:
    return Schemas(LATEST)


def _is_namespaced(item: Item) -> bool:
    """Whether objects of its kind are in namespaces: what the profile says, else what the object itself says."""
    known = _schemas().judge(str(item.body["apiVersion"]), item.kind)
    return known.kind.namespaced if known else bool(item.namespace)


def _entry(entry: Entry, path_of: Callable[[Verdict], tuple[str | int, ...]]) -> dict[str, Any]:
    item, verdict = entry.subject.item, entry.verdict
    found = entry.result in {Result.DENY, Result.ERROR} and verdict is not None
    path = (*verdict.subject.within, *path_of(verdict)) if found and verdict else ()
    span = item.place.labels(path, "", on_key=False)[0].span
    return {
        "policy": entry.policy.name,
        "validation": entry.validation,
        "object": {
            "apiVersion": item.body["apiVersion"],
            "kind": item.kind,
            "namespace": item.namespace,
            "name": item.name,
        },
        "cluster": item.cluster,
        "operation": entry.subject.operation,
        "result": entry.result.value,
        "action": entry.action.value if entry.action else None,
        "message": entry.message,
        "path": dotted(path),
        "file": span.path,
        "line": span.line,
    }
