"""Servers of Gateways: no two of them claim one host, their ports are open, their certificates are there."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, number, text, texts
from platform_compiler.verify.istio.pods import Pods, pods_of, services_of
from platform_compiler.verify.istio.reading import EVERYWHERE, NETWORKING, selection_at
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_PLAIN = ("HTTP", "HTTP2", "GRPC", "GRPC-WEB")
_WITH_TLS = ("HTTPS", "TLS")
_ENDING = ("SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL")
"""Modes of servers that end TLS with a certificate of their own."""
_GIVEN = ("credentialName", "credentialNames", "tlsCertificates", "serverCertificate")
_MAKERS = (
    ("external-secrets.io", "ExternalSecret"),
    ("cert-manager.io", "Certificate"),
    ("bitnami.com", "SealedSecret"),
)


class Server(NamedTuple):
    """One server of a Gateway, and where it stands."""

    item: Item
    path: Path
    body: Body
    port: int
    protocol: str
    selector: Mapping[str, str]


def servers(world: World) -> Iterator[Server]:
    """Yield every server of every Gateway, read once."""
    for item, found in world.read(NETWORKING, "Gateway", _servers):
        for told in found:
            yield Server(item, *told)


def _servers(body: Body) -> list[tuple[Path, Body, int, str, Mapping[str, str]]]:
    labels = {key: str(value) for key, value in a_map(body, "spec", "selector").items()}
    return [
        (
            ("spec", "servers", i),
            server,
            number(server, "port", "number") or 0,
            text(server, "port", "protocol").upper(),
            labels,
        )
        for i, server in maps(body, "spec", "servers")
    ]


def servers_do_not_conflict(world: World) -> Iterator[Fault]:
    """Two Gateways for one workload share neither a host of a port nor a port of unlike protocols (IST0145)."""
    claims: dict[tuple[object, ...], list[Server]] = {}
    for server in servers(world):
        where = (server.port, text(server.body, "bind"))
        other = _rival(claims.setdefault(where, []), server, unlike=True)
        if other is not None:
            also = (Other(other.item, (*other.path, "port", "protocol"), f"{other.protocol} here"),)
            message = f"another Gateway serves port {server.port} with another protocol"
            yield Fault("PC5217", server.item, (*server.path, "port", "protocol"), message, "use another port", also)
            continue
        for i, named in enumerate(texts(server.body, "hosts")):
            host = named.rpartition("/")[2]
            if host == EVERYWHERE and server.protocol in _PLAIN:
                continue
            other = _rival(claims.setdefault((*where, host), []), server, unlike=False)
            if other is not None:
                also = (Other(other.item, (*other.path, "hosts"), "also here"),)
                message = f"another Gateway serves `{host}` on port {server.port} too"
                yield Fault("PC5217", server.item, (*server.path, "hosts", i), message, "keep one of them", also)


def _rival(known: list[Server], server: Server, *, unlike: bool) -> Server | None:
    """Return a server of another Gateway that the same workload may serve; remember this one."""
    if not known:
        known.append(server)
        return None
    family = _family(server)
    others = (one for one in known if one.item is not server.item and not (unlike and _family(one) == family))
    found = next((one for one in others if _meet(one, server)), None)
    if not any(one.selector == server.selector and _family(one) == family for one in known):
        known.append(server)
    return found


def _meet(one: Server, other: Server) -> bool:
    """Whether the selector of one takes all workloads of the other."""
    return one.selector.items() <= other.selector.items() or other.selector.items() <= one.selector.items()


def _family(server: Server) -> str:
    if server.protocol in _PLAIN:
        return "HTTP"
    return "TLS" if server.protocol in _WITH_TLS else "TCP"


def certificates_are_used_once(world: World) -> Iterator[Fault]:
    """Servers of one port have their own certificates: browsers reuse a connection that fits both (IST0138)."""
    claims: dict[tuple[int, str], list[Server]] = {}
    for server in servers(world):
        name = text(server.body, "tls", "credentialName")
        if not name or server.protocol != "HTTPS":
            continue
        known = claims.setdefault((server.port, name), [])
        other = next((one for one in known if _meet(one, server)), None)
        known.append(server)
        if other is not None:
            also = (Other(other.item, (*other.path, "tls", "credentialName"), "also here"),)
            message = f"another server of port {server.port} has the certificate `{name}` too"
            cure = "serve the hosts of one certificate with one server: a browser reuses its connection for all of them"
            yield Fault("PC5219", server.item, (*server.path, "tls", "credentialName"), message, cure, also)


def ports_are_open(world: World) -> Iterator[Fault]:
    """The Service of a Gateway's workload leads to the ports of its servers (IST0162)."""
    fronts_of = world.once(services_of)
    pods = world.once(pods_of)
    for server in servers(world):
        found = pods.selected_anywhere(server.selector) if server.selector else ()
        fronts = [service for member in found for service in fronts_of.get(member, ())]
        if fronts and server.port and not any(server.port in _ports(service) for service in fronts):
            also = (Other(fronts[0], ("spec", "ports"), "the ports of its Service"),)
            message = f"no Service of the workload has port {server.port}"
            yield Fault("PC5218", server.item, (*server.path, "port", "number"), message, "open it there", also)


