"""Ways between clusters of one mesh that look open and are not: told where somebody calls, or at the clusters."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from ipaddress import ip_address
from itertools import combinations
from typing import NamedTuple

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.layers.placement import strings, text
from platform_compiler.link.facts import ClusterFacts, one_mesh
from platform_compiler.link.model import Link, Linked
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import MapNode, at, key_span


class _Wrong(NamedTuple):
    """What is wrong with the way from one cluster to another, wherever it is told."""

    code: str
    message: str
    also: Label
    cure: str


def check_across(linked: Linked, facts: Mapping[str, ClusterFacts], loaded: Loaded, bag: Bag) -> None:
    """Report gateways without an address, clusters that do not trust a caller's, UDP, and clusters without a way."""
    _check_clusters(facts, loaded, bag)
    between = cache(lambda here, there: tuple(_wrong_between(loaded.clusters[here], loaded.clusters[there])))
    for routes in linked.routes.values():
        for route in routes:
            for other in linked.elsewhere(route.target):
                _tell(route.exposure.span, between(route.target.cluster, other.cluster), bag)
    for link in _afar(linked):
        here, callee = link.caller.cluster, link.callee
        if wrong := between(here, callee.cluster):
            _tell(link.call.span, wrong, bag)
        if callee.interface.ref not in linked.targets[here]:
            _check_udp(link, bag)


def _tell(span: Span, wrong: Iterable[_Wrong], bag: Bag) -> None:
    for one in wrong:
        bag.add(one.code, one.message, span, also=[one.also], help=one.cure)


def _afar(linked: Linked) -> Iterator[Link]:
    for (cluster, _), links in linked.links_out.items():
        if linked.reached[cluster]:
            yield from (link for link in links if link.callee.cluster != cluster)


def _wrong_between(here: Manifest, there: Manifest) -> Iterator[_Wrong]:
    """Yield what is wrong with a way: proxies trust their own domain and its aliases, and each end checks the other."""
    node = at(there.spec, "mesh", "eastWest", "address")
    if node is not None and not _is_address(getattr(node, "text", "")):
        yield _Wrong(
            "PC2490",
            f"network policies cannot open the way to `{there.name}`: its gateway has a name and no fixed address",
            Label(node.span, "this name"),
            f"ask the platform team to write an address in {there.path}",
        )
    for one, other in ((here, there), (there, here)):
        mine = text(one.spec, "mesh", "trustDomain") or "cluster.local"
        known = {text(other.spec, "mesh", "trustDomain") or "cluster.local"}
        known.update(strings(at(other.spec, "mesh", "trustDomainAliases")))
        if mine not in known:
            mesh = at(other.spec, "mesh")
            yield _Wrong(
                "PC2491",
                f"cluster `{other.name}` does not trust `{mine}`, the trust domain of `{one.name}`",
                Label(mesh.span if mesh else other.spec.span, "its trust domain and aliases"),
                f"ask the platform team to add it: `trustDomainAliases: [{mine}]` in {other.path}",
            )


def _is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True


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
