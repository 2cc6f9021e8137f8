"""What shall happen to one branch: what it shows, whether our source may follow that, and what changes.

Everything here is looked at again whenever somebody else was faster.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from platform_compiler import __version__
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import ROOT, Entry, digest, entry_of, ledger_path, with_accounts
from platform_compiler.publish.guard import approval, moved, needs_approval, removed, standing
from platform_compiler.publish.model import Edition, Options, Status
from platform_compiler.publish.overlay import EDITED, FOREIGN, HELD, Conflict, overlay
from platform_compiler.publish.plan import Plan, Site
from platform_compiler.publish.record import TRAILER, Record, Shown, read_record, record_ref
from platform_compiler.publish.remote import Remote
from platform_compiler.publish.source import Relation

_STRANGERS_BECAUSE = {
    Relation.UNRELATED: "which is no ancestor of the commit to publish",
    Relation.UNKNOWN: "and the history from there to the commit to publish is not here",
}
_STRANGERS = frozenset(_STRANGERS_BECAUSE)
_WORDS = {
    FOREIGN: ("PC6101", "platformc did not write this file", "move it away, or take it over: --adopt"),
    EDITED: (
        "PC6102",
        "the file was edited after platformc wrote it",
        "change its manifest or blueprint instead; --force throws the edit away",
    ),
    HELD: ("PC6101", "the file is another unit's, which is frozen", "mend the manifest of that unit and publish again"),
}
"""The code, the message and the cure of a conflict."""


@dataclass(frozen=True, slots=True)
class Target:
    """One branch as it was seen, and what shall happen to it."""

    branch: str
    before: Mapping[str, str]
    plans: tuple[Plan, ...]
    record: Record
    status: Status


class Planner:
    """Plans the branches of one repository."""

    def __init__(self, name: str, remote: Remote, sites: Iterable[Site], edition: Edition, options: Options) -> None:
        self._name = name
        self._remote = remote
        self._sites = tuple(sites)
        self._edition = edition
        self._output = with_accounts(edition.output)
        self._options = options

    def target(self, branch: str, before: Mapping[str, str], bag: Bag) -> Target:
        """Return what shall happen to a branch; findings go to `bag`."""
        tip = before.get(f"refs/heads/{branch}")
        sites = [site for site in self._sites if site.branch == branch]
        shown = self._shown(tip, before.get(record_ref(branch)))
        standings = {owner: self._standing(owner, shown.get(owner), bag) for site in sites for owner in site.owners}
        if _STRANGERS & set(standings.values()):
            return Target(branch, before, (), shown, Status.REFUSED)
        accepted = [owner for owner, found in standings.items() if found is not Relation.OLDER]
        if not accepted:
            return Target(branch, before, (), shown, Status.SUPERSEDED)
        plans = [self._plan(site, accepted, tip, bag) for site in sites if set(site.owners) & set(accepted)]
        record = {**shown, **{owner: self._entry(owner, shown.get(owner)) for owner in accepted}}
        return Target(branch, before, tuple(plans), record, self._status(branch, plans, bag, same=record == shown))

    def _shown(self, tip: str | None, recorded: str | None) -> Record:
        """Return what a branch shows, from its record ref or from the trailers of servers without one."""
        if recorded is not None:
            return read_record(self._remote.message(recorded))
        if tip is None:
            return {}
        found = read_record(self._remote.message(tip))
        if found or not any(path.startswith(f"{ROOT}/") for path in self._remote.files(tip, ROOT)):
            return found
        older = self._remote.last_record(tip, TRAILER)
        return read_record(older) if older else {}

    def _standing(self, owner: str, shown: Shown | None, bag: Bag) -> Relation:
        """Return how our source stands to what an environment shows; report a source of another history."""
        if self._options.rollback or self._options.force_source:
            return Relation.NEWER
        found = standing(self._edition.repository, self._edition.source.commit, shown)
        if found in _STRANGERS:
            assert shown is not None
            environment = owner.partition("/")[2]
            bag.add(
                "PC8003",
                f"`{environment}` shows source {shown.newest[:12]}, {_STRANGERS_BECAUSE[found]}",
                Span(f"environments/{environment}.yaml"),
                help="check out the full history (`fetch-depth: 0`), or publish it on purpose: --force-source",
            )
        return found

    def _entry(self, owner: str, shown: Shown | None) -> Shown:
        """Return what an environment shows after this publish."""
        source = self._edition.source
        backwards = shown is not None and (self._options.rollback or shown.source == source.commit)
        output = self._output
        mine = [unit for unit, other in output.owners.items() if other == owner]
        accounts = sorted([f"{unit.folder} {output.accounts[unit]}" for unit in mine])
        return Shown(
            source=source.commit,
            newest=shown.newest if shown is not None and backwards else source.commit,
            as_of=source.as_of.isoformat(),
            compiler=__version__,
            output=digest("\n".join(accounts).encode()),
        )

    def _plan(self, whole: Site, accepted: list[str], tip: str | None, bag: Bag) -> Plan:
        site = replace(whole, owners=tuple(owner for owner in whole.owners if owner in accepted))
        output = self._output
        mine = {unit: paths for unit, paths in output.units.items() if output.owners[unit] in site.owners}
        offered = replace(output, units=mine)
        there = self._remote.files(tip, whole.prefix)
        plan, conflicts = overlay(
            site,
            there,
            read_entries(self._remote, site, there, output),
            offered,
            gone=lambda entry: self._gone(entry, site),
            frozen=self._edition.frozen,
            leave=self._options.leave,
        )
        for conflict in conflicts:
            self._report(conflict, tip, bag)
        return plan

    def _gone(self, entry: Entry, site: Site) -> bool:
        """Whether a unit without output may go: it is ours, or of an environment that our platform no longer has."""
        platform, _, environment = entry.owner.partition("/")
        ours = platform == site.owners[0].partition("/")[0]
        return entry.owner in site.owners or (ours and environment not in self._edition.environments)

    def _report(self, conflict: Conflict, tip: str | None, bag: Bag) -> None:
        code, message, cure = _WORDS[conflict.reason]
        by = self._remote.last_author(tip, conflict.path) if tip else ""
        bag.add(
            code,
            message,
            Span(conflict.path),
            notes=[f"last changed by {by}", f"`{conflict.unit.id}` on `{conflict.unit.cluster}` stays as it is"],
            help=cure,
        )

    def _status(self, branch: str, plans: list[Plan], bag: Bag, *, same: bool) -> Status:
        """Return what is going to happen to a branch; report what goes without leave, and what moves."""
        for old, new in moved(plans):
            bag.add(
                "PC8006",
                f"`{new.rpartition('/')[2]}` moves to another unit: it is deleted here and created there",
                Span(old),
                also=[Label(Span(new), "created here")],
                help="if it must not be down meanwhile, publish the new one first and take the old one away later",
            )
        deletes = removed(plans)
        reason = needs_approval(deletes, self._options.budget)
        key = approval(self._name, branch, deletes)
        if reason is not None and key not in self._options.approved:
            bag.add(
                "PC8004",
                f"deleting from `{self._name}`, branch `{branch}`, needs approval: {reason}",
                Span(min(deletes)),
                "this goes" if len(deletes) == 1 else "this and more goes",
                notes=[f"{folder}/: {', '.join(names)}" for folder, names in _by_folder(deletes).items()],
                help=f"if that is meant: --approve-deletes {key}",
            )
            return Status.REFUSED
        if all(plan.is_empty for plan in plans):
            return Status.UNCHANGED if same or self._options.pull_request or self._options.dry_run else Status.RECORDED
        return Status.PLANNED if self._options.dry_run else Status.PUBLISHED


def _by_folder(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of files, without their ending, by folder."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        found.setdefault(folder, []).append(name.removesuffix(".yaml"))
    return found


def read_entries(remote: Remote, site: Site, there: Mapping[str, str], output: Output) -> dict[Unit, Entry]:
    """Return what the ledger of a site says, but where it says what we would write anyway: that is not fetched."""
    root = f"{site.prefix}{ROOT}/"
    known = {site.prefix + ledger_path(unit): account for unit, account in output.accounts.items()}
    unread = [blob for path, blob in there.items() if blob and path.startswith(root) and known.get(path) != blob]
    entries: dict[Unit, Entry] = {}
    for data in remote.contents(unread).values():
        entry = entry_of(data)
        if entry is not None and f"{site.prefix}{ledger_path(entry.unit)}" in there:
            entries[entry.unit] = entry
    return entries
