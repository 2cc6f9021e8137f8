"""The rules of NetworkPolicies, and who is named in them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, text
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import World, namespace_of

_NAMESPACE = "kubernetes.io/metadata.name"
DIRECTIONS = (("ingress", "from", "Ingress"), ("egress", "to", "Egress"))


class Peer(NamedTuple):
    """A peer: where it stands, what it says of pods, and the one namespace that they are looked for in, if it is one.

    The namespace is empty where there may be several.
    """

    path: Path
    body: Body
    pods: Body
    namespace: str


class Rule(NamedTuple):
    """A rule of a policy, its place and its direction's key of peers, with its peers and its ports."""

    item: Item
    path: Path
    body: Body
    side: str
    peers: Sequence[Peer]
    ports: Sequence[tuple[int, Body]]


def rules_of(world: World) -> list[Rule]:
    """Return the rules of every NetworkPolicy."""
    return [rule for item in world.of("networking.k8s.io", "NetworkPolicy") for rule in _rules(item)]


def _rules(item: Item) -> Iterator[Rule]:
    own = namespace_of(item)
    for direction, side, _ in DIRECTIONS:
        for i, rule in maps(item.body, "spec", direction):
            path = ("spec", direction, i)
            peers = [
                Peer((*path, side, j), peer, a_map(peer, "podSelector"), _place_of(peer, own))
                for j, peer in maps(rule, side)
            ]
            yield Rule(item, path, rule, side, peers, maps(rule, "ports"))


def _place_of(peer: Body, own: str) -> str:
    if "namespaceSelector" not in peer:
        return own if "podSelector" in peer else ""
    selector = a_map(peer, "namespaceSelector")
    if "matchExpressions" in selector and maps(selector, "matchExpressions"):
        return ""
    labels = a_map(selector, "matchLabels")
    return text(labels, _NAMESPACE) if len(labels) == 1 else ""
