"""The rules of NetworkPolicies, and who is named in them."""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.objects import Body, Path, maps
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import World

DIRECTIONS = (("ingress", "from", "Ingress"), ("egress", "to", "Egress"))


class Rule(NamedTuple):
    """A rule of a policy: where it stands, and the peers in it with their places."""

    item: Item
    path: Path
    body: Body
    side: str
    peers: tuple[tuple[Path, Body], ...]


def rules_of(world: World) -> list[Rule]:
    """Return the rules of every NetworkPolicy."""
    return [rule for item in world.of("networking.k8s.io", "NetworkPolicy") for rule in _rules(item)]


def _rules(item: Item) -> Iterator[Rule]:
    for direction, side, _ in DIRECTIONS:
        for i, rule in maps(item.body, "spec", direction):
            path = ("spec", direction, i)
            yield Rule(item, path, rule, side, tuple(((*path, side, j), peer) for j, peer in maps(rule, side)))