def _ports(service: Item) -> set[int]:
    """Return the ports of a Service and those that it leads to: a Gateway may name either."""
    ports = [port for _, port in maps(service.body, "spec", "ports")]
    return {number(port, key) or 0 for port in ports for key in ("port", "targetPort")}


def certificates_exist(world: World) -> Iterator[Fault]:
    """The certificate of a server is a Secret beside the workload (IST0101), judged where any Secret is."""
    pods, secrets = world.once(pods_of), _secrets(world)
    for server in servers(world):
        name = text(server.body, "tls", "credentialName")
        homes = _homes(pods, server.selector) if name else ()
        if not homes and name and namespace_of(server.item) in secrets:
            yield from _another_certificate(world, server, name)
        if not name or "/" in name or not homes or not all(home in secrets for home in homes):
            continue
        if not any(name in secrets[home] or world.exists("", "Secret", home, name) for home in homes):
            message = f"nothing makes a Secret `{name}` in namespace `{min(homes)}`, where the workload runs"
            cure = "add a Certificate or a Secret there"
            yield Fault("PC5206", server.item, (*server.path, "tls", "credentialName"), message, cure)


def _another_certificate(world: World, server: Server, name: str) -> Iterator[Fault]:
    """Yield a server beside which a Certificate for its very hosts lies, in a Secret of another name."""
    space, hosts = namespace_of(server.item), {host.rpartition("/")[2] for host in texts(server.body, "hosts")}
    beside = world.once(_certificates)[space]
    for_one = beside.by_host.get(next(iter(hosts)), ()) if hosts else ()
    fitting = next((item for item in for_one if hosts <= set(texts(item.body, "spec", "dnsNames"))), None)
    if fitting is not None and name not in beside.secrets and not world.exists("", "Secret", space, name):
        secret = text(fitting.body, "spec", "secretName")
        also = (Other(fitting, ("spec", "secretName"), "the certificate for its hosts"),)
        message = f"nothing makes a Secret `{name}`; the certificate for its hosts is in `{secret}`"
        yield Fault("PC5206", server.item, (*server.path, "tls", "credentialName"), message, f"name `{secret}`", also)


class _Certificates(NamedTuple):
    """The Certificates of a namespace by each of their hosts, and the Secrets that they make."""

    by_host: defaultdict[str, list[Item]]
    secrets: set[str]


def _certificates(world: World) -> defaultdict[str, _Certificates]:
    """Return the Certificates of each namespace."""
    found: defaultdict[str, _Certificates] = defaultdict(lambda: _Certificates(defaultdict(list), set()))
    for item in world.of("cert-manager.io", "Certificate"):
        beside = found[namespace_of(item)]
        beside.secrets.add(text(item.body, "spec", "secretName"))
        for host in texts(item.body, "spec", "dnsNames"):
            beside.by_host[host].append(item)
    return found


def homes_of_gateways(world: World) -> Mapping[Item, Collection[str]]:
    """Return the namespaces that the workloads of each Gateway run in."""
    pods = world.once(pods_of)
    gateways = world.read(NETWORKING, "Gateway", selection_at("spec", "selector"))
    return {item: _homes(pods, selection.labels) for item, selection in gateways}


def _homes(pods: Pods, labels: Mapping[str, str]) -> Collection[str]:
    return {member.namespace for member in pods.selected_anywhere(labels)} if labels else ()


def _secrets(world: World) -> dict[str, set[str]]:
    """Return the names of Secrets by namespace, but for namespaces where some of them cannot be known."""
    found: dict[str, set[str]] = {}
    for item in world.of("", "Secret"):
        found.setdefault(namespace_of(item), set()).add(item.name)
    for group, maker in _MAKERS:
        for item in world.of(group, maker):
            spec = a_map(item.body, "spec")
            made = (
                text(spec, "secretName") or text(spec, "target", "name") or text(spec, "template", "metadata", "name")
            )
            found.setdefault(namespace_of(item), set()).add(made or item.name)
    for kind, namespace, _ in world.facts.promised:
        if kind != "Secret" and kind.endswith(("Secret", "Certificate")):
            found.pop(namespace, None)
    return found


def servers_have_tls(world: World) -> Iterator[Fault]:
    """A server that ends TLS says how; Istio's admission webhook refuses it otherwise."""
    for server in servers(world):
        if server.protocol in _WITH_TLS and not server.body.get("tls"):
            message = f"a server of protocol {server.protocol} needs `tls`"
            cure = "add `tls` with a `mode`, or serve HTTP"
            yield Fault("PC5220", server.item, (*server.path, "port", "protocol"), message, cure)
        mode = text(server.body, "tls", "mode")
        if server.protocol in _WITH_TLS and mode in _ENDING and not any(server.body["tls"].get(key) for key in _GIVEN):
            message, cure = f"`{mode}` needs a certificate", "set `credentialName`"
            yield Fault("PC5220", server.item, (*server.path, "tls", "mode"), message, cure)


def servers_have_ports(world: World) -> Iterator[Fault]:
    """A server listens on a port, or on a socket of the file system; the webhook refuses the port 0 otherwise."""
    for server in servers(world):
        if number(server.body, "port", "number") == 0 and not text(server.body, "bind").startswith("unix://"):
            path = (*server.path, "port", "number")
            yield Fault("PC5220", server.item, path, "the port 0 is for sockets alone", "name a port, 1 to 65535")
