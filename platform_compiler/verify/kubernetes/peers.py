"""The rules of NetworkPolicies, and who is named in them."""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, text
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import World

_NAMESPACE = "kubernetes.io/metadata.name"
DIRECTIONS = (("ingress", "from", "Ingress"), ("egress", "to", "Egress"))


class Rule(NamedTuple):
    """A rule of a policy: where it stands, and the peers in it with their places."""

    item: Item
    path: Path
    body: Body
    side: str
    peers: tuple[tuple[Path, Body], ...]


def place_of(peer: Body, own: str) -> str:
    """Return the one namespace that a peer's pods are looked for in, empty where there may be several.

    `own` is the policy's namespace.
    """
    if "namespaceSelector" not in peer:
        return own if "podSelector" in peer else ""
    labels = a_map(peer, "namespaceSelector", "matchLabels")
    only = len(labels) == 1 and not maps(peer, "namespaceSelector", "matchExpressions")
    return text(labels, _NAMESPACE) if only else ""


def rules_of(world: World) -> list[Rule]:
    """Return the rules of every NetworkPolicy."""
    return [rule for item in world.of("networking.k8s.io", "NetworkPolicy") for rule in _rules(item)]


def _rules(item: Item) -> Iterator[Rule]:
    for direction, side, _ in DIRECTIONS:
        for i, rule in maps(item.body, "spec", direction):
            path = ("spec", direction, i)
            yield Rule(item, path, rule, side, tuple(((*path, side, j), peer) for j, peer in maps(rule, side)))
