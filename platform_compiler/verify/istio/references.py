"""What VirtualServices name must exist: hosts, their ports, subsets, Gateways."""

from collections.abc import Iterator, Sequence

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import maps, number, text
from platform_compiler.verify.hosts import Host, full_name
from platform_compiler.verify.istio.reading import (
    EVERYWHERE,
    GENERATED,
    NETWORKING,
    Destination,
    Routing,
    cluster_service,
    destinations,
    find,
    judged,
    promised,
    routings,
)
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.kubernetes.elsewhere import may_make
from platform_compiler.verify.world import World, namespace_of

_OTHER_CLUSTERS = ".svc.clusterset.local"


def hosts_exist(world: World) -> Iterator[Fault]:
    """Every destination is a host that something declares (IST0101)."""
    for routing, found in destinations(world):
        for to in found:
            if not to.found:
                yield from missing_host(world, routing.item, to)


def missing_host(world: World, item: Item, to: Destination) -> Iterator[Fault]:
    """Yield the fault of a destination that nothing declares, unless that cannot be known."""
    path = (*to.path, "host")
    service = cluster_service(to.host, world.facts.cluster_domain)
    if service is not None:
        if judged(world, service[0]) and not (world.exists("", "Service", *service) or may_make(world, *service)):
            cure = near_host(world, to.host, "name a Service that exists, or add it")
            yield Fault("PC5201", item, path, f"no Service or ServiceEntry declares `{to.host}`", cure)
        return
    if not to.host.endswith(_OTHER_CLUSTERS) and not promised(world, "ServiceEntry"):
        yield Fault("PC5202", item, path, f"no ServiceEntry declares `{to.host}`", _longer(world, to.host))


def near_host(world: World, host: str, otherwise: str) -> str:
    """Return the cure for a host that nothing declares: a name like it beside it, or the same one elsewhere."""
    first, _, rest = host.partition(".")
    beside, elsewhere = world.once(_alike)
    near = did_you_mean(first, beside.get(rest, ()))
    found = f"{near}.{rest}" if near else next(iter(elsewhere.get(first, ())), None)
    return f"did you mean `{found}`?" if found else otherwise


def _alike(world: World) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the first labels of hosts by the others, and hosts by their first labels."""
    beside: dict[str, list[str]] = {}
    elsewhere: dict[str, list[str]] = {}
    for host in world.hosts:
        first, _, rest = host.partition(".")
        beside.setdefault(rest, []).append(first)
        elsewhere.setdefault(first, []).append(host)
    return beside, elsewhere


def _longer(world: World, host: str) -> str:
    """Return the cure for a host with dots: `web.shop` is not short for a Service, as some think."""
    domain = world.facts.cluster_domain
    for end in (f".svc.{domain}", f".{domain}"):
        if host + end in world.hosts:
            return f"write `{host}{end}`: only names without dots are completed"
    return "declare it with a ServiceEntry"


def ports_fit(world: World) -> Iterator[Fault]:
    """A destination names a port of its host, and has to if the host has several (IST0101, IST0112)."""
    for routing, found in destinations(world):
        for to in found:
            ports = _ports(to.found)
            wanted = number(to.body, "port", "number")
            if wanted is not None and ports and wanted not in ports:
                message, path = f"`{to.host}` has no port {wanted}", (*to.path, "port", "number")
                yield Fault("PC5203", routing.item, path, message, f"it has {_listed(ports)}")
            elif wanted is None and not to.body.get("port") and len(ports) > 1 and not _keeps_port(routing, to):
                message, path = f"`{to.host}` has several ports, and none is chosen", (*to.path, "host")
                yield Fault("PC5203", routing.item, path, message, f"set `port.number`: {_listed(ports)}")


def _ports(found: Sequence[Host]) -> set[int]:
    """Return the ports of a host, none if not all are known."""
    ports: set[int] = set()
    for host in found:
        if not host.ports:
            return set()
        ports.update(port.number for port in host.ports)
    return ports


def _keeps_port(routing: Routing, to: Destination) -> bool:
    """Whether requests arrive with a port that fits: on the mesh, those to the host itself."""
    return not routing.bindings and set(routing.hosts) == {to.host}


def _listed(ports: set[int]) -> str:
    return ", ".join(map(str, sorted(ports)))


def subsets_exist(world: World) -> Iterator[Fault]:
    """A destination's subset is one of a DestinationRule for its host (IST0101)."""
    known = world.once(subsets)
    if promised(world, "DestinationRule"):
        return
    for routing, found in destinations(world):
        for to in found:
            subset = to.subset
            if subset and to.found and not _declares(known, to.host, subset):
                near = did_you_mean(subset, known.get(to.host, {}))
                cure = f"did you mean `{near}`?" if near else f"add it to a DestinationRule for `{to.host}`"
                message = f"no DestinationRule gives `{to.host}` a subset `{subset}`"
                yield Fault("PC5204", routing.item, (*to.path, "subset"), message, cure)


def subsets(world: World) -> dict[str, dict[str, list[Item]]]:
    """Return the DestinationRules that declare a subset, by host and subset."""
    found: dict[str, dict[str, list[Item]]] = {}
    for item, host in world.once(rules_of_hosts):
        for _, subset in maps(item.body, "spec", "subsets"):
            found.setdefault(host, {}).setdefault(text(subset, "name"), []).append(item)
    return found


def rules_of_hosts(world: World) -> Sequence[tuple[Item, str]]:
    """Return every DestinationRule with its host as Istio reads it."""
    domain = world.facts.cluster_domain
    rules = world.of(NETWORKING, "DestinationRule")
    return [(item, full_name(text(item.body, "spec", "host"), namespace_of(item), domain)) for item in rules]


def _declares(known: dict[str, dict[str, list[Item]]], host: str, subset: str) -> bool:
    """Whether a rule for the host, or for a wildcard above it, has the subset."""
    if subset in known.get(host, {}):
        return True
    labels = host.split(".")
    names = (EVERYWHERE, *("*." + ".".join(labels[i:]) for i in range(1, len(labels))))
    return any(subset in known.get(name, {}) for name in names)


def gateways_exist(world: World) -> Iterator[Fault]:
    """A VirtualService binds to Gateways that exist (IST0101), not to those made behind the Gateway API (IST0165)."""
    for routing in routings(world):
        for path, named, (namespace, name) in routing.bindings:
            if name.endswith(GENERATED):
                message = f"Gateway `{named}` is made by the mesh for itself"
                cure = "use an HTTPRoute with the Gateway as its parent"
                yield Fault("PC5205", routing.item, path, message, cure)
            elif world.whole and judged(world, namespace) and not _is_there(world, namespace, name):
                near = did_you_mean(name, _gateways_of(world, namespace))
                cure = f"did you mean `{near}`?" if near else "name it as `namespace/name`, or add it"
                message = f"there is no Gateway `{name}` in namespace `{namespace}`"
                yield Fault("PC5205", routing.item, path, message, cure)


def _is_there(world: World, namespace: str, name: str) -> bool:
    return find(world, "Gateway", namespace, name) is not None or world.exists(NETWORKING, "Gateway", namespace, name)


def _gateways_of(world: World, namespace: str) -> list[str]:
    return [item.name for item in world.of(NETWORKING, "Gateway") if namespace_of(item) == namespace]
