"""Who may speak for a host: one VirtualService on the mesh, and on a Gateway only hosts that it serves."""

from collections.abc import Iterator

from platform_compiler.objects import maps, text, texts
from platform_compiler.verify.hosts import full_name
from platform_compiler.verify.istio.reading import (
    EVERYWHERE,
    MESH,
    destinations,
    find,
    gateways_named,
    hosts_named,
    on_mesh,
    overlap,
    scopes,
    virtual_services,
)
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of


def hosts_have_one_owner(world: World) -> Iterator[Fault]:
    """No two VirtualServices on the mesh name one host for the same namespaces (IST0109)."""
    first: dict[tuple[str, str], tuple[Item, int]] = {}
    for item in filter(on_mesh, virtual_services(world)):
        for i, host in enumerate(hosts_named(item, world)):
            taken = None
            for scope in sorted(scopes(item)):
                known = first.setdefault((scope, host), (item, i))
                taken = known if known[0] is not item else taken
            if taken is not None:
                also = (Other(taken[0], ("spec", "hosts", taken[1]), "also here"),)
                message = f"another VirtualService on the mesh has the host `{host}` too"
                yield Fault("PC5210", item, ("spec", "hosts", i), message, "put their rules into one of them", also)


def hosts_are_on_gateways(world: World) -> Iterator[Fault]:
    """A Gateway serves a host of each VirtualService that binds to it, and each host is on one of them (IST0132)."""
    for item in virtual_services(world):
        hosts = hosts_named(item, world)
        found = [(i, named, find(world, "Gateway", *name)) for i, named, name in gateways_named(item)]
        served: list[str] = []
        for i, named, gateway in found:
            if gateway is not None and hosts:
                own = server_hosts(gateway, namespace_of(item), world.facts.cluster_domain)
                served += own
                if not any(overlap(host, other) for host in hosts for other in own):
                    also = (Other(gateway, ("spec", "servers"), "its servers"),)
                    message = f"Gateway `{named}` serves none of its hosts"
                    yield Fault("PC5211", item, ("spec", "gateways", i), message, "add a host to the Gateway", also)
        if served and all(gateway for _, _, gateway in found) and MESH not in texts(item.body, "spec", "gateways"):
            yield from _unserved(item, hosts, served)


def _unserved(item: Item, hosts: list[str], served: list[str]) -> Iterator[Fault]:
    """Yield the hosts that no Gateway serves, if it serves others; else the Gateways themselves are at fault."""
    missing = [i for i, host in enumerate(hosts) if not any(overlap(host, other) for other in served)]
    for i in missing if len(missing) < len(hosts) else ():
        message = f"none of its Gateways serves `{hosts[i]}`"
        yield Fault("PC5211", item, ("spec", "hosts", i), message, "add the host to a Gateway")


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
    steered = _steered(world)
    for item in virtual_services(world):
        bound = {name for _, _, name in gateways_named(item)}
        for to in destinations(item, world) if bound else ():
            mesh, path = steered.get(to.host, (item, ()))
            if text(to.body, "subset") or mesh is item or bound & {name for _, _, name in gateways_named(mesh)}:
                continue
            also = (Other(mesh, path, "not used for these requests"),)
            message = f"requests go to `{to.host}` past the subsets that its own VirtualService chooses"
            yield Fault("PC5216", item, (*to.path, "host"), message, "choose the `subset` here too", also)


def _steered(world: World) -> dict[str, tuple[Item, tuple[str | int, ...]]]:
    """Return the hosts that a VirtualService on the mesh sends to their own subsets, with the first such place."""
    found: dict[str, tuple[Item, tuple[str | int, ...]]] = {}
    for item in filter(on_mesh, virtual_services(world)):
        own = set(hosts_named(item, world))
        for to in destinations(item, world):
            if to.host in own and text(to.body, "subset"):
                found.setdefault(to.host, (item, (*to.path, "subset")))
    return found
