"""Rules within one object of Istio's that no schema can say: sums, addresses, numbers that occur twice, regexes."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import ip_interface

from platform_compiler.objects import Body, Path, a_list, a_map, at, maps, number, text
from platform_compiler.verify.istio.destination_rules import policies as settings
from platform_compiler.verify.istio.reading import Rule, routings
from platform_compiler.verify.istio.rules import Rule as RuleOfPolicy
from platform_compiler.verify.istio.rules import policies
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_NETWORKING = "networking.istio.io"
_BLOCKS = frozenset({"ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks"})
_IP_ATTRIBUTES = ("source.ip", "remote.ip", "destination.ip")
_TEXT_FIELDS = ("uri", "scheme", "method", "authority")
_TEXT_MAPS = ("headers", "withoutHeaders", "queryParams")
_ALL = 100
# RE2 has neither look-around nor references back
_NOT_RE2 = r"\(\?(?:[=!]|<[=!])|(?<!\\)(?:\\\\)*\\[1-9]"


def fields(world: World) -> Iterator[Fault]:
    """Yield fields that istiod or its CRDs would refuse for what stands beside them."""
    for item in world.of(_NETWORKING, "ServiceEntry"):
        yield from _ports_twice(item)
        yield from _addresses(item, ("spec", "addresses"), a_list(item.body, "spec", "addresses"))
    for routing in routings(world):
        for rule in routing.rules:
            yield from _regexes(routing.item, rule) if rule.protocol == "http" else _subnets(routing.item, rule)
    for setting in world.once(settings):
        if locality := a_map(setting.body, "loadBalancer", "localityLbSetting"):
            yield from _locality(setting.item, (*setting.path, "loadBalancer", "localityLbSetting"), locality)
    for item, policy in policies(world):
        for rule_of_policy in policy.rules if not policy.is_plain else ():
            yield from _sources(item, rule_of_policy)


def _fault(item: Item, path: Path, message: str, cure: str) -> Fault:
    return Fault("PC5230", item, path, message, cure)


def _ports_twice(item: Item) -> Iterator[Fault]:
    seen: set[int] = set()
    for i, port in maps(item.body, "spec", "ports"):
        value = number(port, "number")
        if value is not None and value in seen:
            yield _fault(item, ("spec", "ports", i, "number"), f"port {value} occurs twice", "keep one of them")
        seen |= {value} if value is not None else set()


def _addresses(item: Item, path: Path, values: Sequence[object]) -> Iterator[Fault]:
    for i, value in enumerate(values):
        if isinstance(value, str) and not _is_address(value):
            yield _not_an_address(item, (*path, i), value)


def _not_an_address(item: Item, path: Path, value: str) -> Fault:
    cure = "write an IP address as `10.0.0.1`, or a range as `10.0.0.0/8`"
    return _fault(item, path, f"`{value}` is no IP address or range", cure)


@lru_cache(maxsize=1024)
def _is_address(value: str) -> bool:
    try:
        ip_interface(value)
    except ValueError:
        return False
    return True


def _subnets(item: Item, rule: Rule) -> Iterator[Fault]:
    for i, match in rule.matches:
        path = (*rule.path, "match", i)
        yield from _addresses(item, (*path, "destinationSubnets"), a_list(match, "destinationSubnets"))
        subnet = text(match, "sourceSubnet")
        if subnet and not _is_address(subnet):
            yield _not_an_address(item, (*path, "sourceSubnet"), subnet)


def _sources(item: Item, rule: RuleOfPolicy) -> Iterator[Fault]:
    for path, _, named in rule.sources:
        for field in _BLOCKS.intersection(named):
            yield from _addresses(item, (*path, field), named[field])
    for path, body, named in rule.conditions:
        if text(body, "key") in _IP_ATTRIBUTES:
            for field in ("values", "notValues") if named else ():
                yield from _addresses(item, (*path, field), a_list(body, field))


def _regexes(item: Item, rule: Rule) -> Iterator[Fault]:
    route = rule.body
    for i, match in rule.matches:
        for below, value in _texts(match):
            yield from _regex(item, (*rule.path, "match", i, *below, "regex"), text(value, "regex"))
    for i, origin in maps(route, "corsPolicy", "allowOrigins") if "corsPolicy" in route else ():
        yield from _regex(item, (*rule.path, "corsPolicy", "allowOrigins", i, "regex"), text(origin, "regex"))
    if "rewrite" in route:
        below = ("rewrite", "uriRegexRewrite", "match")
        yield from _regex(item, (*rule.path, *below), text(at(route, *below)))


def _texts(match: Body) -> Iterator[tuple[Path, object]]:
    """Yield what a match asks of texts."""
    for field in _TEXT_FIELDS:
        if field in match:
            yield (field,), match[field]
    for field in _TEXT_MAPS:
        if field in match:
            for key, value in a_map(match, field).items():
                yield (field, key), value


def _regex(item: Item, path: Path, regex: str) -> Iterator[Fault]:
    found = re.search(_NOT_RE2, regex)
    if found:
        message = f"the regex uses `{found[0]}`, which RE2 does not know"
        yield _fault(item, path, message, "write it without look-around and references back")


def _locality(item: Item, path: Path, told: Body) -> Iterator[Fault]:
    for i, rule in maps(told, "distribute"):
        weights = [value for value in a_map(rule, "to").values() if isinstance(value, int)]
        if weights and sum(weights) != _ALL:
            message = f"the weights add up to {sum(weights)} and not to {_ALL}"
            yield _fault(item, (*path, "distribute", i, "to"), message, f"make them add up to {_ALL}")
    for i, rule in maps(told, "failover"):
        origin = text(rule, "from")
        if origin and origin == text(rule, "to"):
            yield _fault(item, (*path, "failover", i, "to"), f"`{origin}` fails over to itself", "name another region")
