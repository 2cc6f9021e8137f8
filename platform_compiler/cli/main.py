"""The command group. Each verb is imported when it is called, so that none pays for another's libraries."""

import importlib

import click

from platform_compiler import __version__

_VERBS = {
    "validate": "Check manifests: shape, names, links. Fast; writes nothing.",
    "compile": "Compile to Kubernetes and mesh manifests.",
    "diff": "Show what a change does to every cluster, risks first.",
    "promote": "Pin the image of the environment before, in the manifests.",
    "explain": "Explain a code, a setting, or which lines made a field of the output.",
    "publish": "Commit the output to the environment repositories.",
    "verify": "Compare an environment repository with what was published.",
    "schemas": "Take the schemas of your own clusters' kinds into the repository.",
    "init": "Create a small working platform repository.",
}


class _LazyGroup(click.Group):
    """A group whose verbs live in `cli/<verb>.py` under the name `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        if cmd_name not in _VERBS:
            return None
        command = importlib.import_module(f"platform_compiler.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as wrong:
            from platform_compiler.diagnostics.suggest import did_you_mean  # noqa: PLC0415 -- only after a typo

            if near := did_you_mean(args[0], list(_VERBS)):
                raise click.UsageError(f"no such command '{args[0]}'; did you mean '{near}'?", ctx) from wrong
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))


@click.command(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="platformc %(version)s")
def platformc() -> None:
    """Compile short team manifests into Kubernetes and mesh manifests for every environment and cluster."""
