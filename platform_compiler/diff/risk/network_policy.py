"""Network policies that let more traffic through: fewer policies, fewer directions, more peers or ports."""

from collections.abc import Iterator
from typing import Any

from platform_compiler.diff.model import Risk
from platform_compiler.diff.risk.covers import range_covers, selector_covers
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.rules import Rule
from platform_compiler.objects import Body, a_list, a_map, maps, number, text, texts

_PEERS = {"ingress": "from", "egress": "to"}
_SELECTORS = ("podSelector", "namespaceSelector")


def _widened(old: Body, new: Body) -> Iterator[Risk]:
    if not selector_covers(a_map(new, "spec", "podSelector"), a_map(old, "spec", "podSelector")):
        yield risk("network-policy-widened", ("spec", "podSelector"), "the policy selects fewer pods than before")
    for direction in sorted(directions(old)):
        if direction not in directions(new):
            message = f"the policy no longer restricts {direction}"
            yield risk("network-policy-widened", ("spec", "policyTypes"), message)
            continue
        before = [pair for _, rule in maps(old, "spec", direction) for pair in _pairs(rule, direction)]
        for i, rule in maps(new, "spec", direction):
            more = [pair for pair in _pairs(rule, direction) if not any(_covers(was, pair) for was in before)]
            if more:
                message = f"the policy lets more {direction} through: {_told(*more[0])}"
                yield risk("network-policy-widened", ("spec", direction, i), message)


def directions(policy: Body) -> set[str]:
    """Return what a policy restricts; without types ingress, and egress where it has such rules."""
    types = texts(policy, "spec", "policyTypes")
    if types:
        return {kind.lower() for kind in types} & set(_PEERS)
    return {"ingress", "egress"} if a_list(policy, "spec", "egress") else {"ingress"}


def _pairs(rule: Body, direction: str) -> list[tuple[Body, Body]]:
    """Return every peer of a rule with every port; an empty map stands for all of them."""
    peers = [peer for _, peer in maps(rule, _PEERS[direction])] or [{}]
    ports = [port for _, port in maps(rule, "ports")] or [{}]
    return [(peer, port) for peer in peers for port in ports]


def _covers(old: tuple[Body, Body], new: tuple[Body, Body]) -> bool:
    return old == new or (_peer_covers(old[0], new[0]) and _port_covers(old[1], new[1]))


def _peer_covers(old: Body, new: Body) -> bool:
    if not old or not new:
        return not old
    if "ipBlock" in old or "ipBlock" in new:
        inside = range_covers(text(old, "ipBlock", "cidr"), text(new, "ipBlock", "cidr"))
        kept = texts(new, "ipBlock", "except")
        return inside and all(any(range_covers(n, o) for n in kept) for o in texts(old, "ipBlock", "except"))
    # A peer without a namespace selector means the policy's own namespace.
    if ("namespaceSelector" in old) != ("namespaceSelector" in new):
        return False
    return all(selector_covers(a_map(old, word), a_map(new, word)) for word in _SELECTORS)


def _port_covers(old: Body, new: Body) -> bool:
    if not old or old == new:
        return True
    if not new or old.get("protocol") != new.get("protocol"):
        return False
    first, last = _range(old)
    if "port" not in old:
        return True
    inner = _range(new)
    return None not in (first, *inner) and first <= inner[0] and inner[1] <= last


def _range(port: Body) -> tuple[Any, Any]:
    first = number(port, "port")
    return first, number(port, "endPort") or first


def _told(peer: Body, port: Body) -> str:
    """Return a peer and a port in words."""
    who = text(peer, "ipBlock", "cidr") or ", ".join(
        f"{key}={value}" for word in _SELECTORS for key, value in a_map(peer, word, "matchLabels").items()
    )
    where = f" on port `{port['port']}`" if isinstance(port.get("port"), (int, str)) else " on every port"
    return f"`{who or 'anyone'}`{where}" if peer else f"anyone{where}"


_KIND = (("networking.k8s.io", "NetworkPolicy"),)
NETWORK_POLICY_RULES = (Rule(_widened, _KIND),)
