"""The host names that a mesh knows: of Services and of ServiceEntries, with their ports and who may see them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from platform_compiler.objects import Body, maps, number, text, texts
from platform_compiler.verify.item import Item

_EVERYWHERE = "*"
_EXPORT = "networking.istio.io/exportTo"


class HostPort(NamedTuple):
    """A port that a host is served on; `protocol` is upper case, empty where nobody says."""

    number: int
    name: str
    protocol: str


class Host(NamedTuple):
    """A host name, the object that declares it, and the namespaces it is exported to (`*` is all)."""

    name: str
    item: Item
    ports: tuple[HostPort, ...]
    export_to: tuple[str, ...]

    def seen_from(self, namespace: str) -> bool:
        """Whether a namespace may use the host."""
        to = self.export_to
        return _EVERYWHERE in to or namespace in to or ("." in to and namespace == (self.item.namespace or "default"))


def full_name(host: str, namespace: str, domain: str) -> str:
    """Return a host as Istio reads it in an object of `namespace`: a name without dots is a Service beside the object.

    Source: "Short names" of VirtualService's and DestinationRule's `host`.
    """
    return host if "." in host or host.startswith("*") else f"{host}.{namespace}.svc.{domain}"


class Declared(NamedTuple):
    """What an object declares: its hosts as they are written, none for a Service, their ports, and who may see them."""

    names: Sequence[str]
    ports: tuple[HostPort, ...]
    export_to: tuple[str, ...]


def of_service(body: Body) -> Declared:
    """Read what a Service declares."""
    return Declared((), _service_ports(body), _exported(text(body, "metadata", "annotations", _EXPORT)))


def of_entry(body: Body) -> Declared:
    """Read what a ServiceEntry declares."""
    return Declared(
        texts(body, "spec", "hosts"), _entry_ports(body), tuple(texts(body, "spec", "exportTo")) or (_EVERYWHERE,)
    )


def hosts_of(
    services: Iterable[tuple[Item, Declared]], entries: Iterable[tuple[Item, Declared]], domain: str
) -> Mapping[str, Sequence[Host]]:
    """Return every host by name; one may be declared several times."""
    found: dict[str, list[Host]] = {}
    for item, (_, ports, to) in services:
        name = f"{item.name}.{item.namespace or 'default'}.svc.{domain}"
        found.setdefault(name, []).append(Host(name, item, ports, to))
    for item, (names, ports, to) in entries:
        for name in names:
            found.setdefault(name, []).append(Host(name, item, ports, to))
    return found


@lru_cache(maxsize=1024)
def _exported(told: str) -> tuple[str, ...]:
    """Return the namespaces that an annotation lists."""
    return tuple(part.strip() for part in told.split(",") if part.strip()) or (_EVERYWHERE,)


def matching(hosts: Mapping[str, Sequence[Host]], name: str) -> Sequence[Host]:
    """Return the hosts that a name stands for: itself, a wildcard above it, or those below it if it is a wildcard."""
    if name in hosts:
        return hosts[name]
    if name.startswith("*"):
        return [host for known, found in hosts.items() if known.endswith(name[1:]) for host in found]
    labels = name.split(".")
    above = ("*." + ".".join(labels[i:]) for i in range(1, len(labels)))
    return next((hosts[wildcard] for wildcard in above if wildcard in hosts), ())


def _service_ports(body: Body) -> tuple[HostPort, ...]:
    return tuple(
        HostPort(number(port, "port") or 0, text(port, "name"), _service_protocol(port))
        for _, port in maps(body, "spec", "ports")
    )


def _service_protocol(port: Body) -> str:
    """Return what Istio takes a port for: `appProtocol`, else the name up to its first `-`, else the transport's."""
    named = text(port, "appProtocol").rpartition("/")[2] or text(port, "name").partition("-")[0]
    transport = text(port, "protocol").upper()
    return "UDP" if transport == "UDP" else named.upper()


def _entry_ports(body: Body) -> tuple[HostPort, ...]:
    return tuple(
        HostPort(number(port, "number") or 0, text(port, "name"), text(port, "protocol").upper())
        for _, port in maps(body, "spec", "ports")
    )
