"""Fields of Istio's kinds that still work but will not for ever.

Source: the page of IST0002, and the descriptions of fields in Istio's reference.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from platform_compiler.objects import Path, a_list, at
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World

_GROUP = "networking.istio.io"
_EACH = "*"


class _Field(NamedTuple):
    """A field that is deprecated, and what to write instead."""

    kind: str
    path: tuple[str, ...]
    instead: str


_ROUTE = ("spec", "http", _EACH)
_POLICIES = (
    ("spec", "trafficPolicy"),
    ("spec", "trafficPolicy", "portLevelSettings", _EACH),
    ("spec", "subsets", _EACH, "trafficPolicy"),
    ("spec", "subsets", _EACH, "trafficPolicy", "portLevelSettings", _EACH),
)
_OF_POLICIES = (
    (("loadBalancer", "warmupDurationSecs"), "use `warmup`"),
    (("loadBalancer", "consistentHash", "minimumRingSize"), "use `ringHash.minimumRingSize`"),
    (("outlierDetection", "consecutiveErrors"), "use `consecutive5xxErrors` or `consecutiveGatewayErrors`"),
)
_FIELDS = (
    _Field("VirtualService", (*_ROUTE, "fault", "delay", "percent"), "use `percentage: {value: ...}`"),
    _Field("VirtualService", (*_ROUTE, "mirrorPercent"), "use `mirrorPercentage: {value: ...}`"),
    _Field("VirtualService", (*_ROUTE, "mirror_percent"), "use `mirrorPercentage: {value: ...}`"),
    _Field("VirtualService", (*_ROUTE, "corsPolicy", "allowOrigin"), "use `allowOrigins`, a list of matches"),
    _Field("Sidecar", ("spec", "outboundTrafficPolicy", "egressProxy"), "remove it: Istio ignores it"),
    *(_Field("DestinationRule", (*policy, *field), use) for policy in _POLICIES for field, use in _OF_POLICIES),
)


def check(world: World) -> Iterator[Fault]:
    """Yield deprecated fields that are set."""
    for field in _FIELDS:
        for item in world.of(_GROUP, field.kind):
            for path in _places(item.body, (), field.path):
                message = f"`{field.path[-1]}` is deprecated"
                yield Fault("PC5240", item, path, message, field.instead, on_key=True)


def _places(value: Any, done: Path, left: tuple[str, ...]) -> Iterator[Path]:
    """Yield where a field stands below `value`; zero and empty values count as not being set."""
    if not left:
        if value:
            yield done
    elif left[0] == _EACH:
        for i, item in enumerate(a_list(value)):
            yield from _places(item, (*done, i), left[1:])
    else:
        yield from _places(at(value, left[0]), (*done, left[0]), left[1:])
