"""Ports that NetworkPolicies let through, and whether the pods in question open them."""

from collections.abc import Iterator, Sequence

from platform_compiler.objects import Body, Path, a_map, maps, text
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
    opened = world.once(opened_by)
    chosen: dict[int, Sequence[Workload]] = {}
    for rule in world.once(rules_of):
        ports = [(i, port) for i, port in maps(rule.body, "ports") if _is_asked_for(port)]
        if not ports:
            continue
        if rule.side == "to":
            pods = _called(world, rule)
        else:
            pods = chosen[id(rule.item)] = chosen.get(id(rule.item)) or _own(world, rule)
        if pods and all(opened[id(workload)] for workload in pods):
            known = frozenset().union(*(opened[id(workload)] for workload in pods))
            for i, port in ports:
                if (protocol_of(port), port["port"]) not in known:
                    yield _fault(rule, (*rule.path, "ports", i, "port"), port, pods[0], known)


def opened_by(world: World) -> dict[int, frozenset[tuple[str, str | int]]]:
    """Return the numbers and names of the ports that each workload's containers open, with their protocols."""
    return {
        id(workload): frozenset(
            (protocol_of(port), port[key])
            for _, port in ports_of(workload)
            for key in ("name", "containerPort")
            if isinstance(port.get(key), str | int)
        )
        for workload in world.workloads
    }


def _is_asked_for(port: Body) -> bool:
    """Whether a rule names one port, and none of the mesh's."""
    told = port.get("port")
    return isinstance(told, str | int) and told not in _OF_MESH and "endPort" not in port


def _fault(rule: Rule, path: Path, port: Body, pods: Workload, known: frozenset[tuple[str, str | int]]) -> Fault:
    wanted = port["port"]
    also = (Other(pods.item, (*pods.path, "metadata", "labels"), "pods that it is about"),)
    cure = f"open are {', '.join(str(number) for number in sorted({n for _, n in known if isinstance(n, int)}))}"
    if isinstance(wanted, str):
        return Fault(_UNKNOWN, rule.item, path, f"no pod that it is about has a port called `{wanted}`", cure, also)
    message = f"no pod that it is about opens port {wanted}/{protocol_of(port)}"
    return Fault(_CLOSED, rule.item, path, message, cure, also)


def _own(world: World, rule: Rule) -> Sequence[Workload]:
    """Return the pods that the policy holds for, empty where some of them may not be judged."""
    own = namespace_of(rule.item)
    others = world.once(filled_by_others)
    return () if own in others else selected(world, own, a_map(rule.item.body, "spec", "podSelector"))


def _called(world: World, rule: Rule) -> Sequence[Workload]:
    """Return the pods that a rule lets traffic out to, empty where some of them may not be judged."""
    own, others = namespace_of(rule.item), world.once(filled_by_others)
    found: list[Workload] = []
    for _, peer in rule.peers:
        place = place_of(peer, own)
        pods = selected(world, place, a_map(peer, "podSelector")) if place and place not in others else []
        if not pods or text(peer, "ipBlock", "cidr"):
            return ()
        found += pods
    return found
