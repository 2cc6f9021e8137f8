"""Every target with its merged tree: placement, eleven layers, mandates, and the rules within one manifest.

built-in < blueprint < platform < platform's tier < environment < cluster < team < team's environment
< application < application's environment < application's cluster
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, partial
from itertools import groupby
from typing import NamedTuple

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.ground import Ground, Grounds
from platform_compiler.layers.judge import judge, rules_of_applications, rules_of_externals
from platform_compiler.layers.mandates import apply_bounds
from platform_compiler.layers.merge import Merging, alike, restored, without_keys
from platform_compiler.layers.model import Resolved, Settings, Workload, Workloads
from platform_compiler.layers.nulls import check_nulls
from platform_compiler.layers.own import Own, OwnLayers
from platform_compiler.layers.patches import check_patches
from platform_compiler.layers.placement import environment_of, pins_images, place, text
from platform_compiler.layers.redundant import report_redundant
from platform_compiler.load import Loaded, Manifest
from platform_compiler.load.excerpt import WHOLE, Excerpt
from platform_compiler.load.shape import Shapes
from platform_compiler.source.node import MapNode, at


class _Known(NamedTuple):
    """Settings (None where they have no shape) with what made them, and all that are judged as they are.

    They are `in_order` if nothing was told of their shape and their bounds.
    """

    ground: Ground
    own: Own
    settings: Settings | None
    judged_with: list[Settings]
    in_order: bool


class _Shared:
    """What the targets of one manifest share: its own layers, what they merge to, and settings, once for the same ones.

    They are `known` by the site of their clusters, or by the cluster that has an overlay of its own.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.blueprint = text(manifest.spec, "blueprint")
        self.layers = OwnLayers(manifest)
        self.merging = Merging()
        self.known: dict[str, _Known] = {}
        self.has_overlays = not manifest.spec.entries.keys().isdisjoint(("environments", "clusters"))


def resolve(  # noqa: PLR0913 -- what is merged, and what is known of it
    loaded: Loaded,
    blueprint_defaults: Mapping[str, MapNode],
    bag: Bag,
    as_of: date,
    workloads: Workloads = lambda _name, _environment: None,
    *,
    excerpt: Excerpt = WHOLE,
) -> Resolved:
    """Merge the layers of every target that exists, and judge the result by itself and by its blueprint's contract.

    What is not of interest in an excerpt is merged only, and of what is sound nobody asks for the shape again.
    """
    return _Resolver(loaded, blueprint_defaults, bag, as_of, workloads, excerpt=excerpt).run()


_SHOWN = ("ca", "clientCertificate")
"""Words of an external service that name a secret which proxies of its callers hold."""


