"""What sidecar proxies cannot do, told at the team's line: for programs without one, for addresses, for raw bytes."""

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.layers.placement import text
from platform_compiler.link.facts import entries, mesh_mode, uses_sidecars
from platform_compiler.link.handshake import offered_ports
from platform_compiler.link.model import (
    L7_PROTOCOLS,
    AccessRule,
    Call,
    CidrSource,
    Interface,
    Linked,
    Port,
    PrincipalSource,
    Target,
)
from platform_compiler.link.teams import called_so
from platform_compiler.load import Loaded
from platform_compiler.source.node import MapNode, at, key_span

_OF_REQUESTS = ("timeout", "retries", "mirror", "fault", "routes")
_OF_WAITING = ("maxPendingRequests", "maxRequests", "maxRequestsPerConnection")


def check_narrowing(target: Target, linked: Linked, bag: Bag) -> None:
    """Report paths and methods that applications' calls of a target without a proxy, or a waypoint, name in vain."""
    callee = target.interface
    for link in linked.links_in.get((target.cluster, target.ref), ()):
        if link.caller.interface.kind != "app":
            continue
        rules = {rule.name: rule for rule in callee.access if callee.kind == "external"}
        granted = [rules[grant.rule] for grant in link.grants if grant.rule in rules]
        said: list[Call | AccessRule] = [link.call, *granted]
        read = link.caller.interface.meshed and (link.callee.cluster, callee.ref) in linked.waypoints
        for narrow in said:
            token = at(link.callee.spec, "access", narrow.name, "jwt") if isinstance(narrow, AccessRule) else None
            if token is not None:
                bag.add(
                    "PC2472",
                    f"nobody asks for this token: `{callee.ref}` has no proxy of the mesh",
                    token.span,
                    also=[Label(callee.span, "without a proxy")],
                    help="take it out; only programs and machines of the mesh (`location: mesh`) can ask for tokens",
                )
            elif not read and (narrow.paths or narrow.methods):
                bag.add(
                    "PC2472",
                    f"nobody keeps to these paths and methods: `{callee.ref}` has no proxy of the mesh",
                    narrow.span,
                    also=[Label(callee.span, "without a proxy")],
                    help="name ports alone, or reach it by a program that is in the mesh",
                )


