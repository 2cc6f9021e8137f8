"""Ports that NetworkPolicies let through, and whether the pods in question open them."""

from collections.abc import Iterator, Sequence

from platform_compiler.objects import a_map, maps, number, text
from platform_compiler.verify.item import Fault, Other
from platform_compiler.verify.kubernetes.elsewhere import filled_by_others
from platform_compiler.verify.kubernetes.peers import Rule, place_of, rules_of
from platform_compiler.verify.kubernetes.pods import ports_of, protocol_of
from platform_compiler.verify.kubernetes.selectors import selected
from platform_compiler.verify.world import Workload, World, namespace_of

_UNKNOWN, _CLOSED = "PC5118", "PC5119"
_OF_MESH = range(15000, 16000)
"""Ports that the proxies of a mesh open, beside the pod's own containers."""


def policy_ports(world: World) -> Iterator[Fault]:
    """Yield ports that a policy lets through to pods none of which opens them."""
    for rule in world.once(rules_of):
        ports = [(i, port) for i, port in maps(rule.body, "ports") if "port" in port and "endPort" not in port]
        pods = _reached(world, rule) if ports else []
        opened = [[port for _, port in ports_of(workload)] for workload in pods]
        if not pods or not all(opened):
            continue
        known = {
            (protocol_of(p), p.get(key))
            for own in opened
            for p in own
            for key in ("name", "containerPort")
            if _plain(p.get(key))
        }
        for i, port in ports:
            wanted, path = port["port"], (*rule.path, "ports", i, "port")
            if not _plain(wanted) or (protocol_of(port), wanted) in known or wanted in _OF_MESH:
                continue
            listed = sorted({opening for own in opened for p in own if (opening := number(p, "containerPort"))})
            also = (Other(pods[0].item, (*pods[0].path, "metadata", "labels"), "pods that it is about"),)
            cure = f"open are {', '.join(map(str, listed))}"
            if isinstance(wanted, str):
                message = f"no pod that it is about has a port called `{wanted}`"
                yield Fault(_UNKNOWN, rule.item, path, message, cure, also)
            else:
                message = f"no pod that it is about opens port {wanted}/{protocol_of(port)}"
                yield Fault(_CLOSED, rule.item, path, message, cure, also)


def _plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _reached(world: World, rule: Rule) -> Sequence[Workload]:
    """Return the pods that a rule lets traffic to, empty where some of them may not be judged."""
    own, others = namespace_of(rule.item), world.once(filled_by_others)
    if rule.side == "from":
        return () if own in others else selected(world, own, a_map(rule.item.body, "spec", "podSelector"))
    found: list[Workload] = []
    for _, peer in rule.peers:
        place = place_of(peer, own)
        pods = selected(world, place, a_map(peer, "podSelector")) if place and place not in others else []
        if not pods or text(peer, "ipBlock", "cidr"):
            return ()
        found += pods
    return found
