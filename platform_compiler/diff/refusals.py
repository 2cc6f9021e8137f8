"""Changes that a policy refuses, as risks: between two sides it is known what every object was before.

The policies are those of head, as of its day; the base is never judged. What a new object violates by itself is a
finding of the compile, and no risk.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from platform_compiler.checked import Checked, known_of
from platform_compiler.diagnostics import Label
from platform_compiler.diff.fold import Concern
from platform_compiler.diff.model import Cause, Comparison, Identity, Level, Risk, identity_of
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.sides import Side
from platform_compiler.objects import Path
from platform_compiler.policy.changes import Former, manifest_transitions, transitions
from platform_compiler.policy.interest import interest
from platform_compiler.policy.judge import Verdict
from platform_compiler.policy.model import Action
from platform_compiler.policy.report import ended
from platform_compiler.policy.stages import Court
from platform_compiler.policy.waivers import Weighed
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.places import dotted

_LEVELS = {Action.DENY: Level.HIGH, Action.WARN: Level.MEDIUM, Action.AUDIT: Level.LOW}
_MOST_CAUSES = 3


@dataclass(frozen=True, slots=True)
class _InReport:
    """The place of an object that is shown as a change, whose lines are found apart."""

    file: str = ""

    def labels(self, path: Path, words: str, *, on_key: bool) -> tuple[Label, ...]:  # noqa: ARG002 -- as the protocol
        return ()


def with_refusals(
    comparison: Comparison, before: Side, after: Side, checked: Checked, court: Court
) -> tuple[Comparison, list[Concern]]:
    """Return the comparison with what policies of head refuse of it, and what they refuse of manifests.

    `checked` and `court` are those of head; manifests are compared only where the base was compiled.
    """
    of_manifests = _refused_manifests(before, after, checked, court) if before.checked else []
    return _refused(comparison, after, checked, court), of_manifests


def _refused(comparison: Comparison, after: Side, checked: Checked, court: Court) -> Comparison:
    """Return the comparison with a risk on every change of a resource that a policy of head refuses."""
    if not interest(court.policies, court.sets, court.names):
        return comparison
    place = _InReport()
    items = (Item(one.body, identity.cluster, place) for identity, one in after.resources.items())
    former = (Former(change.old.body, change.old.unit, place) for change in comparison.changes if change.old)
    told = transitions(court, checked.linked, known_of(checked)[1], items, former)
    risks: dict[Identity, list[Risk]] = {}
    for one in _violations(told):
        item = one.verdict.subject.item
        (fault,) = court.faults([one])
        risks.setdefault(identity_of(item.cluster, item.body), []).append(_risk(one, fault))
    if not risks:
        return comparison
    changes = tuple(
        replace(change, risks=(*change.risks, *risks.get(change.old_identity or change.identity, ())))
        for change in comparison.changes
    )
    return replace(comparison, changes=changes)


def _refused_manifests(before: Side, after: Side, checked: Checked, court: Court) -> list[Concern]:
    """Return a risk for every change of a manifest that a policy of head refuses; none where no base was compiled."""
    base = before.checked
    if base is None:
        return []
    told = manifest_transitions(court, checked.linked, checked.resolved, (base.loaded, base.resolved))
    found: dict[tuple[Risk, str, str], tuple[set[str], list[Cause]]] = {}
    for one in _violations(told):
        item = one.verdict.subject.item
        if item.place.file in before.left_out or not (after.clusters is None or item.cluster in after.clusters):
            continue
        (fault,) = court.faults([one])
        unit = f"{item.namespace}/{item.name}" if item.namespace else ""
        key = _risk(one, fault), f"{item.kind} {unit or item.name}", unit
        clusters, causes = found.setdefault(key, (set(), []))
        clusters.add(item.cluster)
        causes += [cause for cause in (_cause(one.verdict, fault.path),) if cause not in causes]
    return [
        Concern(about_it, about, unit, tuple(sorted(clusters)), tuple(causes[:_MOST_CAUSES]))
        for (about_it, about, unit), (clusters, causes) in found.items()
    ]


def _violations(told: Iterable[Weighed]) -> Iterable[Weighed]:
    return (one for one in told if one.verdict.is_violation and not one.is_waived)


def _risk(one: Weighed, fault: Fault) -> Risk:
    verdict, waiver = one.verdict, one.waiver
    index = "" if verdict.outcome.index is None else f", validation {verdict.outcome.index}"
    waived = f"; {ended(waiver, one.state)}" if waiver and one.state else ""
    words = f"{verdict.outcome.message} (policy `{verdict.policy.name}`{index}){waived}"
    return risk("refused-by-policy", fault.path, words, _LEVELS[verdict.action], verdict.policy.remediation)


def _cause(verdict: Verdict, path: Path) -> Cause:
    """Return the line that a manifest's setting comes from, in whatever layer; the manifest itself where it goes."""
    item, goes = verdict.subject.item, verdict.subject.body is None
    label = item.place.labels(() if goes else path, "", on_key=False)[0]
    return Cause(label.span, f"{item.kind} {item.name}" if goes else dotted(path) or item.name, goes)
