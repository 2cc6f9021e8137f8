"""What VirtualServices name must exist: hosts, their ports, subsets, Gateways."""

from collections.abc import Iterator

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import maps, number, text
from platform_compiler.verify.hosts import full_name, matching
from platform_compiler.verify.istio.reading import (
    EVERYWHERE,
    GENERATED,
    NETWORKING,
    Destination,
    cluster_service,
    destinations,
    find,
    gateways_named,
    hosts_named,
    judged,
    on_mesh,
    promised,
    virtual_services,
)
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World, namespace_of

_OTHER_CLUSTERS = ".svc.clusterset.local"


def hosts_exist(world: World) -> Iterator[Fault]:
    """Every destination is a host that something declares (IST0101)."""
    for item in virtual_services(world):
        for to in destinations(item, world):
            if not matching(world.hosts, to.host):
                yield from missing_host(world, item, to)


def missing_host(world: World, item: Item, to: Destination) -> Iterator[Fault]:
    """Yield the fault of a destination that nothing declares, unless that cannot be known."""
    path = (*to.path, "host")
    service = cluster_service(to.host, world.facts.cluster_domain)
    if service is not None:
        if judged(world, service[0]) and not world.exists("", "Service", *service):
            yield Fault("PC5201", item, path, f"no Service or ServiceEntry declares `{to.host}`", _near(world, to.host))
        return
    if not to.host.endswith(_OTHER_CLUSTERS) and not promised(world, "ServiceEntry"):
        yield Fault("PC5202", item, path, f"no ServiceEntry declares `{to.host}`", _longer(world, to.host))


def _near(world: World, host: str) -> str:
    near = did_you_mean(host, world.hosts)
    return f"did you mean `{near}`?" if near else "name a Service that exists, or add it"


def _longer(world: World, host: str) -> str:
    """Return the cure for a host with dots: `web.shop` is not short for a Service, as some think."""
    domain = world.facts.cluster_domain
    for end in (f".svc.{domain}", f".{domain}"):
        if host + end in world.hosts:
            return f"write `{host}{end}`: only names without dots are completed"
    return "declare it with a ServiceEntry"


def ports_fit(world: World) -> Iterator[Fault]:
    """A destination names a port of its host, and has to if the host has several (IST0101, IST0112)."""
    for item in virtual_services(world):
        own = set(hosts_named(item, world)) if on_mesh(item) and not any(gateways_named(item)) else set()
        for to in destinations(item, world):
            found = matching(world.hosts, to.host)
            ports = {port.number for host in found for port in host.ports}
            if not all(host.ports for host in found) or not ports:
                continue
            wanted = number(to.body, "port", "number")
            if wanted is not None and wanted not in ports:
                message = f"`{to.host}` has no port {wanted}"
                yield Fault("PC5203", item, (*to.path, "port", "number"), message, f"it has {_listed(ports)}")
            elif wanted is None and not to.body.get("port") and len(ports) > 1 and own != {to.host}:
                message = f"`{to.host}` has several ports, and none is chosen"
                yield Fault("PC5203", item, (*to.path, "host"), message, f"set `port.number`: {_listed(ports)}")


def _listed(ports: set[int]) -> str:
    return ", ".join(map(str, sorted(ports)))


def subsets_exist(world: World) -> Iterator[Fault]:
    """A destination's subset is one of a DestinationRule for its host (IST0101)."""
    known = subsets(world)
    if promised(world, "DestinationRule"):
        return
    for item in virtual_services(world):
        for to in destinations(item, world):
            subset = text(to.body, "subset")
            if subset and matching(world.hosts, to.host) and not _declares(known, to.host, subset):
                near = did_you_mean(subset, known.get(to.host, {}))
                cure = f"did you mean `{near}`?" if near else f"add it to a DestinationRule for `{to.host}`"
                message = f"no DestinationRule gives `{to.host}` a subset `{subset}`"
                yield Fault("PC5204", item, (*to.path, "subset"), message, cure)


def subsets(world: World) -> dict[str, dict[str, list[Item]]]:
    """Return the DestinationRules that declare a subset, by host and subset."""
    found: dict[str, dict[str, list[Item]]] = {}
    for item in world.of(NETWORKING, "DestinationRule"):
        host = full_name(text(item.body, "spec", "host"), namespace_of(item), world.facts.cluster_domain)
        for _, subset in maps(item.body, "spec", "subsets"):
            found.setdefault(host, {}).setdefault(text(subset, "name"), []).append(item)
    return found


def _declares(known: dict[str, dict[str, list[Item]]], host: str, subset: str) -> bool:
    """Whether a rule for the host, or for a wildcard above it, has the subset."""
    labels = host.split(".")
    names = (host, EVERYWHERE, *("*." + ".".join(labels[i:]) for i in range(1, len(labels))))
    return any(subset in known.get(name, {}) for name in names)


def gateways_exist(world: World) -> Iterator[Fault]:
    """A VirtualService binds to Gateways that exist (IST0101), not to those made behind the Gateway API (IST0165)."""
    for item in virtual_services(world):
        for i, named, (namespace, name) in gateways_named(item):
            path = ("spec", "gateways", i)
            if name.endswith(GENERATED):
                message = f"Gateway `{named}` is made by the mesh for itself"
                yield Fault("PC5205", item, path, message, "use an HTTPRoute with the Gateway as its parent")
            elif world.whole and judged(world, namespace) and not _is_there(world, namespace, name):
                near = did_you_mean(name, _gateways_of(world, namespace))
                cure = f"did you mean `{near}`?" if near else "name it as `namespace/name`, or add it"
                yield Fault("PC5205", item, path, f"there is no Gateway `{name}` in namespace `{namespace}`", cure)


def _is_there(world: World, namespace: str, name: str) -> bool:
    return find(world, "Gateway", namespace, name) is not None or world.exists(NETWORKING, "Gateway", namespace, name)


def _gateways_of(world: World, namespace: str) -> list[str]:
    return [item.name for item in world.of(NETWORKING, "Gateway") if namespace_of(item) == namespace]
