"""A group of verbs that are imported when they are called, so that none pays for another's libraries."""

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """A group whose verbs live in `<package>/<verb>.py` under the name `command`."""

    def __init__(self, *args: Any, verbs: Mapping[str, str], package: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._verbs = verbs
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the verbs in the order they are told."""
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Import a verb."""
        if cmd_name not in self._verbs:
            return None
        command = importlib.import_module(f"{self._package}.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the verb that is meant; a misspelled one is told with the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as wrong:
            from platform_compiler.diagnostics.suggest import did_you_mean  # noqa: PLC0415 -- only after a typo

            if near := did_you_mean(args[0], list(self._verbs)):
                raise click.UsageError(f"no such command '{args[0]}'; did you mean '{near}'?", ctx) from wrong
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._verbs.items()))
