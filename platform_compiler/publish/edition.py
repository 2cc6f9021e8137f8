"""From a commit of the platform repository to what is published of it, and where to."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from platform_compiler.cache.keys import key_of
from platform_compiler.cache.store import NOTHING, Store
from platform_compiler.checked import Checked
from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.diagnostics import Bag, Diagnostic, Label, Severity, Span
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import ROOT, entry_of, ledger_path
from platform_compiler.layers.placement import owner_of
from platform_compiler.pipeline import check
from platform_compiler.publish.built import built
from platform_compiler.publish.foresee import foresee
from platform_compiler.publish.freeze import Forms, Thawed, compile_frozen
from platform_compiler.publish.model import Edition, Options
from platform_compiler.publish.plan import Site
from platform_compiler.publish.remote import Remote
from platform_compiler.publish.sites import sites_of
from platform_compiler.publish.source import Source
from platform_compiler.source.snapshot import Snapshot
from platform_compiler.source.tree import FileTree

if TYPE_CHECKING:
    from platform_compiler.publish.transitions import Transitions


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller asks for: environments (none named: all), other URLs by repository, whether to freeze."""

    environments: tuple[str, ...] = ()
    overrides: Mapping[str, str] | None = None
    freeze: bool = False


def edition_of(  # noqa: PLR0913, PLR0917 -- what is published, from where, and how
    root: Path, tree: Snapshot, source: Source, request: Request, options: Options, bag: Bag, cache: Store = NOTHING
) -> tuple[Checked, Edition | None, tuple[Site, ...]]:
    """Compile a source commit, and ask its policies about what would change.

    The edition is None when errors leave nothing to publish.

    Raises:
        GitFailed: a repository that has to be read for freezing, or for policies, cannot be reached.
    """
    errors = Bag()
    checked = check(tree, source.as_of, errors)
    environments = request.environments or tuple(checked.loaded.environments)
    sites = sites_of(checked.loaded, root, environments, request.overrides or {}, errors)
    owners = {owner for site in sites for owner in site.owners}

    def wanted(unit: Unit) -> bool:
        return owner_of(checked.loaded, unit.cluster) in owners

    def edition(checked: Checked, output: Output, frozen: Mapping[Unit, str]) -> Edition:
        known = frozenset(checked.loaded.environments)
        return Edition(output, source, root, known, frozen, _transitions(checked, output))

    def judged(checked: Checked, output: Output, frozen: Mapping[Unit, str], found: Bag) -> Edition | None:
        made = edition(checked, output, frozen)
        foresee(sites, made, options, found)
        return None if found.has_errors else made

    key = "" if cache.folder is None else key_of("publish", tree.digest, source.as_of.isoformat(), *sorted(owners))
    output = None if errors.has_errors else built(checked, errors, wanted, cache, key)
    made = judged(checked, output, {}, errors) if output is not None else None
    if made is None and request.freeze and sites:
        made = _around(tree, source, errors, sites, wanted, judged)
    bag.extend(errors)
    return checked, made, sites


def _transitions(checked: Checked, output: Output) -> "Transitions | None":
    if checked.court is None:
        return None
    from platform_compiler.publish.transitions import transitions_of  # noqa: PLC0415 -- only where there are policies

    return transitions_of(checked, output, checked.court)


Judged: TypeAlias = Callable[[Checked, Output, Mapping[Unit, str], Bag], Edition | None]
"""Makes an edition of an output and of what stays frozen beside it; None where policies deny what would change."""


def _around(  # noqa: PLR0913, PLR0917 -- a compile, and where it goes
    tree: FileTree,
    source: Source,
    errors: Bag,
    sites: Iterable[Site],
    wanted: Callable[[Unit], bool],
    judged: Judged,
) -> Edition | None:
    """Compile around what is broken; say what stays as it was, and why."""
    units, forms = _published(sites)

    def made_of(checked: Checked, output: Output, causes: Mapping[str, Diagnostic], found: Bag) -> Edition | None:
        because = {ref: f"{cause.code} {cause.message}" for ref, cause in causes.items()}
        return judged(checked, output, {unit: because[unit.id] for unit in units if unit.id in because}, found)

    thawed = compile_frozen(tree, source.as_of, errors, forms, wanted, made_of)
    if thawed is None:
        return None
    _report(thawed, thawed.made.frozen, errors)
    return thawed.made


def _report(thawed: Thawed[Edition], frozen: Mapping[Unit, str], bag: Bag) -> None:
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
                    if entry is not None and entry.unit.scope in OWNED:
                        units.append(entry.unit)
                        if entry.published:
                            key = (entry.unit.cluster, entry.unit.id)
                            forms[key] = (ledger_path(entry.unit), dict(entry.published))
    return units, forms
