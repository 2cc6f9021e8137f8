"""`platformc promote APP... --to ENV`: pin the image of the environment before, in the applications' own manifests."""

import difflib
import re
from collections.abc import Mapping

import click

from platform_compiler.checked import Checked
from platform_compiler.cli.exits import Exit
from platform_compiler.cli.known import check_known
from platform_compiler.cli.options import Run, shared_options
from platform_compiler.cli.report import report
from platform_compiler.diagnostics import Bag, Diagnostic, Severity
from platform_compiler.layers.placement import pins_images
from platform_compiler.pipeline import check
from platform_compiler.promote.promote import Pin, Promotion, promote
from platform_compiler.promote.source import environment_before, image_before, pinned_image
from platform_compiler.source.tree import Directory

_IMAGE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}\Z")


@click.command("promote")
@click.argument("apps", metavar="TEAM/APP...", nargs=-1, required=True)
@click.option("--to", "environment", metavar="ENV", required=True, help="The environment that the image comes to.")
@click.option("--image", metavar="IMAGE", help="Another image than the one that runs in the environment before.")
@click.option("--dry-run", is_flag=True, help="Print the change as a diff; write nothing.")
@shared_options
@click.pass_context
def command(  # noqa: PLR0913 -- click passes every option by name
    ctx: click.Context, apps: tuple[str, ...], environment: str, image: str | None, run: Run, *, dry_run: bool
) -> None:
    """Pin the image that runs in the environment before ENV, in each application's own manifest.

    Only for environments with `promotion.pinImage`, whose images come from `environments.ENV.image` alone. Nothing but
    that one value is changed, comments and style stay. Applications that call each other are promoted together. Nothing
    is written when a manifest would have errors.
    """
    tree, as_of, bag = Directory(run.root), run.as_of, Bag()
    checked = check(tree, as_of, bag)
    if broken := _in_the_way(bag, apps, environment):
        ctx.exit(report(run, broken, checked.texts, "nothing was changed"))
    _check_arguments(checked, apps, environment, image)
    if not pins_images(checked.loaded.environments[environment]):
        ctx.exit(_nothing_to_pin(environment, image))
    trouble = Bag()
    pins = _pins(checked, apps, environment, image, trouble)
    if trouble.has_errors:
        ctx.exit(report(run, trouble.sorted(), checked.texts, "nothing was changed"))
    promotion = promote(tree, checked, bag, pins, as_of)
    ctx.exit(_finish(run, checked, promotion, pins, dry_run=dry_run))


def _in_the_way(bag: Bag, apps: tuple[str, ...], environment: str) -> tuple[Diagnostic, ...]:
    """Return the errors of the files that a promotion reads: what they say cannot be trusted."""
    paths = {f"environments/{environment}.yaml", *(f"teams/{app}.yaml" for app in apps)}
    return tuple(d for d in bag.sorted() if d.severity is Severity.ERROR and d.span.path in paths)


def _check_arguments(checked: Checked, apps: tuple[str, ...], environment: str, image: str | None) -> None:
    loaded = checked.loaded
    for app in apps:
        check_known("application", app, (ref for ref, m in loaded.workloads.items() if m.kind == "Application"))
    check_known("environment", environment, loaded.environments)
    if image is not None and not _IMAGE.match(image):
        raise click.UsageError(f"{image!r} is no image; for example ghcr.io/acme/cart:1.0.0")
    if image is not None and len(set(apps)) > 1:
        raise click.UsageError("--image is the image of one application; promote them one by one, or without it")


def _nothing_to_pin(environment: str, image: str | None) -> Exit:
    """Say that an environment takes images from the manifests themselves; an image given for it would be lost."""
    why = (
        f"{environment} runs the `image` of the manifest itself, since environments/{environment}.yaml "
        "has no `promotion: {pinImage: true}`"
    )
    if image is not None:
        raise click.UsageError(f"{why}; change the manifest's `image`")
    click.echo(f"nothing to do: {why}", err=True)
    return Exit.CLEAN


def _pins(checked: Checked, apps: tuple[str, ...], environment: str, image: str | None, bag: Bag) -> list[Pin]:
    """Return what to pin, without what is pinned already."""
    if image is None and environment_before(checked.loaded, environment) is None:
        raise click.UsageError(
            f"no environment comes before {environment}; name one in environments/{environment}.yaml, "
            "`promotion: {after: ...}`, or the image: --image IMAGE"
        )
    pins = []
    for manifest in (checked.loaded.workloads[app] for app in dict.fromkeys(apps)):
        chosen = image or image_before(checked, manifest, environment, bag)
        if chosen is not None and chosen == pinned_image(manifest, environment):
            click.echo(f"nothing to do: {manifest.ref} in {environment} has {chosen} already", err=True)
        elif chosen is not None:
            pins.append(Pin(manifest, environment, chosen))
    return pins


def _finish(run: Run, checked: Checked, promotion: Promotion, pins: list[Pin], *, dry_run: bool) -> Exit:
    """Write the manifests or print the diff, and report."""
    if dry_run:
        click.echo(_diff(checked.loaded.texts, promotion.edited), nl=False)
    elif not promotion.is_refused:
        for path, data in promotion.edited.items():
            (run.root / path).write_bytes(data)
    summary = "nothing was changed"
    if promotion.edited and not promotion.is_refused:
        changes = [f"{p.manifest.ref} {pinned_image(p.manifest, p.environment) or 'none'} -> {p.image}" for p in pins]
        summary = f"{'would promote' if dry_run else 'promoted'} to {pins[0].environment}: {', '.join(changes)}"
    return report(run, promotion.found, promotion.texts, summary, to_stderr=dry_run)


def _diff(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> str:
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for path in sorted(after)
        for line in difflib.unified_diff(
            before[path].decode().splitlines(keepends=True),
            after[path].decode().splitlines(keepends=True),
            f"a/{path}",
            f"b/{path}",
        )
    )
