"""The policies that a command line names, ready to judge; by default those of the repository."""

from collections.abc import Mapping
from pathlib import Path

import click

from platform_compiler.cli.files import read_files
from platform_compiler.cli.options import Run
from platform_compiler.diagnostics import Bag
from platform_compiler.policy.compiled import Compiled, all_compiled
from platform_compiler.policy.flaws import report_flaws
from platform_compiler.policy.read import Library, read_library

_FOLDER = "policies"


def library_of(files: tuple[Path, ...], run: Run, bag: Bag) -> tuple[Library, Mapping[str, Compiled]]:
    """Return what files hold, and the policies of it that compile; what is wrong with the others is reported.

    Raises:
        click.UsageError: there is neither a policy nor a test.
    """
    named = files or (run.root / _FOLDER,)
    library = read_library(dict(read_files(named, bag)), bag)
    if not library.policies and not library.tests and not bag.has_errors:
        where = " ".join(map(str, files)) or f"{_FOLDER}/ of {run.root}"
        raise click.UsageError(f"there is no ValidatingAdmissionPolicy and no PolicyTest in {where}")
    compiled, flawed = all_compiled(library.policies)
    for name, flaws in flawed.items():
        report_flaws(library.policies[name], flaws, library.texts, bag)
    return library, compiled
