"""Discover the manifests of a platform repository, read them, and check their identity and shape.

In comes a file tree; out goes `Loaded`. Nothing here knows what a manifest means.
"""

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.load.excerpt import WHOLE, Excerpt
from platform_compiler.load.identity import Place, check_identity, place_of, report_stray
from platform_compiler.load.model import Loaded, Manifest
from platform_compiler.load.requires import check_requires
from platform_compiler.load.shape import has_shape
from platform_compiler.source.node import MapNode, ScalarNode, at
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.tree import FileTree, Unreadable

__all__ = ["Loaded", "Manifest", "load"]


def load(tree: FileTree, bag: Bag, excerpt: Excerpt = WHOLE) -> Loaded:
    """Read every manifest of the repository, or of a part of it; one broken file hides nothing of the others."""
    manifests: list[Manifest] = []
    broken: set[str] = set()
    texts: dict[str, bytes] = {}
    for path in sorted(tree.paths()):
        place = place_of(path)
        if place is None:
            report_stray(path, bag)
            continue
        try:
            texts[path] = tree.read(path)
        except Unreadable as trouble:
            bag.add("PC1001", f"the file cannot be read: {trouble}", Span(path))
        manifest = _once(path, place, texts[path], bag, excerpt) if path in texts else None
        if manifest is None:
            broken.add(path)
        else:
            manifests.append(manifest)
    loaded = _by_kind(manifests, excerpt.unread.union(broken), texts)
    _report_missing(loaded, bag)
    return loaded


def _once(path: str, place: Place, data: bytes, bag: Bag, excerpt: Excerpt) -> Manifest | None:
    read = excerpt.read
    if read is None:
        return _manifest(path, place, data, bag, excerpt)
    if (path, data) in read:
        return read[path, data]
    before = bag.reports
    manifest = _manifest(path, place, data, bag, excerpt)
    if manifest is not None and bag.reports == before:
        read[path, data] = manifest
    return manifest


def _manifest(path: str, place: Place, data: bytes, bag: Bag, excerpt: Excerpt) -> Manifest | None:
    document = excerpt.documents.get(path) or read_yaml(path, data, bag)
    if document is None:
        return None
    kind = check_identity(place, document, bag)
    if kind == "Platform":
        check_requires(document, bag)
    if kind is None or not (path in excerpt.sound or has_shape(kind, document, bag)):
        return None
    spec, name = at(document, "spec"), at(document, "metadata", "name")
    assert isinstance(spec, MapNode)
    assert isinstance(name, ScalarNode)
    return Manifest(kind, str(name.value), place.team, path, document, spec)


def _by_kind(manifests: list[Manifest], broken: frozenset[str], texts: dict[str, bytes]) -> Loaded:
    def named(kind: str) -> dict[str, Manifest]:
        return {m.name: m for m in manifests if m.kind == kind}

    return Loaded(
        platform=next(iter(named("Platform").values()), None),
        environments=named("Environment"),
        clusters=named("Cluster"),
        gateways=named("Gateway"),
        teams=named("Team"),
        workloads={m.ref: m for m in manifests if m.team is not None},
        policy_sets=named("PolicySet"),
        waivers=named("Waiver"),
        broken=broken,
        texts=texts,
    )


def _report_missing(loaded: Loaded, bag: Bag) -> None:
    """Report a repository without its platform, and teams' folders without their team."""
    if loaded.platform is None and "platform.yaml" not in loaded.broken:
        bag.add("PC1204", "there is no platform.yaml", Span("platform.yaml"), help="`platformc init DIR` shows one")
    for team in sorted({m.team for m in loaded.workloads.values() if m.team} - set(loaded.teams)):
        path = f"teams/{team}/team.yaml"
        if path not in loaded.broken:
            first = min(m.path for m in loaded.workloads.values() if m.team == team)
            bag.add("PC1205", f"team `{team}` has no team.yaml", Span(first), help=f"write `{path}`, kind `Team`")
