"""Bring environment repositories to the state of an output: one commit a branch, one atomic push a repository.

A push names what it saw (`--force-with-lease` on the branch and on its record). When it is refused, the refs are read
again: if one has moved, somebody else was faster and everything is laid over the new tip, until the deadline; if none
has, the server means it. Git's words are shown, never parsed.
"""

import random
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from platform_compiler.diagnostics import Bag
from platform_compiler.publish.message import commit_message
from platform_compiler.publish.model import Edition, Options, Result, Status
from platform_compiler.publish.plan import Plan, Site
from platform_compiler.publish.record import record_line, record_message, record_ref
from platform_compiler.publish.remote import Draft, Refused, Remote
from platform_compiler.publish.target import Planner, Target
from platform_compiler.source.git import GitFailed

OWN_BRANCHES = "platformc/"
"""Branches below this belong to publishing by pull request and may be moved at will."""


def publish(sites: tuple[Site, ...], edition: Edition, options: Options, bag: Bag) -> list[Result]:
    """Publish to every site; return one result a branch, in the order of the sites.

    Findings go to `bag`. When a repository fails, those behind it in promotion order are left alone.
    """
    results: list[Result] = []
    for (name, url), group in groupby(sites, key=lambda site: (site.repository, site.url)):
        mine = list(group)
        if any(result.status is Status.FAILED for result in results):
            results += [
                Result(name, url, branch, Status.SKIPPED, words="an earlier one failed") for branch in _branches(mine)
            ]
            continue
        try:
            with tempfile.TemporaryDirectory(prefix="platformc-") as scratch:
                remote = Remote(url, Path(scratch), options.signing)
                planner = Planner(name, remote, mine, edition, options)
                results += _Publisher(mine, remote, planner, edition, options, bag).run()
        except GitFailed as trouble:
            results += [Result(name, url, branch, Status.FAILED, words=str(trouble)) for branch in _branches(mine)]
    return results


def _branches(sites: list[Site]) -> list[str]:
    return list(dict.fromkeys(site.branch for site in sites))


