"""The words of publishing: what is published and how, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_compiler.context.unit import Unit
from platform_compiler.emit.layout import Output
from platform_compiler.publish.plan import Plan
from platform_compiler.publish.source import Source
from platform_compiler.source.git import redact

if TYPE_CHECKING:  # what asks policies is imported only where there are any
    from platform_compiler.publish.transitions import Transitions


@dataclass(frozen=True, slots=True)
class Leave:
    """Permissions of the person who publishes: take over strangers' files, throw away edits."""

    adopt: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """How to publish; `deadline` in seconds, `rollback` the reason of going back, `approved` the digests of deletes."""

    dry_run: bool = False
    pull_request: bool = False
    rollback: str = ""
    force_source: bool = False
    leave: Leave = field(default_factory=Leave)
    approved: tuple[str, ...] = ()
    budget: int = 20
    deadline: float = 300
    signing: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """What is published: an output, the source it was made from, and what stays frozen with the reason.

    `environments` are all that the platform has, so that the output of one that is gone may go. `transitions` asks
    policies about what changes, where any has to be asked.
    """

    output: Output
    source: Source
    repository: Path
    environments: frozenset[str]
    frozen: Mapping[Unit, str] = field(default_factory=dict)
    transitions: "Transitions | None" = None


class Status(StrEnum):
    """How publishing to a branch ended."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    RECORDED = "recorded"
    SUPERSEDED = "superseded"
    PLANNED = "planned"
    REFUSED = "refused"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one branch: `before` and `commit` are commit ids, `words` what the server said.

    `proposed` is the branch for a pull request into it, where that was asked for.
    """

    repository: str
    url: str
    branch: str
    status: Status
    before: str | None = None
    commit: str | None = None
    plans: tuple[Plan, ...] = ()
    words: str = ""
    proposed: str = ""

    def document(self) -> dict[str, Any]:
        """Return the result as plain data, the same for a dry run and a real one but for `status` and `commit`."""
        return {
            "repository": self.repository,
            "url": redact(self.url),
            "branch": self.branch,
            **({"proposed": self.proposed} if self.proposed else {}),
            "status": self.status.value,
            "before": self.before,
            "commit": self.commit,
            "environments": sorted(owner for plan in self.plans for owner in plan.site.owners),
            "writes": sorted(path for plan in self.plans for path in plan.writes),
            "deletes": sorted(path for plan in self.plans for path in plan.deletes),
            "kept": {
                plan.site.prefix + unit.folder: plan.kept[unit] for plan in self.plans for unit in sorted(plan.kept)
            },
            **({"words": self.words} if self.words else {}),
        }
