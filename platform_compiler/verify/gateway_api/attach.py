"""Which listeners a route attaches to, step by step as controllers do it: name, kind, namespace, host."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from platform_compiler.objects import a_map, maps, number, text, texts
from platform_compiler.verify.gateway_api.hostnames import common
from platform_compiler.verify.gateway_api.listeners import Listener, listeners_of
from platform_compiler.verify.gateway_api.names import (
    GATEWAY,
    GATEWAY_API,
    LISTENER_SETS,
    Reference,
    reference,
    routes,
    target,
)
from platform_compiler.verify.gateway_api.namespaces import lets_in
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import World, namespace_of


class Attachment(NamedTuple):
    """One parent of a route: the listeners that are left after each step; empty `parents` of other kinds are not told.

    `named` have the name and port that the route asks for, `kinds` carry its kind, `open_to` let its namespace in, and
    `serving` share a host with it.
    """

    route: Item
    ref: Reference
    parent: Item
    named: Sequence[Listener]
    kinds: Sequence[Listener]
    open_to: Sequence[Listener]
    serving: Sequence[Listener]


def parents(world: World) -> Mapping[Item, Sequence[Reference]]:
    """Return what each route wants to attach to."""
    return world.once(_parents)


def attachments(world: World) -> Sequence[Attachment]:
    """Return each reference of a route to a Gateway or a ListenerSet that is judged."""
    return world.once(_attachments)


def hosts(route: Item, listener: Listener) -> list[str]:
    """Return the hosts of a route at a listener, the narrower of both; an empty name is any host."""
    shared = (common(host, listener.hostname) for host in texts(route.body, "spec", "hostnames") or [""])
    return [host for host in shared if host is not None]


def _parents(world: World) -> Mapping[Item, Sequence[Reference]]:
    return {
        route: [
            reference(route, body, ("spec", "parentRefs", i), GATEWAY)
            for i, body in maps(route.body, "spec", "parentRefs")
        ]
        for route in routes(world)
    }


def _attachments(world: World) -> Sequence[Attachment]:
    found = []
    for route, refs in parents(world).items():
        for ref in refs:
            parent = target(world, ref) if ref.kind in (GATEWAY, *LISTENER_SETS) else None
            if parent is not None:
                found.append(_attached(world, route, ref, parent))
    return found


def _attached(world: World, route: Item, ref: Reference, parent: Item) -> Attachment:
    named = _kept(listeners_of(world, parent), lambda one: _is_meant(ref, one))
    kinds = _kept(named, lambda one: one.takes(route.kind) and _admits(one, route.kind))
    open_to = _kept(kinds, lambda one: _lets_in(world, one, namespace_of(route)))
    return Attachment(route, ref, parent, named, kinds, open_to, _kept(open_to, lambda one: bool(hosts(route, one))))


def _kept(listeners: Sequence[Listener], test: Callable[[Listener], bool]) -> list[Listener]:
    return [listener for listener in listeners if test(listener)]


def _is_meant(ref: Reference, listener: Listener) -> bool:
    section, port = text(ref.body, "sectionName"), number(ref.body, "port")
    return section in ("", listener.name) and port in (None, listener.port)


def _admits(listener: Listener, kind: str) -> bool:
    allowed = maps(listener.body, "allowedRoutes", "kinds")
    return not allowed or any(
        text(body, "kind") == kind and text(body, "group") in ("", GATEWAY_API) for _, body in allowed
    )


def _lets_in(world: World, listener: Listener, namespace: str) -> bool:
    allowed = a_map(listener.body, "allowedRoutes", "namespaces")
    return lets_in(world, allowed, "Same", namespace_of(listener.item), namespace)