class _Publisher:
    """Publishes to one repository, again and again until it has landed, is refused, or time is up."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what one repository's publishing rests on
        self, sites: list[Site], remote: Remote, planner: Planner, edition: Edition, options: Options, bag: Bag
    ) -> None:
        self._sites = sites
        self._remote = remote
        self._planner = planner
        self._edition = edition
        self._options = options
        self._bag = bag
        self._record_on_branch = False

    def run(self) -> list[Result]:
        """Return one result a branch."""
        until = time.monotonic() + self._options.deadline
        pause = 0.05
        while True:
            found = Bag()
            targets = _all_or_none(self._targets(found))
            updates = {} if self._options.dry_run else self._commits(targets)
            words = self._pushed(updates, late=time.monotonic() > until)
            if words is None:
                time.sleep(random.uniform(0, pause))  # noqa: S311 -- jitter, not a secret
                pause = min(2 * pause, 5)
                continue
            self._bag.extend(found)
            status = Status.FAILED if words else None
            return [self._result(target, updates, status, words) for target in targets]

    def _pushed(self, updates: Mapping[str, tuple[str | None, str]], *, late: bool) -> str | None:
        """Push; return nothing when it has landed, why it has not, or None to try again."""
        if not updates:
            return ""
        try:
            self._remote.push(updates)
        except Refused as refusal:
            return self._judge(updates, str(refusal), late=late)
        return ""

    def _judge(self, updates: Mapping[str, tuple[str | None, str]], words: str, *, late: bool) -> str | None:
        """Decide what a refused push means: nothing if it landed after all, None to try again, else why it failed."""
        now = self._remote.refs(updates)
        if all(now.get(ref) == after for ref, (_, after) in updates.items()):
            return ""
        if any(now.get(ref) != before for ref, (before, _) in updates.items()):
            return f"others kept publishing until the deadline of {self._options.deadline:g} s passed" if late else None
        records = any(ref.startswith("refs/platformc/") for ref in updates)
        if records and not self._record_on_branch:
            self._record_on_branch = True
            return None
        return words

    def _targets(self, bag: Bag) -> list[Target]:
        branches = _branches(self._sites)
        names = [ref for branch in branches for ref in (f"refs/heads/{branch}", record_ref(branch), self._own(branch))]
        before = self._remote.refs(names)
        self._remote.fetch(before.values())
        return self._permitted([self._planner.target(branch, before, bag) for branch in branches], bag)

    def _permitted(self, targets: list[Target], bag: Bag) -> list[Target]:
        """Return the targets, refused where policies deny what changes; they were asked before, but others may push."""
        transitions = self._edition.transitions
        if transitions is None:
            return targets
        found = Bag()
        plans = _plans(targets)
        transitions.report(plans, transitions.former(plans, self._remote.contents), found)
        if not found.has_errors:
            return targets
        bag.extend(found)
        return [replace(target, status=Status.REFUSED) if target.plans else target for target in targets]

    def _own(self, branch: str) -> str:
        """Return the ref of the branch that a pull request for this source comes from."""
        return f"refs/heads/{OWN_BRANCHES}{branch}/{self._edition.source.commit[:12]}"

    def _commits(self, targets: list[Target]) -> dict[str, tuple[str | None, str]]:
        """Make the commits of every branch; return what each ref was and shall be."""
        moving = (target for target in targets if target.status in {Status.PUBLISHED, Status.RECORDED})
        return {ref: update for target in moving for ref, update in self._refs(target).items()}

    def _refs(self, target: Target) -> dict[str, tuple[str | None, str]]:
        head, mark = f"refs/heads/{target.branch}", record_ref(target.branch)
        changed = target.status is Status.PUBLISHED
        on_branch = self._record_on_branch and not self._options.pull_request
        updates: dict[str, tuple[str | None, str]] = {}
        if changed or on_branch:
            ref = self._own(target.branch) if self._options.pull_request else head
            line = record_line(target.record) if on_branch else ""
            text = commit_message(target.plans, self._edition.source, rollback=self._options.rollback, record=line)
            made = self._commit(target.before.get(head), text, target.plans)
            if target.before.get(ref) != made:  # the branch of a pull request may be there already
                updates[ref] = (target.before.get(ref), made)
        if not on_branch and not self._options.pull_request:
            text = record_message(target.record, self._edition.source)
            updates[mark] = (target.before.get(mark), self._commit(target.before.get(mark), text, ()))
        return updates

    def _commit(self, parent: str | None, message: str, plans: tuple[Plan, ...]) -> str:
        source = self._edition.source
        writes = {path: data for plan in plans for path, data in plan.writes.items()}
        deletes = sorted(path for plan in plans for path in plan.deletes)
        return self._remote.commit(Draft(parent, message, source.author, source.committer, writes, deletes))

    def _result(
        self,
        target: Target,
        updates: Mapping[str, tuple[str | None, str]],
        status: Status | None = None,
        words: str = "",
    ) -> Result:
        head = f"refs/heads/{target.branch}"
        proposing = self._options.pull_request
        ref = self._own(target.branch) if proposing else head
        commit = updates[ref][1] if ref in updates and status is None else None
        if proposing and target.status is Status.PUBLISHED and commit is None:
            status = status or Status.UNCHANGED
        site, before = self._sites[0], target.before.get(head)
        ended = Result(
            site.repository, site.url, target.branch, status or target.status, before, commit, target.plans, words
        )
        return replace(ended, proposed=ref.removeprefix("refs/heads/")) if proposing else ended


def _plans(targets: Iterable[Target]) -> list[Plan]:
    return [plan for target in targets for plan in target.plans]


def _all_or_none(targets: list[Target]) -> list[Target]:
    """Return the targets, none of them to be pushed when one of their repository is refused."""
    if all(target.status is not Status.REFUSED for target in targets):
        return targets
    stopped = {Status.PUBLISHED, Status.RECORDED, Status.PLANNED}
    return [replace(target, status=Status.SKIPPED) if target.status in stopped else target for target in targets]
