"""Put the risks to the changes: each changed resource is judged by itself, then all of them together."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from platform_compiler.context.unit import Unit
from platform_compiler.diff.model import (
    Body,
    Change,
    ChangeKind,
    Comparison,
    Family,
    Identity,
    Level,
    Resources,
    Risk,
)
from platform_compiler.diff.risk import move_risks, resource_risks, tree_risks
from platform_compiler.diff.risk.moves import made_again
from platform_compiler.diff.risk.registry import risk as risk_of

_MADE_AGAIN = ("rename-recreate", "namespace-changed")


def assess(comparison: Comparison, before: Resources, after: Resources) -> Comparison:
    """Return the comparison with the risks of every change."""
    whole: dict[Identity, list[Risk]] = {}
    for identity, risk in tree_risks(_bodies(before), _bodies(after)):
        whole.setdefault(identity, []).append(risk)
    changes = _without_repetition(tuple(_assessed(change, whole) for change in comparison.changes), after)
    elsewhere = tuple((identity, risk) for identity, risks in whole.items() for risk in risks)
    return replace(comparison, changes=changes, elsewhere=elsewhere)


def _assessed(change: Change, whole: dict[Identity, list[Risk]]) -> Change:
    """Return a change with its risks, and take those told of it as part of the whole."""
    old, new = (placed.body if placed else None for placed in (change.old, change.new))
    own = [*move_risks(change), *_own(change, old, new)]
    for identity in (change.old_identity, change.identity):
        own += whole.pop(identity, []) if identity is not None else []
    return replace(change, risks=tuple(dict.fromkeys(own))) if own else change


def _own(change: Change, old: Body | None, new: Body | None) -> list[Risk]:
    """Return the risks of a resource by itself. What has a new name is made anew: nothing of it is immutable.

    In another namespace it guards nothing that it guarded before.
    """
    before, after = change.old_identity, change.identity
    if before is None:
        return resource_risks(old, new)
    gone = [risk for risk in resource_risks(old, None) if risk.name != "delete-object"]
    if before.namespace != after.namespace:
        return [*gone, *resource_risks(None, new)]
    compared = resource_risks(_called(old, before.name, after.name), new)
    return [
        *(risk for risk in gone if risk.family is Family.DELETION),
        *(risk for risk in compared if risk.family is not Family.IMMUTABLE),
    ]


def _called(value: Any, old: str, new: str) -> Any:
    """Return a body with the new name wherever the old one stood."""
    if isinstance(value, dict):
        return {key: _called(child, old, new) for key, child in value.items()}
    if isinstance(value, list):
        return [_called(child, old, new) for child in value]
    return value.replace(old, new) if isinstance(value, str) else value


def _without_repetition(changes: tuple[Change, ...], after: Resources) -> tuple[Change, ...]:
    """Tell the end of a whole unit once, at its first resource; what guarded pods that go with it is no loss.

    Whatever is worth a word of its own, such as data that is lost, keeps it.
    """
    alive = {placed.unit for placed in after.values()}
    going: dict[Unit, list[Change]] = {}
    for change in changes:
        if change.kind is ChangeKind.REMOVED and change.placed.unit not in alive:
            going.setdefault(change.placed.unit, []).append(change)
    told = {group[0].identity: _end(unit) for unit, group in going.items() if len(group) > 1}
    ending = {change.identity for group in going.values() if len(group) > 1 for change in group}
    changes = _made_again_once(changes, alive)
    return tuple(
        replace(change, risks=(*_grave(change), *([told[change.identity]] if change.identity in told else [])))
        if change.identity in ending
        else change
        for change in changes
    )


def _grave(change: Change) -> list[Risk]:
    deletions = [risk for risk in change.risks if risk.family is Family.DELETION and risk.level is Level.HIGH]
    cascades = [risk for risk in deletions if risk.name != "delete-object"]
    return cascades or deletions


def _made_again_once(changes: tuple[Change, ...], alive: set[Unit]) -> tuple[Change, ...]:
    """Tell of a whole unit that gets another name or place once, at its first resource, besides what is grave."""
    groups: dict[tuple[Unit, Unit], list[Change]] = {}
    for change in changes:
        if change.old_identity and change.old and change.new and change.old.unit not in alive:
            groups.setdefault((change.old.unit, change.new.unit), []).append(change)
    short: dict[Identity, Change] = {}
    for (old, new), group in groups.items():
        for i, change in enumerate(group if len(group) > 1 else ()):
            kept = [risk for risk in change.risks if risk.name not in _MADE_AGAIN or risk.level is Level.HIGH]
            whole = [made_again(old, new)] if i == 0 else []
            short[change.identity] = replace(change, risks=(*whole, *kept))
    return tuple(short.get(change.identity, change) for change in changes)


def _end(unit: Unit) -> Risk:
    return replace(risk_of("delete-object", (), f"everything of `{unit.id}` is deleted"), level=Level.MEDIUM)


def _bodies(resources: Resources) -> Mapping[Identity, Body]:
    return {identity: placed.body for identity, placed in resources.items()}
