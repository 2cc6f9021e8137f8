"""Telemetry objects that collect nothing, or of which only one counts.

Source: the pages of IST0157, IST0159 and IST0160. A Telemetry without providers takes those of its parents; what the
mesh configuration has as a default, no object says.
"""

from collections import defaultdict
from collections.abc import Iterator

from platform_compiler.objects import maps
from platform_compiler.verify.istio.rivals import rivals_for_pods, rivals_of_namespace
from platform_compiler.verify.istio.scope import TELEMETRY, in_root, selector_of, targets_of
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World, namespace_of


def without_provider(world: World) -> Iterator[Fault]:
    """Yield access logs that no provider collects, neither here nor in a Telemetry above."""
    above: defaultdict[str, bool] = defaultdict(bool)
    for item in world.of(TELEMETRY, "Telemetry"):
        if not selector_of(item) and not targets_of(item) and _logs_to_a_provider(item):
            above["" if in_root(world, item) else namespace_of(item)] = True
    for item in world.of(TELEMETRY, "Telemetry"):
        inherits = above[""] or (above[namespace_of(item)] and bool(selector_of(item) or targets_of(item)))
        for i, log in maps(item.body, "spec", "accessLogging"):
            if not log.get("providers") and log.get("disabled") is not True and not inherits:
                message = "access logs without a provider go nowhere, unless the mesh configuration has a default"
                path = ("spec", "accessLogging", i)
                yield Fault("PC5257", item, path, message, "name one: `providers: [{name: envoy}]`")


def _logs_to_a_provider(item: Item) -> bool:
    return any(log.get("providers") for _, log in maps(item.body, "spec", "accessLogging"))


def several(world: World) -> Iterator[Fault]:
    """Yield Telemetry objects for the same pods, of which only one counts."""
    items = world.of(TELEMETRY, "Telemetry")
    yield from rivals_of_namespace("PC5258", items)
    yield from rivals_for_pods("PC5258", world, items)
