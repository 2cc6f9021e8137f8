"""Identities that stand in `access` and have no manifest: rules know them, but do network policies know their pods?"""

from collections.abc import Collection

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.placement import strings, text
from platform_compiler.link.handshake import offered_ports
from platform_compiler.link.model import Linked, PrincipalSource, Target
from platform_compiler.load import Loaded
from platform_compiler.source.node import at

_FORM = 5
"""`<trust domain>/ns/<namespace>/sa/<service account>`."""


def namespace_in(domains: Collection[str], identity: str) -> str | None:
    """Return the namespace of an identity under one of these trust domains; None where it is under no such."""
    domain, *rest = identity.split("/")
    ours = domain in domains and len(rest) + 1 == _FORM and (rest[0], rest[2]) == ("ns", "sa")
    return rest[1] if ours else None


def check_strangers(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Report identities that rules let in and network policies keep out, since nothing says where their pods are."""
    cluster, interface = loaded.clusters[target.cluster], target.interface
    named = [(rule, source) for rule in interface.access for source in rule.sources if type(source) is PrincipalSource]
    if not named or not interface.meshed or text(cluster.spec, "network", "policies") == "none":
        return
    mesh, behind = at(cluster.spec, "mesh"), (target.cluster, target.ref) in linked.waypoints
    domains = [text(mesh, "trustDomain") or "cluster.local", *strings(at(mesh, "trustDomainAliases"))]
    for rule, source in named:
        unread = all(port.protocol == "udp" for port in offered_ports(rule, interface))
        near = namespace_in(domains, source.name)
        if found := _shut(source, domains[0], near=bool(near), unread=unread, behind=behind):
            why, cure = found
            bag.add("PC2498", f"`{source.name}` is not let in on `{target.cluster}`: {why}", source.span, help=cure)


def _shut(source: PrincipalSource, domain: str, *, near: bool, unread: bool, behind: bool) -> tuple[str, str] | None:
    """Return why nothing lets an identity in, and what would; None where something does."""
    if unread:
        return "no proxy looks at identities on a udp port", "name an address range instead: `{cidr: ...}`"
    if behind and (source.cidr or not near):
        return (
            "a waypoint stands before the program, and lets in pods of this mesh alone",
            f"name an identity of this mesh, which begins with `{domain}`, or let it come through a gateway",
        )
    if not (source.cidr or near):
        cure = f"say where it connects from: `{{principal: ..., cidr: ...}}`; this mesh's trust domain is `{domain}`"
        return "network policies know no pods of other meshes", cure
    return None
