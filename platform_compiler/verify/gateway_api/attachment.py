"""A route that attaches to no listener serves nobody; the first step that leaves none is told."""

from collections.abc import Iterator

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import maps, number, text, texts
from platform_compiler.verify.gateway_api.attach import Attachment, attachments, parents
from platform_compiler.verify.gateway_api.hostnames import overlap
from platform_compiler.verify.gateway_api.listeners import listeners_of
from platform_compiler.verify.gateway_api.names import (
    GATEWAY,
    LISTENER_SETS,
    MESH_PARENTS,
    SERVICE,
    is_missing,
    target,
)
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_PARENTS = (GATEWAY, *LISTENER_SETS, *MESH_PARENTS)


def missing_parents(world: World) -> Iterator[Fault]:
    """Yield references to parents that do not exist."""
    for route, refs in parents(world).items():
        for ref in refs:
            if ref.kind in _PARENTS and is_missing(world, ref):
                near = did_you_mean(ref.name, (item.name for item in world.of(*ref.kind)))
                cure = f"did you mean `{near}`?" if near and near != ref.name else "name one that is there"
                yield Fault("PC5301", route, (*ref.path, "name"), f"there is no {ref} to attach to", cure)


def no_parents(world: World) -> Iterator[Fault]:
    """Yield routes that do not want to attach to anything."""
    for route, refs in parents(world).items():
        if not refs and text(route.body, "spec", "useDefaultGateways") != "All":
            message = "has no `parentRefs`, so nothing serves it"
            yield Fault("PC5307", route, ("spec",), message, "name a Gateway, or a Service for calls inside the mesh")


def refused(world: World) -> Iterator[Fault]:
    """Yield references to Gateways that lead to no listener."""
    for found in attachments(world):
        if not found.serving:
            steps = (_unnamed(world, found), _of_other_kind(found), _closed(found), _of_other_host(found))
            yield from (fault for fault in steps if fault)
    yield from _mesh_ports(world)


def ignored_hosts(world: World) -> Iterator[Fault]:
    """Yield hosts of a route that no listener serves while it serves others of the route."""
    served: dict[Item, list[Attachment]] = {}
    for found in attachments(world):
        if len(texts(found.route.body, "spec", "hostnames")) > 1:
            served.setdefault(found.route, []).append(found)
    for route, several in served.items():
        if len(several) < len(parents(world)[route]) or not all(found.serving for found in several):
            continue
        hostnames = [listener.hostname for found in several for listener in found.serving]
        for i, host in enumerate(texts(route.body, "spec", "hostnames")):
            if not any(overlap(host, hostname) for hostname in hostnames):
                message = f"no listener serves `{host}`: it is ignored"
                also = _listed(several[0], "serves other hosts")
                yield Fault("PC5306", route, ("spec", "hostnames", i), message, _OPEN_HOST, also)


_OPEN_HOST = "leave the host out, or give the Gateway a listener for it"


def _unnamed(world: World, found: Attachment) -> Fault | None:
    listeners = listeners_of(world, found.parent)
    if found.named or not listeners:
        return None
    section, port = text(found.ref.body, "sectionName"), number(found.ref.body, "port")
    words = " ".join(part for part in (f"`{section}`" if section else "", f"on port {port}" if port else "") if part)
    path = (*found.ref.path, "sectionName" if section else "port")
    names = ", ".join(f"`{one.name}` on port {one.port}" for one in listeners)
    return Fault("PC5302", found.route, path, f"{found.ref} has no listener {words}", f"its listeners are {names}")


def _of_other_kind(found: Attachment) -> Fault | None:
    if found.kinds or not found.named:
        return None
    first = found.named[0]
    why = f"speaks {first.protocol}" if not first.takes(found.route.kind) else "allows other kinds"
    message = f"no listener of {found.ref} takes routes of this kind: `{first.name}` {why}"
    cure = "attach it to a listener of a protocol that fits, or widen `allowedRoutes.kinds`"
    return Fault("PC5303", found.route, found.ref.path, message, cure, _listed(found, why))


def _closed(found: Attachment) -> Fault | None:
    if found.open_to or not found.kinds:
        return None
    first, own = found.kinds[0], namespace_of(found.route)
    message = f"{found.ref} lets no routes of namespace `{own}` in"
    allowed = Other(first.item, (*first.path, "allowedRoutes", "namespaces"), "says who may attach")
    cure = f"let `{own}` in with the listener's `allowedRoutes.namespaces` (without it: only its own namespace)"
    return Fault("PC5304", found.route, found.ref.path, message, cure, (allowed,))


def _of_other_host(found: Attachment) -> Fault | None:
    if found.serving or not found.open_to:
        return None
    names = ", ".join(f"`{host}`" for host in texts(found.route.body, "spec", "hostnames"))
    message = f"no listener of {found.ref} serves {names}"
    also = _listed(found, "serves other hosts")
    return Fault(
        "PC5305", found.route, ("spec", "hostnames"), message, "let the names of route and listener meet", also
    )


def _listed(found: Attachment, words: str) -> tuple[Other, ...]:
    return tuple(Other(one.item, (*one.path, "name"), words) for one in (found.open_to or found.named)[:3])


def _mesh_ports(world: World) -> Iterator[Fault]:
    for route, refs in parents(world).items():
        for ref in refs:
            parent = target(world, ref) if ref.kind in MESH_PARENTS else None
            port = number(ref.body, "port")
            if parent is None or port is None:
                continue
            key = "port" if ref.kind == SERVICE else "number"
            ports = [number(body, key) for _, body in maps(parent.body, "spec", "ports")]
            if port not in ports:
                cure = f"its ports are {', '.join(map(str, ports))}"
                yield Fault("PC5302", route, (*ref.path, "port"), f"{ref} has no port {port}", cure)
