"""Ways between clusters of one mesh that look open and are not: told where somebody calls, or at the clusters."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from itertools import combinations

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.layers.placement import strings, text
from platform_compiler.link.facts import ClusterFacts, one_mesh
from platform_compiler.link.model import Link, Linked
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import MapNode, at, key_span


def check_across(linked: Linked, facts: Mapping[str, ClusterFacts], loaded: Loaded, bag: Bag) -> None:
    """Report gateways without an address, clusters that do not trust a caller's, UDP, and clusters without a way."""
    _check_clusters(facts, loaded, bag)
    open_ways: set[tuple[str, str]] = set()
    for span, here, there in _ways(linked):
        if (here, there) in open_ways:
            continue
        before = bag.reports
        _check_address(span, loaded.clusters[there], bag)
        _check_trust(span, loaded.clusters[here], loaded.clusters[there], bag)
        if bag.reports == before:
            open_ways.add((here, there))
    for link in _afar(linked):
        if link.callee.ref not in linked.targets[link.caller.cluster]:
            _check_udp(link, bag)


def _ways(linked: Linked) -> Iterator[tuple[Span, str, str]]:
    """Yield every way from one cluster to another, with the place of the exposure or the call that it is for."""
    for routes in linked.routes.values():
        for route in routes:
            for other in linked.elsewhere(route.target):
                yield route.exposure.span, route.target.cluster, other.cluster
    for link in _afar(linked):
        yield link.call.span, link.caller.cluster, link.callee.cluster


def _afar(linked: Linked) -> Iterator[Link]:
    for links in linked.links_out.values():
        yield from (link for link in links if link.caller.cluster != link.callee.cluster)


def _check_address(span: Span, there: Manifest, bag: Bag) -> None:
    node = at(there.spec, "mesh", "eastWest", "address")
    if node is not None and not _is_address(getattr(node, "text", "")):
        bag.add(
            "PC2490",
            f"network policies cannot open the way to `{there.name}`: its gateway has a name and no fixed address",
            span,
            also=[Label(node.span, "this name")],
            help=f"ask the platform team to write an address in {there.path}",
        )


def _is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True


def _check_trust(span: Span, here: Manifest, there: Manifest, bag: Bag) -> None:
    """Proxies take certificates of their own trust domain and its aliases; callers and callees check each other."""
    for one, other in ((here, there), (there, here)):
        mine = text(one.spec, "mesh", "trustDomain") or "cluster.local"
        known = {text(other.spec, "mesh", "trustDomain") or "cluster.local"}
        known.update(strings(at(other.spec, "mesh", "trustDomainAliases")))
        if mine not in known:
            mesh = at(other.spec, "mesh")
            bag.add(
                "PC2491",
                f"cluster `{other.name}` does not trust `{mine}`, the trust domain of `{one.name}`",
                span,
                also=[Label(mesh.span if mesh else other.spec.span, "its trust domain and aliases")],
                help=f"ask the platform team to add it: `trustDomainAliases: [{mine}]` in {other.path}",
            )


def _check_udp(link: Link, bag: Bag) -> None:
    ports = link.callee.interface.ports
    for name in sorted({name for grant in link.grants for name in grant.ports}):
        if ports[name].protocol == "udp":
            bag.add(
                "PC2492",
                f"`{link.callee.ref}` runs on `{link.callee.cluster}`, and no UDP leads there: port `{name}`",
                link.call.span,
                also=[Label(ports[name].span, "this port")],
                help=f"call other ports of it (`ports: [...]`), or place it on `{link.caller.cluster}` too",
            )


def _check_clusters(facts: Mapping[str, ClusterFacts], loaded: Loaded, bag: Bag) -> None:
    """Warn of clusters of one mesh without a way: Istio shares requests out among both, and policies stop half."""
    for one, other in combinations([facts[name] for name in sorted(facts)], 2):
        same = (one.mesh_id, one.environment) == (other.mesh_id, other.environment)
        if same and one.crosses and other.crosses and not one_mesh(one, other):
            manifest = loaded.clusters[other.name]
            mesh = at(manifest.spec, "mesh")
            bag.add(
                "PC2493",
                f"`{one.name}` and `{other.name}` are one mesh, and no way leads from one to the other",
                key_span(mesh, "id") if isinstance(mesh, MapNode) and "id" in mesh.entries else manifest.spec.span,
                help=(
                    "write another `network` and `eastWest` for each, and one `clusterDomain` for both",
                    "or give each a mesh `id` of its own",
                ),
            )
