"""What `exportTo` hides: a host or subset from those who are to use it."""

from collections.abc import Iterator, Sequence

from platform_compiler.objects import texts
from platform_compiler.verify.hosts import Host
from platform_compiler.verify.istio.gateways import homes_of_gateways
from platform_compiler.verify.istio.reading import (
    EVERYWHERE,
    Destination,
    Routing,
    destinations,
    find,
    seen_by,
)
from platform_compiler.verify.istio.references import subsets
from platform_compiler.verify.istio.sidecars import egress_hosts, path_of
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_CURE = "add the namespace to its `exportTo`"


def destinations_are_seen(world: World) -> Iterator[Fault]:
    """Those that a VirtualService steers see its destinations."""
    known = world.once(subsets)
    for routing, found in destinations(world):
        doubtful = [to for to in found if to.subset or not _is_seen(to.found, EVERYWHERE)]
        users = _users(world, routing) if doubtful else []
        for to in doubtful:
            blind = [user for user in users if not _is_seen(to.found, user)] if to.found else []
            if blind:
                yield _hidden(routing.item, (*to.path, "host"), to.host, blind[0], to.found)
            elif to.subset:
                yield from _unseen_subset(routing.item, to, users, known.get(to.host, {}).get(to.subset, []))


def _is_seen(found: Sequence[Host], user: str) -> bool:
    """Whether a namespace may use one of the hosts; all of them may use what is exported everywhere."""
    return any(host.seen_from(user) for host in found)


def _users(world: World, routing: Routing) -> list[str]:
    """Return the namespaces whose proxies follow a VirtualService for sure: its own or those named, its Gateways'."""
    found: set[str] = set()
    if routing.on_mesh and routing.hosts:
        found = {routing.namespace} if EVERYWHERE in routing.scopes else set(routing.scopes)
    for binding in routing.bindings:
        gateway = find(world, "Gateway", *binding.gateway)
        if gateway is not None:
            found.update(world.once(homes_of_gateways)[gateway])
    return sorted(found)


def _hidden(item: Item, path: tuple[str | int, ...], host: str, user: str, found: Sequence[Host]) -> Fault:
    also = (Other(found[0].item, ("metadata", "name"), "declared here, for other namespaces"),)
    return Fault("PC5209", item, path, f"`{host}` is not exported to namespace `{user}`, which needs it", _CURE, also)


def _unseen_subset(item: Item, to: Destination, users: list[str], rules: list[Item]) -> Iterator[Fault]:
    for user in users if rules else ():
        if not any(seen_by(texts(rule.body, "spec", "exportTo"), namespace_of(rule), user) for rule in rules):
            also = (Other(rules[0], ("spec", "exportTo"), "exported to others only"),)
            message = f"subset `{to.subset}` is not exported to namespace `{user}`, which needs it"
            yield Fault("PC5209", item, (*to.path, "subset"), message, _CURE, also)
            return


def egress_hosts_are_seen(world: World) -> Iterator[Fault]:
    """A Sidecar names hosts that its namespace sees."""
    hidden = {name: found for name, found in world.hosts.items() if not any(EVERYWHERE in h.export_to for h in found)}
    for item, own, hosts in world.once(egress_hosts) if hidden else ():
        for place, _, host in hosts:
            found = hidden.get(host)
            if found and not any(declared.seen_from(own) for declared in found):
                yield _hidden(item, path_of(place), host, own, found)
