"""The rules of a VirtualService by themselves: each leads somewhere, with weights, and has time for its retries."""

import re
from collections.abc import Iterator
from functools import lru_cache

from platform_compiler.objects import Body, a_map, number, text, texts
from platform_compiler.verify.istio.reading import (
    Rule,
    find,
    has,
    judged,
    routings,
)
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_FULL = 100
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9]*\.?[0-9]+)(ns|us|µs|ms|s|m|h)")
_LEADS = ("route", "redirect", "directResponse", "delegate")


def rules_lead_somewhere(world: World) -> Iterator[Fault]:
    """A VirtualService has rules, and every rule has somewhere to send requests to."""
    for routing in routings(world):
        item = routing.item
        if not routing.rules:
            cure = "add an `http`, `tls` or `tcp` rule, or remove the VirtualService"
            yield Fault("PC5213", item, ("spec",), "it has no rules", cure)
        for rule in routing.rules:
            if not any(map(rule.body.get, _LEADS)) or len(rule.routes) > 1:
                yield from _nowhere(item, rule)
            if world.whole and "delegate" in rule.body:
                yield from _undelegated(world, item, rule)


def _nowhere(item: Item, rule: Rule) -> Iterator[Fault]:
    if not any(map(rule.body.get, _LEADS)) and not has(rule.body, "directResponse"):
        yield Fault("PC5213", item, rule.path, "the rule leads nowhere", "give it a `route`")
    elif len(rule.routes) > 1 and sum(_weight(route) for _, route in rule.routes) == 0:
        message = "no destination of the rule has any weight"
        yield Fault("PC5213", item, (*rule.path, "route"), message, "give one of them a `weight` above 0", on_key=True)


def _undelegated(world: World, item: Item, rule: Rule) -> Iterator[Fault]:
    name = text(rule.body, "delegate", "name")
    namespace = text(rule.body, "delegate", "namespace") or namespace_of(item)
    path = (*rule.path, "delegate", "name")
    if not name or not judged(world, namespace):
        return
    found = find(world, "VirtualService", namespace, name)
    if found is not None and texts(found.body, "spec", "hosts"):
        also = (Other(found, ("spec", "hosts"), "it has hosts of its own"),)
        message = f"VirtualService `{namespace}/{name}` takes no delegation"
        yield Fault("PC5213", item, path, message, "remove the `hosts` of the delegate", also)
    elif found is None and not world.exists("networking.istio.io", "VirtualService", namespace, name):
        message = f"there is no VirtualService `{namespace}/{name}` to delegate to"
        yield Fault("PC5213", item, path, message, "name one that exists")


def weights_are_percents(world: World) -> Iterator[Fault]:
    """The weights of a rule make 100: others are read as shares, which is seldom meant."""
    for routing in routings(world):
        for rule in routing.rules:
            weights = [_weight(route) for _, route in rule.routes] if len(rule.routes) > 1 else []
            if weights and sum(weights) not in (0, _FULL):
                message = f"the weights of the rule make {sum(weights)}, not {_FULL}"
                path = (*rule.path, "route")
                yield Fault(
                    "PC5214", routing.item, path, message, "let them make 100; missing ones count as 0", on_key=True
                )


def _weight(route: Body) -> int:
    return number(route, "weight") or 0


def retries_have_time(world: World) -> Iterator[Fault]:
    """The retries of a rule fit into its timeout."""
    for routing in routings(world):
        for rule in routing.rules:
            if "timeout" not in rule.body:
                continue
            retries = a_map(rule.body, "retries")
            attempts, one = number(retries, "attempts") or 0, text(retries, "perTryTimeout")
            if attempts > 1 and one and attempts * seconds(one) > (limit := seconds(text(rule.body, "timeout"))) > 0:
                message = f"{attempts} retries of {seconds(one):g}s do not fit into the timeout of {limit:g}s"
                path = (*rule.path, "retries", "attempts")
                yield Fault("PC5215", routing.item, path, message, "shorten `perTryTimeout`, or raise `timeout`")


@lru_cache(maxsize=1024)
def seconds(duration: str) -> float:
    """Return a duration such as `1m0.5s` in seconds, 0 for other text."""
    return sum(float(amount) * _SECONDS[unit] for amount, unit in _PART.findall(duration))
