"""Two guards that stand before a push: an older source must not win, and much must not vanish by accident."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from platform_compiler.emit.ledger import ROOT
from platform_compiler.publish.plan import Plan
from platform_compiler.publish.record import Shown
from platform_compiler.publish.source import Relation, relation

_PRECIOUS = re.compile(
    r"(namespace|persistentvolumeclaim|persistentvolume|statefulset|customresourcedefinition|application|appproject|kustomization)-"
)

_INDEX = "/kustomization.yaml"


def standing(repository: Path, ours: str, shown: Shown | None) -> Relation:
    """Return how our source commit stands to what an environment shows.

    After a rollback the newest commit ever published counts, so that a late run of it does not undo the rollback.
    """
    if shown is None:
        return Relation.NEWER
    if ours == shown.source:
        return Relation.SAME
    found = relation(repository, ours, shown.newest)
    return Relation.OLDER if found is Relation.SAME else found


def removed(plans: Iterable[Plan]) -> dict[str, str]:
    """Return the resources that plans delete: blob id by path, without the ledger's own files."""
    return {
        path: blob
        for plan in plans
        for path, blob in plan.deletes.items()
        if not path.removeprefix(plan.site.prefix).startswith(f"{ROOT}/")
    }


def needs_approval(deletes: Mapping[str, str], budget: int) -> str | None:
    """Return why deleting this has to be approved, or None.

    The reason is either what is too precious to go unseen, or how many go.
    """
    precious = sorted(path for path in deletes if _PRECIOUS.match(PurePosixPath(path).name))
    if precious:
        return f"`{precious[0]}` would go" + (f", and {len(precious) - 1} more of its weight" if precious[1:] else "")
    return f"{len(deletes)} resources would go, the budget is {budget}" if len(deletes) > budget else None


def approval(repository: str, branch: str, deletes: Mapping[str, str]) -> str:
    """Return the digest that approves exactly these deletes on this branch."""
    listed = [repository, branch, *(f"{path} {blob}" for path, blob in sorted(deletes.items()))]
    return hashlib.sha256("\n".join(listed).encode()).hexdigest()[:16]


def moved(plans: Iterable[Plan]) -> list[tuple[str, str]]:
    """Return the resources that leave one unit's folder and appear in another's: old and new path.

    Whatever applies folder by folder may delete the old one after the new one was applied, and they are the same.
    """
    found = []
    for plan in plans:
        born = {_resource(path, plan.site.prefix): path for path in sorted(plan.writes) if not path.endswith(_INDEX)}
        for path in sorted(removed([plan])):
            other = born.get(_resource(path, plan.site.prefix))
            if other is not None and other != path:
                found.append((path, other))
    return found


def _resource(path: str, prefix: str) -> tuple[str, ...]:
    """Return cluster, namespace and file name of a path in an output."""
    parts = PurePosixPath(path.removeprefix(prefix)).parts
    return (*parts[1:3], parts[-1])
