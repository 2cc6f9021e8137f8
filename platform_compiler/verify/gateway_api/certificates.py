"""Certificates of listeners: something makes the Secret, it names the host, and no second listener shares it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from platform_compiler.objects import a_map, at, text, texts
from platform_compiler.verify.gateway_api.hostnames import certified, overlap
from platform_compiler.verify.gateway_api.listeners import Listener, all_listeners, certificates, merged
from platform_compiler.verify.gateway_api.names import SECRET, Reference, is_missing
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_BY_ANNOTATION = ("cert-manager.io/issuer", "cert-manager.io/cluster-issuer")
_NAMES_A_SECRET = (
    ("spec", "secretName"),
    ("spec", "target", "name"),
    ("spec", "destination", "name"),
    ("spec", "template", "metadata", "name"),
)


def missing(world: World) -> Iterator[Fault]:
    """Yield references to Secrets that nothing judged is or makes."""
    makers = ("Secret", "Certificate")
    unread = {own for kind, own, _ in world.facts.promised if kind.endswith(makers) and kind != "Secret"}
    for one in all_listeners(world):
        if any(key in a_map(one.item.body, "metadata", "annotations") for key in _BY_ANNOTATION):
            continue  # cert-manager makes what the Gateway names
        for ref in certificates(one):
            known = ref.namespace in unread or ref.kind != SECRET or not is_missing(world, ref)
            if not known and (ref.namespace, ref.name) not in world.once(_made):
                message = f"listener `{one.name}` needs {ref}, and nothing here makes it"
                cure = "add a Certificate or an ExternalSecret for it, or make sure that someone makes it by hand"
                yield Fault("PC5319", one.item, (*ref.path, "name"), message, cure)


def shared(world: World) -> Iterator[Fault]:
    """Yield listeners for one host that share a certificate and a port with one for a wildcard above it."""
    for _, listeners in merged(world):
        wide: defaultdict[tuple[int | None, str, str], list[Listener]] = defaultdict(list)
        ending = [(one, ref) for one in listeners if one.terminates for ref in certificates(one)]
        for one, ref in ending:
            if not one.hostname or one.hostname.startswith("*"):
                wide[one.port, ref.namespace, ref.name].append(one)
        for one, ref in ending:
            if one.hostname and not one.hostname.startswith("*"):
                above = [w for w in wide[one.port, ref.namespace, ref.name] if overlap(one.hostname, w.hostname)]
                if above:
                    yield _shared(one, ref, above[0])


def other_hosts(world: World) -> Iterator[Fault]:
    """Yield listeners whose certificates, all made by cert-manager, do not name their host."""
    makers = {
        (namespace_of(item), text(item.body, "spec", "secretName")): item
        for item in world.of("cert-manager.io", "Certificate")
    }
    for one in all_listeners(world):
        refs = certificates(one)
        found = [makers.get((ref.namespace, ref.name)) for ref in refs] if one.terminates and one.hostname else []
        known = [item for item in found if item is not None]
        names = [name for item in known for name in _names(item)]
        if known and len(known) == len(refs) and names and not _good_for(one.hostname, names):
            message = f"listener `{one.name}` serves `{one.hostname}`, which its certificate does not name"
            also = tuple(Other(item, ("spec", "dnsNames"), "the names it is good for") for item in known)
            cure = "add the host to the Certificate's `dnsNames`; there `*.` stands for one label"
            yield Fault("PC5321", one.item, (*one.path, "hostname"), message, cure, also)


def _shared(one: Listener, ref: Reference, wide: Listener) -> Fault:
    message = (
        f"listener `{one.name}` shares its certificate with `{wide.name}`: browsers reuse the connection of one for the"
        " other, and get 404"
    )
    also = (Other(wide.item, (*wide.path, "hostname"), "serves the host too, by a wildcard"),)
    cure = "give the single host a certificate of its own, or one listener for both"
    return Fault("PC5320", one.item, (*ref.path, "name"), message, cure, also)


def _made(world: World) -> Mapping[tuple[str, str], Item]:
    """Return the Secrets that objects say they make, whatever their kind."""
    found: dict[tuple[str, str], Item] = {}
    for item in world.items:
        for path in _NAMES_A_SECRET:
            if name := text(at(item.body, *path)):
                found[namespace_of(item), name] = item
        if item.kind.endswith("Secret"):
            found[namespace_of(item), item.name] = item
    return found


def _names(certificate: Item) -> list[str]:
    spec = a_map(certificate.body, "spec")
    return [*texts(spec, "dnsNames"), *([text(spec, "commonName")] if "commonName" in spec else [])]


def _good_for(host: str, names: list[str]) -> bool:
    """Whether a certificate serves a host; for a wildcard any host below it will do."""
    if host.startswith("*."):
        return any(overlap(host, name) for name in names)
    return any(certified(name, host) for name in names)
