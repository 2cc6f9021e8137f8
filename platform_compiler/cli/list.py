"""`platformc list`: what a repository holds, as a table or as JSON."""

import click

from platform_compiler.cli.lazy import LazyGroup

_VERBS = {
    "exceptions": "List patches, raw resources and waivers: whose, why, and until when.",
    "scopes": "List how many services of its cluster each application's proxy sees.",
}

command = LazyGroup(
    "list",
    verbs=_VERBS,
    package="platform_compiler.cli.lists",
    help="List what is in a repository.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
assert isinstance(command, click.Command)
