"""`platformc policy explain`: why a policy says what it says of an object, step by step."""

from pathlib import Path

import click

from platform_compiler.cli.exits import Exit
from platform_compiler.cli.files import STDIN
from platform_compiler.cli.options import Run, rootless_options
from platform_compiler.cli.policies.asked import chosen, in_files, in_repository
from platform_compiler.cli.report import report
from platform_compiler.cli.workspace import find_root
from platform_compiler.diagnostics import Bag
from platform_compiler.policy.explain import explained


@click.command("explain")
@click.argument("policy")
@click.argument("what", metavar="FILE | [ENV/]CLUSTER")
@click.argument("name", required=False, metavar="[KIND/[NAMESPACE/]NAME]")
@click.option(
    "--policies",
    "policy_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Where the policy is: a file or folder; may be repeated. [default: the repository, then those built in]",
)
@rootless_options
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 -- click passes every option by name
    ctx: click.Context, policy: str, what: str, name: str | None, policy_files: tuple[Path, ...], run: Run
) -> None:
    """Explain what a policy says of an object: every part of its expressions with its value.

    \b
    platformc policy explain two-replicas rendered/web.yaml
    platformc policy explain two-replicas rendered/ Deployment/shop/web
    platformc policy explain reliability-replicas prod/prod-eu Deployment/shop/web
    platformc policy explain manifests-owners prod-eu Application/shop/cart

    Where the policy is not for an object, the rule or selector that leaves it out is told.
    """  # noqa: D301 -- \b is click's mark for a paragraph that must not be wrapped
    bag = Bag()
    is_file = Path(what) == STDIN or Path(what).exists()
    if is_file:
        asked = in_files(policy, policy_files, (Path(what),), run, bag)
    elif policy_files or name is None:
        raise click.UsageError(f"there is no {what}; name a file, or a cluster and what it runs: CLUSTER KIND/NAME")
    else:
        asked = in_repository(policy, what, run._replace(root=find_root(run.root), day=run.as_of), bag)
    if asked is None or bag.has_errors:
        here = run._replace(root=Path.cwd())
        ctx.exit(report(here, bag.sorted(), {}, "nothing is explained before this is mended") or Exit.FINDINGS)
    lines = [
        "\n".join(explained(asked.bench(subject.item.cluster), asked.compiled, subject))
        for subject in chosen(asked, name)
    ]
    click.echo("\n\n".join(lines))
