"""`platformc cache dir|clean`: where earlier results are kept, and away with them."""

import click

from platform_compiler.cache.store import Store
from platform_compiler.cli.caching import cache_folder


@click.group("cache")
def command() -> None:
    """Show or empty the folder where results of earlier runs are kept.

    It is always safe to delete: what is missing is worked out again.
    """


@command.command("dir")
def show() -> None:
    """Print the folder of the cache."""
    click.echo(cache_folder() or "")


@command.command("clean")
def clean() -> None:
    """Delete everything in the cache."""
    freed = Store(cache_folder()).clean()
    click.echo(f"freed {freed / 1e6:,.1f} MB")
