"""The seam to the risks: each changed resource is judged by itself, then all of them together."""

from collections.abc import Mapping
from dataclasses import replace

from platform_compiler.diff.model import Body, Change, Comparison, Identity, Resources, Risk


def assess(comparison: Comparison, before: Resources, after: Resources) -> Comparison:
    """Return the comparison with the risks of every change."""
    whole: dict[Identity, list[Risk]] = {}
    for identity, risk in _tree_risks(_bodies(before), _bodies(after)):
        whole.setdefault(identity, []).append(risk)
    changes = tuple(_assessed(change, whole) for change in comparison.changes)
    elsewhere = tuple((identity, risk) for identity, risks in whole.items() for risk in risks)
    return replace(comparison, changes=changes, elsewhere=elsewhere)


def _assessed(change: Change, whole: dict[Identity, list[Risk]]) -> Change:
    """Return a change with its risks, and take those told of it as part of the whole."""
    old, new = (placed.body if placed else None for placed in (change.old, change.new))
    if change.old_identity is not None:
        own = [*_resource_risks(old, None), *_resource_risks(None, new)]
        own += whole.pop(change.old_identity, [])
    else:
        own = _resource_risks(old, new)
    own += whole.pop(change.identity, [])
    return replace(change, risks=tuple(dict.fromkeys(own))) if own else change


def _bodies(resources: Resources) -> Mapping[Identity, Body]:
    return {identity: placed.body for identity, placed in resources.items()}


def _resource_risks(old: Body | None, new: Body | None) -> list[Risk]:  # noqa: ARG001 -- judged by diff/risk
    return []


def _tree_risks(before: Mapping[Identity, Body], after: Mapping[Identity, Body]) -> list[tuple[Identity, Risk]]:  # noqa: ARG001 -- judged by diff/risk
    return []
