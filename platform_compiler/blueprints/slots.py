"""Slots: what parts give to the templates of others, such as labels of pods or rules of network policies."""

from collections.abc import Iterable
from typing import Any

from platform_compiler.blueprints.evaluated import evaluated
from platform_compiler.blueprints.program import Compiled, Program
from platform_compiler.context.model import UnitContext
from platform_compiler.diagnostics import Bag, Label

Slots = dict[str, dict[str, Any]]
_EMPTY_SLOTS: Slots = {
    "pod": {"labels": {}, "annotations": {}},
    "namespace": {"labels": {}},
    "service": {"labels": {}, "ports": []},
    "network": {"ingress": [], "egress": []},
    "dashboard": {"panels": []},
    "object": {"annotations": {}},
    "guarded": {"annotations": {}},
}
_SLOTS_OF_SCOPE = {
    "app": ("pod", "service", "network", "dashboard", "object", "guarded"),
    "namespace": ("namespace", "object", "guarded"),
}


def filled(programs: Iterable[Program], context: UnitContext, bag: Bag) -> Slots:
    """Return what the parts contribute."""
    slots: Slots = {
        group: {slot: value.copy() for slot, value in names.items()} for group, names in _EMPTY_SLOTS.items()
    }
    givers: dict[tuple[str, str, str], Program] = {}
    for program in programs:
        for (group, slot), template in program.contributions.items():
            if group not in _SLOTS_OF_SCOPE.get(context.unit.scope, ()):
                continue
            for given in evaluated(template, {**context.context, "slots": slots}, context, bag):
                if isinstance(given, list):
                    slots[group][slot] += given
                    continue
                for key, value in given.items():
                    first = givers.setdefault((group, slot, key), program)
                    if first is not program:
                        _report_twice(f"{group}.{slot}", key, template, first, bag)
                    slots[group][slot][key] = value
    return slots


def _report_twice(slot: str, key: str, template: Compiled, first: Program, bag: Bag) -> None:
    bag.add(
        "PC4203",
        f"`{key}` is put into `{slot}` by `{first.blueprint.contract.name}` too",
        template.template.span,
        also=[Label(first.blueprint.contract.span, "by this one")],
        help="let one blueprint contribute it",
    )
