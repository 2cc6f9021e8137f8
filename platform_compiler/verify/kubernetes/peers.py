"""The rules of NetworkPolicies, and who is named in them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, text
from platform_compiler.verify.item import Item
from platform_compiler.verify.kubernetes.selectors import selected
from platform_compiler.verify.world import Workload, World, namespace_of

_NAMESPACE = "kubernetes.io/metadata.name"
DIRECTIONS = (("ingress", "from", "Ingress"), ("egress", "to", "Egress"))


class Peer(NamedTuple):
    """A peer: where it stands, and what it says of pods and of namespaces.

    `namespace` is the one whose pods it means, empty where there may be several; `chosen` are those of its pods that
    are judged.
    """

    path: Path
    body: Body
    pods: Body
    namespaces: Body
    namespace: str
    chosen: Sequence[Workload]


class Rule(NamedTuple):
    """A rule of a policy, its place and its direction's key of peers, with its peers and its ports.

    `own` are the pods that the policy holds for.
    """

    item: Item
    path: Path
    body: Body
    side: str
    peers: Sequence[Peer]
    ports: Sequence[tuple[int, Body]]
    own: Sequence[Workload]


def rules_of(world: World) -> list[Rule]:
    """Return the rules of every NetworkPolicy."""
    return [rule for item in world.of("networking.k8s.io", "NetworkPolicy") for rule in _rules(world, item)]


def _rules(world: World, item: Item) -> Iterator[Rule]:
    namespace, spec = namespace_of(item), a_map(item.body, "spec")
    own = selected(world, namespace, a_map(spec, "podSelector"))
    for direction, side, _ in DIRECTIONS:
        for i, rule in maps(spec, direction):
            path = ("spec", direction, i)
            peers = [_peer(world, (*path, side, j), peer, namespace) for j, peer in maps(rule, side)]
            yield Rule(item, path, rule, side, peers, maps(rule, "ports"), own)


def _peer(world: World, path: Path, body: Body, own: str) -> Peer:
    pods, namespaces = a_map(body, "podSelector"), {}
    namespace = own if "podSelector" in body else ""
    if "namespaceSelector" in body:
        namespaces = a_map(body, "namespaceSelector")
        namespace = _only(namespaces)
    return Peer(path, body, pods, namespaces, namespace, selected(world, namespace, pods) if namespace else ())


def _only(namespaces: Body) -> str:
    """Return the one namespace that a selector names, empty where it may be several."""
    labels = a_map(namespaces, "matchLabels")
    return "" if len(labels) != 1 or maps(namespaces, "matchExpressions") else text(labels, _NAMESPACE)
