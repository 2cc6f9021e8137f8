"""`platformc policy baseline`: adopt policies where much is violated, and let nothing new come in."""

from pathlib import Path

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.files import read_files
from platform_compiler.cli.options import Run, rootless_options
from platform_compiler.cli.policies.judging import FILES, POLICIES, USER, judge_files
from platform_compiler.cli.report import plural, report
from platform_compiler.diagnostics import Bag
from platform_compiler.policy.baseline import entries_of, fields_behind, read_baseline, violations, written
from platform_compiler.policy.places import path_behind
from platform_compiler.policy.report import faults
from platform_compiler.verify.report import report as report_faults


@click.command("baseline")
@click.argument("files", nargs=-1, required=True, type=FILES)
@POLICIES
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("policy-baseline.json"),
    show_default=True,
    help="The baseline.",
)
@click.option("--init", is_flag=True, help="Begin anew: take in what is violated now, whatever was there before.")
@USER
@rootless_options
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 -- click passes every option by name
    ctx: click.Context,
    files: tuple[Path, ...],
    policy_files: tuple[Path, ...],
    output: Path,
    user: str,
    run: Run,
    *,
    init: bool,
) -> None:
    """Write down what FILES violate now, so that `policy check --baseline` tells only what is new.

    FILES must be all there is: what is violated in none of them is dropped. A baseline that exists may only shrink, so
    a violation that is not in it is told as `policy check` tells it.
    """
    run = run._replace(root=Path.cwd())
    bag = Bag()
    judged = judge_files(files, policy_files, (), user, bag)
    before = None
    if output.exists() and not init:
        ((path, data),) = read_files((output,), bag)
        before = read_baseline(path, data, bag)
    if bag.has_errors:
        ctx.exit(report(run, bag.sorted(), judged.texts, "nothing is written"))
    fields = fields_behind(judged.compiled)
    found = [(one, entries_of(one, fields)) for one in violations(judged.verdicts)]
    present = {entry for _, entries in found for entry in entries}
    kept = present if before is None else present & before.entries.keys()
    output.write_text(written(kept), encoding="utf-8")
    new = [one for one, entries in found if before is not None and not before.covers(entries)]
    report_faults(faults(new, path_behind(judged.compiled)), bag)
    summary = f"wrote {plural(len(kept), 'violation')} to {output}"
    if before is not None:
        summary += f", {len(before.entries) - len(kept)} fewer than before"
    if new:
        summary += f"; it may only shrink, so {len(new)} new {'is' if len(new) == 1 else 'are'} not in it"
    code = report(run, bag.sorted(), judged.texts, summary)
    ctx.exit(Exit.FINDINGS if new else code)
