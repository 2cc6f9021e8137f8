"""Every target with its merged tree: placement, eleven layers, mandates, and the rules within one manifest.

built-in < blueprint < platform < platform's tier < environment < cluster < team < team's environment
< application < application's environment < application's cluster
"""

from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from typing import NamedTuple

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.ground import Ground, Grounds
from platform_compiler.layers.mandates import apply_bounds
from platform_compiler.layers.merge import Merging, alike, restored, without_keys
from platform_compiler.layers.model import Resolved, Settings, Workload, Workloads
from platform_compiler.layers.nulls import check_nulls
from platform_compiler.layers.own import Own, OwnLayers
from platform_compiler.layers.patches import check_patches
from platform_compiler.layers.placement import environment_of, pins_images, place, text
from platform_compiler.layers.probes import check_probes
from platform_compiler.layers.program import check_program
from platform_compiler.layers.redundant import report_redundant
from platform_compiler.layers.rules import check_outside, check_rules
from platform_compiler.layers.workload import check_workload
from platform_compiler.load import Loaded, Manifest
from platform_compiler.load.excerpt import WHOLE, Excerpt
from platform_compiler.load.shape import Shapes
from platform_compiler.source.node import MapNode, at


class _Known(NamedTuple):
    """Settings of which nothing was told, so that nobody needs to hear of the same ones again; and what made them."""

    ground: Ground
    own: Own
    settings: Settings


class _Shared:
    """What the targets of one manifest share: its own layers, what they merge to, and settings that are in order.

    They are `known` by the ids of what made them.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.blueprint = text(manifest.spec, "blueprint") or ""
        self.layers = OwnLayers(manifest)
        self.merging = Merging()
        self.known: dict[tuple[int, int], _Known] = {}


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
        self._shown = frozenset(
            name for one in loaded.workloads.values() for word in _SHOWN if (name := text(one.spec, "tls", word))
        )
        self._bag = bag
        self._as_of = as_of
        self._stages = {name: environment_of(cluster) for name, cluster in loaded.clusters.items()}
        self._pinning = frozenset(name for name, one in loaded.environments.items() if pins_images(one))
        self._workload = cache(partial(_one_of_equal, workloads, {}))
        self._shapes = cache(Shapes)
        self._grounds = Grounds(loaded, defaults, self._pinning, bag)

    def run(self) -> Resolved:
        by_cluster: dict[str, dict[str, Settings]] = {name: {} for name in sorted(self._loaded.clusters)}
        for ref in sorted(self._loaded.workloads):
            manifest = self._loaded.workloads[ref]
            shared = _Shared(manifest)
            for cluster in place(manifest, self._loaded, self._pinning, self._bag):
                settings = self._settings(shared, cluster)
                if settings is not None:
                    by_cluster[cluster][ref] = settings
            if manifest.kind == "Application":
                report_redundant(manifest, self._loaded, self._bag)
            check_nulls(manifest, by_cluster, self._bag)
        return Resolved(by_cluster)

    def _settings(self, shared: _Shared, cluster: str) -> Settings | None:
        """Return one target; where layers are the same nodes, of which nothing was told, it is the one of before."""
        manifest, environment = shared.manifest, self._stages[cluster]
        own = shared.layers.of(cluster, environment, pins_image=environment in self._pinning)
        if manifest.kind == "RawResources":
            spec = shared.merging.merge(layer.tree for layer in own.layers)
            return Settings(manifest, cluster, environment, own.layers, {}, spec)
        ground = self._grounds.below(manifest, shared.blueprint, cluster, own.tier)
        key = (id(ground), id(own))
        known = shared.known.get(key)
        if known is not None:
            one = known.settings
            return Settings(manifest, cluster, environment, one.layers, one.bounds, one.spec, one.workload)
        before = self._bag.reports
        settings = self._judged(shared, cluster, ground, own)
        if settings is not None and self._bag.reports == before:
            shared.known[key] = _Known(ground, own, settings)
        return settings

    def _judged(self, shared: _Shared, cluster: str, ground: Ground, own: Own) -> Settings | None:
        """Return the settings of a target, judged unless a twin of them was; None where they have no shape."""
        manifest, environment = shared.manifest, ground.environment
        spec = self._spec(shared, ground, own)
        is_asked = self._excerpt.asks_about(manifest.path)
        known = shared.known.values() if is_asked else ()
        twin = next((one for one in known if self._are_twins(one.ground, ground, one.own, own)), None)
        is_sound = twin is not None or manifest.path in self._excerpt.sound
        if not is_sound and not self._shapes(manifest.kind).has_shape(spec, manifest.spec, self._bag):
            return None
        is_app = manifest.kind == "Application"
        workload = self._workload(text(spec, "blueprint") or "", environment) if is_app else None
        settings = Settings(manifest, cluster, environment, ground.layers + own.layers, ground.bounds, spec, workload)
        if is_asked and (twin is None or workload is not twin.settings.workload):
            self._judge(settings)
        return settings

    def _judge(self, settings: Settings) -> None:
        if settings.manifest.kind == "ExternalService":
            check_outside(settings.spec, self._bag)
            check_probes(settings, self._bag)
            return
        check_rules(settings.spec, self._bag)
        check_patches(settings.spec, self._loaded, self._as_of, self._bag)
        check_program(settings, self._shown, self._bag)
        check_workload(settings, self._bag)

    def _are_twins(self, one: Ground, other: Ground, mine: Own, theirs: Own) -> bool:
        """Whether all layers say the same, in files alike: then rules have nothing new to say of what they merge to."""
        if len(mine.layers) != len(theirs.layers):
            return False
        trees = zip(mine.layers, theirs.layers, strict=True)
        same = all(a.tree is b.tree or alike(a.tree, b.tree, {}) for a, b in trees)
        return same and self._grounds.are_alike(one, other)

    def _spec(self, shared: _Shared, ground: Ground, own: Own) -> MapNode:
        """Return all layers merged, with what they lack of the lowest one, within their bounds."""
        spec = shared.merging.merge((ground.base, *(layer.tree for layer in own.layers)))
        if ground.pins_image:
            spec = _without_unpinned_versions(spec)
        spec = restored(spec, ground.layers[0].tree)
        return apply_bounds(spec, ground.bounds, shared.manifest.path, self._as_of, self._bag)


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