class _Resolver:
    """Holds what the targets of one run share."""

    def __init__(  # noqa: PLR0913 -- what `resolve` is given
        self,
        loaded: Loaded,
        defaults: Mapping[str, MapNode],
        bag: Bag,
        as_of: date,
        workloads: Workloads,
        *,
        excerpt: Excerpt,
    ) -> None:
        self._loaded = loaded
        self._excerpt = excerpt
        self._bag = bag
        self._as_of = as_of
        self._stages = {name: environment_of(cluster) for name, cluster in loaded.clusters.items()}
        self._pinning = frozenset(name for name, one in loaded.environments.items() if pins_images(one))
        self._workload = cache(partial(_one_of_equal, workloads, {}))
        self._shapes = cache(Shapes)
        self._grounds = Grounds(loaded, defaults, self._pinning, bag)
        self._to_judge: list[list[Settings]] = []
        shown = frozenset(
            name for one in loaded.workloads.values() for word in _SHOWN if (name := text(one.spec, "tls", word))
        )
        of_applications = (*rules_of_applications(shown), (self._check_patches, ("patches",)))
        self._rules = {"Application": of_applications, "ExternalService": rules_of_externals()}

    def run(self) -> Resolved:
        by_cluster: dict[str, dict[str, Settings]] = {name: {} for name in sorted(self._loaded.clusters)}
        for ref in sorted(self._loaded.workloads):
            manifest = self._loaded.workloads[ref]
            shared = _Shared(manifest)
            for cluster in place(manifest, self._loaded, self._pinning, self._bag):
                settings = self._settings(shared, cluster)
                if settings is not None:
                    by_cluster[cluster][ref] = settings
            if shared.has_overlays and manifest.kind == "Application":
                report_redundant(manifest, self._loaded, self._bag)
            if shared.has_overlays:
                check_nulls(manifest, by_cluster, self._bag)
        self._judge_all()
        return Resolved(by_cluster)

    def _settings(self, shared: _Shared, cluster: str) -> Settings | None:
        """Return one target, or None where it has no shape; where layers are the same nodes, it is as before."""
        manifest, environment = shared.manifest, self._stages[cluster]
        if manifest.kind == "RawResources":
            own = shared.layers.of(cluster, environment, pins_image=False)
            spec = shared.merging.merge(layer.tree for layer in own.layers)
            return Settings(manifest, cluster, environment, own.layers, {}, spec)
        where = cluster if shared.layers.names(cluster) else self._grounds.site_of(cluster)
        known = shared.known.get(where)
        if known is None:
            known = shared.known[where] = self._made(shared, cluster)
            return known.settings
        one = known.settings
        if one is None:
            return None
        return Settings(manifest, cluster, environment, one.layers, one.bounds, one.spec, one.workload)

    def _made(self, shared: _Shared, cluster: str) -> _Known:
        """Return the settings of a target, which wait to be judged; with a twin's, where they have one."""
        manifest, environment, before = shared.manifest, self._stages[cluster], self._bag.reports
        own = shared.layers.of(cluster, environment, pins_image=environment in self._pinning)
        ground = self._grounds.below(manifest, shared.blueprint, cluster, own.tier)
        spec = self._spec(shared, ground, own)
        is_asked = self._excerpt.asks_about(manifest.path)
        known = [one for one in shared.known.values() if one.in_order] if is_asked else ()
        twin = next((one for one in known if self._are_twins(one.ground, ground, one.own, own)), None)
        is_sound = twin is not None or manifest.path in self._excerpt.sound
        if not is_sound and not self._shapes(manifest.kind).has_shape(spec, manifest.spec, self._bag):
            return _Known(ground, own, None, [], in_order=False)
        is_app = manifest.kind == "Application"
        workload = self._workload(text(spec, "blueprint") or "", environment) if is_app else None
        settings = Settings(manifest, cluster, environment, ground.layers + own.layers, ground.bounds, spec, workload)
        judged_with: list[Settings] = []
        if twin is not None and twin.settings is not None and twin.settings.workload is workload:
            judged_with = twin.judged_with
        elif is_asked:
            self._to_judge.append(judged_with)
        judged_with.append(settings)
        return _Known(ground, own, settings, judged_with, in_order=self._bag.reports == before)

    def _judge_all(self) -> None:
        """Judge one of all that are twins, team by team; where anything is told of a team, the others are judged too.

        They would say the same in other places, or nothing.
        """
        for _, twins in groupby(self._to_judge, lambda twins: twins[0].manifest.team):
            first, others = [], []
            for one, *rest in twins:
                first.append(one)
                others += rest
            before = self._bag.reports
            self._judge(first)
            if self._bag.reports != before:
                self._judge(others)

    def _judge(self, every: Iterable[Settings]) -> None:
        by_kind: dict[str, list[Settings]] = {}
        for one in every:
            by_kind.setdefault(one.manifest.kind, []).append(one)
        for kind, judged in by_kind.items():
            judge(judged, self._rules[kind], self._bag)

    def _check_patches(self, settings: Settings, bag: Bag) -> None:
        check_patches(settings.spec, self._loaded, self._as_of, bag)

    def _are_twins(self, one: Ground, other: Ground, mine: Own, theirs: Own) -> bool:
        """Whether all layers say the same, in files alike: then rules have nothing new to say of what they merge to."""
        return (mine is theirs or _say_the_same(mine, theirs)) and self._grounds.are_alike(one, other)

    def _spec(self, shared: _Shared, ground: Ground, own: Own) -> MapNode:
        """Return all layers merged, with what they lack of the lowest one, within their bounds."""
        trees = [layer.tree for layer in own.layers]
        spec = shared.merging.merge((ground.base, *trees))
        if ground.pins_image:
            spec = _without_unpinned_versions(spec)
        if not ground.is_whole or any(map(shared.merging.removes, trees)):  # or there is nothing to restore
            spec = restored(spec, ground.layers[0].tree)
        return apply_bounds(spec, ground.bounds, shared.manifest.path, self._as_of, self._bag)


def _say_the_same(one: Own, other: Own) -> bool:
    trees = zip(one.layers, other.layers, strict=False)
    return len(one.layers) == len(other.layers) and all(alike(a.tree, b.tree, {}) for a, b in trees)


def _one_of_equal(
    workloads: Workloads, known: dict[str, list[Workload]], reference: str, environment: str
) -> Workload | None:
    """Return what the contract of a workload blueprint says: the same for environments where it is equal."""
    found = workloads(reference, environment)
    equal = known.setdefault(reference, [])
    if found is not None and found not in equal:
        equal.append(found)
    return found if found is None else equal[equal.index(found)]


def _without_unpinned_versions(spec: MapNode) -> MapNode:
    """Return the tree without versions whose image is not pinned in this environment."""
    versions = at(spec, "versions")
    if not isinstance(versions, MapNode):
        return spec
    unpinned = [name for name, version in versions.entries.items() if at(version, "image") is None]
    kept = without_keys(versions, *unpinned)
    if not kept.entries:
        return without_keys(spec, "versions")
    return MapNode({**spec.entries, "versions": kept}, spec.keys, spec.span)
