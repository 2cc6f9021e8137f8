"""Names on the command line: one that does not exist is a usage error that says which was probably meant."""

from collections.abc import Iterable

import click

from platform_compiler.diagnostics.suggest import did_you_mean


def check_known(noun: str, name: str, existing: Iterable[str]) -> None:
    """Check that `name` exists.

    Raises:
        click.UsageError: it does not.
    """
    choices = sorted(existing)
    if name in choices:
        return
    near = did_you_mean(name, choices) or next((c for c in choices if c.endswith(f"/{name}")), None)
    listed = f"there are: {', '.join(choices[:20])}" if choices else "there is none at all"
    raise click.UsageError(f"there is no {noun} '{name}'; {f'did you mean {near!r}?' if near else listed}")
