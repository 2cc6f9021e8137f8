"""Told twice: where the API server takes a name or a port only once."""

from collections.abc import Callable, Hashable, Iterable, Iterator

from platform_compiler.objects import Body, Path, maps, number, text
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.pods import claims_of, protocol_of
from platform_compiler.verify.workloads import Container, Workload
from platform_compiler.verify.world import World

_CODE = "PC5121"
_HELP = "keep one of them, or tell them apart"


def in_pods(world: World) -> Iterator[Fault]:
    """Yield containers, claims and ports of a pod that are named twice."""
    for workload in world.workloads:
        yield from _names_in_pod(workload)
        for container in workload.containers:
            if len(container.ports) > 1:
                yield from _in_container(workload.item, container)
        yield from _host_ports(workload)


def in_services(world: World) -> Iterator[Fault]:
    """Yield ports of a Service that are told twice, and ports that no name tells apart."""
    for item in world.of("", "Service"):
        ports = [(("spec", "ports", i), port) for i, port in maps(item.body, "spec", "ports")]
        if len(ports) < 2:  # noqa: PLR2004 -- nothing to repeat
            continue
        yield from _twice(item, ports, lambda p: (protocol_of(p), number(p, "port")), "port", "port")
        yield from _twice(item, ports, lambda p: text(p, "name"), "name", "port")
        for path, port in ports:
            if not text(port, "name"):
                yield Fault(_CODE, item, path, "several ports, and one without a name", "name every port")


def node_ports(world: World) -> Iterator[Fault]:
    """Yield ports of nodes that two Services want."""
    first: dict[tuple[str, int], tuple[Item, Path]] = {}
    for item in world.of("", "Service"):
        for i, port in maps(item.body, "spec", "ports"):
            wanted, path = number(port, "nodePort"), ("spec", "ports", i, "nodePort")
            if wanted:
                known, there = first.setdefault((protocol_of(port), wanted), (item, path))
                if known is not item:
                    message = f"port {wanted} of the nodes is taken by {known}"
                    yield Fault(_CODE, item, path, message, "choose another one", (Other(known, there, "taken here"),))


def _names_in_pod(workload: Workload) -> Iterator[Fault]:
    item = workload.item
    if len(workload.containers) > 1:
        named = [(container.path, container.body) for container in workload.containers]
        yield from _twice(item, named, lambda c: text(c, "name"), "name", "container")
    yield from _twice(item, claims_of(workload), lambda c: text(c, "metadata", "name"), "metadata", "claim")


def _in_container(item: Item, container: Container) -> Iterator[Fault]:
    ports = [((*container.path, "ports", i), port) for i, port in container.ports]
    yield from _twice(item, ports, lambda p: text(p, "name"), "name", "port")


def _host_ports(workload: Workload) -> Iterator[Fault]:
    ports = [
        ((*path, "ports", i), port)
        for path, _, opened, _ in workload.containers
        for i, port in opened
        if "hostPort" in port and number(port, "hostPort") and path[-2] == "containers"
    ]
    key: Callable[[Body], Hashable] = lambda p: (protocol_of(p), number(p, "hostPort"), text(p, "hostIP"))  # noqa: E731
    yield from _twice(workload.item, ports, key, "hostPort", "host port")


def _twice(
    item: Item, entries: Iterable[tuple[Path, Body]], key: Callable[[Body], Hashable], field: str, what: str
) -> Iterator[Fault]:
    """Yield every entry whose key an earlier one has; an empty key is none."""
    first: dict[Hashable, Path] = {}
    for path, entry in entries:
        found = key(entry)
        if found in ("", None) or (isinstance(found, tuple) and not all(found[:2])):
            continue
        there = first.setdefault(found, path)
        if there is not path:
            shown = "/".join(str(part) for part in found if part) if isinstance(found, tuple) else found
            also = (Other(item, (*there, field), "first here"),)
            yield Fault(_CODE, item, (*path, field), f"{what} `{shown}` again", _HELP, also)
