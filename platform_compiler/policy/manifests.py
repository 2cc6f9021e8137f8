"""Manifests as requests: what a team asks for on a cluster, with every layer merged in.

A team is to its manifests what a namespace is to objects. Its labels, and where it is judged, are labels of that
namespace, so that policies and their bindings can select by them.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from platform_compiler.diagnostics import Label
from platform_compiler.layers.model import Resolved, Settings
from platform_compiler.layers.placement import environment_of, has_environment
from platform_compiler.load import Loaded, Manifest
from platform_compiler.objects import Body, Path
from platform_compiler.policy.match import namespace_named
from platform_compiler.policy.model import OWN_GROUP
from platform_compiler.policy.subject import Subject, subject_of
from platform_compiler.source.node import MapNode, Node, ScalarNode, at, plain
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile, dotted, field_span

_BUILT_IN = "built-in"


def manifests_on(
    cluster: Manifest, loaded: Loaded, resolved: Resolved, core: AbstractSet[str] | None = None
) -> Iterator[Subject]:
    """Yield a request for every manifest that has to do with a cluster, those of the platform first.

    With `core` only for these files of teams.
    """
    environment = environment_of(cluster)
    for manifest in _as_written(cluster, loaded) if core is None else ():
        item = Item(plain(manifest.document), cluster.name, InFile(manifest.document))
        yield subject_of(item, None, namespaced=False)
    if not has_environment(cluster, loaded):
        return  # nobody knows what its layer would have said
    teams = {name: _namespace(team, cluster.name, environment) for name, team in loaded.teams.items()}
    for settings in resolved.by_cluster.get(cluster.name, {}).values():
        if core is not None and settings.manifest.path not in core:
            continue
        team = settings.manifest.team or ""
        item = _item(settings, team)
        yield subject_of(item, teams.get(team) or namespace_named(team), namespaced=True)


def changes_on(name: str, head: tuple[Loaded, Resolved], base: tuple[Loaded, Resolved]) -> Iterator[Subject]:
    """Yield a request for every manifest that changes or goes, where the cluster was there before."""
    if name not in base[0].clusters:
        return
    new, old = ({_key(one): one for one in manifests_on(side[0].clusters[name], *side)} for side in (head, base))
    for key, was in old.items():
        now = new.get(key)
        if now is None:
            yield replace(was, operation="DELETE", body=None, old=was.body)
        elif now.body != was.body:
            yield replace(now, operation="UPDATE", old=was.body)


def _key(subject: Subject) -> tuple[str, str, str]:
    return subject.kind, subject.namespace_name, subject.name


def _as_written(cluster: Manifest, loaded: Loaded) -> Iterator[Manifest]:
    environment = loaded.environments.get(environment_of(cluster))
    yield from filter(None, (loaded.platform, environment, cluster))
    yield from loaded.gateways.values()
    yield from loaded.teams.values()


def _labels(document: Node) -> dict[str, str]:
    labels = at(document, "metadata", "labels")
    return {key: str(value) for key, value in plain(labels).items()} if labels is not None else {}


def _namespace(team: Manifest, cluster: str, environment: str) -> Body:
    where = {f"{OWN_GROUP}/environment": environment, f"{OWN_GROUP}/cluster": cluster}
    return namespace_named(team.name, {"metadata": {"labels": {**_labels(team.document), **where}}})


def _item(settings: Settings, team: str) -> Item:
    """Return a manifest with its settings merged; every field knows the line, of whatever layer, that it came from."""
    document = settings.manifest.document
    metadata = at(document, "metadata")
    assert isinstance(metadata, MapNode)
    named = ScalarNode(team, metadata.span, team)
    entries: dict[str, Node] = {
        **document.entries,
        "metadata": MapNode({**metadata.entries, "namespace": named}, metadata.keys, metadata.span),
        "spec": settings.spec,
    }
    tree = MapNode(entries, document.keys, document.span)
    body: dict[str, Any] = plain(tree)
    return Item(body, settings.cluster, _Merged(tree, at(metadata, "name") or metadata))


@dataclass(frozen=True, slots=True)
class _Merged:
    """A manifest with its layers: the line that a setting came from, and the manifest that it was merged into."""

    tree: Node
    manifest: Node

    @property
    def file(self) -> str:
        return self.tree.span.path

    def labels(self, path: Path, words: str, *, on_key: bool) -> tuple[Label, ...]:
        span = field_span(self.tree, path, on_key=on_key)
        if span.path == self.file:
            return (Label(span, words),)
        if span.path.startswith(_BUILT_IN):  # nobody's line: the manifest is where something can be done
            return (Label(self.manifest.span, words or f"takes `{dotted(path)}` from what is built in"),)
        return Label(span, words), Label(self.manifest.span, "for this manifest")
