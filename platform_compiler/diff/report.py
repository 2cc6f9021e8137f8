"""Everything a renderer needs of a diff, folded and sorted, and free of secrets."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from platform_compiler.diagnostics import Diagnostic
from platform_compiler.diff.assess import assess
from platform_compiler.diff.blame import blame
from platform_compiler.diff.compare import compare
from platform_compiler.diff.fold import Concern, Folded, Neutral, concerns, fold, neutral_words, owner
from platform_compiler.diff.model import Cause, Change, ChangeKind, Comparison, Level
from platform_compiler.diff.reach import reachability
from platform_compiler.diff.sides import Side, environments_of

LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True)
class Names:
    """What the two sides are called, and the command that shows the same again.

    `folder` is where the platform repository lies in its Git repository: annotations name files from there.
    """

    base: str
    head: str
    command: str
    compiler: str
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of the overview: how many resources of one owner change in one environment, by kind of change."""

    environment: str
    owner: str
    counts: Mapping[ChangeKind, int]


@dataclass(frozen=True, slots=True)
class Report:
    """A diff for people and programs.

    `apart` are changes that the difference between base and head does not explain: what the environment repository
    holds otherwise than this compiler makes of the base. `failed` are the errors of a head that does not compile.
    """

    names: Names
    environments: Mapping[str, str]
    concerns: tuple[Concern, ...]
    changes: tuple[Folded, ...]
    cells: tuple[Cell, ...]
    counts: Mapping[ChangeKind, int]
    apart: tuple[Folded, ...] = ()
    notes: tuple[str, ...] = ()
    failed: tuple[Diagnostic, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes at all."""
        return not (self.concerns or self.changes or self.apart)

    def worst(self) -> Level | None:
        """Return the highest level of all risks."""
        return min((concern.risk.level for concern in self.concerns), key=LEVELS.index, default=None)


def report_on(names: Names, before: Side, after: Side, apart: Comparison | None = None) -> Report:
    """Compare two sides and say everything there is to say."""
    comparison = assess(compare(before.resources, after.resources), before.resources, after.resources)
    comparison, of_manifests = _with_refusals(comparison, before, after)
    if before.checked is not None and after.checked is not None:
        comparison = blame(comparison, before.checked, after.checked)
    else:
        comparison = _traced(comparison)
    neutral: Mapping[str, Neutral] = neutral_words(after.checked) if after.checked else {}
    environments = environments_of((before, after))
    return Report(
        names,
        environments,
        _sorted([*_with_reach(concerns(comparison, neutral), _reached(before, after)), *of_manifests]),
        fold(comparison.changes, neutral),
        _cells(comparison.changes, environments, neutral),
        Counter(change.kind for change in comparison.changes),
        fold(apart.changes, neutral) if apart else (),
        before.notes + after.notes,
    )


def _with_refusals(comparison: Comparison, before: Side, after: Side) -> tuple[Comparison, list[Concern]]:
    if after.checked is None or after.checked.court is None:
        return comparison, []
    from platform_compiler.diff.refusals import with_refusals  # noqa: PLC0415 -- only where there are policies

    return with_refusals(comparison, before, after, after.checked, after.checked.court)


_LINKS = frozenset({"new-reachability", "new-exposure", "lost-reachability"})
_OF_LINKS = frozenset(
    {"allow-widened", "network-policy-widened", "sidecar-egress-widened", "export-widened", "delete-object"}
)
"""What links that come and go do to the policies and routes of their two ends."""


def _with_reach(found: Iterable[Concern], reached: list[Concern]) -> list[Concern]:
    """Join risks of resources with those of links; what a link does to policies and routes is told as the link."""
    lines = {_line(cause) for concern in reached for cause in concern.causes}
    return [
        *reached,
        *(
            concern
            for concern in found
            if concern.risk.name not in _OF_LINKS
            or concern.risk.level is Level.HIGH
            or not concern.causes
            or not {_line(cause) for cause in concern.causes} <= lines
        ),
    ]


def _line(cause: Cause) -> tuple[str, int]:
    return cause.span.path, cause.span.line


def _reached(before: Side, after: Side) -> list[Concern]:
    if before.checked is None or after.checked is None:
        return []
    only = after.clusters
    return [
        Concern(reach.risk, reach.about, "", clusters, reach.causes)
        for reach in reachability(before.checked.linked, after.checked.linked, before.left_out)
        if (clusters := tuple(c for c in reach.clusters if only is None or c in only))
    ]


def _traced(comparison: Comparison) -> Comparison:
    """Name the manifest behind each resource: all that is known where the base's sources are not."""
    return replace(
        comparison, changes=tuple(replace(change, causes=_manifest(change)) for change in comparison.changes)
    )


def _manifest(change: Change) -> tuple[Cause, ...]:
    resource = change.placed.resource
    return (Cause(resource.manifest, "its manifest"),) if resource is not None else ()


def _owner(change: Change, neutral: Mapping[str, Neutral]) -> str:
    return owner(change.placed.unit, neutral.get(change.identity.cluster, str))


def _sorted(found: Sequence[Concern]) -> tuple[Concern, ...]:
    return tuple(sorted(found, key=lambda c: (LEVELS.index(c.risk.level), _rank(c), c.risk.name, c.about, c.clusters)))


def _rank(concern: Concern) -> int:
    """Within a level, what reaches into other teams comes first."""
    return 0 if concern.risk.name in _LINKS else 1


def _cells(
    changes: Sequence[Change], environments: Mapping[str, str], neutral: Mapping[str, Neutral]
) -> tuple[Cell, ...]:
    counted: dict[tuple[str, str], Counter[ChangeKind]] = {}
    for change in changes:
        key = (environments.get(change.identity.cluster, change.identity.cluster), _owner(change, neutral))
        counted.setdefault(key, Counter())[change.kind] += 1
    return tuple(Cell(environment, name, counts) for (environment, name), counts in sorted(counted.items()))
