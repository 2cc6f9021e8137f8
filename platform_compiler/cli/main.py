"""The command group. Each verb is imported when it is called, so that none pays for another's libraries."""

import click

from platform_compiler import __version__
from platform_compiler.cli.lazy import LazyGroup

_VERBS = {
    "validate": "Check manifests: shape, names, links. Fast; writes nothing.",
    "compile": "Compile to Kubernetes and mesh manifests.",
    "diff": "Show what a change does to every cluster, risks first.",
    "promote": "Pin the image of the environment before, in the manifests.",
    "explain": "Explain a code, a setting, or which lines made a field of the output.",
    "publish": "Commit the output to the environment repositories.",
    "verify": "Judge any rendered YAML offline, as the API server and the mesh would.",
    "list": "List the exceptions that are made, or how many services each proxy sees.",
    "policy": "Test, lint, list and explain policies; judge any YAML by them.",
    "schemas": "Take the schemas of your own clusters' kinds into the repository.",
    "cache": "Show or empty the folder where earlier results are kept.",
    "init": "Create a small working platform repository.",
}


@click.group(
    cls=LazyGroup,
    verbs=_VERBS,
    package="platform_compiler.cli",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", message="platformc %(version)s")
def platformc() -> None:
    """Compile short team manifests into Kubernetes and mesh manifests for every environment and cluster."""
