"""Listeners of Gateways and of the ListenerSets that add to them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, number, text
from platform_compiler.verify.gateway_api.names import GATEWAY, LISTENER_SETS, Reference, reference, target
from platform_compiler.verify.index import grouped
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import World

_KINDS: Mapping[str, frozenset[str]] = {
    "HTTP": frozenset({"HTTPRoute", "GRPCRoute"}),
    "HTTPS": frozenset({"HTTPRoute", "GRPCRoute"}),
    "TLS": frozenset({"TLSRoute", "TCPRoute"}),
    "TCP": frozenset({"TCPRoute"}),
    "UDP": frozenset({"UDPRoute"}),
}


class Listener(NamedTuple):
    """One listener and the object it stands in; `hostname` is in lower case, and empty for any host."""

    item: Item
    path: Path
    body: Body
    name: str
    port: int | None
    protocol: str
    hostname: str

    @property
    def tls(self) -> Body:
        """How it ends TLS."""
        return a_map(self.body, "tls")

    @property
    def terminates(self) -> bool:
        """Whether TLS ends here, so that it needs a certificate."""
        return self.protocol in ("HTTPS", "TLS") and (text(self.tls, "mode") or "Terminate") == "Terminate"

    def takes(self, kind: str) -> bool:
        """Whether its protocol can carry a kind of route; other protocols than the standard's carry all."""
        return kind in _KINDS.get(self.protocol, {kind})


def listeners_of(world: World, item: Item) -> Sequence[Listener]:
    """Return the listeners of a Gateway or a ListenerSet."""
    return world.once(_listeners).get(item, ())


def owner(item: Item) -> Reference:
    """Return the Gateway that a ListenerSet adds to."""
    return reference(item, a_map(item.body, "spec", "parentRef"), ("spec", "parentRef"), GATEWAY)


def listener_sets(world: World) -> Iterator[Item]:
    """Yield all ListenerSets."""
    for kind in LISTENER_SETS:
        yield from world.of(*kind)


def all_listeners(world: World) -> Iterator[Listener]:
    """Yield every listener."""
    for listeners in world.once(_listeners).values():
        yield from listeners


def merged(world: World) -> Iterator[tuple[Item, Sequence[Listener]]]:
    """Yield each Gateway with its own listeners first, then those of ListenerSets in the order of their names."""
    sets = sorted(listener_sets(world), key=lambda item: (item.namespace, item.name))
    added = grouped(sets, lambda item: target(world, owner(item)))
    for gateway in world.of(*GATEWAY):
        yield gateway, [one for item in (gateway, *added.get(gateway, ())) for one in listeners_of(world, item)]


def certificates(listener: Listener) -> list[Reference]:
    """Return the references to a listener's certificates."""
    path = (*listener.path, "tls", "certificateRefs")
    return [
        reference(listener.item, body, (*path, i), ("", "Secret")) for i, body in maps(listener.tls, "certificateRefs")
    ]


def _listeners(world: World) -> Mapping[Item, Sequence[Listener]]:
    return {item: _read(item) for item in (*world.of(*GATEWAY), *listener_sets(world))}


def _read(item: Item) -> list[Listener]:
    return [
        Listener(
            item,
            ("spec", "listeners", i),
            body,
            text(body, "name"),
            number(body, "port"),
            text(body, "protocol"),
            text(body, "hostname").lower(),
        )
        for i, body in maps(item.body, "spec", "listeners")
    ]
