"""Which risks a change of resources carries: of one resource by tables of rules, and of two whole trees."""

from typing import Any

from platform_compiler.diff.defaults import with_defaults
from platform_compiler.diff.model import Risk
from platform_compiler.diff.risk import availability, deletion, exposure, mesh, security
from platform_compiler.diff.risk.immutable import immutable_changes, immutable_defaulted
from platform_compiler.diff.risk.moves import move_risks
from platform_compiler.diff.risk.registry import RISKS, RiskClass
from platform_compiler.diff.risk.rules import Event, GroupKind, Rule
from platform_compiler.diff.risk.tree import tree_risks
from platform_compiler.objects import Body, group_of, kind_of

__all__ = ["RISKS", "RiskClass", "immutable_changes", "move_risks", "resource_risks", "tree_risks"]

_RULES: tuple[Rule, ...] = tuple(
    rule for family in (deletion, security, mesh, exposure, availability) for rule in family.RULES
)
_FOR_ALL: tuple[Rule, ...] = tuple(rule for rule in _RULES if not rule.kinds)
_BY_KIND: dict[GroupKind, tuple[Rule, ...]] = {
    kind: tuple(rule for rule in _RULES if kind in rule.kinds) for rule in _RULES for kind in rule.kinds
}


def resource_risks(old: Body | None, new: Body | None) -> list[Risk]:
    """Return the risks of one resource that comes, changes or goes; None stands for the side where it is absent.

    Equal bodies carry none, nor do bodies that only write out what the server fills in.
    """
    before, after = _defaulted(old), _defaulted(new)
    if before == after:
        return []
    body = after or before
    event = Event.CHANGED if before and after else Event.CREATED if after else Event.DELETED
    found = immutable_defaulted(before, after) if event is Event.CHANGED else []
    for rule in (*_FOR_ALL, *_BY_KIND.get((group_of(body), kind_of(body)), ())):
        if event in rule.on:
            found.extend(rule.check(before, after))
    return list(dict.fromkeys(found))


def _defaulted(body: Any) -> Body:
    return with_defaults(body) if isinstance(body, dict) else {}
