"""Failover: there are replicas in both regions, and something that notices when one of them fails."""

from platform_compiler.diagnostics import Bag, Label, Severity
from platform_compiler.layers.placement import text
from platform_compiler.link.facts import entries
from platform_compiler.link.model import Linked, Target
from platform_compiler.load import Loaded
from platform_compiler.source.node import MapNode, at, key_span


def check_failover(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Report failover to where no replicas are, and note the ejection that it brings along."""
    has_failover = at(target.spec, "resilience", "failover") is not None
    if has_failover and target.interface.meshed and loaded.knows_clusters:
        known = _regions(target, linked, loaded)
        _check_regions(target, known, f"replicas of `{target.ref}` that `{target.cluster}` reaches", loaded, bag)


def check_endpoints(target: Target, loaded: Loaded, bag: Bag) -> None:
    """Report the same of an external service, whose endpoints stand in regions."""
    here = text(loaded.clusters[target.cluster].spec, "region") or ""  # where a zone alone is
    listed = entries(at(target.spec, "endpoints")).values()
    known = {text(one, "region") or (here if at(one, "zone") is not None else "") for one in listed}
    _check_regions(target, known, f"endpoints of `{target.ref}`", loaded, bag)


def _check_regions(target: Target, known: set[str], who: str, loaded: Loaded, bag: Bag) -> None:
    node = at(target.spec, "resilience", "failover")
    if node is None:
        return
    if at(target.spec, "resilience", "outlierDetection") is None:
        bag.add(
            "PC2467",
            "replicas that fail five times in a row are ejected, or nothing would fail over",
            node.span,
            help="write `outlierDetection` to choose other limits",
        )
    severity = Severity.WARNING if _is_mild(loaded) else None
    for here, there in entries(at(node, "to")).items():
        region = getattr(there, "text", "")
        missing = [f"`{r}`" for r in (here, region) if r not in known]
        if missing:
            held = at(node, "to")
            bag.add(
                "PC2466",
                f"no {who} are in {' and '.join(missing)}",
                key_span(held, here) if isinstance(held, MapNode) else node.span,
                also=[Label(target.interface.span, f"in the mesh of cluster `{target.cluster}`")],
                help="let there be some, or say it under `environments` for those that have both regions",
                severity=severity,
            )


def _is_mild(loaded: Loaded) -> bool:
    return bool(loaded.platform) and text(loaded.platform.spec, "unsupported", "resilience") == "warn"  # type: ignore[union-attr]


def _regions(target: Target, linked: Linked, loaded: Loaded) -> set[str]:
    """Return the regions where an application runs, of the clusters that ways lead to."""
    clusters = (target.cluster, *(other.cluster for other in linked.elsewhere(target)))
    return {text(loaded.clusters[name].spec, "region") or "" for name in clusters}
