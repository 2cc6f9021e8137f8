"""Failover: there are replicas in both regions, and something that notices when one of them fails."""

from ipaddress import ip_address

from platform_compiler.diagnostics import Bag, Label, Severity
from platform_compiler.layers.placement import environment_of, text
from platform_compiler.link.facts import entries
from platform_compiler.link.model import Linked, Target
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import MapNode, at, key_span


def check_failover(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Report failover to where no replicas are, and note the ejection that it brings along."""
    node = at(target.spec, "resilience", "failover")
    if node is None or not target.interface.meshed:
        return
    if at(target.spec, "resilience", "outlierDetection") is None:
        bag.add(
            "PC2467",
            "replicas that fail five times in a row are ejected, or nothing would fail over",
            node.span,
            help="write `outlierDetection` to choose other limits",
        )
    if isinstance(node, MapNode):
        _report_names(target, node, linked, loaded, bag)
    severity = Severity.WARNING if _is_mild(loaded) else None
    for here, there in entries(at(node, "to")).items():
        region = getattr(there, "text", "")
        missing = [f"`{r}`" for r in (here, region) if r not in _regions(target, linked, loaded)]
        if missing:
            held = at(node, "to")
            bag.add(
                "PC2466",
                f"no replicas of `{target.ref}` that `{target.cluster}` reaches are in {' and '.join(missing)}",
                key_span(held, here) if isinstance(held, MapNode) else node.span,
                also=[Label(target.interface.span, f"in the mesh of cluster `{target.cluster}`")],
                help="place it there too, or say it under `environments` for those that have both regions",
                severity=severity,
            )


def _report_names(target: Target, node: MapNode, linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Report gateways between networks that have names: network policies open addresses alone."""
    for name, cluster in loaded.clusters.items():
        address = at(cluster.spec, "mesh", "eastWest", "address")
        reached = target.ref in linked.targets[name] and _reachable(loaded.clusters[target.cluster], cluster)
        if address is not None and reached and not _is_address(getattr(address, "text", "")):
            bag.add(
                "PC2466",
                f"network policies cannot open the way to `{name}`: its gateway has a name and no fixed address",
                node.span,
                also=[Label(address.span, "this name")],
                help=f"ask the platform team to write an address in {cluster.path}",
            )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_mild(loaded: Loaded) -> bool:
    return bool(loaded.platform) and text(loaded.platform.spec, "unsupported", "resilience") == "warn"  # type: ignore[union-attr]


def _regions(target: Target, linked: Linked, loaded: Loaded) -> set[str]:
    """Return the regions of clusters of the same mesh and environment that run a target's application."""
    mine = loaded.clusters[target.cluster]
    return {
        text(cluster.spec, "region") or ""
        for name, cluster in loaded.clusters.items()
        if target.ref in linked.targets[name] and _reachable(mine, cluster)
    }


def _reachable(one: Manifest, other: Manifest) -> bool:
    if one.name == other.name:
        return True
    same = environment_of(one) == environment_of(other) and _mesh(one) == _mesh(other)
    return same and all(at(cluster.spec, "mesh", "eastWest") is not None for cluster in (one, other))


def _mesh(cluster: Manifest) -> str:
    return text(cluster.spec, "mesh", "id") or cluster.name
