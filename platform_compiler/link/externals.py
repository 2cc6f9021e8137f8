"""External services that contradict themselves, or that a caller could not tell apart: told at the team's line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.placement import text
from platform_compiler.link.alike import Alike
from platform_compiler.link.egress import leaves_by_gateway
from platform_compiler.link.facts import ClusterFacts, entries
from platform_compiler.link.failover import check_endpoints
from platform_compiler.link.interface import is_machine
from platform_compiler.link.mesh_checks import report_unread
from platform_compiler.link.model import (
    GatewaySource,
    Link,
    Linked,
    NamespaceSource,
    PrincipalSource,
    RefSource,
    Target,
)
from platform_compiler.link.resolution import contradictions, is_address, resolution_of
from platform_compiler.load import Loaded
from platform_compiler.source.node import MapNode, at, key_span, plain

_CERTIFICATES = {"ca": ("ca.crt",), "clientCertificate": ("tls.crt", "tls.key")}
"""What each word of `tls` names a secret of callers for, and the keys in it."""


def machines_here(spec: MapNode, network: str) -> MapNode | None:
    """Return the spec with the machines of a cluster's network alone, or None where it has none.

    Machines of the mesh stand where their endpoints do; one that names no network may be in any.
    """
    if not is_machine(spec):
        return spec
    endpoints = at(spec, "endpoints")
    if not isinstance(endpoints, MapNode):
        return None
    here = {name: e for name, e in endpoints.entries.items() if text(e, "network") in {None, network}}
    return replace(spec, entries={**spec.entries, "endpoints": replace(endpoints, entries=here)}) if here else None


def check_externals(
    every: Iterable[Alike], linked: Linked, facts: Mapping[str, ClusterFacts], loaded: Loaded, bag: Bag
) -> None:
    """Judge every external service, and all that call some."""
    _check_networks(facts, loaded, bag)
    outside = [targets for targets in every if targets[0].interface.kind == "external"]
    for target in {id(one.spec): one for targets in outside for one in targets}.values():
        _check_resolution(target, bag)
        _check_double_tls(target, bag)
        _check_sources(target, bag)
    callers = set()
    for target in (one for targets in outside for one in targets):
        links = linked.links_in.get((target.cluster, target.ref), ())
        callers.update([(target.cluster, link.caller.ref) for link in links])
        _check_machine(target, facts[target.cluster], bag)
        if links and facts[target.cluster].crosses:
            report_unread(target, bag)
            check_endpoints(target, loaded, bag)
    for cluster, ref in callers:
        _check_caller(linked.links_out[cluster, ref], facts[cluster], bag)


def _check_caller(links: Iterable[Link], facts: ClusterFacts, bag: Bag) -> None:
    """Judge all calls of external services that one caller makes, which are on its own cluster."""
    called = [link for link in links if link.callee.interface.kind == "external"]
    _check_apart(called, facts, bag)
    for link in called:
        _check_secrets(link, bag)
        if facts.crosses:
            _check_proxy(link, bag)


def _at(target: Target, *pointer: str) -> Span:
    node = at(target.spec, *pointer)
    return node.span if node else target.interface.span


def _check_resolution(target: Target, bag: Bag) -> None:
    for problem, cure in contradictions(plain(target.spec)):
        bag.add("PC2500", f"`{target.ref}`: {problem}", _at(target, "resolution"), help=cure)


def originates(target: Target) -> bool:
    """Whether proxies start TLS on the way to an external service."""
    node = at(target.spec, "tls", "origin")
    return node is not None and plain(node) == "mesh"


def _check_double_tls(target: Target, bag: Bag) -> None:
    """Report ports on which the program speaks TLS already."""
    for port in target.interface.ports.values() if originates(target) else ():
        if port.protocol in {"https", "tls", "udp"}:
            bag.add(
                "PC2501",
                f"port `{port.name}` speaks {port.protocol}: there is nothing to start TLS for",
                port.span,
                also=[Label(_at(target, "tls", "origin"), "proxies start TLS")],
                help="write what programs speak (http, http2, grpc or tcp), or leave TLS to the application",
            )


def _check_secrets(link: Link, bag: Bag) -> None:
    """Report callers that lack a certificate which their proxies need on the way."""
    for word, needed in _CERTIFICATES.items() if originates(link.callee) else ():
        node = at(link.callee.spec, "tls", word)
        if node is None:
            continue
        name = plain(node)
        secret = at(link.caller.spec, "secrets", name)
        held = at(secret, "keys")
        missing = [key for key in needed if held is not None and key not in entries(held)]
        if secret is not None and not missing:
            continue
        keys = ", ".join(f"{key}: ..." for key in needed)
        bag.add(
            "PC2502",
            f"`{link.caller.ref}` has no secret `{name}`"
            + (f" with key `{missing[0]}`" if missing else "")
            + f", which its proxies need for `{link.callee.ref}`",
            link.call.span,
            also=[Label(node.span, "asked for here")],
            help=f"declare it under `secrets`: `{name}: {{store: ..., path: ..., keys: {{{keys}}}}}`",
        )


def _check_proxy(link: Link, bag: Bag) -> None:
    """Report callers without the proxy that starts TLS, or that leads to the gateway on the way out."""
    if link.caller.interface.meshed:
        return
    member = at(link.caller.spec, "mesh", "member")
    needs = {
        "would lead it to the gateway": leaves_by_gateway(link.callee) and at(link.callee.spec, "egress"),
        "would start TLS": originates(link.callee) and at(link.callee.spec, "tls", "origin"),
    }
    for what, node in needs.items():
        if node:
            bag.add(
                "PC2431",
                f"`{link.caller.ref}` has no proxy that {what} on the way to `{link.callee.ref}`",
                link.call.span,
                also=[Label(node.span, "asked for here")] + ([Label(member.span, "without a proxy")] if member else []),
                help="let it be a member of the mesh, or let it reach another external service that asks for no proxy",
            )


def _check_apart(links: list[Link], facts: ClusterFacts, bag: Bag) -> None:
    """Report two services that a proxy cannot tell apart: raw bytes name no host, so that only addresses do."""
    first: dict[int, Link] = {}
    for link in links if links and links[0].caller.interface.meshed else ():
        for number in sorted(_by_port_alone(link, facts)):
            other = first.setdefault(number, link)
            if other.callee.ref != link.callee.ref:
                bag.add(
                    "PC2503",
                    f"`{link.callee.ref}` and `{other.callee.ref}` both take raw TCP on port {number}, "
                    "and nothing tells them apart",
                    link.call.span,
                    also=[Label(other.call.span, "the other one")],
                    help=(
                        "write the `addresses` of one of them, or another `port` with the real one as `targetPort`",
                        "or ask the platform team for `mesh.dnsCapture`, by which each host gets an address of its own",
                    ),
                )


def _by_port_alone(link: Link, facts: ClusterFacts) -> Iterator[int]:
    spec: dict[str, Any] = plain(link.callee.spec)
    own = facts.dns_capture and resolution_of(spec, dynamic=False) != "NONE"
    if spec.get("addresses") or (own and not any(host.startswith("*") for host in spec["hosts"])):
        return
    for name in {name for grant in link.grants for name in grant.ports}:
        port = link.callee.interface.ports[name]
        if port.protocol == "tcp":
            yield port.port


def _check_sources(target: Target, bag: Bag) -> None:
    """Report rules that let in somebody whom nothing can let in: proxies of callers know callers of the mesh alone."""
    by_identity = (PrincipalSource, GatewaySource) if is_machine(target.spec) else ()
    for rule in target.interface.access:
        for source in rule.sources:
            known = isinstance(source, (RefSource, NamespaceSource, *by_identity))
            if not known or (isinstance(source, PrincipalSource) and source.cidr):
                bag.add(
                    "PC2506",
                    f"rule `{rule.name}` lets in whom nobody at `{target.ref}` can know",
                    source.span,
                    help="name applications, teams or namespaces that call it",
                )


def _check_machine(target: Target, facts: ClusterFacts, bag: Bag) -> None:
    """Report machines of the mesh without an identity, without fixed addresses, or in another network."""
    if not is_machine(target.spec) and not target.interface.calls:
        return
    identity = at(target.spec, "identity")
    account = at(identity, "serviceAccount") is not None and at(identity, "namespace") is not None
    if is_machine(target.spec) and not account:
        bag.add(
            "PC2504",
            f"`{target.ref}` runs proxies of the mesh, and nothing says who they are",
            identity.span if identity else _at(target, "location"),
            help="write `identity: {namespace: ..., serviceAccount: ...}`, with a namespace of your team",
        )
    endpoints = at(target.spec, "endpoints")
    if not entries(endpoints):
        bag.add(
            "PC2505",
            f"`{target.ref}` calls, and has no address that network policies could let in",
            _at(target, "calls"),
            help="write its `endpoints` with their addresses",
        )
    for name, endpoint in entries(endpoints).items():
        assert isinstance(endpoints, MapNode)
        address, network = at(endpoint, "address"), at(endpoint, "network")
        if address is not None and not is_address(plain(address)):
            bag.add(
                "PC2505",
                f"endpoint `{name}` has a name and no fixed address, which network policies need",
                address.span,
                help="write its IP address",
            )
        elif network is None and is_machine(target.spec) and facts.east_west:
            bag.add(
                "PC2505",
                f"endpoint `{name}` names no network, and cluster `{facts.name}` shares its mesh with other networks",
                key_span(endpoints, name),
                help=f"write the one it is in, such as `network: {facts.network}`",
            )


def _check_networks(facts: Mapping[str, ClusterFacts], loaded: Loaded, bag: Bag) -> None:
    """Report machines in a network that no cluster is in: they would be nowhere."""
    known = {one.network for one in facts.values()}
    for manifest in loaded.workloads.values() if loaded.knows_clusters else ():
        for name, endpoint in entries(at(manifest.spec, "endpoints")).items() if is_machine(manifest.spec) else ():
            network = at(endpoint, "network")
            if network is not None and plain(network) not in known:
                near = did_you_mean(plain(network), known)
                bag.add(
                    "PC2505",
                    f"endpoint `{name}` is in network `{plain(network)}`, where no cluster is",
                    network.span,
                    help=f"did you mean `{near}`?" if near else f"networks are {', '.join(sorted(known))}",
                )
