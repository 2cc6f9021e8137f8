"""What `exportTo` hides: a host or subset from those who are to use it."""

from collections.abc import Iterator, Sequence

from platform_compiler.objects import maps, text, texts
from platform_compiler.verify.hosts import Host, full_name, matching
from platform_compiler.verify.istio.pods import Pods, pods_of
from platform_compiler.verify.istio.reading import (
    NETWORKING,
    Destination,
    destinations,
    find,
    gateways_named,
    on_mesh,
    seen_by,
    selector,
    virtual_services,
)
from platform_compiler.verify.istio.references import subsets
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_CURE = "add the namespace to its `exportTo`"


def destinations_are_seen(world: World) -> Iterator[Fault]:
    """Those that a VirtualService steers see its destinations: its own namespace, and that of its Gateways."""
    pods, known = pods_of(world), subsets(world)
    for item in virtual_services(world):
        users = _users(world, pods, item)
        for to in destinations(item, world):
            found = matching(world.hosts, to.host)
            blind = next((user for user in users if found and not any(host.seen_from(user) for host in found)), None)
            if blind is not None:
                yield _hidden(item, (*to.path, "host"), to.host, blind, found)
            else:
                yield from _unseen_subset(item, to, users, known.get(to.host, {}).get(text(to.body, "subset"), []))


def _users(world: World, pods: Pods, item: Item) -> list[str]:
    """Return the namespaces whose proxies follow a VirtualService for sure."""
    found = {namespace_of(item)} if on_mesh(item) and texts(item.body, "spec", "hosts") else set()
    for _, _, name in gateways_named(item):
        gateway = find(world, "Gateway", *name)
        labels = selector(gateway, "spec", "selector") if gateway is not None else {}
        found |= {member.namespace for member in pods.selected_anywhere(labels)} if labels else set()
    return sorted(found)


def _hidden(item: Item, path: tuple[str | int, ...], host: str, user: str, found: Sequence[Host]) -> Fault:
    also = (Other(found[0].item, ("metadata", "name"), "declared here, for other namespaces"),)
    return Fault("PC5209", item, path, f"`{host}` is not exported to namespace `{user}`, which needs it", _CURE, also)


def _unseen_subset(item: Item, to: Destination, users: list[str], rules: list[Item]) -> Iterator[Fault]:
    for user in users if rules else ():
        if not any(seen_by(texts(rule.body, "spec", "exportTo"), namespace_of(rule), user) for rule in rules):
            also = (Other(rules[0], ("spec", "exportTo"), "exported to others only"),)
            message = f"subset `{text(to.body, 'subset')}` is not exported to namespace `{user}`, which needs it"
            yield Fault("PC5209", item, (*to.path, "subset"), message, _CURE, also)
            return


def egress_hosts_are_seen(world: World) -> Iterator[Fault]:
    """A Sidecar names hosts that its namespace sees."""
    for item in world.of(NETWORKING, "Sidecar"):
        own = namespace_of(item)
        for i, egress in maps(item.body, "spec", "egress"):
            for j, named in enumerate(texts(egress, "hosts")):
                where, _, name = named.partition("/")
                host = full_name(name, own if where == "." else where, world.facts.cluster_domain)
                found = list(world.hosts.get(host, ()))
                if found and not any(declared.seen_from(own) for declared in found):
                    yield _hidden(item, ("spec", "egress", i, "hosts", j), host, own, found)
