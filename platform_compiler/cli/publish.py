"""`platformc publish`: commit the output of a source commit to the environment repositories."""

import json
import time
from functools import partial
from pathlib import Path

import click

from platform_compiler.cli.compiled import Choice, Compiled, compiled, compiled_by_base
from platform_compiler.cli.exits import Exit
from platform_compiler.cli.jobs import Jobs
from platform_compiler.cli.known import check_known
from platform_compiler.cli.options import Run, shared_options
from platform_compiler.cli.report import plural, report
from platform_compiler.cli.since import base_for
from platform_compiler.cli.workspace import address
from platform_compiler.closure.index import Index
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.placement import text
from platform_compiler.link.destinations import repositories
from platform_compiler.load import Loaded
from platform_compiler.publish.edition import Request, edition_of, order_of
from platform_compiler.publish.model import Leave, Options, Result, Status
from platform_compiler.publish.publish import publish
from platform_compiler.publish.source import Source, signing_settings, source_of
from platform_compiler.source.git import GitFailed, folder_in_repository
from platform_compiler.source.snapshot import Snapshot, snapshot
from platform_compiler.source.tree import GitRevision


@click.command("publish")
@click.option("--source", "revision", metavar="REV", default="HEAD", show_default=True, help="The commit to publish.")
@click.option("--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated.")
@click.option("--repository", "overrides", multiple=True, metavar="NAME=URL", help="Another URL for a repository.")
@click.option("--freeze", is_flag=True, help="Publish around what has errors; it stays as it was published.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--plan", type=click.Path(dir_okay=False, path_type=Path), help="Write what changes to FILE, as JSON.")
@click.option("--pr", "pull_request", is_flag=True, help="Push to a branch of its own, for a pull request.")
@click.option(
    "--max-deletes",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="More resources than this need approval to go.",
)
@click.option("--approve-deletes", "approved", multiple=True, metavar="DIGEST", help="Approve exactly these deletes.")
@click.option("--rollback", metavar="REV", help="Publish an older commit on purpose; needs --reason.")
@click.option("--reason", default="", help="Why you roll back; kept in the commit.")
@click.option("--force-source", is_flag=True, help="Publish a commit of another history.")
@click.option("--adopt", is_flag=True, help="Take over files that platformc did not write.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited by hand.")
@click.option("--sign", is_flag=True, help="Sign commits as this repository's Git settings say.")
@click.option(
    "--deadline",
    type=click.FloatRange(min=0),
    default=300,
    show_default=True,
    help="Give up a race after so many seconds.",
)
@shared_options
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 -- click passes every option by name
    ctx: click.Context,
    run: Run,
    revision: str,
    environments: tuple[str, ...],
    overrides: tuple[str, ...],
    plan: Path | None,
    max_deletes: int,
    approved: tuple[str, ...],
    rollback: str | None,
    reason: str,
    deadline: float,
    *,
    freeze: bool,
    dry_run: bool,
    pull_request: bool,
    force_source: bool,
    adopt: bool,
    force: bool,
    sign: bool,
) -> None:
    """Commit what a source commit compiles to, one commit a branch.

    Compiles from Git's objects, never from uncommitted files. A second run changes nothing; an older commit never
    replaces a newer one; files that platformc did not write are never touched.
    """
    if bool(rollback) != bool(reason.strip()):
        raise click.UsageError("--rollback and --reason go together: say what to go back to, and why")
    if plan is not None and not plan.absolute().parent.is_dir():
        raise click.UsageError(f"--plan {plan}: there is no folder {plan.parent}")
    options = Options(
        dry_run=dry_run,
        pull_request=pull_request,
        rollback=" ".join(reason.split()),
        force_source=force_source,
        leave=Leave(adopt, force),
        approved=approved,
        budget=max_deletes,
        deadline=deadline,
        signing=signing_settings(run.root) if sign else None,
    )
    request = Request(environments, _pairs(overrides), freeze)
    ctx.exit(_publish(run, _source(run.root, rollback or revision), request, options, plan))


