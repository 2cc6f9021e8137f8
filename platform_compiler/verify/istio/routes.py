"""The rules of a VirtualService by themselves: each can be reached, leads somewhere, and has time for its retries."""

import re
from collections.abc import Iterator, Mapping, Sequence

from platform_compiler.objects import Body, Path, a_list, a_map, maps, number, text, texts
from platform_compiler.verify.istio.reading import (
    MESH,
    Routing,
    Rule,
    find,
    gateway_named,
    has,
    judged,
    routings,
)
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, grouped, namespace_of

_FULL = 100
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9]*\.?[0-9]+)(ns|us|µs|ms|s|m|h)")
_LEADS = ("route", "redirect", "directResponse", "delegate")


def rules_are_reached(world: World) -> Iterator[Fault]:
    """No match stands behind one that takes the same requests before it (IST0130, IST0131)."""
    for routing in routings(world):
        if len(routing.rules) > 1 or len(maps(routing.rules[0].body if routing.rules else {}, "match")) > 1:
            for of_one in grouped(routing.rules, lambda rule: rule.protocol).values():
                yield from _unreached(routing.item, of_one)


def matches_are_for_its_gateways(world: World) -> Iterator[Fault]:
    """A match that is for certain Gateways names one that its VirtualService binds to; no other sees it."""
    for routing in routings(world):
        bound = {binding.gateway for binding in routing.bindings}
        for rule in routing.rules if routing.hosts else ():
            for i, match in maps(rule.body, "match"):
                named = texts(match, "gateways")
                if named and not any(_is_bound(routing, bound, name) for name in named):
                    message = "the match is never used: the VirtualService binds to none of its Gateways"
                    path = (*rule.path, "match", i, "gateways")
                    cure = "add the Gateway to `spec.gateways`, `mesh` too if it is meant"
                    yield Fault("PC5212", routing.item, path, message, cure, on_key=True)


def _is_bound(routing: Routing, bound: set[tuple[str, str]], name: str) -> bool:
    return routing.on_mesh if name == MESH else gateway_named(name, routing.namespace) in bound


def _unreached(item: Item, of_one: Sequence[Rule]) -> Iterator[Fault]:
    earlier: list[tuple[Path, Body]] = []
    open_rule: Rule | None = None
    for rule in of_one:
        if open_rule is not None:
            also = (Other(item, open_rule.path, "this rule has no match, so it takes everything"),)
            yield Fault("PC5212", item, rule.path, "the rule is never reached", "put the rule without match last", also)
            continue
        matches = maps(rule.body, "match")
        if not a_list(rule.body, "match"):
            open_rule = rule
        for i, match in matches:
            path = (*rule.path, "match", i)
            taken = next((place for place, known in earlier if _covers(known, match)), None)
            earlier.append((path, match))
            if taken is not None:
                also = (Other(item, taken, "this match takes these requests first"),)
                yield Fault("PC5212", item, path, "the match is never used", "remove it, or move it up", also)


def _covers(earlier: Body, later: Body) -> bool:
    """Whether a match takes every request that a later one would: it asks for the same or less."""
    if later.get("ignoreUriCase") and not earlier.get("ignoreUriCase"):
        return earlier.get("uri") is None and _covers(earlier, {**later, "ignoreUriCase": False})
    return all(key == "name" or _takes(key, wanted, later.get(key)) for key, wanted in earlier.items())


def _takes(key: str, wanted: object, later: object) -> bool:
    if wanted == later or wanted in ({}, [], "", False):
        return True
    if key == "uri" and isinstance(wanted, Mapping) and isinstance(later, Mapping):
        prefix = text(wanted, "prefix")
        return bool(prefix) and (text(later, "exact") or text(later, "prefix")).startswith(prefix)
    if key in ("headers", "queryParams", "withoutHeaders", "sourceLabels"):
        return isinstance(wanted, Mapping) and isinstance(later, Mapping) and wanted.items() <= later.items()
    return False


def rules_lead_somewhere(world: World) -> Iterator[Fault]:
    """A VirtualService has rules, and every rule has somewhere to send requests to."""
    for routing in routings(world):
        item = routing.item
        if not routing.rules:
            cure = "add an `http`, `tls` or `tcp` rule, or remove the VirtualService"
            yield Fault("PC5213", item, ("spec",), "it has no rules", cure)
        for rule in routing.rules:
            yield from _nowhere(item, rule)
            if world.whole and "delegate" in rule.body:
                yield from _undelegated(world, item, rule)


def _nowhere(item: Item, rule: Rule) -> Iterator[Fault]:
    routes = maps(rule.body, "route")
    if not any(rule.body.get(key) for key in _LEADS) and not has(rule.body, "directResponse"):
        yield Fault("PC5213", item, rule.path, "the rule leads nowhere", "give it a `route`")
    elif len(routes) > 1 and sum(_weight(route) for _, route in routes) == 0:
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
            routes = maps(rule.body, "route")
            weights = [_weight(route) for _, route in routes] if len(routes) > 1 else []
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
            retries = a_map(rule.body, "retries") if "timeout" in rule.body else {}
            attempts, one = number(retries, "attempts") or 0, text(retries, "perTryTimeout")
            if attempts > 1 and one and attempts * seconds(one) > (limit := seconds(text(rule.body, "timeout"))) > 0:
                message = f"{attempts} retries of {seconds(one):g}s do not fit into the timeout of {limit:g}s"
                path = (*rule.path, "retries", "attempts")
                yield Fault("PC5215", routing.item, path, message, "shorten `perTryTimeout`, or raise `timeout`")


def seconds(duration: str) -> float:
    """Return a duration such as `1m0.5s` in seconds, 0 for other text."""
    return sum(float(amount) * _SECONDS[unit] for amount, unit in _PART.findall(duration))
