"""How workloads replace their pods: settings that exclude each other."""

import re
from collections.abc import Iterator
from typing import Any

from platform_compiler.objects import Body, Path, a_map, number, text
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_CODE = "PC5130"
_STRATEGIES = {"Deployment": "strategy", "DaemonSet": "updateStrategy", "StatefulSet": "updateStrategy"}
_PERCENT = re.compile(r"([0-9]{1,6})%\Z").match
_DEADLINE = 600


def rollouts(world: World) -> Iterator[Fault]:
    """Yield strategies that the API server refuses."""
    for kind, field in _STRATEGIES.items():
        for item in world.of("apps", kind):
            yield from _strategy(item, ("spec", field), a_map(item.body, "spec", field))


def deadlines(world: World) -> Iterator[Fault]:
    """Yield Deployments that give up before a pod counts as available."""
    for item in world.of("apps", "Deployment"):
        ready, told = number(item.body, "spec", "minReadySeconds"), number(item.body, "spec", "progressDeadlineSeconds")
        deadline = _DEADLINE if told is None else told
        if ready is not None and ready >= deadline > 0:
            message = f"`minReadySeconds` ({ready}) is not below `progressDeadlineSeconds` ({deadline})"
            cure = "raise the deadline, or let pods count as available earlier"
            yield Fault(_CODE, item, ("spec", "minReadySeconds"), message, cure)


def _strategy(item: Item, path: Path, told: Body) -> Iterator[Fault]:
    kind, rolling = text(told, "type"), told.get("rollingUpdate")
    if kind in ("Recreate", "OnDelete") and isinstance(rolling, dict) and rolling:
        message = f"`rollingUpdate` has no place beside `type: {kind}`"
        cure = "remove it, or roll with `type: RollingUpdate`"
        yield Fault(_CODE, item, (*path, "rollingUpdate"), message, cure, on_key=True)
    if not isinstance(rolling, dict):
        return
    surge, away = _value(rolling.get("maxSurge")), _value(rolling.get("maxUnavailable"))
    if item.kind == "DaemonSet":
        away = 1 if away is None else away
        surge = surge or 0
        if surge and away:
            message = "a DaemonSet has either more pods or fewer while it rolls, not both"
            yield Fault(_CODE, item, (*path, "rollingUpdate", "maxSurge"), message, "set one of the two to 0")
    if surge == 0 and away == 0:
        message = "neither more pods nor fewer while it rolls: it can never begin"
        yield Fault(
            _CODE, item, (*path, "rollingUpdate"), message, "let `maxSurge` or `maxUnavailable` be 1", on_key=True
        )


def _value(told: Any) -> int | None:
    """Return a number or a percentage as a number; None where it is neither."""
    if isinstance(told, str) and (share := _PERCENT(told)):
        return int(share[1])
    return told if isinstance(told, int) and not isinstance(told, bool) else None
