"""Calls that leave by the cluster's egress gateway: what it cannot do is told at the team's line."""

from collections.abc import Iterator, Mapping

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.layers.placement import text
from platform_compiler.link.facts import ClusterFacts, uses_sidecars
from platform_compiler.link.interface import is_machine
from platform_compiler.link.model import Linked, Target
from platform_compiler.link.resolution import resolution_of
from platform_compiler.load import Loaded
from platform_compiler.source.node import Node, at, plain


def leaves_by_gateway(target: Target) -> bool:
    """Whether an external service is called by way of the egress gateway."""
    return target.interface.kind == "external" and text(target.spec, "egress") == "gateway"


def check_egress(linked: Linked, facts: Mapping[str, ClusterFacts], loaded: Loaded, bag: Bag) -> None:
    """Judge every external service that is called by way of a gateway; without sidecars its part refuses it."""
    for cluster, targets in linked.targets.items():
        if not uses_sidecars(text(loaded.clusters[cluster].spec, "parts", "mesh")):
            continue
        first: dict[str, Target] = {}
        for ref, target in targets.items():
            if leaves_by_gateway(target) and linked.links_in.get((cluster, ref)):
                _check_gateway(target, facts[cluster], loaded, bag)
                _check_form(target, bag)
                _check_host(target, first, bag)


def _node(target: Target, *pointer: str) -> Node:
    found = at(target.spec, *pointer)
    assert found is not None
    return found


def _check_gateway(target: Target, facts: ClusterFacts, loaded: Loaded, bag: Bag) -> None:
    if facts.egress:
        return
    bag.add(
        "PC2428",
        f"cluster `{facts.name}` has no egress gateway, and `{target.ref}` is called there",
        _node(target, "egress").span,
        help=f"where one runs, write `mesh: {{egress: {{namespace: ...}}}}` in {loaded.clusters[facts.name].path}; "
        f"or write `clusters: {{{facts.name}: {{egress: direct}}}}`",
    )


def _check_form(target: Target, bag: Bag) -> None:
    """Report what a gateway, which knows a name and looks it up, cannot lead to."""
    for span, problem, cure in _obstacles(target):
        bag.add(
            "PC2429",
            f"`{target.ref}` cannot be reached by way of a gateway: {problem}",
            span,
            also=[Label(_node(target, "egress").span, "by way of a gateway")],
            help=cure,
        )


def _obstacles(target: Target) -> Iterator[tuple[Span, str, str]]:
    spec, interface = target.spec, target.interface
    if is_machine(spec):
        yield _node(target, "location").span, "its machines are in the mesh", "take `egress` out"
    wildcard = next((host for host in interface.hosts if host.startswith("*")), None)
    if wildcard is not None:
        yield _node(target, "hosts").span, f"`{wildcard}` is no name to look up", "list the names"
    elif resolution_of(plain(spec), dynamic=False) == "NONE":
        place = at(spec, "addresses") or at(spec, "resolution") or spec
        yield place.span, "only its callers know the address", "write `endpoints`, or take `addresses` out"
    if len(interface.ports) > 1:
        yield _node(target, "ports").span, "one host has one port there", "write an external service for each port"
    for port in interface.ports.values():
        if port.protocol == "udp":
            yield port.span, "proxies do not know UDP", "write `egress: direct`"
    for word in ("ca", "clientCertificate"):
        node = at(spec, "tls", word)
        if node is not None:
            yield node.span, "its callers' proxies hold the certificates", "write `egress: direct`"


def _check_host(target: Target, first: dict[str, Target], bag: Bag) -> None:
    """Report a host that two external services lead to: at the gateway, the host decides."""
    for host in target.interface.hosts:
        other = first.setdefault(host, target)
        if other is not target:
            bag.add(
                "PC2430",
                f"`{other.ref}` leads to `{host}` by way of the gateway too",
                _node(target, "hosts").span,
                also=[Label(_node(other, "hosts").span, "the other one")],
                help="let one team, such as `platform`, own it for all, and let others in with `access`",
            )
