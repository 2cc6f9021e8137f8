"""What is going to change, and where: a folder of a branch, and the files that are written and deleted there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from platform_compiler.context.unit import Unit


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A folder of a branch of a repository; `prefix` is empty or ends with a slash.

    `owners` are the `platform/environment` pairs that are published there by this run.
    """

    repository: str
    url: str
    branch: str
    prefix: str
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run changes at one site; paths are relative to the repository's root.

    `deletes` holds the blob that goes, `replaced` that of a file which is written anew, `units` the unit of every file
    of both; `kept` are units that stay as they are, with the reason.
    """

    site: Site
    writes: Mapping[str, bytes] = field(default_factory=dict)
    deletes: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[Unit, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether the branch stays as it is."""
        return not self.writes and not self.deletes
