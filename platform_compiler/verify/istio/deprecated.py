"""Fields of Istio's kinds that still work but will not for ever.

Source: the page of IST0002, and the descriptions of fields in Istio's reference.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from platform_compiler.objects import Path
from platform_compiler.verify.istio.scope import NETWORKING
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World

_Tree: TypeAlias = Mapping[str, "_Tree | str"]
_ROUTES: _Tree = {
    "fault": {"delay": {"percent": "use `percentage: {value: ...}`"}},
    "mirrorPercent": "use `mirrorPercentage: {value: ...}`",
    "mirror_percent": "use `mirrorPercentage: {value: ...}`",
    "corsPolicy": {"allowOrigin": "use `allowOrigins`, a list of matches"},
}
_PORT_POLICY: _Tree = {
    "loadBalancer": {
        "warmupDurationSecs": "use `warmup`",
        "consistentHash": {"minimumRingSize": "use `ringHash.minimumRingSize`"},
    },
    "outlierDetection": {"consecutiveErrors": "use `consecutive5xxErrors` or `consecutiveGatewayErrors`"},
}
_POLICY: _Tree = {**_PORT_POLICY, "portLevelSettings": _PORT_POLICY}
_FIELDS: Mapping[str, _Tree] = {
    "VirtualService": {"spec": {"http": _ROUTES}},
    "DestinationRule": {"spec": {"trafficPolicy": _POLICY, "subsets": {"trafficPolicy": _POLICY}}},
    "Sidecar": {"spec": {"outboundTrafficPolicy": {"egressProxy": "remove it: Istio ignores it"}}},
}


def check(world: World) -> Iterator[Fault]:
    """Yield deprecated fields that are set."""
    for kind, tree in _FIELDS.items():
        for item in world.of(NETWORKING, kind):
            for path, instead in _places(item.body, (), tree):
                yield Fault("PC5240", item, path, f"`{path[-1]}` is deprecated", instead, on_key=True)


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
