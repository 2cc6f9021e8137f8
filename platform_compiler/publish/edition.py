"""From what a commit of the platform repository compiles to, to what is published of it, and where to."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from platform_compiler.checked import Checked
from platform_compiler.closure.index import Index
from platform_compiler.context.unit import OWNED, Selection, Unit
from platform_compiler.diagnostics import Bag, Diagnostic, Label, Severity, Span
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import ROOT, entry_of, ledger_path, with_accounts
from platform_compiler.layers.placement import owner_of
from platform_compiler.load import Loaded, load
from platform_compiler.pipeline import build, check, has_policies
from platform_compiler.publish.foresee import foresee
from platform_compiler.publish.freeze import Forms, Thawed, compile_frozen
from platform_compiler.publish.model import Edition, Options
from platform_compiler.publish.plan import Site
from platform_compiler.publish.remote import Remote
from platform_compiler.publish.sites import sites_of
from platform_compiler.publish.source import Source
from platform_compiler.source.snapshot import Snapshot

if TYPE_CHECKING:
    from platform_compiler.publish.transitions import Transitions

IndexOf: TypeAlias = Callable[[], Index | None]
"""Gives what manifests named in a compile of nearly the same files, where that is known."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller asks for: environments (none named: all), other URLs by repository, whether to freeze."""

    environments: tuple[str, ...] = ()
    overrides: Mapping[str, str] | None = None
    freeze: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A source commit of the platform repository at `root`, its files, and the sites that it is published to.

    `loaded` is what the platform owns, without any manifest of a team.
    """

    root: Path
    source: Source
    tree: Snapshot
    loaded: Loaded
    sites: tuple[Site, ...]

    def wants(self, unit: Unit) -> bool:
        """Whether a unit goes to one of the sites."""
        owner = owner_of(self.loaded, unit.cluster)
        return any(owner in site.owners for site in self.sites)


def order_of(root: Path, tree: Snapshot, source: Source, request: Request, bag: Bag) -> Order:
    """Return what is asked for; report environments that have nowhere to go."""
    files = {path: data for path, data in tree.files.items() if not path.startswith("teams/")}
    loaded = load(Snapshot(files), Bag())  # the compile says what is wrong with them
    environments = request.environments or tuple(loaded.environments)
    sites = sites_of(loaded, root, environments, request.overrides or {}, bag)
    return Order(root, source, tree, loaded, sites)


def edition_of(  # noqa: PLR0913 -- what is published, and how
    order: Order, output: Output | None, options: Options, bag: Bag, *, freeze: bool, index: IndexOf = lambda: None
) -> Edition | None:
    """Return what is published of an output, or with `freeze` around errors; None when these leave nothing.

    `bag` holds what compiling the output said; policies are asked about what would change. The `index` of nearly the
    same files, which had no errors, spares them the whole.

    Raises:
        GitFailed: a repository that has to be read for freezing, or for policies, cannot be reached.
    """
    made = None
    if output is not None and not bag.has_errors:
        made = _judged(order, options, output, {}, _transitions(order, output, index), bag)
    return _around(order, options, bag) if made is None and freeze and order.sites else made


def _judged(  # noqa: PLR0913, PLR0917 -- what is published, and who has to be asked
    order: Order,
    options: Options,
    output: Output,
    frozen: Mapping[Unit, str],
    transitions: "Transitions | None",
    bag: Bag,
) -> Edition | None:
    """Return what is published; None where policies deny what would change."""
    environments = frozenset(order.loaded.environments)
    edition = Edition(with_accounts(output), order.source, order.root, environments, frozen, transitions)
    foresee(order.sites, edition, options, bag)
    return None if bag.has_errors else edition


def _transitions(order: Order, output: Output, index: IndexOf) -> "Transitions | None":
    """Return what asks policies about changes, None without policies; it makes objects only where it asks of any."""
    tree, as_of = order.tree, order.source.as_of
    if not has_policies(tree, order.loaded):
        return None
    from platform_compiler.policy.stages import convene  # noqa: PLC0415 -- only where there are policies
    from platform_compiler.publish.nearby import nearby  # noqa: PLC0415
    from platform_compiler.publish.transitions import transitions_of  # noqa: PLC0415

    @cache
    def part(units: frozenset[Unit]) -> tuple[Checked, Output] | None:
        known = index()
        return nearby(known, tree, as_of, units) if known else None

    @cache
    def again(clusters: frozenset[str]) -> tuple[Checked, Output]:
        checked = check(tree, as_of, Bag(), judged=False)
        output = build(checked, Bag(), Selection(clusters), judged=False)
        assert output is not None
        return checked, output

    return transitions_of(convene(tree, order.loaded, as_of, Bag()), output.units.keys(), again, part)


def _around(order: Order, options: Options, errors: Bag) -> Edition | None:
    """Compile around what is broken; say what stays as it was, and why."""
    units, forms = _published(order.sites)

    def made_of(checked: Checked, output: Output, causes: Mapping[str, Diagnostic], found: Bag) -> Edition | None:
        because = {ref: f"{cause.code} {cause.message}" for ref, cause in causes.items()}
        frozen = {unit: because[unit.id] for unit in units if unit.id in because}
        transitions = _transitions_with(checked, output)
        return _judged(order, options, output, frozen, transitions, found)

    thawed = compile_frozen(order.tree, order.source.as_of, errors, forms, order.wants, made_of)
    if thawed is None:
        return None
    _report(thawed, thawed.made.frozen, errors)
    return thawed.made


def _transitions_with(checked: Checked, output: Output) -> "Transitions | None":
    """Return the same where the objects of an output are at hand."""
    if checked.court is None:
        return None
    from platform_compiler.publish.transitions import transitions_of  # noqa: PLC0415 -- only where there are policies

    return transitions_of(checked.court, output.units.keys(), lambda _: (checked, output))


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
