"""The rules of NetworkPolicies, and who is named in them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, text
from platform_compiler.verify.item import Item
from platform_compiler.verify.kubernetes.selectors import selected
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World, namespace_of

_NAMESPACE = "kubernetes.io/metadata.name"
DIRECTIONS = (("ingress", "from", "Ingress"), ("egress", "to", "Egress"))


class Peer(NamedTuple):
    """A peer: where it stands, and what it says of pods and of namespaces.

    `namespace` is the one whose pods it means, empty where there may be several.
    """

    path: Path
    body: Body
    pods: Body
    namespaces: Body
    namespace: str


class Rule(NamedTuple):
    """A rule of a policy, its place and its direction's key of peers, with its peers and its ports."""

    path: Path
    body: Body
    side: str
    peers: Sequence[Peer]
    ports: Sequence[tuple[int, Body]]


def policies(world: World) -> Iterator[tuple[Item, Sequence[Rule]]]:
    """Yield every NetworkPolicy with its rules."""
    return world.read("networking.k8s.io", "NetworkPolicy", _rules)


def rules_of(world: World) -> Iterator[tuple[Item, Rule]]:
    """Yield the rules of every NetworkPolicy, each with its policy."""
    return ((item, rule) for item, rules in policies(world) for rule in rules)


def chosen(world: World, peer: Peer) -> Sequence[Workload]:
    """Return the pods of a peer that are judged, none where it may mean several namespaces."""
    return selected(world, peer.namespace, peer.pods) if peer.namespace else ()


def held(world: World, policy: Item) -> Sequence[Workload]:
    """Return the pods that a policy holds for."""
    return selected(world, namespace_of(policy), a_map(policy.body, "spec", "podSelector"))


def _rules(policy: Body) -> list[Rule]:
    spec, namespace = a_map(policy, "spec"), text(policy, "metadata", "namespace") or "default"
    found = []
    for direction, side, _ in DIRECTIONS:
        for i, rule in maps(spec, direction):
            path = ("spec", direction, i)
            peers = [_peer((*path, side, j), peer, namespace) for j, peer in maps(rule, side)]
            found.append(Rule(path, rule, side, peers, maps(rule, "ports")))
    return found


def _peer(path: Path, body: Body, own: str) -> Peer:
    pods = a_map(body, "podSelector")
    if "namespaceSelector" not in body:
        return Peer(path, body, pods, {}, own if "podSelector" in body else "")
    namespaces = a_map(body, "namespaceSelector")
    return Peer(path, body, pods, namespaces, _only(namespaces))


def _only(namespaces: Body) -> str:
    """Return the one namespace that a selector names, empty where it may be several."""
    labels = a_map(namespaces, "matchLabels")
    if len(labels) != 1 or ("matchExpressions" in namespaces and maps(namespaces, "matchExpressions")):
        return ""
    return text(labels, _NAMESPACE)
