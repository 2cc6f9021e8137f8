"""The words that all renderers share: the verdict, where something holds, what a change is called."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_compiler.diff.fold import Folded
from platform_compiler.diff.model import Cause, ChangeKind
from platform_compiler.diff.report import LEVELS, Report

SIGNS = {
    ChangeKind.ADDED: "+",
    ChangeKind.REMOVED: "-",
    ChangeKind.CHANGED: "~",
    ChangeKind.RENAMED: "»",
    ChangeKind.MOVED: "»",
}
_MOST_PLACES = 6
_FEWEST_ALIKE = 3
_MOST_ALIKE = 12


def verdict(report: Report) -> str:
    """Return `2 environments · 3 applications · +2 ~7 -1 resources · HIGH: 1 new-reachability`."""
    if report.failed:
        return f"does not compile: {plural(len(report.failed), 'finding')}"
    if report.is_empty:
        return "no effective change"
    if not report.cells:
        return _risks(report) or f"no change between base and head · {_apart(report)}"
    environments = {cell.environment for cell in report.cells}
    owners = {cell.owner for cell in report.cells if "/" in cell.owner}
    parts = [plural(len(environments), "environment")]
    parts += [plural(len(owners), "application")] if owners else []
    parts += [f"{signs} resources"] if (signs := signed({k: report.counts.get(k, 0) for k in _SIGNED})) else []
    parts += [f"{report.counts[kind]:,} {kind}" for kind in _IN_WORDS if report.counts.get(kind)]
    return " · ".join(part for part in (*parts, _risks(report), _apart(report)) if part)


def _risks(report: Report) -> str:
    """Return `HIGH: 1 immutable-change, 2 deletes · MEDIUM: 3`; names for the highest level only."""
    by_level = {level: Counter(c.risk.name for c in report.concerns if c.risk.level is level) for level in LEVELS}
    levels = [level for level in LEVELS if by_level[level]]
    told = [f"{level.upper()}: {sum(by_level[level].values())}" for level in levels[1:]]
    first = [f"{n} {name}" for name, n in sorted(by_level[levels[0]].items())] if levels else []
    return " · ".join([f"{levels[0].upper()}: {', '.join(first)}", *told]) if levels else ""


def _apart(report: Report) -> str:
    return f"{plural(len(report.apart), 'change')} apart from this" if report.apart else ""


def signed(counts: Mapping[ChangeKind, int]) -> str:
    """Return `+2 ~7 -1`, with renamed and moved resources in words."""
    shown = [f"{SIGNS[kind]}{counts[kind]:,}" for kind in _SIGNED if counts.get(kind)]
    shown += [f"{counts[kind]:,} {kind}" for kind in _IN_WORDS if counts.get(kind)]
    return " ".join(shown)


_IN_WORDS = (ChangeKind.RENAMED, ChangeKind.MOVED)
_SIGNED = (ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.REMOVED)


def where(clusters: Sequence[str], environments: Mapping[str, str]) -> str:
    """Return `dev, staging, prod (4 clusters)`; an environment stands for all of its clusters."""
    all_of: dict[str, set[str]] = {}
    for cluster, environment in environments.items():
        all_of.setdefault(environment, set()).add(cluster)
    places: list[str] = []
    known = list(environments)
    for cluster in sorted(clusters, key=lambda name: known.index(name) if name in environments else len(known)):
        environment = environments.get(cluster, "")
        whole = all_of.get(environment, set()) <= set(clusters)
        place = environment if whole and environment else f"{environment}/{cluster}" if environment else cluster
        if place not in places:
            places.append(place)
    shown = ", ".join(places[:_MOST_PLACES])
    more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
    number = f" ({len(clusters)} clusters)" if len(clusters) > 1 else ""
    return f"{shown}{more}{number}"


def title(change: Folded) -> str:
    """Return `Deployment shop/cart`."""
    return str(change.identity)


def happened(change: Folded) -> str:
    """Return what a rename or a move means in words; empty for the other kinds."""
    if change.kind is ChangeKind.RENAMED:
        return f"renamed from {change.old_identity}: deletes and recreates"
    if change.kind is ChangeKind.MOVED:
        return f"moved from {change.old_path} to {change.new_path}"
    return ""


def place(cause: Cause) -> str:
    """Return `teams/shop/cart.yaml:12`, or the cause's own words where no line stands for it."""
    if not cause.span.path:
        return cause.text
    line = f":{cause.span.line}" if cause.span.line else ""
    return f"{cause.span.path}{line}{' (removed)' if cause.before else ''}"


@dataclass(frozen=True, slots=True)
class Group:
    """What is shown as one: a resource's variants over clusters, or a change that several resources share.

    `alike` are the titles of all resources that share it, in order; empty for a single resource.
    """

    variants: tuple[Folded, ...]
    alike: tuple[str, ...] = ()

    @property
    def first(self) -> Folded:
        """The variant on most clusters."""
        return self.variants[0]


def groups_of(changes: Iterable[Folded]) -> list[Group]:
    """Return changes as they are shown: first those that three or more resources share, then resource by resource."""
    objects: dict[tuple[str, ...], list[Folded]] = {}
    for change in changes:  # what came on one cluster and changed on another is two things to read
        objects.setdefault((change.kind, *change.subject), []).append(change)
    same: dict[Any, list[Folded]] = {}
    for variants in objects.values():
        same.setdefault(_shared(variants), []).extend(variants)
    shared = [found for key, found in same.items() if key[0] is None and len(found) >= _FEWEST_ALIKE]
    told = {(change.kind, *change.subject) for found in shared for change in found}
    alike = [Group((found[0],), tuple(map(title, found))) for found in sorted(shared, key=len, reverse=True)]
    return alike + [Group(tuple(variants)) for key, variants in objects.items() if key not in told]


def _shared(variants: list[Folded]) -> tuple[Any, ...]:
    """Return what another resource must have in common to be shown together; its own subject where none can."""
    one = variants[0]
    if len(variants) > 1 or not one.fields or one.kind is not ChangeKind.CHANGED:
        return one.subject
    return None, one.identity.kind, one.clusters, one.causes, repr(one.fields)


def head_of(group: Group) -> str:
    """Return `~ Deployment shop/cart`, or `~ HorizontalPodAutoscaler cart/cartservice, ... and 3 more`."""
    change = group.first
    if not group.alike:
        words = happened(change)
        return f"{SIGNS[change.kind]} {title(change)}{f', {words}' if words else ''}"
    kind = change.identity.kind
    names = [name.removeprefix(f"{kind} ") for name in group.alike[:_MOST_ALIKE]]
    more = f" and {len(group.alike) - _MOST_ALIKE} more" if len(group.alike) > _MOST_ALIKE else ""
    return f"{SIGNS[change.kind]} {kind} {', '.join(names)}{more}"


def plural(number: int, noun: str) -> str:
    """Return `1 change`, `2 changes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
