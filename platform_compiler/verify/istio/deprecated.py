"""Fields of Istio's kinds that still work but will not for ever.

Source: the page of IST0002, and the descriptions of fields in Istio's reference.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from platform_compiler.objects import Body, Path, a_map
from platform_compiler.verify.istio.destination_rules import policies
from platform_compiler.verify.istio.reading import routings
from platform_compiler.verify.istio.scope import NETWORKING
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_Tree: TypeAlias = Mapping[str, "_Tree | str"]
_ROUTES: _Tree = {
    "fault": {"delay": {"percent": "use `percentage: {value: ...}`"}},
    "mirrorPercent": "use `mirrorPercentage: {value: ...}`",
    "mirror_percent": "use `mirrorPercentage: {value: ...}`",
    "corsPolicy": {"allowOrigin": "use `allowOrigins`, a list of matches"},
}
_POLICY: _Tree = {
    "loadBalancer": {
        "warmupDurationSecs": "use `warmup`",
        "consistentHash": {"minimumRingSize": "use `ringHash.minimumRingSize`"},
    },
    "outlierDetection": {"consecutiveErrors": "use `consecutive5xxErrors` or `consecutiveGatewayErrors`"},
}
_OUTBOUND: _Tree = {"egressProxy": "remove it: Istio ignores it"}


def check(world: World) -> Iterator[Fault]:
    """Yield deprecated fields that are set."""
    for item, path, body, tree in _trees(world):
        for place, instead in _places(body, path, tree):
            yield Fault("PC5240", item, place, f"`{place[-1]}` is deprecated", instead, on_key=True)


def _trees(world: World) -> Iterator[tuple[Item, Path, Body, _Tree]]:
    """Yield what may have such fields: where, and which."""
    for routing in routings(world):
        for rule in routing.rules:
            if rule.protocol == "http" and not _ROUTES.keys().isdisjoint(rule.body):
                yield routing.item, rule.path, rule.body, _ROUTES
    for setting in world.once(policies):
        yield setting.item, setting.path, setting.body, _POLICY
    for item in world.of(NETWORKING, "Sidecar"):
        yield item, ("spec", "outboundTrafficPolicy"), a_map(item.body, "spec", "outboundTrafficPolicy"), _OUTBOUND


def _places(value: Any, done: Path, tree: _Tree) -> list[tuple[Path, str]]:
    """Return where fields of a tree stand below `value`, in lists too; zero and empty values count as not being set."""
    if isinstance(value, list):
        return [place for i, item in enumerate(value) for place in _places(item, (*done, i), tree)]
    if not isinstance(value, dict) or tree.keys().isdisjoint(value):
        return []
    found: list[tuple[Path, str]] = []
    for key, below in tree.items():
        if told := value.get(key):
            found += [((*done, key), below)] if isinstance(below, str) else _places(told, (*done, key), below)
    return found