def check_addresses_let_in(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:  # noqa: ARG001 -- a check
    """Report address ranges that are let in on ports where callers must prove who they are."""
    interface = target.interface
    named = [(rule, source) for rule in interface.access for source in rule.sources if type(source) is CidrSource]
    if not named or not interface.meshed or not _beside_proxies(target, loaded):
        return
    default = text(target.spec, "mesh", "mtls") or "strict"
    for rule, source in named:
        strict = [port for port in offered_ports(rule, interface) if _is_strict(port, default)]
        if strict:
            bag.add(
                "PC2461",
                f"callers of {source.cidr} cannot prove who they are, as port `{strict[0].name}` asks of them",
                source.span,
                also=[Label(strict[0].span, "this port")],
                help="let them come through a gateway, or give them a port of their own: `mtls: permissive`",
            )


def check_identities(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:  # noqa: ARG001 -- a check
    """Report identities that are let in where no proxy looks at them."""
    interface = target.interface
    for rule in interface.access if not interface.meshed else ():
        for source in rule.sources:
            if isinstance(source, PrincipalSource):
                bag.add(
                    "PC2473",
                    f"nobody looks at identities before `{target.ref}` on `{target.cluster}`",
                    source.span,
                    also=[Label(interface.span, "has no proxy of the mesh there")],
                    help="name an address range, or let the application be in a mesh",
                )


def _is_strict(port: Port, default: str) -> bool:
    return port.protocol != "udp" and (port.mtls or default) == "strict"


def _beside_proxies(target: Target, loaded: Loaded) -> bool:
    """Whether the mesh of a target's cluster puts a proxy beside each program."""
    return uses_sidecars(text(loaded.clusters[target.cluster].spec, "parts", "mesh"))


def check_denials(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:  # noqa: ARG001 -- a check
    """Report deny rules about ports that no proxy sees, and rules that are left with no port."""
    interface = target.interface
    for rule in interface.deny if interface.meshed else ():
        ports = _denied_ports(rule, interface)
        unseen = next((port for port in ports if port.protocol == "udp"), None)
        if unseen is not None or not ports:
            told = f"the udp port `{unseen.name}`, which no proxy sees" if unseen else "no port at all"
            bag.add(
                "PC2469",
                f"`{rule.name}` is about {told}",
                rule.span,
                also=[Label(unseen.span, "this port")] if unseen else (),
                help="name TCP ports: who is not let in by `access` does not reach a udp port anyway",
            )


def _denied_ports(rule: AccessRule, interface: Interface) -> list[Port]:
    if rule.ports is not None:
        return [interface.ports[name] for name in rule.ports if name in interface.ports]
    reads = bool(rule.paths or rule.methods)
    return [port for port in interface.ports.values() if not port.internal and (port.l7 or not reads)]


def check_traffic(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:  # noqa: ARG001 -- a check
    """Report words about requests in the manifest of a program that has no port where requests can be read."""
    if target.interface.meshed:
        report_unread(target, bag)


def reads_nothing(interface: Interface) -> bool:
    """Whether no open port can be read; who has none at all is told that nobody can call it."""
    protocols = [port.protocol for port in interface.ports.values() if not port.internal]
    return bool(protocols) and L7_PROTOCOLS.isdisjoint(protocols)


def report_unread(target: Target, bag: Bag) -> None:
    """Report words about requests where no port can be read."""
    if not reads_nothing(target.interface):
        return
    ports = [port for port in target.interface.ports.values() if not port.internal]
    traffic = at(target.spec, "traffic")
    breaker = at(target.spec, "resilience", "circuitBreaker")
    words = [(traffic, word) for word in _OF_REQUESTS] + [(at(traffic, "loadBalancer"), "affinity")]
    if target.interface.kind == "external":
        words += [(breaker, word) for word in _OF_WAITING]
    for holder, word in words:
        node = at(holder, word)
        if node is not None and node.span.path == target.path:
            bag.add(
                "PC2470",
                f"`{word}` is about requests, and `{target.ref}` has no port where they can be read",
                node.span,
                also=[Label(ports[0].span, f"speaks {ports[0].protocol}")],
                help="give it a port that speaks http, http2 or grpc, or take the word out",
            )


def check_version_names(cluster: str, linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Report versions of a cluster whose workload would be called like another application of the namespace.

    Where versions have Services too, the same is told of those.
    """
    targets = linked.targets[cluster].values()
    versioned = [one for one in targets if one.interface.kind == "app" and "versions" in one.spec.entries]
    if not versioned or mesh_mode(text(loaded.clusters[cluster].spec, "parts", "mesh")) == "ambient":
        return
    named = called_so(linked.targets[cluster])
    for target in versioned:
        stable = ("stable",) if _split_by_services(target, linked, loaded) else ()
        for version in [*entries(at(target.spec, "versions")), *stable]:
            same = named.get((target.interface.namespace, f"{target.interface.name}-{version}"), ())
            for other in same[-1:]:  # it is told elsewhere that several have one name
                bag.add(
                    "PC2468",
                    f"version `{version}` would be called `{other.interface.name}`, as `{other.ref}` is",
                    _version_span(target, version),
                    also=[Label(other.interface.span, "the other one")],
                    help="rename the version or the application",
                )


def _split_by_services(target: Target, linked: Linked, loaded: Loaded) -> bool:
    """Whether a gateway may share requests out, between Services of versions: `stable` has one too."""
    parts = at(loaded.clusters[target.cluster].spec, "parts")
    plain_gateway = (text(parts, "ingress") or "").startswith("gateway-api@") or mesh_mode(
        text(parts, "mesh")
    ) == "none"
    several = bool(entries(at(target.spec, "versions")))
    return several and plain_gateway and (target.cluster, target.ref) in linked.routes


def _version_span(target: Target, version: str) -> Span:
    """Return where a version stands; nobody writes the stable one."""
    versions = at(target.spec, "versions")
    written = isinstance(versions, MapNode) and version in versions.entries
    return key_span(versions, version) if written else key_span(target.spec, "versions")  # type: ignore[arg-type]
