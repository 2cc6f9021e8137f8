"""Which lines could matter to some units, each with the worlds that say it otherwise.

A line is said otherwise wherever it counts: a layer's in the settings of every target and cluster that it is a layer
of, a name wherever it stands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from platform_compiler.context.unit import OWNED
from platform_compiler.diagnostics import Span
from platform_compiler.layers.explain import winning_layer
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import environment_of
from platform_compiler.layers.published import PRIVATE
from platform_compiler.load import Manifest
from platform_compiler.provenance.decision import Line, dotted
from platform_compiler.provenance.followed import callers_following, hosts_following, machines_following
from platform_compiler.provenance.near import Key, Near
from platform_compiler.provenance.vary import Variation, repeated, variations
from platform_compiler.provenance.world import World, renamed_at
from platform_compiler.source.node import MapNode, Pointer, ScalarNode, at, key_span

_MERGED = frozenset({"defaults", "mandates", "environments", "clusters"})
"""Words of settings that were used up when layers were merged: varied there is what came out."""
_DEFAULTS = frozenset({"defaults"})
_NOT_METADATA = frozenset({"apiVersion", "kind", "spec"})
_Place: TypeAlias = tuple[Span, Pointer]


class Candidate(NamedTuple):
    """A line that could matter, for which units, and the worlds that say it otherwise.

    `also` are lines that say the same with it: only said otherwise together do they make another field.
    """

    line: Line
    units: frozenset[Key]
    worlds: Iterator[World]
    is_name: bool = False
    also: tuple[Line, ...] = ()


class _Varied(NamedTuple):
    """A leaf of some settings said otherwise, and the units that it may matter to."""

    settings: Settings
    variation: Variation
    units: frozenset[Key]


class Candidates:
    """Finds the lines that could matter to units of which is known what is near them."""

    def __init__(self, world: World, nearness: Mapping[Key, Near], names: frozenset[str]) -> None:
        self._world = world
        self._near = nearness
        self._names = names
        self._units = frozenset(nearness)

    def __iter__(self) -> Iterator[Candidate]:
        """Yield every line that could matter, nearest first."""
        yield from self._of_settings()
        manifests = {ref: self._world.loaded.workloads[ref] for ref in sorted(self._refs)}
        for ref, manifest in manifests.items():
            if ref in self._owned:
                yield from self._of_metadata(manifest, self._owned[ref])
        for ref, manifest in manifests.items():
            yield self._of_name("workloads", manifest, self._concerned(ref))
        for group, manifest, units in self._around():
            yield from self._of_manifest(group, manifest, units)

    @cached_property
    def _refs(self) -> frozenset[str]:
        """Everything near that is there."""
        near = frozenset(ref for one in self._near.values() for ref in (*one.own, *one.neighbours))
        return near & self._world.loaded.workloads.keys()

    @cached_property
    def _owned(self) -> dict[str, frozenset[Key]]:
        """The units that are made of a manifest alone, by its `team/name`."""
        found: dict[str, frozenset[Key]] = {}
        for key, one in self._near.items():
            for ref in one.own if key.scope in {*OWNED, "host"} else ():
                found[ref] = found.get(ref, frozenset()) | {key}
        return found

    def _concerned(self, ref: str) -> frozenset[Key]:
        """Return the units that have something to do with a target."""
        return frozenset(key for key, one in self._near.items() if ref in one.own or ref in one.neighbours)

    def _seen_from(self, cluster: str, units: Iterable[Key]) -> frozenset[Key]:
        """Return those of some units whose cluster is this one, or one that has to do with it."""
        return frozenset(key for key in units if cluster in self._near[key].clusters)

    def _of_settings(self) -> Iterator[Candidate]:
        """Yield the leaves of merged settings; a line of a layer is said otherwise for all that it is a layer of."""
        found: dict[_Place, list[_Varied]] = {}
        concerned = {ref: self._concerned(ref) for ref in self._refs}
        for ref in sorted(self._refs, key=lambda ref: (ref not in self._owned, ref)):
            own, left_out = self._owned.get(ref), _MERGED if ref in self._owned else _MERGED | PRIVATE
            for cluster, targets in self._world.resolved.by_cluster.items():
                near = self._seen_from(cluster, concerned[ref])
                if ref not in targets or not near:
                    continue
                for one in variations(targets[ref].spec, left_out, self._names):
                    units = near & own if own is not None and one.pointer[0] in PRIVATE else near
                    found.setdefault((one.span, one.pointer), []).append(_Varied(targets[ref], one, units))
        for (span, pointer), varied in found.items():
            owner = _owner(varied[0].settings, varied[0].variation)
            units = frozenset().union(*(one.units for one in varied))
            if units:
                yield Candidate(Line(span, owner, dotted(pointer)), units, self._worlds_of(varied))
        yield from self._repeated(concerned)

    def _worlds_of(self, varied: Sequence[_Varied]) -> Iterator[World]:
        for n in range(min(len(one.variation.trees) for one in varied)):
            yield self._world.with_settings(one.settings._replace(spec=one.variation.trees[n]) for one in varied)
        variation = varied[0].variation
        if variation.pointer[0] == "ports" and variation.span != variation.node.span:
            word = str(variation.pointer[-1])
            callers = [
                caller
                for one in varied
                for caller in callers_following(self._world, one.settings.cluster, one.settings.manifest.ref, word)
            ]
            for n in (0, -1):  # the key alone, and with whatever is called the same in its manifest
                changed = (one.settings._replace(spec=one.variation.trees[n]) for one in varied)
                yield self._world.with_settings([*callers, *changed])

    def _repeated(self, concerned: Mapping[str, frozenset[Key]]) -> Iterator[Candidate]:
        """Yield the words that settings of one name repeat, said otherwise together."""
        found: dict[tuple[_Place, ...], list[tuple[Settings, list[MapNode]]]] = {}
        for ref in sorted(self._owned):
            for targets in self._world.resolved.by_cluster.values():
                for one in repeated(targets[ref].spec, _MERGED, self._names) if ref in targets else ():
                    found.setdefault(one.places, []).append((targets[ref], one.trees))
        for places, varied in found.items():
            settings = varied[0][0]
            lines = [
                Line(span, winning_layer(settings, pointer, node), dotted(pointer))
                for span, pointer in places
                if (node := at(settings.spec, *pointer)) is not None
            ]
            worlds = (
                self._world.with_settings(one._replace(spec=trees[n]) for one, trees in varied)
                for n in range(len(varied[0][1]))
            )
            yield Candidate(lines[0], concerned[settings.manifest.ref], worlds, is_name=True, also=tuple(lines[1:]))

    def _of_metadata(self, manifest: Manifest, units: frozenset[Key]) -> Iterator[Candidate]:
        for found in variations(manifest.document, _NOT_METADATA, self._names):
            if found.pointer == ("metadata", "name"):
                continue  # said otherwise by renaming
            line = Line(found.span, manifest.kind.lower(), dotted(found.pointer))
            changed = (manifest._replace(document=document) for document in found.trees)
            yield Candidate(line, units, (self._world.with_manifest("workloads", one) for one in changed))

    def _of_manifest(self, group: str, manifest: Manifest, units: frozenset[Key]) -> Iterator[Candidate]:
        for found in variations(manifest.spec, _DEFAULTS, self._names):
            line = Line(found.span, manifest.kind.lower(), dotted(found.pointer))
            changed = (manifest._replace(spec=spec) for spec in found.trees)
            yield Candidate(line, units, (self._world.with_manifest(group, one) for one in changed))
        for one in repeated(manifest.spec, _DEFAULTS, self._names):
            lines = [Line(span, manifest.kind.lower(), dotted(pointer)) for span, pointer in one.places]
            worlds = (self._world.with_manifest(group, manifest._replace(spec=spec)) for spec in one.trees)
            yield Candidate(lines[0], units, worlds, is_name=True, also=tuple(lines[1:]))
        if group == "clusters":
            yield from self._of_network(manifest, units)
        if group == "teams":
            yield from self._of_domains(manifest, units)
        namespaces = at(manifest.spec, "namespaces") if group == "teams" else None
        for name in namespaces.entries if isinstance(namespaces, MapNode) else ():
            assert isinstance(namespaces, MapNode)
            line = Line(key_span(namespaces, name), "team", f"namespaces.{name}")
            world = self._world.with_namespace_renamed(manifest.name, name)
            yield Candidate(line, units, iter([world]), is_name=True)
        yield self._of_name(group, manifest, units)

    def _of_network(self, cluster: Manifest, units: frozenset[Key]) -> Iterator[Candidate]:
        node = at(cluster.spec, "mesh", "network")
        if isinstance(node, ScalarNode) and node.text in self._names:
            spec = renamed_at(cluster.spec, ("mesh", "network"), node.text, f"{node.text}x")
            world = self._world.with_manifest("clusters", cluster._replace(spec=spec))
            world = world.with_settings(machines_following(world, node.text))
            yield Candidate(Line(node.span, "cluster", "mesh.network"), units, iter([world]), is_name=True)

    def _of_domains(self, team: Manifest, units: frozenset[Key]) -> Iterator[Candidate]:
        for found in variations(team.spec, frozenset(team.spec.entries.keys() - {"domains"}), frozenset()):
            node = found.node
            other = at(found.trees[0], *found.pointer)
            if not isinstance(node, ScalarNode) or not isinstance(other, ScalarNode) or node.text not in self._names:
                continue
            hosts, said = hosts_following(self._world, team.name, node.text, other.text)
            world = self._world.with_manifest("teams", team._replace(spec=found.trees[0])).with_settings(hosts)
            line, also = Line(node.span, "team", dotted(found.pointer)), tuple(dict.fromkeys(said))
            yield Candidate(line, units, iter([world]), is_name=True, also=also)

    def _of_name(self, group: str, manifest: Manifest, units: frozenset[Key]) -> Candidate:
        return Candidate(name_line(manifest), units, self._world.renamed(group, manifest), is_name=True)

    def _around(self) -> Iterator[tuple[str, Manifest, frozenset[Key]]]:
        """Yield the manifests around the units, nearest first, each with the units that it may matter to."""
        loaded = self._world.loaded
        for name in sorted({ref.partition("/")[0] for ref in self._refs}):
            yield "teams", loaded.teams[name], self._units
        seen_from = {name: self._seen_from(name, self._units) for name in sorted(loaded.clusters)}
        by_environment: dict[str, frozenset[Key]] = {}
        for name, units in seen_from.items():
            if units:
                yield "clusters", loaded.clusters[name], units
                environment = environment_of(loaded.clusters[name])
                by_environment[environment] = by_environment.get(environment, frozenset()) | units
        for name, units in by_environment.items():
            yield "environments", loaded.environments[name], units
        for name in sorted(loaded.gateways):
            yield "gateways", loaded.gateways[name], self._units
        if loaded.platform is not None:
            yield "platform", loaded.platform, self._units


def _owner(settings: Settings, variation: Variation) -> str:
    """Return the name of the layer that said a leaf, or that has a key at the place of one that was varied."""
    *above, key = variation.pointer
    for layer in reversed(settings.layers) if variation.span != variation.node.span else ():
        parent = at(layer.tree, *above)
        if isinstance(parent, MapNode) and key in parent.entries and key_span(parent, str(key)) == variation.span:
            return layer.name
    return winning_layer(settings, variation.pointer, variation.node)


def name_line(manifest: Manifest) -> Line:
    """Return the line that says what a manifest is called."""
    node = at(manifest.document, "metadata", "name")
    return Line(node.span if node else manifest.document.span, manifest.kind.lower(), "metadata.name")
