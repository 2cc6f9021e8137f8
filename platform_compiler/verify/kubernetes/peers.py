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
    """A peer, and where it stands.

    `namespace` is the one whose pods it means, empty where there may be several. `wanted` are the labels of its pods,
    None where it says anything else, too.
    """

    path: Path
    body: Body
    namespace: str
    wanted: Wanted | None

    @property
    def pods(self) -> Body:
        """What it says of pods."""
        return a_map(self.body, "podSelector")

    @property
    def namespaces(self) -> Body:
        """What it says of namespaces."""
        return a_map(self.body, "namespaceSelector")


class Rule(NamedTuple):
    """A rule of a policy, its place and its direction's key of peers, with what these want and its ports."""

    path: Path
    body: Body
    side: str
    own: str
    """The namespace of the policy."""
    wanted: Sequence[Wanted | None]
    """The labels of the pods of each peer, None where it says anything else, too."""
    ports: Sequence[Any]
    named: AbstractSet[Opened]
    """Those of its ports that are named one by one: as many as `ports`, unless some say something else, or the same."""

    @property
    def peers(self) -> Sequence[Peer]:
        """Its peers in full: who asks has found something, or must look closer."""
        peers = zip(maps(self.body, self.side), self.wanted, strict=True)
        return [
            Peer((*self.path, self.side, i), peer, _namespace(peer, self.own), wanted) for (i, peer), wanted in peers
        ]


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


def are_judged(world: World, rule: Rule) -> bool:
    """Whether each peer of a rule means pods that are judged, by their labels alone."""
    return all(wanted is not None and world.carrying(wanted) for wanted in rule.wanted)


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
    special = [peer for rule in rules if None in rule.wanted for peer in rule.peers if peer.wanted is None]
    return Policy(rules, special)


def _rule(path: Path, side: str, body: Body, own: str) -> Rule:
    ports = a_list(body, "ports")
    named = frozenset([(protocol_of(port), port["port"]) for port in ports if is_named(port)])
    return Rule(path, body, side, own, [_wanted(peer, own) for _, peer in maps(body, side)], ports, named)


def _wanted(peer: Body, own: str) -> Wanted | None:
    namespace = _namespace(peer, own)
    labels = plain_labels(a_map(peer, "podSelector")) if namespace and "ipBlock" not in peer else None
    return None if labels is None else wanted_of(namespace, labels)


def _namespace(peer: Body, own: str) -> str:
    if "namespaceSelector" in peer:
        return _only(a_map(peer, "namespaceSelector"))
    return own if "podSelector" in peer else ""


def _only(namespaces: Body) -> str:
    """Return the one namespace that a selector names, empty where it may be several."""
    labels = a_map(namespaces, "matchLabels")
    if len(labels) != 1 or ("matchExpressions" in namespaces and maps(namespaces, "matchExpressions")):
        return ""
    name = labels.get(_NAMESPACE)
    return name if isinstance(name, str) else ""
