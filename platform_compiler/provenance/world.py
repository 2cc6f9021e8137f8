"""The part of a repository that some units depend on, and the same with one thing said otherwise."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from platform_compiler.layers.model import Resolved, Settings
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, key_span

_GROUPS = ("environments", "clusters", "gateways", "teams", "workloads")
_OTHERS_NAMES = {
    "clusters": frozenset({"environment", "environments", "after", "domains"}),
    "environments": frozenset({"cluster", "clusters"}),
    "teams": frozenset({"namespace", "namespaces", "labels", "podLabels"}),
}
"""Below which keys a word means something else than a manifest of a group, though it may be called the same."""


@dataclass(frozen=True, slots=True)
class World:
    """Manifests and their merged settings."""

    loaded: Loaded
    resolved: Resolved

    def with_settings(self, changed: Iterable[Settings]) -> "World":
        """Return the world with other merged settings of some targets."""
        by_cluster = dict(self.resolved.by_cluster)
        for one in changed:
            by_cluster[one.cluster] = {**by_cluster[one.cluster], one.manifest.ref: one}
        return replace(self, resolved=Resolved(by_cluster))

    def with_manifest(self, group: str, manifest: Manifest) -> "World":
        """Return the world with another manifest in the place of one of a group."""
        if group == "platform":
            return replace(self, loaded=self.loaded._replace(platform=manifest))
        changed: Any = {group: {**getattr(self.loaded, group), manifest.ref: manifest}}
        return replace(self, loaded=self.loaded._replace(**changed))

    def narrowed(self, clusters: set[str], refs: set[str]) -> "World":
        """Return the world with some clusters and some targets only."""
        loaded, by_cluster = self.loaded, self.resolved.by_cluster
        workloads = {ref: manifest for ref, manifest in loaded.workloads.items() if ref in refs}
        kept = {
            name: {r: s for r, s in by_cluster[name].items() if r in refs} for name in by_cluster if name in clusters
        }
        places = {name: manifest for name, manifest in loaded.clusters.items() if name in clusters}
        return World(loaded._replace(clusters=places, workloads=workloads), Resolved(kept))

    def renamed(self, group: str, manifest: Manifest) -> Iterator["World"]:
        """Yield the world with a manifest called otherwise, and everything that names it.

        The namespaces of a team may be called like it because they must be, or because somebody chose to: so a second
        world renames those too.
        """
        yield _Renaming(group, manifest, _OTHERS_NAMES.get(group, frozenset())).world(self)
        if group == "teams":
            yield _Renaming(group, manifest, frozenset()).world(self)

    def with_namespace_renamed(self, team: str, name: str) -> "World":
        """Return the world with a namespace of a team called otherwise, also by those of its targets that name it."""
        spec = self.loaded.teams[team].spec
        namespaces = spec.entries["namespaces"]
        assert isinstance(namespaces, MapNode)
        other = f"{name}x"

        def named(settings: Settings) -> MapNode:
            spec = renamed_at(settings.spec, ("namespace",), name, other)
            return renamed_at(spec, ("identity", "namespace"), name, other)

        entries = {other if key == name else key: child for key, child in namespaces.entries.items()}
        renamed = MapNode(entries, namespaces.keys, namespaces.span)
        owner = self.loaded.teams[team]._replace(spec=replace(spec, entries={**spec.entries, "namespaces": renamed}))
        every = (one for targets in self.resolved.by_cluster.values() for one in targets.values())
        changed = [
            one._replace(spec=spec)
            for one in every
            if one.manifest.team == team and (spec := named(one)) is not one.spec
        ]
        return self.with_manifest("teams", owner).with_settings(changed)


def renamed_at(tree: MapNode, pointer: tuple[str, ...], word: str, other: str) -> MapNode:
    """Return a tree in which a word that stands at a pointer is another one; the tree itself where it does not."""
    key, *rest = pointer
    child = tree.entries.get(key)
    now: Node | None = child
    if rest and isinstance(child, MapNode):
        now = renamed_at(child, tuple(rest), word, other)
    elif not rest and isinstance(child, ScalarNode) and child.value == word:
        now = replace(child, value=other, text=other)
    return tree if now is child or now is None else replace(tree, entries={**tree.entries, key: now})


class _Renaming:
    """Gives a manifest another name: a word that is its name, or `team/name`, means it wherever it stands alone."""

    def __init__(self, group: str, manifest: Manifest, others: frozenset[str]) -> None:
        self._group = group
        self._manifest = manifest
        self._new = manifest._replace(name=f"{manifest.name}x")
        self._others = others
        self._is_team = group == "teams"
        self._is_owned = group == "workloads"

    def world(self, world: World) -> World:
        loaded, groups = world.loaded, dict[str, Any]()
        for group in _GROUPS:
            manifests = (self._of(one) for one in getattr(loaded, group).values())
            groups[group] = {one.ref: one for one in manifests}
        groups["platform"] = self._of(loaded.platform) if loaded.platform else None
        by_cluster = {}
        for cluster, targets in world.resolved.by_cluster.items():
            settings = [self._of_settings(one, cluster) for one in targets.values()]
            by_cluster[self._place("clusters", cluster)] = {one.manifest.ref: one for one in settings}
        return World(loaded._replace(**groups), Resolved(by_cluster))

    def _of(self, manifest: Manifest) -> Manifest:
        team, path = manifest.team, manifest.path
        if manifest == self._manifest:
            path = path.replace(f"/{manifest.name}", f"/{self._new.name}")
        if self._is_team and path.startswith(f"teams/{self._manifest.name}/"):
            path = path.replace(f"teams/{self._manifest.name}/", f"teams/{self._new.name}/", 1)
            team = self._new.name if team else team
        document = self._tree(manifest.document, manifest.team)
        assert isinstance(document, MapNode)
        spec = document.entries.get("spec")
        if not isinstance(spec, MapNode):
            spec = manifest.spec
        name = self._new.name if manifest == self._manifest else manifest.name
        return manifest._replace(name=name, team=team, path=path, document=document, spec=spec)

    def _of_settings(self, settings: Settings, cluster: str) -> Settings:
        spec = self._tree(settings.spec, settings.manifest.team)
        assert isinstance(spec, MapNode)
        return settings._replace(
            manifest=self._of(settings.manifest),
            cluster=self._place("clusters", cluster),
            environment=self._place("environments", settings.environment),
            spec=spec,
        )

    def _tree(self, node: Node, team: str | None) -> Node:
        if isinstance(node, ScalarNode):
            other = self._word(node.value, team) if isinstance(node.value, str) else node.value
            return node if other == node.value else replace(node, value=other, text=str(other))
        if isinstance(node, ListNode):
            return replace(node, items=tuple(self._tree(item, team) for item in node.items))
        words = {key: self._word(key, team) for key in node.entries}
        entries = {
            words[key]: child if key in self._others else self._tree(child, team) for key, child in node.entries.items()
        }
        return MapNode(entries, {words[key]: key_span(node, key) for key in node.entries}, node.span)

    def _place(self, group: str, name: str) -> str:
        """Return what a cluster or an environment is called once the manifest is called otherwise."""
        return self._new.name if group == self._group and name == self._manifest.name else name

    def _word(self, word: str, team: str | None) -> str:
        """Return a word, in what a team wrote, as it is once the manifest is called otherwise."""
        old, new = self._manifest, self._new
        if self._is_team:  # alone a team means one of its own workloads
            meant = word.startswith(f"{old.name}/") or (word == old.name and team is None)
            return f"{new.name}{word[len(old.name) :]}" if meant else word
        if self._is_owned:
            return new.ref if word == old.ref else new.name if word == old.name and team == old.team else word
        return new.name if word == old.name else word