def _publish(run: Run, source: Source, request: Request, options: Options, plan: Path | None) -> Exit:
    started = time.perf_counter()
    run, bag = run._replace(day=source.as_of), Bag()
    try:
        tree = snapshot(GitRevision(run.root, source.commit, folder_in_repository(run.root)))
        order = order_of(run.root, tree, source, request, bag)
        _check_known(request, order.loaded)
        made = _compiled(run, tree, request.environments)
        bag.take(made.verdict.findings)
        index = partial(_index, run, tree)
        edition = edition_of(order, made.output, options, bag, freeze=request.freeze, index=index)
    except GitFailed as trouble:
        click.echo(f"error: {trouble}", err=True)
        return Exit.OUTSIDE
    results = publish(order.sites, edition, options, bag) if edition is not None else []
    if plan is not None:
        plan.write_text(json.dumps([result.document() for result in results], indent=2) + "\n", encoding="utf-8")
    outcome = plural(len(results), "branch") if results else "nothing was published"
    summary = f"source {source.commit[:12]}: {outcome} ({time.perf_counter() - started:.2f} s)"
    code = report(run, bag.sorted(), made.verdict.texts, summary)
    if run.format == "text":
        for result in results:
            click.echo(_line(result))
    return Exit.OUTSIDE if any(result.status is Status.FAILED for result in results) else code


def _source(root: Path, revision: str) -> Source:
    try:
        return source_of(root, revision)
    except GitFailed:
        raise click.UsageError(f"{root} has no commit '{revision}': publish compiles what is committed") from None


def _compiled(run: Run, tree: Snapshot, environments: tuple[str, ...]) -> Compiled:
    """Return what a commit compiles to, at least for some environments: all of it where that takes less time."""
    known = compiled_by_base(run, tree) if environments else None
    return known if known and known.output else compiled(run, tree, Choice(environments), Jobs(1), whole=True)


def _index(run: Run, tree: Snapshot) -> Index | None:
    """Return what manifests named in the compile of all that a small change is measured against."""
    base = base_for(run.cache, tree, run.as_of)
    return base.index if base else None


def _check_known(request: Request, loaded: Loaded) -> None:
    """Refuse names of environments and repositories that the platform does not have."""
    for name in request.environments:
        check_known("environment", name, loaded.environments)
    for name in request.overrides or ():
        check_known("repository", name, _repositories(loaded))


def _repositories(loaded: Loaded) -> set[str]:
    """Return the names of the repositories that environments go to, declared or not."""
    used = {text(environment.spec, "destination", "repository") for environment in loaded.environments.values()}
    return {*repositories(loaded), *(name for name in used if name)}


def _pairs(overrides: tuple[str, ...]) -> dict[str, str]:
    for override in overrides:
        if not all(override.partition("=")):
            raise click.UsageError(f"--repository '{override}' is not NAME=URL")
    return {name: address(url) for name, _, url in (override.partition("=") for override in overrides)}


def _line(result: Result) -> str:
    """Return `env main: published 1a2b3c4d5e6f, 3 files written, 1 deleted`; for a pull request also its branch."""
    writes = sum(len(plan.writes) for plan in result.plans)
    deletes = sum(len(plan.deletes) for plan in result.plans)
    kept = sum(len(plan.kept) for plan in result.plans)
    parts = [f"{result.status.value}{f' {result.commit[:12]}' if result.commit else ''}"]
    if (writes or deletes) and result.status is not Status.UNCHANGED:
        done = result.status is Status.PUBLISHED
        parts.append(f"{plural(writes, 'file')} {'written' if done else 'to write'}")
        parts.append(f"{deletes:,} {'deleted' if done else 'to delete'}")
    if result.proposed and (writes or deletes):
        parts.append(f"on branch {result.proposed}")
    if kept:
        parts.append(f"{plural(kept, 'unit')} left as {'it is' if kept == 1 else 'they are'}")
    return f"{result.repository} {result.branch}: {', '.join(parts)}" + "".join(
        f"\n  {line}" for line in result.words.splitlines()
    )
