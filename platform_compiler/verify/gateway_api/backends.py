"""What routes send requests to: it exists, it has the port, and it is of a kind that can take them."""

from collections.abc import Iterator, Mapping, Sequence

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, a_map, maps, number
from platform_compiler.verify.gateway_api.names import (
    ENVOY_GATEWAY,
    SERVICE,
    Reference,
    is_missing,
    reference,
    routes,
    target,
)
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World

_SEEN = (SERVICE, (ENVOY_GATEWAY, "Backend"))
_WITHOUT_BACKENDS = frozenset({"", "core", "apps", "batch", "networking.k8s.io", "discovery.k8s.io"})


def backends(world: World) -> Mapping[Item, Sequence[Reference]]:
    """Return all that each route sends requests or copies of them to."""
    return world.once(_backends)


def _backends(world: World) -> Mapping[Item, Sequence[Reference]]:
    return {route: list(_sent(route)) for route in routes(world)}


def _sent(route: Item) -> Iterator[Reference]:
    for i, rule in maps(route.body, "spec", "rules"):
        path: Path = ("spec", "rules", i)
        yield from _mirrors(route, rule, path)
        for j, body in maps(rule, "backendRefs"):
            yield reference(route, body, (*path, "backendRefs", j), SERVICE)
            yield from _mirrors(route, body, (*path, "backendRefs", j))


def missing(world: World) -> Iterator[Fault]:
    """Yield references to backends that do not exist."""
    for route, refs in backends(world).items():
        for ref in refs:
            if ref.kind in _SEEN and is_missing(world, ref):
                near = did_you_mean(ref.name, _names(world, ref))
                cure = f"did you mean `{near}`?" if near else "name one that is there"
                yield Fault("PC5309", route, (*ref.path, "name"), f"there is no {ref}: its requests fail", cure)


def ports(world: World) -> Iterator[Fault]:
    """Yield references to Services without a port, or with one that the Service does not have."""
    for route, refs in backends(world).items():
        for ref in refs:
            if ref.kind == SERVICE and (fault := _port(world, route, ref)):
                yield fault


def kinds(world: World) -> Iterator[Fault]:
    """Yield references to kinds that take no requests."""
    for route, refs in backends(world).items():
        for ref in refs:
            group, kind = ref.kind
            if group in _WITHOUT_BACKENDS and ref.kind != SERVICE:
                shown = f"`{kind}` of group `{group}`" if group else f"`{kind}`"
                cure = 'name the Service before it; a Service has the group `""`'
                yield Fault("PC5312", route, (*ref.path, "kind"), f"requests cannot be sent to a {shown}", cure)


def _port(world: World, route: Item, ref: Reference) -> Fault | None:
    port = number(ref.body, "port")
    if port is None:
        return Fault("PC5310", route, ref.path, f"`port` is missing for {ref}", "name a port of the Service")
    service = target(world, ref)
    offered = [number(body, "port") for _, body in maps(service.body, "spec", "ports")] if service else []
    if service is None or not offered or port in offered:
        return None
    cure = f"its ports are {', '.join(map(str, offered))}; the number of a container's port is not asked for here"
    also = (Other(service, ("spec", "ports"), "its ports"),)
    return Fault("PC5310", route, (*ref.path, "port"), f"{ref} has no port {port}", cure, also)


def _mirrors(route: Item, body: Body, path: Path) -> Iterator[Reference]:
    for i, a_filter in maps(body, "filters"):
        if ref := a_map(a_filter, "requestMirror", "backendRef"):
            yield reference(route, ref, (*path, "filters", i, "requestMirror", "backendRef"), SERVICE)


def _names(world: World, ref: Reference) -> list[str]:
    return [item.name for item in world.of(*ref.kind) if (item.namespace or "default") == ref.namespace]
