"""How many replicas run, and how a new revision replaces the old one."""

from collections.abc import Iterator

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import text
from platform_compiler.layers.written import entries, is_own, number
from platform_compiler.source.node import MapNode, Node, ScalarNode, at, key_span

_FOLLOWED = ("cpuPercent", "memoryPercent", "external", "scaleDownAfter", "scaleUpAfter")


def check_replicas(settings: Settings, bag: Bag) -> None:
    """Report autoscalers that would keep none, and words about an autoscaler where there is none."""
    for scale in _scales(settings.spec):
        low, high = at(scale, "min"), at(scale, "max")
        if low is not None and number(low) == 0 and (number(high) or 0) > 0:
            bag.add(
                "PC1314",
                "an autoscaler keeps at least one replica, and `scale.min` is 0",
                low.span,
                also=[Label(high.span, "what makes the autoscaler")] if high else (),
                help="write `min: 1`, or `max: 0` where none shall run",
            )
        for word in _FOLLOWED if high is None else ():
            node = at(scale, word)
            if node is not None and _own(node, settings):
                bag.add(
                    "PC1315",
                    f"`scale.{word}` is for an autoscaler, and without `scale.max` there is none",
                    key_span(scale, word),
                    help="add `max`, above `min`",
                )


def _scales(spec: MapNode) -> Iterator[MapNode]:
    for holder in (spec, *(version for _, version in entries(spec, "versions"))):
        scale = at(holder, "scale")
        if isinstance(scale, MapNode):
            yield scale


def _own(node: Node, settings: Settings) -> bool:
    if isinstance(node, MapNode):
        return any(_own(below, settings) for below in node.entries.values())
    return is_own(node, settings)


def check_rollout(settings: Settings, bag: Bag) -> None:
    """Report rollouts that could never move, and those that stop everything against a mandate."""
    strategy = at(settings.spec, "strategy")
    if text(strategy, "type") == "Recreate":
        _against_mandate(settings, bag)
        return
    surge, unavailable = at(strategy, "maxSurge"), at(strategy, "maxUnavailable")
    if surge is not None and unavailable is not None and _is_none(surge) and _is_none(unavailable):
        later, first = sorted((surge, unavailable), key=lambda node: is_own(node, settings), reverse=True)
        bag.add(
            "PC1317",
            "a rollout that may neither add a replica nor miss one can never begin",
            later.span,
            also=[Label(first.span, "and this")],
            help="raise `maxSurge` or `maxUnavailable`",
        )


def _against_mandate(settings: Settings, bag: Bag) -> None:
    bound, node = settings.bounds.get("minReplicas"), at(settings.spec, "strategy", "type")
    if bound is None or node is None or (number(bound.value) or 0) < 1 or not is_own(node, settings):
        return
    if settings.workload is not None and ("strategy",) not in settings.workload.honours:
        return
    bag.add(
        "PC1318",
        f"`Recreate` stops every replica, and at least {number(bound.value)} shall always run",
        node.span,
        also=[Label(bound.span, "mandated here")],
        help="write `RollingUpdate`; a program with a volume of its own is a `stateful-service`",
    )


def _is_none(node: Node) -> bool:
    return isinstance(node, ScalarNode) and str(node.value) in ("0", "0%")
