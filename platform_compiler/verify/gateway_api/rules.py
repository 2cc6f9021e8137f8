"""The rules of a route, each for itself: somewhere to go, filters that fit each other, sizes, timeouts."""

import re
from collections.abc import Iterator, Sequence

from platform_compiler.objects import Body, Path, a_list, maps, number, text
from platform_compiler.verify.gateway_api.attach import parents
from platform_compiler.verify.gateway_api.names import MESH_PARENTS, routes
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World

_MOST_MATCHES = 128
_ONCE = frozenset({"RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect", "URLRewrite", "CORS"})
_DURATION = re.compile(r"([0-9]{1,5})(ms|h|m|s)")
_MILLISECONDS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


def no_weight(world: World) -> Iterator[Fault]:
    """Yield rules whose backends all have the weight 0."""
    for route, path, rule in _rules(world):
        refs = maps(rule, "backendRefs")
        if refs and all(number(ref, "weight") == 0 for _, ref in refs):
            message = "all backends have the weight 0, so its requests get status 500"
            yield Fault("PC5313", route, (*path, "backendRefs"), message, "give one of them a weight")


def no_backends(world: World) -> Iterator[Fault]:
    """Yield rules that neither send requests somewhere nor answer them."""
    for route, path, rule in _rules(world):
        if route.kind not in ("HTTPRoute", "GRPCRoute") or a_list(rule, "backendRefs"):
            continue
        answers = any(text(one, "type") in ("RequestRedirect", "ExtensionRef") for _, one in maps(rule, "filters"))
        in_mesh = all(ref.kind in MESH_PARENTS for ref in parents(world)[route])
        if not answers and not in_mesh:
            message = "a rule without `backendRefs` and without a redirect: its requests get status 500"
            yield Fault("PC5314", route, path, message, "name a backend, or answer with a `RequestRedirect` filter")


def filters(world: World) -> Iterator[Fault]:
    """Yield filters that may stand only once, or not beside others."""
    for route, path, rule in _rules(world):
        lists = [(path, rule), *(((*path, "backendRefs", i), ref) for i, ref in maps(rule, "backendRefs"))]
        for place, body in lists:
            yield from _filters(route, (*place, "filters"), maps(body, "filters"))
        redirect = next((i for i, one in maps(rule, "filters") if text(one, "type") == "RequestRedirect"), None)
        if redirect is not None and a_list(rule, "backendRefs"):
            message = "`RequestRedirect` answers requests, so the rule may have no `backendRefs`"
            yield Fault("PC5315", route, (*path, "filters", redirect), message, "keep one of them")


def sizes(world: World) -> Iterator[Fault]:
    """Yield routes with more matches in all their rules than the API takes; shapes limit rules and matches alone."""
    for route in routes(world):
        total = sum(len(a_list(rule, "matches")) for _, rule in maps(route.body, "spec", "rules"))
        if total > _MOST_MATCHES:
            message = f"{total} matches in all rules, and {_MOST_MATCHES} at most are taken"
            cure = "split it into several routes of the same parent and hosts"
            yield Fault("PC5323", route, ("spec", "rules"), message, cure, on_key=True)


def timeouts(world: World) -> Iterator[Fault]:
    """Yield rules that give one try more time than the whole request."""
    for route, path, rule in _rules(world):
        request, one_try = (milliseconds(text(rule, "timeouts", key)) for key in ("request", "backendRequest"))
        if request and one_try and one_try > request:
            message = "`backendRequest` is longer than `request`, which includes it"
            also = (Other(route, (*path, "timeouts", "request"), "the whole request"),)
            cure = "let one try be at most as long as the request"
            yield Fault("PC5324", route, (*path, "timeouts", "backendRequest"), message, cure, also)


def milliseconds(duration: str) -> int | None:
    """Return a duration of Gateway API, or None where there is none."""
    if not duration or _DURATION.sub("", duration):
        return None
    return sum(int(count) * _MILLISECONDS[unit] for count, unit in _DURATION.findall(duration))


def _rules(world: World) -> Iterator[tuple[Item, Path, Body]]:
    for route in routes(world):
        for i, rule in maps(route.body, "spec", "rules"):
            yield route, ("spec", "rules", i), rule


def _filters(route: Item, path: Path, found: Sequence[tuple[int, Body]]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for i, one in found:
        kind = text(one, "type")
        known = first.setdefault(kind, i)
        if known != i and kind in _ONCE:
            also = (Other(route, (*path, known), "first here"),)
            yield Fault("PC5315", route, (*path, i), f"`{kind}` stands twice", "put them into one filter", also)
    if "RequestRedirect" in first and "URLRewrite" in first:
        also = (Other(route, (*path, first["RequestRedirect"]), "answers the request"),)
        message = "`URLRewrite` beside `RequestRedirect`, which sends nothing on"
        yield Fault("PC5315", route, (*path, first["URLRewrite"]), message, "keep one of them", also)
