"""Rules within one object of Istio's that no schema can say: sums, addresses, numbers that occur twice, regexes."""

import re
from collections.abc import Iterator
from ipaddress import ip_interface

from platform_compiler.objects import Body, Path, a_list, a_map, at, maps, number, text
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_NETWORKING, _SECURITY = "networking.istio.io", "security.istio.io"
_BLOCKS = ("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks")
_IP_ATTRIBUTES = ("source.ip", "remote.ip", "destination.ip")
_TEXT_FIELDS = ("uri", "scheme", "method", "authority")
_TEXT_MAPS = ("headers", "withoutHeaders", "queryParams")
_ALL = 100
# RE2 has neither look-around nor references back
_NOT_RE2 = re.compile(r"\(\?(?:[=!]|<[=!])|(?<!\\)(?:\\\\)*\\[1-9]")


def fields(world: World) -> Iterator[Fault]:
    """Yield fields that istiod or its CRDs would refuse for what stands beside them."""
    for item in world.of(_NETWORKING, "ServiceEntry"):
        yield from _ports_twice(item)
        yield from _addresses(item, ("spec", "addresses"))
    for item in world.of(_NETWORKING, "VirtualService"):
        yield from _regexes(item)
        yield from _subnets(item)
    for item in world.of(_NETWORKING, "DestinationRule"):
        yield from _localities(item)
    for item in world.of(_SECURITY, "AuthorizationPolicy"):
        yield from _sources(item)


def _fault(item: Item, path: Path, message: str, cure: str) -> Fault:
    return Fault("PC5230", item, path, message, cure)


def _ports_twice(item: Item) -> Iterator[Fault]:
    seen: set[int] = set()
    for i, port in maps(item.body, "spec", "ports"):
        value = number(port, "number")
        if value is not None and value in seen:
            yield _fault(item, ("spec", "ports", i, "number"), f"port {value} occurs twice", "keep one of them")
        seen |= {value} if value is not None else set()


def _addresses(item: Item, path: Path) -> Iterator[Fault]:
    for i, value in enumerate(a_list(item.body, *path)):
        if isinstance(value, str) and not _is_address(value):
            yield _not_an_address(item, (*path, i), value)


def _not_an_address(item: Item, path: Path, value: str) -> Fault:
    cure = "write an IP address as `10.0.0.1`, or a range as `10.0.0.0/8`"
    return _fault(item, path, f"`{value}` is no IP address or range", cure)


def _is_address(value: str) -> bool:
    try:
        ip_interface(value)
    except ValueError:
        return False
    return True


def _subnets(item: Item) -> Iterator[Fault]:
    for kind in ("tls", "tcp"):
        for i, route in maps(item.body, "spec", kind):
            for j, match in maps(route, "match"):
                path: Path = ("spec", kind, i, "match", j)
                yield from _addresses(item, (*path, "destinationSubnets"))
                subnet = text(match, "sourceSubnet")
                if subnet and not _is_address(subnet):
                    yield _not_an_address(item, (*path, "sourceSubnet"), subnet)


def _sources(item: Item) -> Iterator[Fault]:
    for i, rule in maps(item.body, "spec", "rules"):
        path: Path = ("spec", "rules", i)
        for j, _ in maps(rule, "from"):
            for field in _BLOCKS:
                yield from _addresses(item, (*path, "from", j, "source", field))
        for j, condition in maps(rule, "when"):
            if text(condition, "key") in _IP_ATTRIBUTES:
                yield from _addresses(item, (*path, "when", j, "values"))
                yield from _addresses(item, (*path, "when", j, "notValues"))


def _regexes(item: Item) -> Iterator[Fault]:
    for i, route in maps(item.body, "spec", "http"):
        path: Path = ("spec", "http", i)
        for j, match in maps(route, "match"):
            yield from _regexes_of_match(item, match, (*path, "match", j))
        for j, _ in maps(route, "corsPolicy", "allowOrigins"):
            yield from _regex(item, (*path, "corsPolicy", "allowOrigins", j, "regex"))
        yield from _regex(item, (*path, "rewrite", "uriRegexRewrite", "match"))


def _regexes_of_match(item: Item, match: Body, path: Path) -> Iterator[Fault]:
    for field in _TEXT_FIELDS:
        if field in match:
            yield from _regex(item, (*path, field, "regex"))
    for field in _TEXT_MAPS:
        for key in a_map(match, field):
            yield from _regex(item, (*path, field, key, "regex"))


def _regex(item: Item, path: Path) -> Iterator[Fault]:
    found = _NOT_RE2.search(text(item.body, *path))
    if found:
        message = f"the regex uses `{found[0]}`, which RE2 does not know"
        yield _fault(item, path, message, "write it without look-around and references back")


def _localities(item: Item) -> Iterator[Fault]:
    spec = a_map(item.body, "spec")
    policies: list[Path] = [("trafficPolicy",), *(("subsets", i, "trafficPolicy") for i, _ in maps(spec, "subsets"))]
    for policy in policies:
        ports = maps(spec, *policy, "portLevelSettings")
        for own in ((), *(("portLevelSettings", i) for i, _ in ports)):
            path: Path = ("spec", *policy, *own, "loadBalancer", "localityLbSetting")
            if at(item.body, *path) is not None:
                yield from _locality(item, path)


def _locality(item: Item, path: Path) -> Iterator[Fault]:
    for i, rule in maps(item.body, *path, "distribute"):
        weights = [value for value in a_map(rule, "to").values() if isinstance(value, int)]
        if weights and sum(weights) != _ALL:
            message = f"the weights add up to {sum(weights)} and not to {_ALL}"
            yield _fault(item, (*path, "distribute", i, "to"), message, f"make them add up to {_ALL}")
    for i, rule in maps(item.body, *path, "failover"):
        origin = text(rule, "from")
        if origin and origin == text(rule, "to"):
            yield _fault(item, (*path, "failover", i, "to"), f"`{origin}` fails over to itself", "name another region")
