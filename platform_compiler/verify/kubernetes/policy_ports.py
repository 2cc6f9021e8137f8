"""Ports that NetworkPolicies let through, and whether the pods in question open them."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from platform_compiler.objects import Body, Path, text
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.elsewhere import filled_by_others
from platform_compiler.verify.kubernetes.peers import Rule, chosen, held, is_named, policies
from platform_compiler.verify.kubernetes.pods import Opened, opened_by, protocol_of
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World, namespace_of

_UNKNOWN, _CLOSED = "PC5118", "PC5119"
_PORTS_OF_MESH = frozenset(range(15000, 16000))
"""Ports that the proxies of a mesh open, beside the pod's own containers."""
_OF_MESH = frozenset(("TCP", port) for port in _PORTS_OF_MESH)
"""As rules name them most often."""


def policy_ports(world: World) -> Iterator[Fault]:
    """Yield ports that a policy lets through to pods none of which opens them."""
    opened, others = world.once(opened_by), world.once(filled_by_others)
    for item, policy in policies(world):
        own = _own(world, item, others)
        for rule in policy.rules:
            pods = (_called(world, rule, others) if rule.side == "to" else own) if rule.named else ()
            known = _all_opened([opened[workload] for workload in pods])
            if known and not rule.named - known <= _OF_MESH:
                yield from _not_open(item, rule, pods[0], known)


def _all_opened(by_pods: Sequence[AbstractSet[Opened]]) -> AbstractSet[Opened]:
    """Return what any pods open, nothing where some of them may open whatever they like."""
    if len(by_pods) == 1:
        return by_pods[0]
    return frozenset[Opened]().union(*by_pods) if all(by_pods) else frozenset()


def _not_open(item: Item, rule: Rule, pods: Workload, known: AbstractSet[Opened]) -> Iterator[Fault]:
    for i, port in enumerate(rule.ports):
        if is_named(port) and (protocol_of(port), port["port"]) not in known and port["port"] not in _PORTS_OF_MESH:
            yield _fault(item, (*rule.path, "ports", i, "port"), port, pods, known)


def _fault(item: Item, path: Path, port: Body, pods: Workload, known: AbstractSet[Opened]) -> Fault:
    wanted = port["port"]
    also = (Other(pods.item, (*pods.path, "metadata", "labels"), "pods that it is about"),)
    cure = f"open are {', '.join(str(number) for number in sorted({n for _, n in known if isinstance(n, int)}))}"
    if isinstance(wanted, str):
        return Fault(_UNKNOWN, item, path, f"no pod that it is about has a port called `{wanted}`", cure, also)
    message = f"no pod that it is about opens port {wanted}/{protocol_of(port)}"
    return Fault(_CLOSED, item, path, message, cure, also)


def _own(world: World, policy: Item, others: AbstractSet[str]) -> Sequence[Workload]:
    """Return the pods that the policy holds for, empty where some of them may not be judged."""
    return () if namespace_of(policy) in others else held(world, policy)


def _called(world: World, rule: Rule, others: AbstractSet[str]) -> Sequence[Workload]:
    """Return the pods that a rule lets traffic out to, empty where some of them may not be judged."""
    found: list[Workload] = []
    for wanted in rule.wanted:
        if wanted is None:
            return _called_otherwise(world, rule, others)
        pods = world.carrying(wanted)
        if not pods or wanted[0] in others:
            return ()
        found += pods
    return found


def _called_otherwise(world: World, rule: Rule, others: AbstractSet[str]) -> Sequence[Workload]:
    """Return the same of a rule that says of a peer more than which labels its pods carry."""
    found: list[Workload] = []
    for peer in rule.peers:
        pods = chosen(world, peer)
        if not pods or peer.namespace in others or ("ipBlock" in peer.body and text(peer.body, "ipBlock", "cidr")):
            return ()
        found += pods
    return found
