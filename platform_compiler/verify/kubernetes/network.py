"""NetworkPolicies whose rules say less than they seem to, and addresses that are none."""

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from platform_compiler.objects import Body, Path, a_list, maps, number, text, texts
from platform_compiler.schema.ranges import unclear_range
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.kubernetes.peers import DIRECTIONS, policies
from platform_compiler.verify.world import World

_VAIN, _ADDRESS, _UNCLEAR = "PC5140", "PC5141", "PC5143"


def rule_types(world: World) -> Iterator[Fault]:
    """Yield rules that are not looked at, since `policyTypes` does not name their direction."""
    for item in world.of("networking.k8s.io", "NetworkPolicy"):
        types = texts(item.body, "spec", "policyTypes")
        for field, _, kind in DIRECTIONS:
            if types and kind not in types and a_list(item.body, "spec", field):
                message = f"its `{field}` rules have no effect: `policyTypes` does not name {kind}"
                yield Fault(_VAIN, item, ("spec", field), message, f"add {kind} to `policyTypes`", on_key=True)


def addresses(world: World) -> Iterator[Fault]:
    """Yield addresses and ranges of them that are none, and exceptions that lie outside of what they except."""
    yield from _of_policies(world)
    for item in world.of("", "Service"):
        for i, cidr in enumerate(texts(item.body, "spec", "loadBalancerSourceRanges")):
            yield from _told_range(item, ("spec", "loadBalancerSourceRanges", i), cidr)
    for workload in world.workloads:
        for i, alias in maps(workload.pod, "hostAliases"):
            if not _is_address(text(alias, "ip")):
                path = (*workload.spec_path, "hostAliases", i, "ip")
                yield Fault(
                    _ADDRESS, workload.item, path, f"`{text(alias, 'ip')}` is no address", "write an IP address"
                )


def _of_policies(world: World) -> Iterator[Fault]:
    for item, policy in policies(world):
        for rule in policy.rules:
            for i, port in maps(rule.body, "ports") if len(rule.named) < len(rule.ports) else ():
                if "endPort" in port:
                    yield from _range(item, (*rule.path, "ports", i), port)
        for peer in policy.special:
            if isinstance(block := peer.body.get("ipBlock"), dict):
                yield from _block(item, (*peer.path, "ipBlock"), block)


def _range(item: Item, path: Path, port: Body) -> Iterator[Fault]:
    first, last = number(port, "port"), number(port, "endPort")
    if first and last and last < first:
        yield Fault(_ADDRESS, item, (*path, "endPort"), f"the range ends before {first}", "begin with the lower")


def _block(item: Item, path: Path, block: Body) -> Iterator[Fault]:
    told = text(block, "cidr")
    yield from _told_range(item, (*path, "cidr"), told)
    whole = _network(told)
    if whole is None:
        return
    for i, excepted in enumerate(texts(block, "except")):
        part = _network(excepted)
        if part is None or not _within(part, whole):
            message = f"`{excepted}` is no part of `{told}`"
            yield Fault(_ADDRESS, item, (*path, "except", i), message, "except a smaller range that lies inside")
        else:
            yield from _told_range(item, (*path, "except", i), excepted)


def _told_range(item: Item, path: Path, told: str) -> Iterator[Fault]:
    if _network(told) is None:
        yield Fault(_ADDRESS, item, path, f"`{told}` is no range of addresses", "write it as in `10.0.0.0/8`")
    elif unclear := unclear_range(told):
        yield Fault(_UNCLEAR, item, path, *unclear)


def _within(part: IPv4Network | IPv6Network, whole: IPv4Network | IPv6Network) -> bool:
    if isinstance(part, IPv4Network) and isinstance(whole, IPv4Network):
        return part != whole and part.subnet_of(whole)
    if isinstance(part, IPv6Network) and isinstance(whole, IPv6Network):
        return part != whole and part.subnet_of(whole)
    return False


@lru_cache(maxsize=1024)
def _network(cidr: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(cidr, strict=False) if "/" in cidr else None
    except ValueError:
        return None


def _is_address(told: str) -> bool:
    try:
        ip_address(told)
    except ValueError:
        return False
    return True
