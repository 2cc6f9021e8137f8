"""VirtualServices, and matches of theirs, that no request ever meets: for hosts and ports that nothing has."""

from collections.abc import Iterator

from platform_compiler.objects import text
from platform_compiler.verify.hosts import matching
from platform_compiler.verify.istio.gateways import servers
from platform_compiler.verify.istio.reading import Routing, cluster_service, find, judged, promised, routings
from platform_compiler.verify.istio.references import near_host
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World


def hosts_exist(world: World) -> Iterator[Fault]:
    """A VirtualService of the mesh is for Services that exist; hosts of other names need no declaration."""
    hosts = world.hosts
    for routing in routings(world):
        for i, host in enumerate(routing.hosts if routing.on_mesh else ()):
            if host in hosts or host.startswith("*"):
                continue
            service = cluster_service(host, world.facts.cluster_domain)
            if service is None or matching(hosts, host):
                continue
            if judged(world, service[0]) and not world.exists("", "Service", *service):
                cure = near_host(world, host, "name a Service that exists, or remove the host")
                yield Fault("PC5207", routing.item, ("spec", "hosts", i), f"nothing declares `{host}`", cure)


def delegates_are_used(world: World) -> Iterator[Fault]:
    """A VirtualService without hosts is a part of another one, which names it."""
    found = routings(world)
    if all(routing.hosts for routing in found):
        return
    there = {(routing.namespace, routing.item.name) for routing in found}
    named = {
        (text(rule.body, "delegate", "namespace") or routing.namespace, text(rule.body, "delegate", "name"))
        for routing in found
        for rule in routing.rules
        if "delegate" in rule.body
    }
    if named - there or promised(world, "VirtualService"):
        return  # a name that leads nowhere is told, and may be what is missing here
    for routing in found:
        if not routing.hosts and routing.rules and (routing.namespace, routing.item.name) not in named:
            message = "it has no hosts, and no other VirtualService delegates to it"
            yield Fault("PC5207", routing.item, ("spec",), message, "add `hosts`")


def ports_are_there(world: World) -> Iterator[Fault]:
    """A match for a port names one that the hosts, or the servers of the Gateways, have."""
    for routing in routings(world):
        known = _ports(world, routing) if routing.ports else set()
        for path, port in routing.ports if known else ():
            if port not in known:
                message = f"the match is never used: nothing that it is for has port {port}"
                cure = f"there are {', '.join(map(str, sorted(known)))}"
                yield Fault("PC5212", routing.item, path, message, cure)


def _ports(world: World, routing: Routing) -> set[int]:
    """Return the ports on which requests arrive for a VirtualService, none if they are not all known."""
    known: set[int] = set()
    for binding in routing.bindings:
        gateway = find(world, "Gateway", *binding.gateway)
        if gateway is None:
            return set()
        known |= world.once(_ports_of_gateways).get(gateway, set())
    for name in routing.hosts if routing.on_mesh else ():
        hosts = matching(world.hosts, name)
        if not hosts or not all(host.ports for host in hosts):
            return set()
        known |= {port.number for host in hosts for port in host.ports}
    return known if routing.hosts else set()


def _ports_of_gateways(world: World) -> dict[Item, set[int]]:
    found: dict[Item, set[int]] = {}
    for server in servers(world):
        found.setdefault(server.item, set()).add(server.port)
    return found
