"""`platformc policy check`: judge any Kubernetes YAML by policies, as the API server would."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.options import Run, rootless_options
from platform_compiler.cli.policies.judging import FILES, POLICIES, USER, Judged, is_whole, judge_files, weigh
from platform_compiler.cli.report import plural, report
from platform_compiler.diagnostics import Bag
from platform_compiler.diagnostics.render.json import diagnostics_of
from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.judge import Verdict
from platform_compiler.policy.places import path_behind
from platform_compiler.policy.table import Entry, table
from platform_compiler.verify.places import dotted
from platform_compiler.verify.report import report as report_faults


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=FILES)
@POLICIES
@click.option(
    "--old",
    "old_files",
    multiple=True,
    type=FILES,
    help="The objects as they were before: a file or folder; may be repeated.",
)
@click.option("--baseline", type=FILES, help="Violations that were there before, and are but noted.")
@USER
@rootless_options
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 -- click passes every option by name
    ctx: click.Context,
    files: tuple[Path, ...],
    policy_files: tuple[Path, ...],
    old_files: tuple[Path, ...],
    baseline: Path | None,
    user: str,
    run: Run,
) -> None:
    """Judge the objects of FILES by policies, as the API server would when they are applied.

    A folder stands for every .yaml, .yml and .json file below it, `-` for stdin. Policies are ValidatingAdmissionPolicy
    (v1), unmodified; their bindings say where they hold and with which parameters, and a policy that nothing binds
    denies everywhere. Objects are created, or changed and deleted where --old says how they were.
    What a --baseline holds is noted; what it holds and is no more is told.
    With --format json there is one entry for each policy, validation and object.
    """
    run = run._replace(root=Path.cwd())
    bag = Bag()
    judged = judge_files(files, policy_files, old_files, user, bag)
    path_of = path_behind(judged.compiled)
    weighed = weigh(judged, baseline, is_whole=is_whole(files), bag=bag)
    report_faults(weighed.faults(path_of), bag)
    if run.format == "json":
        entries = [_entry(one, path_of) for one in _table(judged)]
        click.echo(
            json.dumps({"version": 1, "entries": entries, "diagnostics": diagnostics_of(bag.sorted())}, indent=2)
        )
        ctx.exit(Exit.FINDINGS if bag.has_errors else Exit.CLEAN)
    summary = f"judged {plural(len(judged.asked), 'object')} by {plural(len(judged.compiled), 'policy')}"
    if baseline:
        summary += f"; {plural(len(weighed.known), 'violation')} known since the baseline"
    ctx.exit(report(run, bag.sorted(), {**judged.texts, **weighed.texts}, summary))


def _table(judged: Judged) -> Iterator[Entry]:
    policies = judged.library.policies
    return table(policies, judged.asked, judged.verdicts, policies.keys() - judged.compiled.keys())


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
