"""Names on the command line: one that does not exist is a usage error that says which was probably meant."""

from collections.abc import Collection, Iterable, Mapping

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


def chosen_clusters(
    environment_of: Mapping[str, str], environments: Collection[str], clusters: Collection[str]
) -> frozenset[str]:
    """Return the clusters of `environment_of` that fit `--env` and `--cluster`, both where both are given.

    Raises:
        click.UsageError: a cluster does not exist, or none of those named is left.
    """
    for name in clusters:
        check_known("cluster", name, environment_of)
    chosen = frozenset(
        cluster
        for cluster, environment in environment_of.items()
        if (not environments or environment in environments) and (not clusters or cluster in clusters)
    )
    if clusters and not chosen:
        raise click.UsageError(
            f"no cluster of --env {', '.join(environments)} is {', '.join(clusters)}: "
            f"{', '.join(f'{name} is in {environment_of[name]}' for name in clusters)}"
        )
    return chosen
