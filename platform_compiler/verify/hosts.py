"""The host names that a mesh knows: of Services and of ServiceEntries, with their ports and who may see them."""

from collections.abc import Iterable, Mapping, Sequence
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


def hosts_of(services: Iterable[Item], entries: Iterable[Item], domain: str) -> Mapping[str, Sequence[Host]]:
    """Return every host by name; one may be declared several times."""
    found: dict[str, list[Host]] = {}
    for item in services:
        name = f"{item.name}.{item.namespace or 'default'}.svc.{domain}"
        exports = text(item.body, "metadata", "annotations", _EXPORT)
        to = tuple(part.strip() for part in exports.split(",") if part.strip()) or (_EVERYWHERE,)
        found.setdefault(name, []).append(Host(name, item, _service_ports(item.body), to))
    for item in entries:
        to = tuple(texts(item.body, "spec", "exportTo")) or (_EVERYWHERE,)
        for name in texts(item.body, "spec", "hosts"):
            found.setdefault(name, []).append(Host(name, item, _entry_ports(item.body), to))
    return found


def matching(hosts: Mapping[str, Sequence[Host]], name: str) -> list[Host]:
    """Return the hosts that a name stands for: itself, a wildcard above it, or those below it if it is a wildcard."""
    if name in hosts:
        return list(hosts[name])
    if name.startswith("*"):
        return [host for known, found in hosts.items() if known.endswith(name[1:]) for host in found]
    labels = name.split(".")
    above = ("*." + ".".join(labels[i:]) for i in range(1, len(labels)))
    return next((list(hosts[wildcard]) for wildcard in above if wildcard in hosts), [])


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
