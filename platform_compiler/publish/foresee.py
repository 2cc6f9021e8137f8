"""What policies say of everything that is going to be published, to whatever repository, before any of it is."""

import tempfile
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from platform_compiler.diagnostics import Bag
from platform_compiler.publish.model import Edition, Options
from platform_compiler.publish.plan import Plan, Site
from platform_compiler.publish.record import record_ref
from platform_compiler.publish.remote import Remote
from platform_compiler.publish.target import Planner

if TYPE_CHECKING:  # nobody pays for policies where there are none
    from platform_compiler.policy.changes import Former


def foresee(sites: Iterable[Site], edition: Edition, options: Options, bag: Bag) -> None:
    """Report what policies say of the changes that publishing would make now.

    Raises:
        GitFailed: a repository cannot be reached.
    """
    if edition.transitions is None:
        return
    plans: list[Plan] = []
    former: list[Former] = []
    for (name, url), group in groupby(sites, key=lambda site: (site.repository, site.url)):
        with tempfile.TemporaryDirectory(prefix="platformc-") as scratch:
            remote = Remote(url, Path(scratch))
            mine = _plans(name, remote, list(group), edition, options)
            plans += mine
            former += edition.transitions.former(mine, remote.contents)
    edition.transitions.report(plans, former, bag)


def _plans(name: str, remote: Remote, sites: list[Site], edition: Edition, options: Options) -> list[Plan]:
    planner = Planner(name, remote, sites, edition, options)
    branches = list(dict.fromkeys(site.branch for site in sites))
    before = remote.refs([ref for branch in branches for ref in (f"refs/heads/{branch}", record_ref(branch))])
    remote.fetch(before.values())
    return [plan for branch in branches for plan in planner.target(branch, before, Bag()).plans]
