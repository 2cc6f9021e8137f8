"""The rules of NetworkPolicies, and who is named in them."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from platform_compiler.objects import Body, Path, a_list, a_map, maps, text
from platform_compiler.verify.item import Item
from platform_compiler.verify.kubernetes.pods import Opened, protocol_of
from platform_compiler.verify.kubernetes.selectors import plain_labels, selected
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import Wanted, World, namespace_of, wanted_of

_NAMESPACE = "kubernetes.io/metadata.name"
DIRECTIONS = (("ingress", "from", "Ingress"), ("egress", "to", "Egress"))


class Peer(NamedTuple):
    """A peer: where it stands, and what it says of pods and of namespaces.

    `namespace` is the one whose pods it means, empty where there may be several. `wanted` are the labels of its pods,
    None where it says anything else, too.
    """

    path: Path
    body: Body
    pods: Body
    namespaces: Body
    namespace: str
    wanted: Wanted | None


class Rule(NamedTuple):
    """A rule of a policy, its place and its direction's key of peers, with its peers and its ports."""

    path: Path
    body: Body
    side: str
    peers: Sequence[Peer]
    ports: Sequence[Any]
    named: AbstractSet[Opened]
    """Those of its ports that are named one by one: as many as `ports`, unless some say something else, or the same."""


class Policy(NamedTuple):
    """The rules of a policy, and those of their peers that say more than which labels pods carry."""

    rules: Sequence[Rule]
    special: Sequence[Peer]


def policies(world: World) -> Iterator[tuple[Item, Policy]]:
    """Yield every NetworkPolicy, read once."""
    return world.read("networking.k8s.io", "NetworkPolicy", _policy)


def chosen(world: World, peer: Peer) -> Sequence[Workload]:
    """Return the pods of a peer that are judged, none where it may mean several namespaces."""
    if peer.wanted is not None:
        return world.carrying(peer.wanted)
    return selected(world, peer.namespace, peer.pods) if peer.namespace else ()


def held(world: World, policy: Item) -> Sequence[Workload]:
    """Return the pods that a policy holds for."""
    return selected(world, namespace_of(policy), a_map(policy.body, "spec", "podSelector"))


def is_named(port: Any) -> bool:
    """Whether a rule names one port here."""
    return isinstance(port, dict) and isinstance(port.get("port"), str | int) and "endPort" not in port


def _policy(body: Body) -> Policy:
    spec, own = a_map(body, "spec"), text(body, "metadata", "namespace") or "default"
    rules = [
        _rule(("spec", direction, i), side, rule, own)
        for direction, side, _ in DIRECTIONS
        for i, rule in maps(spec, direction)
    ]
    return Policy(rules, [peer for rule in rules for peer in rule.peers if peer.wanted is None])


def _rule(path: Path, side: str, body: Body, own: str) -> Rule:
    ports = a_list(body, "ports")
    named = frozenset([(protocol_of(port), port["port"]) for port in ports if is_named(port)])
    return Rule(path, body, side, [_peer((*path, side, i), peer, own) for i, peer in maps(body, side)], ports, named)


def _peer(path: Path, body: Body, own: str) -> Peer:
    pods, namespaces = a_map(body, "podSelector"), a_map(body, "namespaceSelector")
    namespace = _only(namespaces) if "namespaceSelector" in body else own if "podSelector" in body else ""
    labels = plain_labels(pods) if namespace and "ipBlock" not in body else None
    wanted = None if labels is None else wanted_of(namespace, labels)
    return Peer(path, body, pods, namespaces, namespace, wanted)


def _only(namespaces: Body) -> str:
    """Return the one namespace that a selector names, empty where it may be several."""
    labels = a_map(namespaces, "matchLabels")
    if len(labels) != 1 or ("matchExpressions" in namespaces and maps(namespaces, "matchExpressions")):
        return ""
    name = labels.get(_NAMESPACE)
    return name if isinstance(name, str) else ""
