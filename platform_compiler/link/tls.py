"""How connections to a host are secured: what its owner says of it, beyond the gateway's own certificates."""

from collections.abc import Iterable
from typing import Literal, TypeAlias, cast

from platform_compiler.layers.placement import text
from platform_compiler.link.model import Route
from platform_compiler.source.node import Node, at

Mode: TypeAlias = Literal["terminate", "passthrough", "mutual"]


def owner_of_host(routes: Iterable[Route]) -> Route:
    """Return the route that decides about a host as a whole."""
    return next(route for route in routes if route.target.ref == route.owner)


def tls_of(route: Route) -> Node | None:
    """Return what an exposure says of its connections."""
    return at(route.target.spec, "expose", route.exposure.name, "tls")


def mode_of(route: Route) -> Mode:
    """Return where TLS ends, and who proves who he is."""
    return cast("Mode", text(tls_of(route), "mode") or "terminate")


def own_secret(routes: Iterable[Route]) -> str | None:
    """Return the Secret of a host's own certificate, where its owner brings one."""
    return text(tls_of(owner_of_host(routes)), "secret")


def stands_apart(routes: Iterable[Route]) -> bool:
    """Whether a host cannot share the listener of its domain."""
    listed = tuple(routes)
    return own_secret(listed) is not None or mode_of(owner_of_host(listed)) != "terminate"
