"""`platformc policy test`: does every policy say of its test cases what is wanted?"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.options import Run, rootless_options
from platform_compiler.cli.policies.library import library_of
from platform_compiler.cli.report import plural, report
from platform_compiler.diagnostics import Bag
from platform_compiler.diagnostics.render.json import diagnostics_of
from platform_compiler.policy.testing import Tested, run_tests


@click.command("test")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@rootless_options
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], run: Run) -> None:
    """Run the tests of policies: every case of every PolicyTest, by the same road that judges everything else.

    FILES are policies and tests, files or folders; by default policies/ of the repository. Every policy must have
    tests, and every validation a case that passes and one that it denies.
    """
    bag = Bag()
    library, compiled = library_of(files, run, bag)
    tested = run_tests(library, compiled, bag)
    if run.format == "json":
        found = {"version": 1, "policies": [_entry(one) for one in tested], "diagnostics": diagnostics_of(bag.sorted())}
        click.echo(json.dumps(found, indent=2))
        ctx.exit(Exit.FINDINGS if bag.has_errors else Exit.CLEAN)
    if run.format == "text" and not run.quiet:
        for one in tested:
            click.echo(_line(one))
    ctx.exit(report(run._replace(root=Path.cwd()), bag.sorted(), library.texts, _summary(tested)))


def _line(one: Tested) -> str:
    """Return `pod-security-baseline-host-ports: 14 cases, 3 of 3 validations covered`."""
    whole = len(one.policy.validations)
    cases = plural(len(one.told), "case")
    return f"{one.policy.name}: {cases}, {len(one.covered)} of {plural(whole, 'validation')} covered"


def _summary(tested: Sequence[Tested]) -> str:
    cases = sum(len(one.told) for one in tested)
    return f"ran {plural(cases, 'case')} of {plural(len(tested), 'policy')}"


def _entry(one: Tested) -> dict[str, Any]:
    return {
        "policy": one.policy.name,
        "validations": len(one.policy.validations),
        "covered": sorted(one.covered),
        "cases": [{"name": t.case.name, "expect": t.case.body["expect"], "result": t.result.value} for t in one.told],
    }
