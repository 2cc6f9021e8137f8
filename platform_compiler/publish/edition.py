"""From a commit of the platform repository to what is published of it, and where to."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Label, Severity, Span
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import ROOT, entry_of, ledger_path
from platform_compiler.layers.placement import owner_of
from platform_compiler.pipeline import Checked, build, check
from platform_compiler.publish.freeze import Forms, Thawed, compile_frozen
from platform_compiler.publish.model import Edition, Site
from platform_compiler.publish.remote import Remote
from platform_compiler.publish.sites import sites_of
from platform_compiler.publish.source import Source
from platform_compiler.source.tree import FileTree


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller asks for: environments (none named: all), other URLs by repository, whether to freeze."""

    environments: tuple[str, ...] = ()
    overrides: Mapping[str, str] | None = None
    freeze: bool = False


def edition_of(
    root: Path, tree: FileTree, source: Source, request: Request, bag: Bag
) -> tuple[Checked, Edition | None, tuple[Site, ...]]:
    """Compile a source commit; the edition is None when errors leave nothing to publish.

    Raises:
        GitFailed: a repository that has to be read for freezing cannot be reached.
    """
    errors = Bag()
    checked = check(tree, source.as_of, errors)
    environments = request.environments or tuple(checked.loaded.environments)
    sites = sites_of(checked.loaded, root, environments, request.overrides or {}, errors)
    owners = {owner for site in sites for owner in site.owners}

    def wanted(unit: Unit) -> bool:
        return owner_of(checked.loaded, unit.cluster) in owners

    output = None if errors.has_errors else build(checked, errors, wanted)
    frozen: dict[Unit, str] = {}
    if output is None and request.freeze and sites:
        output, frozen = _around(tree, source, errors, sites, wanted)
    bag.extend(errors)
    if output is None:
        return checked, None, sites
    return checked, Edition(output, source, root, frozenset(checked.loaded.environments), frozen), sites


def _around(
    tree: FileTree, source: Source, errors: Bag, sites: Iterable[Site], wanted: Callable[[Unit], bool]
) -> tuple[Output | None, dict[Unit, str]]:
    """Compile around what is broken; say what stays as it was, and why."""
    units, forms = _published(sites)
    thawed = compile_frozen(tree, source.as_of, errors, forms, wanted)
    if thawed is None:
        return None, {}
    frozen = {
        unit: f"{thawed.causes[unit.id].code} {thawed.causes[unit.id].message}"
        for unit in units
        if unit.id in thawed.causes
    }
    _report(thawed, frozen, errors)
    return thawed.output, frozen


def _report(thawed: Thawed, frozen: Mapping[Unit, str], bag: Bag) -> None:
    for ref, cause in sorted(thawed.causes.items()):
        clusters = sorted({unit.cluster for unit in frozen if unit.id == ref})
        where = f"as it was published on {', '.join(clusters)}" if clusters else "unpublished"
        bag.add(
            "PC8005",
            f"`{ref}` stays {where}",
            Span(f"teams/{ref}.yaml"),
            also=[Label(cause.span, f"because of this {cause.severity.value}")],
            help="mend the manifest and publish again",
            severity=Severity.NOTE,
        )


def _published(sites: Iterable[Site]) -> tuple[list[Unit], Forms]:
    """Return every target that the ledgers of the sites know, and its published form where it has one."""
    units: list[Unit] = []
    forms: dict[tuple[str, str], tuple[str, dict[str, object]]] = {}
    for site in sites:
        with tempfile.TemporaryDirectory(prefix="platformc-") as scratch:
            remote = Remote(site.url, Path(scratch))
            tips = remote.refs([f"refs/heads/{site.branch}"])
            remote.fetch(tips.values())
            for tip in tips.values():
                there = remote.files(tip, f"{site.prefix}{ROOT}")
                for data in remote.contents(blob for blob in there.values() if blob).values():
                    entry = entry_of(data)
                    if entry is not None and entry.unit.scope in {"app", "external"}:
                        units.append(entry.unit)
                        if entry.published:
                            key = (entry.unit.cluster, entry.unit.id)
                            forms[key] = (ledger_path(entry.unit), dict(entry.published))
    return units, forms
