"""Discover the manifests of a platform repository, read them, and check their identity and shape.

In comes a file tree; out goes `Loaded`. Nothing here knows what a manifest means.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.load.excerpt import WHOLE, Excerpt, Read
from platform_compiler.load.identity import Place, check_identity, place_of, report_stray
from platform_compiler.load.model import Loaded, Manifest
from platform_compiler.load.requires import check_requires
from platform_compiler.load.shape import expect, has_shape
from platform_compiler.source.node import MapNode, ScalarNode, at
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.tree import FileTree, Unreadable

__all__ = ["Loaded", "Manifest", "load"]


def load(tree: FileTree, bag: Bag, excerpt: Excerpt = WHOLE) -> Loaded:
    """Read every manifest of the repository, or of a part of it; one broken file hides nothing of the others.

    All are read before the shape of the first is judged: how to judge depends on how many there are.
    """
    places = _places(tree, bag)
    texts = _texts(tree, places, bag)
    read: Read = {} if excerpt.read is None else excerpt.read
    found = {path: read[path, data] for path, data in texts.items() if (path, data) in read}
    missing = (path for path in texts if path not in found)
    new = [one for path in missing if (one := _read(path, texts[path], places[path], excerpt, bag))]
    expect(Counter(one.kind for one in new if one.path not in excerpt.sound))
    for one in new:
        before = bag.reports
        manifest = _manifest(one, bag, sound=one.path in excerpt.sound)
        if manifest is None:
            continue
        found[one.path] = manifest
        if bag.reports == before:
            read[one.path, texts[one.path]] = manifest
    broken = frozenset(places.keys() - found.keys())
    loaded = _by_kind([found[path] for path in texts if path in found], excerpt.unread | broken, texts)
    _report_missing(loaded, bag)
    return loaded


def _places(tree: FileTree, bag: Bag) -> dict[str, Place]:
    """Return what belongs at every path where a manifest may stand."""
    places: dict[str, Place] = {}
    for path in sorted(tree.paths()):
        place = place_of(path)
        if place is None:
            report_stray(path, bag)
        else:
            places[path] = place
    return places


def _texts(tree: FileTree, paths: Iterable[str], bag: Bag) -> dict[str, bytes]:
    texts: dict[str, bytes] = {}
    for path in paths:
        try:
            texts[path] = tree.read(path)
        except Unreadable as trouble:
            bag.add("PC1001", f"the file cannot be read: {trouble}", Span(path))
    return texts


class _Document(NamedTuple):
    """A document of a kind that may stand at its path."""

    kind: str
    team: str | None
    path: str
    root: MapNode


def _read(path: str, data: bytes, place: Place, excerpt: Excerpt, bag: Bag) -> _Document | None:
    root = excerpt.documents.get(path) or read_yaml(path, data, bag)
    kind = check_identity(place, root, bag) if root is not None else None
    return _Document(kind, place.team, path, root) if kind is not None and root is not None else None


def _manifest(one: _Document, bag: Bag, *, sound: bool) -> Manifest | None:
    if one.kind == "Platform":
        check_requires(one.root, bag)
    if not (sound or has_shape(one.kind, one.root, bag)):
        return None
    spec, name = at(one.root, "spec"), at(one.root, "metadata", "name")
    assert isinstance(spec, MapNode)
    assert isinstance(name, ScalarNode)
    return Manifest(one.kind, str(name.value), one.team, one.path, one.root, spec)


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
