"""Which targets exist: where each manifest is placed, and whether it has been promoted there."""

from collections.abc import Collection
from fnmatch import fnmatchcase

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at, key_span


def environment_of(cluster: Manifest) -> str:
    """Return the name of a cluster's environment."""
    return text(cluster.spec, "environment") or ""


def has_environment(cluster: Manifest, loaded: Loaded) -> bool:
    """Whether the environment of a cluster exists and could be read: nothing is compiled for a cluster without one."""
    return environment_of(cluster) in loaded.environments


def owner_of(loaded: Loaded, cluster: str) -> str:
    """Return the `platform/environment` that the output of a cluster belongs to."""
    platform = loaded.platform.name if loaded.platform else ""
    return f"{platform}/{environment_of(loaded.clusters[cluster])}"


def text(node: Node | None, *pointer: str) -> str | None:
    """Return the string at `pointer`, or None."""
    for key in pointer:  # not by `at`: this is asked most of all
        node = node.entries.get(key) if type(node) is MapNode else None
    value = node.value if type(node) is ScalarNode else None
    return value if type(value) is str else None


def strings(node: Node | None) -> list[str]:
    """Return the strings of a list node; empty when there is none."""
    items = node.items if isinstance(node, ListNode) else ()
    return [str(item.value) for item in items if isinstance(item, ScalarNode)]


def place(manifest: Manifest, loaded: Loaded, pinning: Collection[str], bag: Bag) -> list[str]:
    """Return the clusters that a manifest is placed on, sorted; report names that do not exist.

    An application comes to environments that are `pinning` images when it has been promoted there.
    """
    placement = at(manifest.spec, "placement")
    _check_names(manifest, placement, loaded, bag)
    placed = sorted(loaded.clusters)
    if isinstance(placement, MapNode):
        placed = [name for name in placed if _matches(loaded.clusters[name], placement)]
    if not placed and loaded.clusters and loaded.knows_clusters and isinstance(placement, MapNode):
        bag.add(
            "PC3005",
            f"`{manifest.ref}` runs on no cluster: nothing matches all of its `placement`",
            key_span(manifest.spec, "placement"),
        )
    if manifest.kind != "Application" or not pinning:
        return placed
    return [name for name in placed if _promoted(manifest, environment_of(loaded.clusters[name]), pinning, bag)]


def pins_images(environment: Manifest | None) -> bool:
    """Whether an environment takes images from applications' own overlays alone."""
    pin = at(environment.spec, "promotion", "pinImage") if environment else None
    return isinstance(pin, ScalarNode) and pin.value is True


def _matches(cluster: Manifest, placement: MapNode) -> bool:
    if "environments" in placement.entries and environment_of(cluster) not in strings(at(placement, "environments")):
        return False
    for key, name in (("clusters", cluster.name), ("regions", text(cluster.spec, "region") or "")):
        globs = at(placement, key)
        if globs is not None and not any(fnmatchcase(name, glob) for glob in strings(globs)):
            return False
    labels = at(placement, "labels")
    wanted = labels.entries if isinstance(labels, MapNode) else {}
    return all(text(cluster.document, "metadata", "labels", k) == text(labels, k) for k in wanted)


def _promoted(manifest: Manifest, environment: str, pinning: Collection[str], bag: Bag) -> bool:
    if environment not in pinning or at(manifest.spec, "environments", environment, "image") is not None:
        return True
    bag.add(
        "PC3004",
        f"`{manifest.ref}` is not promoted to `{environment}`",
        at(manifest.spec, "image").span if at(manifest.spec, "image") else manifest.spec.span,  # type: ignore[union-attr]
        help=f"`platformc promote {manifest.ref} --to {environment}` pins its image there: "
        f"`environments: {{{environment}: {{image: ...}}}}`",
    )
    return False


def _check_names(manifest: Manifest, placement: Node | None, loaded: Loaded, bag: Bag) -> None:
    listed = at(placement, "environments")
    if isinstance(listed, ListNode):
        for item in listed.items:
            if isinstance(item, ScalarNode) and item.text not in loaded.environments:
                _unknown("environment", item.text, item.span, loaded, bag)
    for kind, existing in (("environment", loaded.environments), ("cluster", loaded.clusters)):
        overlays = manifest.spec.entries.get(f"{kind}s")
        if isinstance(overlays, MapNode):
            for name in overlays.entries:
                if name not in existing:
                    _unknown(kind, name, key_span(overlays, name), loaded, bag)


def _unknown(kind: str, name: str, span: Span, loaded: Loaded, bag: Bag) -> None:
    if f"{kind}s/{name}.yaml" in loaded.broken:
        return
    existing = loaded.environments if kind == "environment" else loaded.clusters
    near = did_you_mean(name, existing)
    cure = f"did you mean `{near}`?" if near else f"there are {', '.join(f'`{n}`' for n in sorted(existing))}"
    bag.add("PC3001" if kind == "environment" else "PC3002", f"there is no {kind} `{name}`", span, help=cure)
