"""Rules and routes that ask for the same requests: which one gets them."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from platform_compiler.objects import Path, maps, text, texts
from platform_compiler.verify.gateway_api.attach import attachments, hosts, parents
from platform_compiler.verify.gateway_api.hostnames import above
from platform_compiler.verify.gateway_api.matches import MATCHED_KINDS, Match, matches_of, worded
from platform_compiler.verify.gateway_api.names import GATEWAY_API, MESH_PARENTS, routes
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_Site: TypeAlias = tuple[object, ...]
"""Where requests come in: a listener of a Gateway or a Service of the mesh."""


def unreachable(world: World) -> Iterator[Fault]:
    """Yield matches that an earlier rule of the same route has."""
    for route in _matched(world):
        first: dict[Match, int] = {}
        for i, rule in maps(route.body, "spec", "rules"):
            for j, match in matches_of(route, rule):
                known = first.setdefault(match, i)
                if known != i:
                    place: Path = () if j is None else ("matches", j)
                    message = f"an earlier rule takes {worded(match)}: this one is never used"
                    also = (Other(route, ("spec", "rules", known), "takes the requests"),)
                    cure = "drop one of them, or ask for something narrower"
                    yield Fault("PC5327", route, ("spec", "rules", i, *place), message, cure, also)


def competing(world: World) -> Iterator[Fault]:
    """Yield routes that take the same requests of the same host; once for each pair."""
    first: dict[tuple[_Site, str, str, Match], tuple[Item, Path]] = {}
    told: set[tuple[Item, Item]] = set()
    for site, host, route in _by_age(world.once(_sites)):
        for i, rule in maps(route.body, "spec", "rules"):
            for j, match in matches_of(route, rule):
                path: Path = ("spec", "rules", i, *(() if j is None else ("matches", j)))
                winner, where = first.setdefault((site, host, route.kind, match), (route, path))
                if winner is not route and (winner, route) not in told:
                    told.add((winner, route))
                    yield _loses(route, path, winner, where, host, match)


def kinds_on_one_host(world: World) -> Iterator[Fault]:
    """Yield GRPCRoutes on a host of a listener that an HTTPRoute has too."""
    if not world.of(GATEWAY_API, "GRPCRoute"):
        return
    known: dict[str, dict[tuple[_Site, str], Item]] = {kind: {} for kind in MATCHED_KINDS}
    for site, host, route in world.once(_sites):
        known[route.kind].setdefault((site, host), route)
    told: set[Item] = set()
    for grpc, http in (("GRPCRoute", "HTTPRoute"), ("HTTPRoute", "GRPCRoute")):
        for (site, host), route in known[grpc].items():
            near = (host, *above(host))
            other = next((known[http][site, name] for name in near if (site, name) in known[http]), None)
            faulty, beside = (route, other) if route.kind == "GRPCRoute" else (other, route)
            if faulty is None or beside is None or faulty in told:
                continue
            told.add(faulty)
            message = f"shares the host `{host or '*'}` of a listener with {beside}: only one of them is accepted"
            also = (Other(beside, ("spec", "hostnames"), "has the host too"),)
            yield Fault("PC5326", faulty, ("spec", "hostnames"), message, _APART, also)


_APART = "give each its own host, or send gRPC through the HTTPRoute"


def _matched(world: World) -> list[Item]:
    return [route for route in routes(world) if route.kind in MATCHED_KINDS]


def _sites(world: World) -> Sequence[tuple[_Site, str, Item]]:
    return list(_entered(world))


def _entered(world: World) -> Iterator[tuple[_Site, str, Item]]:
    for found in attachments(world):
        if found.route.kind in MATCHED_KINDS:
            for listener in found.serving:
                site = (listener.item, listener.path)
                yield from ((site, host, found.route) for host in dict.fromkeys(hosts(found.route, listener)))
    for route in _matched(world):
        for ref in parents(world)[route]:
            if ref.kind in MESH_PARENTS:  # a route elsewhere is for the callers of its own namespace
                service = (ref.kind, ref.namespace, ref.name, ref.body.get("port"), namespace_of(route))
                yield from ((service, host, route) for host in texts(route.body, "spec", "hostnames") or [""])


def _by_age(sites: Sequence[tuple[_Site, str, Item]]) -> list[tuple[_Site, str, Item]]:
    """Return the sites so that the routes that win come first: the oldest, else by name."""
    return sorted(sites, key=lambda found: (_born(found[2]) or "~", namespace_of(found[2]), found[2].name))


def _born(route: Item) -> str:
    return text(route.body, "metadata", "creationTimestamp")


def _loses(route: Item, path: Path, winner: Item, where: Path, host: str, match: Match) -> Fault:  # noqa: PLR0913, PLR0917
    known = _born(route) and _born(winner)
    wins = f"{winner} wins" if known else f"the older one wins, of the same age {winner}"
    message = f"{winner} takes {worded(match)} of `{host or '*'}` too: {wins}"
    also = (Other(winner, where, "the same requests"),)
    return Fault("PC5325", route, path, message, "let one route take them, or narrow one of the two", also)
