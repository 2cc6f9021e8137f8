"""Ways to external services that go past whoever should start TLS or read requests on them."""

from typing import Any

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.link.externals import originates
from platform_compiler.link.facts import ClusterFacts
from platform_compiler.link.model import Linked, Target
from platform_compiler.link.resolution import resolution_of
from platform_compiler.source.node import at, plain


def check_origination(linked: Linked, facts: dict[str, ClusterFacts], bag: Bag) -> None:
    """Report callers of ambient clusters that are not in the mesh, and services that no waypoint can stand before."""
    for cluster, targets in linked.targets.items():
        for target in targets.values() if facts[cluster].mesh_mode == "ambient" else ():
            if originates(target):
                _check_callers(target, linked, bag)
            if target.interface.kind == "external" and (cluster, target.ref) in linked.waypoints:
                _check_found(target, linked, bag)
                _check_on_the_way(target, linked, facts[cluster], bag)


def _why(target: Target, linked: Linked) -> Span:
    """Return what needs a waypoint: TLS that it starts, or requests that it reads."""
    node = at(target.spec, "tls", "origin")
    if originates(target) and node is not None:
        return node.span
    rules = [rule.span for rule in target.interface.access if rule.paths or rule.methods]
    links = linked.links_in.get((target.cluster, target.ref), ())
    calls = [link.call.span for link in links if link.call.paths or link.call.methods]
    return next(iter((*rules, *calls)), target.interface.span)


def _check_callers(target: Target, linked: Linked, bag: Bag) -> None:
    for link in linked.links_in.get((target.cluster, target.ref), ()):
        if not link.caller.interface.meshed:
            bag.add(
                "PC2487",
                f"nobody starts TLS for `{link.caller.ref}` on the way to `{target.ref}`",
                link.call.span,
                also=[
                    Label(_why(target, linked), "a waypoint starts it for members of the mesh"),
                    Label(link.caller.interface.span, "is none"),
                ],
                help="let the caller be in the mesh, or start TLS in the program and declare a service for it",
            )


def _check_found(target: Target, linked: Linked, bag: Bag) -> None:
    """Report services whose addresses are known to nobody but the caller: a waypoint has to look them up itself."""
    spec: dict[str, Any] = plain(target.spec)
    wild = next((host for host in spec["hosts"] if host.startswith("*.")), None)
    if wild is None and resolution_of(spec, dynamic=False) != "NONE":
        return
    told = f"`{wild}` names any number of hosts" if wild else "it goes where the caller dialled"
    bag.add(
        "PC2486",
        f"the waypoint before `{target.ref}` does not know where to go on `{target.cluster}`: {told}",
        _why(target, linked),
        also=[Label(target.interface.span, "in ambient mode a waypoint starts TLS and reads requests")],
        help="name hosts in full, or `endpoints`; or let programs start TLS, and take paths and methods out",
    )


def _check_on_the_way(target: Target, linked: Linked, facts: ClusterFacts, bag: Bag) -> None:
    """Report services whose names lead straight to them: ztunnel knows a service by its address alone."""
    if facts.dns_capture or at(target.spec, "addresses") is not None:
        return
    bag.add(
        "PC2485",
        f"nothing leads calls of `{target.ref}` to a waypoint on `{target.cluster}`, which this needs",
        _why(target, linked),
        also=[Label(target.interface.span, "known by its name alone")],
        help=(
            "ask the platform team for `mesh.dnsCapture`, by which each host gets an address of its own",
            "or write the one that callers dial: `addresses: [...]`",
        ),
    )
