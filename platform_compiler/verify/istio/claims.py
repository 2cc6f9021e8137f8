"""Who may speak for a host: one VirtualService on the mesh, and on a Gateway only hosts that it serves."""

from collections.abc import Iterator, Sequence

from platform_compiler.objects import Path, maps, text, texts
from platform_compiler.verify.hosts import full_name
from platform_compiler.verify.istio.reading import EVERYWHERE, Binding, Routing, find, overlap, routings, scopes
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of


def hosts_have_one_owner(world: World) -> Iterator[Fault]:
    """No two VirtualServices on the mesh name one host for the same namespaces (IST0109)."""
    first: dict[tuple[str, str], tuple[Item, int]] = {}
    for routing in routings(world):
        if not routing.on_mesh:
            continue
        item, to = routing.item, scopes(routing.item)
        for i, host in enumerate(routing.hosts):
            known = [first.setdefault((scope, host), (item, i)) for scope in to]
            taken = min(((other, at) for other, at in known if other is not item), key=str, default=None)
            if taken is not None:
                also = (Other(taken[0], ("spec", "hosts", taken[1]), "also here"),)
                message = f"another VirtualService on the mesh has the host `{host}` too"
                yield Fault("PC5210", item, ("spec", "hosts", i), message, "put their rules into one of them", also)


def hosts_are_on_gateways(world: World) -> Iterator[Fault]:
    """A Gateway serves a host of each VirtualService that binds to it, and each host is on one of them (IST0132)."""
    for routing in routings(world):
        if routing.bindings and routing.hosts:
            found = [(binding, find(world, "Gateway", *binding.gateway)) for binding in routing.bindings]
            yield from _unserved(world, routing, [(binding, item) for binding, item in found if item is not None])


def _unserved(world: World, routing: Routing, found: Sequence[tuple[Binding, Item]]) -> Iterator[Fault]:
    """Yield the Gateways that serve no host, then the hosts that no Gateway serves although they serve others."""
    served: list[str] = []
    for binding, gateway in found:
        own = server_hosts(gateway, routing.namespace, world.facts.cluster_domain)
        served += own
        if not any(overlap(host, other) for host in routing.hosts for other in own):
            also = (Other(gateway, ("spec", "servers"), "its servers"),)
            message = f"Gateway `{binding.named}` serves none of its hosts"
            yield Fault("PC5211", routing.item, binding.path, message, "add a host to the Gateway", also)
    missing = [i for i, host in enumerate(routing.hosts) if not any(overlap(host, other) for other in served)]
    if not routing.on_mesh and len(found) == len(routing.bindings) and len(missing) < len(routing.hosts):
        for i in missing:
            message = f"none of its Gateways serves `{routing.hosts[i]}`"
            yield Fault("PC5211", routing.item, ("spec", "hosts", i), message, "add the host to a Gateway")


def server_hosts(gateway: Item, namespace: str, domain: str) -> list[str]:
    """Return the hosts that a Gateway serves for VirtualServices of a namespace."""
    found = []
    for _, server in maps(gateway.body, "spec", "servers"):
        for named in texts(server, "hosts"):
            where, slash, host = named.rpartition("/")
            where = namespace_of(gateway) if where == "." else where
            if not slash or where in (EVERYWHERE, namespace):
                found.append(full_name(host, namespace_of(gateway), domain))
    return found


def mesh_rules_hold_at_gateways(world: World) -> Iterator[Fault]:
    """Requests through a Gateway are steered by its own VirtualService alone, not by that of the mesh (IST0140)."""
    bound = [routing for routing in routings(world) if routing.bindings]
    steered = _steered(world) if bound else {}
    for routing in bound:
        gateways = {binding.gateway for binding in routing.bindings}
        for to in routing.destinations:
            mesh, path = steered.get(to.host, (routing, ()))
            if mesh is routing or text(to.body, "subset") or any(b.gateway in gateways for b in mesh.bindings):
                continue
            also = (Other(mesh.item, path, "not used for these requests"),)
            message = f"requests go to `{to.host}` past the subsets that its own VirtualService chooses"
            yield Fault("PC5216", routing.item, (*to.path, "host"), message, "choose the `subset` here too", also)


def _steered(world: World) -> dict[str, tuple[Routing, Path]]:
    """Return the hosts that a VirtualService on the mesh sends to their own subsets, with the first such place."""
    found: dict[str, tuple[Routing, Path]] = {}
    for routing in routings(world):
        for to in routing.destinations if routing.on_mesh else ():
            if to.host in routing.hosts and text(to.body, "subset"):
                found.setdefault(to.host, (routing, (*to.path, "subset")))
    return found
