"""Facts of a cluster that promises rest on: its CNI plugin, who enforces network policies, and its zones."""

from collections.abc import Iterator, Mapping

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.layers.placement import strings, text
from platform_compiler.link.facts import ClusterFacts, entries
from platform_compiler.link.model import Linked, Target
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import ListNode, at, plain


def check_clusters(linked: Linked, facts: Mapping[str, ClusterFacts], loaded: Loaded, bag: Bag) -> None:
    """Report what a cluster says of itself and its applications cannot do with."""
    for name, targets in linked.targets.items():
        cluster = loaded.clusters[name]
        _check_cni(cluster, facts[name], bag)
        _check_enforced(cluster, targets, bag, meshed=facts[name].meshed)
        _check_zones(cluster, targets, linked, loaded, bag)


def _check_cni(cluster: Manifest, facts: ClusterFacts, bag: Bag) -> None:
    node = at(cluster.spec, "mesh", "cni")
    if facts.meshed and node is not None and plain(node) is False:
        bag.add(
            "PC2494",
            f"without Istio's CNI plugin no pod in the mesh is admitted on `{cluster.name}`",
            node.span,
            help="install `istio-cni`: else each pod asks for NET_ADMIN, which Pod Security `restricted` refuses; "
            "or say `parts: {mesh: none}`",
        )


def _check_enforced(cluster: Manifest, targets: Mapping[str, Target], bag: Bag, *, meshed: bool) -> None:
    """Report what network policies alone would guard, where nobody enforces them; and that nobody does."""
    node = at(cluster.spec, "network", "policies")
    if node is None or plain(node) != "none":
        return
    alone = [(*found, target) for target in targets.values() for found in _guarded_by_network(target)]
    for what, span, cure, target in alone:
        bag.add(
            "PC2496",
            f"on `{cluster.name}` nobody guards {what} of `{target.ref}`",
            span,
            also=[Label(node.span, "no network policy is enforced")],
            help=(cure, f"or install what enforces network policies, and take `policies` out of {cluster.path}"),
        )
    bag.add(
        "PC2497",
        f"network policies on `{cluster.name}` are written, and nobody enforces them",
        node.span,
        help="proxies guard what comes in, but for their metrics on port 15020; nothing guards what goes out"
        if meshed
        else "nothing guards what comes in or goes out: install what enforces them",
    )


def _guarded_by_network(target: Target) -> Iterator[tuple[str, Span, str]]:
    """Yield what only the network guards: all ports of who is in no mesh, udp ports, the way to an egress gateway."""
    interface = target.interface
    if interface.kind == "external":
        egress = at(target.spec, "egress")
        if egress is not None and text(target.spec, "egress") == "gateway":
            yield "the ways past the gateway to the hosts", egress.span, "write `egress: direct`"
        return
    if not interface.meshed:
        if interface.kind == "app" and interface.ports:
            yield "the ports", interface.span, "let it be in a mesh"
        return
    for port in interface.ports.values():
        if port.protocol == "udp":
            yield f"the udp port `{port.name}`, which no proxy sees,", port.span, "take the port out"


def _check_zones(cluster: Manifest, targets: Mapping[str, Target], linked: Linked, loaded: Loaded, bag: Bag) -> None:
    zones = tuple(strings(at(cluster.spec, "zones")))
    for target in targets.values():
        if target.interface.kind == "external" and (cluster.name, target.ref) in linked.links_in:
            _check_endpoints(target, cluster, loaded, bag)
        elif target.interface.kind == "app" and len(zones) == 1:
            _note_spread(target, cluster, bag)


def _check_endpoints(target: Target, cluster: Manifest, loaded: Loaded, bag: Bag) -> None:
    """Warn of a zone that no cluster of its region knows: nobody is near to it, so nobody prefers it."""
    for name, endpoint in entries(at(target.spec, "endpoints")).items():
        zone = at(endpoint, "zone")
        if zone is None:
            continue
        region = text(endpoint, "region") or text(cluster.spec, "region") or ""
        known = {each for each, where in _zones_of(region, loaded)}
        if known and loaded.knows_clusters and plain(zone) not in known:
            first = next(where for _, where in _zones_of(region, loaded))
            bag.add(
                "PC2495",
                f"endpoint `{name}` is in zone `{plain(zone)}`, which no cluster of `{region}` knows",
                zone.span,
                also=[Label(first, "zones of that region")],
                help=f"write one of {', '.join(f'`{each}`' for each in sorted(known))}, or add it to `zones` there",
            )


def _zones_of(region: str, loaded: Loaded) -> Iterator[tuple[str, Span]]:
    for _, cluster in sorted(loaded.clusters.items()):
        zones = at(cluster.spec, "zones")
        if zones is not None and text(cluster.spec, "region") == region:
            yield from ((zone, zones.span) for zone in strings(zones))


def _note_spread(target: Target, cluster: Manifest, bag: Bag) -> None:
    """Note a spread over zones that an application asks for where there is one; ours is a default and says nothing."""
    spread, zones = at(target.spec, "scheduling", "spread"), at(cluster.spec, "zones")
    if not isinstance(spread, ListNode) or spread.span.path != target.path or zones is None:
        return
    for item in spread.items:
        if plain(item) == "zone":
            bag.add(
                "PC2499",
                f"`{cluster.name}` has one zone, so nothing is spread over zones there",
                item.span,
                also=[Label(zones.span, "the one zone")],
                help=f"fine if it is for other clusters; else spread over nodes alone: "
                f"`clusters: {{{cluster.name}: {{scheduling: {{spread: [node]}}}}}}`",
            )
