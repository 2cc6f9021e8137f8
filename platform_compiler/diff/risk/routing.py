"""Routes that send requests elsewhere, or wait and retry otherwise: weights, timeouts, retries."""

from collections.abc import Iterator

from platform_compiler.diff.model import Risk
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.rules import APPEARS, GATEWAY_ROUTES, HTTP_ROUTES, VIRTUAL_SERVICE, Rule
from platform_compiler.objects import Body, a_map, maps, number, text
from platform_compiler.source.node import Pointer

_POINTS = 20
_WHOLE = 100


def _weights(old: Body, new: Body) -> Iterator[Risk]:
    for pointer, was, route in _route_pairs(old, new):
        if pointer[1] == "http":
            yield from _sum(pointer, was, route)
        before, after = _shares(was), _shares(route)
        if before and after:
            yield from _moved(pointer, before, after)


def _moved(pointer: Pointer, before: dict[str, float], after: dict[str, float]) -> Iterator[Risk]:
    """Tell the destination whose share changes most; of two that swap theirs, the one that gains."""
    change = {name: after.get(name, 0.0) - before.get(name, 0.0) for name in sorted(before.keys() | after.keys())}
    name = max(change, key=lambda one: (round(abs(change[one])), change[one]))
    if abs(change[name]) > _POINTS:
        had, has = before.get(name, 0.0), after.get(name, 0.0)
        yield risk("route-weight-moved", pointer, f"`{name}` gets {has:.0f} % of the requests instead of {had:.0f} %")


def _sum(pointer: Pointer, old: Body, new: Body) -> Iterator[Risk]:
    before, after = (_weights_of(route) for route in (old, new))
    if len(after) > 1 and sum(after) != _WHOLE and before != after:
        yield risk("weights-not-100", (*pointer, "route"), f"the weights of the route sum to {sum(after)}, not 100")


def _weights_of(route: Body) -> list[int]:
    return [_weight(item, 0) for _, item in maps(route, "route")]


def _weight(item: Body, absent: int) -> int:
    weight = number(item, "weight")
    return absent if weight is None else max(weight, 0)


def _shares(route: Body) -> dict[str, float]:
    """Return the destinations of a route with their share in percent."""
    found: dict[str, float] = {}
    for _, item in maps(route, "route"):
        name = "/".join(
            part for part in (text(item, "destination", "host"), text(item, "destination", "subset")) if part
        )
        found[name] = found.get(name, 0) + _weight(item, 0)
    for _, item in maps(route, "backendRefs"):
        found[text(item, "name")] = found.get(text(item, "name"), 0) + _weight(item, 1)
    if len(found) == 1:
        return dict.fromkeys(found, 100.0)
    total = sum(found.values())
    return {name: 100 * weight / total for name, weight in found.items()} if total > 0 else {}


def _patience(old: Body, new: Body) -> Iterator[Risk]:
    for pointer, was, route in _route_pairs(old, new):
        for field in ("timeout", "timeouts"):
            if _waits(was, field) and not _waits(route, field):
                yield risk("timeout-removed", (*pointer, field), "the route has no timeout any more")
        for field in ("retries", "retry"):
            if _retries(was, field) and not _retries(route, field):
                gone = "has no retries of its own" if field not in route else "does not retry"
                yield risk("retry-removed", (*pointer, field), f"the route {gone} any more")


def _waits(route: Body, field: str) -> bool:
    """Whether a route has a timeout; one of zero turns it off, in the mesh and in the Gateway API."""
    times = route[field].values() if isinstance(route.get(field), dict) else [route.get(field)]
    return any(isinstance(time, str) and time.strip("0hmsun.") for time in times)


def _retries(route: Body, field: str) -> bool:
    return bool(a_map(route, field)) and number(route, field, "attempts") != 0


def _route_pairs(old: Body, new: Body) -> Iterator[tuple[Pointer, Body, Body]]:
    """Yield each route with the one it was: by name where it has one, else by its match, else by its place."""
    for field in ("http", "tls", "rules"):
        before = maps(old, "spec", field)
        for i, route in maps(new, "spec", field):
            was = [item for j, item in before if _same_route((j, item), (i, route))]
            yield ("spec", field, i), was[0] if was else {}, route


def _same_route(old: tuple[int, Body], new: tuple[int, Body]) -> bool:
    if "name" in old[1] or "name" in new[1]:
        return old[1].get("name") == new[1].get("name")
    word = "match" if "match" in new[1] else "matches"
    return old[1].get(word) == new[1].get(word) if word in new[1] else old[0] == new[0]


_ROUTES = (VIRTUAL_SERVICE, *HTTP_ROUTES)
ROUTING_RULES = (Rule(_weights, (VIRTUAL_SERVICE, *GATEWAY_ROUTES), APPEARS), Rule(_patience, _ROUTES))
