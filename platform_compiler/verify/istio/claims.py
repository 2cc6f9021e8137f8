"""Who may speak for a host: one VirtualService on the mesh, and on a Gateway only hosts that it serves."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from platform_compiler.objects import Body, Path, maps, text, texts
from platform_compiler.verify.hosts import full_name
from platform_compiler.verify.istio.reading import (
    EVERYWHERE,
    Binding,
    Routing,
    find,
    overlap,
    routings,
)
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World


def hosts_have_one_owner(world: World) -> Iterator[Fault]:
    """No two VirtualServices on the mesh name one host for the same namespaces (IST0109)."""
    first: dict[tuple[str, str], tuple[Item, int]] = {}
    for routing in routings(world):
        if not routing.on_mesh:
            continue
        item, to = routing.item, sorted(routing.scopes)
        for i, host in enumerate(routing.hosts):
            known = [first.setdefault((scope, host), (item, i)) for scope in to]
            taken = next((claim for claim in known if claim[0] is not item), None)
            if taken is not None:
                also = (Other(taken[0], ("spec", "hosts", taken[1]), "also here"),)
                message = f"another VirtualService on the mesh has the host `{host}` too"
                yield Fault("PC5210", item, ("spec", "hosts", i), message, "put their rules into one of them", also)


class Served:
    """The hosts that a Gateway serves, each with the namespaces whose VirtualServices may bind them."""

    def __init__(self, gateway: Body, domain: str) -> None:
        self._hosts: dict[str, set[str]] = {}
        own = text(gateway, "metadata", "namespace") or "default"
        for _, server in maps(gateway, "spec", "servers"):
            for named in texts(server, "hosts"):
                where, slash, host = named.rpartition("/")
                where = (own if where == "." else where) if slash else EVERYWHERE
                self._hosts.setdefault(full_name(host, own, domain), set()).add(where)
        self._wildcards = [host for host in self._hosts if host.startswith("*")]

    def fits(self, host: str, namespace: str) -> bool:
        """Whether a VirtualService of a namespace may bind a host here."""
        near = self._hosts if host.startswith("*") else (host, *self._wildcards)
        return any(
            overlap(host, known) and not self._hosts[known].isdisjoint((EVERYWHERE, namespace))
            for known in near
            if known in self._hosts
        )


@lru_cache(maxsize=64)
def _served_in(domain: str) -> Callable[[Body], Served]:
    """Return what reads the hosts of a Gateway in a cluster of a domain."""
    return lambda gateway: Served(gateway, domain)


def hosts_are_on_gateways(world: World) -> Iterator[Fault]:
    """A Gateway serves a host of each VirtualService that binds to it, and each host is on one of them (IST0132)."""
    served = _served_in(world.facts.cluster_domain)
    for routing in routings(world):
        if routing.bindings and routing.hosts:
            found = [(binding, find(world, "Gateway", *binding.gateway)) for binding in routing.bindings]
            there = [(binding, gateway, world.told(gateway, served)) for binding, gateway in found if gateway]
            yield from _unserved(routing, there) if there else ()


def _unserved(routing: Routing, found: Sequence[tuple[Binding, Item, Served]]) -> Iterator[Fault]:
    """Yield the Gateways that serve no host, then the hosts that no Gateway serves although they serve others."""
    fitting = [[served.fits(host, routing.namespace) for host in routing.hosts] for _, _, served in found]
    for (binding, gateway, _), fits in zip(found, fitting, strict=True):
        if not any(fits):
            also = (Other(gateway, ("spec", "servers"), "its servers"),)
            message = f"Gateway `{binding.named}` serves none of its hosts"
            yield Fault("PC5211", routing.item, binding.path, message, "add a host to the Gateway", also)
    missing = [i for i, fits in enumerate(zip(*fitting, strict=True)) if not any(fits)]
    if not routing.on_mesh and len(found) == len(routing.bindings) and len(missing) < len(routing.hosts):
        for i in missing:
            message = f"none of its Gateways serves `{routing.hosts[i]}`"
            yield Fault("PC5211", routing.item, ("spec", "hosts", i), message, "add the host to a Gateway")


def mesh_rules_hold_at_gateways(world: World) -> Iterator[Fault]:
    """Requests through a Gateway are steered by its own VirtualService alone, not by that of the mesh (IST0140)."""
    steered = _steered(world) if any(routing.bindings for routing in routings(world)) else {}
    for routing in routings(world) if steered else ():
        gateways = {binding.gateway for binding in routing.bindings}
        for to in routing.places if gateways else ():
            mesh, path = steered.get(to.host, (routing, ()))
            if mesh is routing or to.subset or any(b.gateway in gateways for b in mesh.bindings):
                continue
            also = (Other(mesh.item, path, "not used for these requests"),)
            message = f"requests go to `{to.host}` past the subsets that its own VirtualService chooses"
            yield Fault("PC5216", routing.item, (*to.path, "host"), message, "choose the `subset` here too", also)


def _steered(world: World) -> dict[str, tuple[Routing, Path]]:
    """Return the hosts that a VirtualService on the mesh sends to their own subsets, with the first such place."""
    found: dict[str, tuple[Routing, Path]] = {}
    for routing in routings(world):
        for to in routing.places if routing.on_mesh else ():
            if to.subset and to.host in routing.hosts:
                found.setdefault(to.host, (routing, (*to.path, "subset")))
    return found
