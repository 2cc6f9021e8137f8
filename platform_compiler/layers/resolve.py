"""Every target with its merged tree: placement, eleven layers, mandates, and the rules within one manifest.

built-in < blueprint < platform < platform's tier < environment < cluster < team < team's environment
< application < application's environment < application's cluster
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, partial

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.builtin import built_in_layer
from platform_compiler.layers.mandates import apply_bounds, strictest
from platform_compiler.layers.merge import Merging, alike, restored, without_keys
from platform_compiler.layers.model import Bound, Layer, Resolved, Settings, Workload, Workloads
from platform_compiler.layers.nulls import check_nulls
from platform_compiler.layers.own import OwnLayers
from platform_compiler.layers.patches import check_patches
from platform_compiler.layers.placement import environment_of, pins_images, place, text
from platform_compiler.layers.probes import check_probes
from platform_compiler.layers.program import check_program
from platform_compiler.layers.redundant import report_redundant
from platform_compiler.layers.rules import check_outside, check_rules
from platform_compiler.layers.workload import check_workload
from platform_compiler.load import Loaded, Manifest
from platform_compiler.load.excerpt import WHOLE, Excerpt
from platform_compiler.load.shape import spec_has_shape
from platform_compiler.source.node import MapNode, Node, at

_ABOVE_PLATFORM = 2
_Key = tuple[object, ...]
"""The environment, and the ids of the nodes that decide a target: all of them are held while layers are resolved."""


class _Shared:
    """What the targets of one manifest share: its own layers, what they merge to, and settings that are in order.

    Of `known` settings nothing was told, so that nobody needs to hear of the same ones again.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.blueprint = text(manifest.spec, "blueprint") or ""
        self.layers = OwnLayers(manifest)
        self.merging = Merging()
        self.known: dict[_Key, Settings] = {}


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
    """Holds what the targets of one run share: merged layers below the application, by cluster, team and blueprint."""

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
        self._defaults = defaults
        self._bag = bag
        self._as_of = as_of
        self._stages = {name: environment_of(cluster) for name, cluster in loaded.clusters.items()}
        self._pinning = frozenset(name for name, one in loaded.environments.items() if pins_images(one))
        self._workload = cache(partial(_one_of_equal, workloads, {}))
        self._below: dict[tuple[str, str, str, str], tuple[tuple[Layer, ...], MapNode]] = {}
        self._merged: dict[tuple[int, ...], tuple[tuple[Layer, ...], MapNode]] = {}
        self._merging = Merging()
        self._bounds: dict[tuple[str, str], Mapping[str, Bound]] = {}
        self._strictest: dict[tuple[int, ...], Mapping[str, Bound]] = {}

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
        assert manifest.team is not None
        pins_image = manifest.kind == "Application" and environment in self._pinning
        own = shared.layers.of(cluster, environment, pins_image=pins_image)
        if manifest.kind == "RawResources":
            return Settings(manifest, cluster, environment, own, {}, shared.merging.merge(layer.tree for layer in own))
        layers, base = self._layers_below(shared, cluster, _tier(own))
        bounds = self._bounds_of(manifest.team, cluster, environment)
        key = (environment, id(base), id(bounds), *(id(layer.tree) for layer in own[1:]))
        one = shared.known.get(key)
        if one is not None:
            return Settings(manifest, cluster, environment, one.layers, bounds, one.spec, one.workload)
        before = self._bag.reports
        spec = self._spec(shared, environment, (base, *(layer.tree for layer in own)), bounds, layers[0].tree)
        settings = self._judged(shared, cluster, layers + own, bounds, spec)
        if settings is not None and self._bag.reports == before:
            shared.known[key] = settings
        return settings

    def _judged(
        self, shared: _Shared, cluster: str, layers: tuple[Layer, ...], bounds: Mapping[str, Bound], spec: MapNode
    ) -> Settings | None:
        """Return the settings of a target, judged unless a twin of them was; None where they have no shape."""
        manifest, environment = shared.manifest, self._stages[cluster]
        is_asked = self._excerpt.asks_about(manifest.path)
        known = shared.known.values() if is_asked else ()
        twin = next((one for one in known if self._is_twin(one, cluster, bounds, spec)), None)
        is_sound = twin is not None or manifest.path in self._excerpt.sound
        if not is_sound and not spec_has_shape(manifest.kind, spec, self._bag):
            return None
        is_app = manifest.kind == "Application"
        workload = self._workload(text(spec, "blueprint") or "", environment) if is_app else None
        settings = Settings(manifest, cluster, environment, layers, bounds, spec, workload)
        if is_asked and (twin is None or workload is not twin.workload):
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

    def _is_twin(self, one: Settings, cluster: str, bounds: Mapping[str, Bound], spec: MapNode) -> bool:
        """Whether settings say what those of another cluster say, of which nothing was told, from files like its.

        Rules ask for values, and which of them stand in the same file: a cluster's file is like that of another, and an
        environment's like that of another.
        """
        clusters, environments, environment = self._loaded.clusters, self._loaded.environments, self._stages[cluster]
        like = {clusters[one.cluster].path: clusters[cluster].path}
        if one.environment in environments and environment in environments:
            like[environments[one.environment].path] = environments[environment].path
        return (
            one.bounds.keys() == bounds.keys()
            and all(bound.since == bounds[name].since for name, bound in one.bounds.items())
            and all(alike(bound.value, bounds[name].value, like) for name, bound in one.bounds.items())
            and alike(one.spec, spec, like)
        )

    def _spec(
        self, shared: _Shared, environment: str, trees: Sequence[MapNode], bounds: Mapping[str, Bound], lowest: MapNode
    ) -> MapNode:
        """Return trees merged, with what they lack of the lowest layer, within their bounds."""
        spec = shared.merging.merge(trees)
        if environment in self._pinning:
            spec = _without_unpinned_versions(spec)
        spec = restored(spec, lowest)
        return apply_bounds(spec, bounds, shared.manifest.path, self._as_of, self._bag)

    def _layers_below(self, shared: _Shared, cluster: str, tier: str | None) -> tuple[tuple[Layer, ...], MapNode]:
        """Return the layers below the application, and their merge; without a tier of its own, theirs decides.

        Requests to an external service wait and are tried again as requests to anybody are.
        """
        if shared.manifest.kind == "ExternalService":
            return (_of_requests(),), _of_requests().tree
        key = (cluster, shared.manifest.team or "", shared.blueprint, tier or "")
        if key not in self._below:
            team, environment = self._loaded.teams.get(shared.manifest.team or ""), self._stages[cluster]
            named: list[tuple[str, Node | None]] = [
                ("blueprint", self._defaults.get(shared.blueprint)),
                ("platform", _defaults(self._loaded.platform)),
                ("environment", _defaults(self._loaded.environments.get(environment))),
                ("cluster", _defaults(self._loaded.clusters[cluster])),
                ("team", _defaults(team)),
                ("team's environment", at(team.spec, "environments", environment, "defaults") if team else None),
            ]
            chosen = tier or _tier([Layer(n, tree) for n, tree in named if isinstance(tree, MapNode)])
            named.insert(_ABOVE_PLATFORM, ("platform's tier", _of_tier(self._loaded.platform, chosen)))
            layers = (built_in_layer(), *(Layer(n, tree) for n, tree in named if isinstance(tree, MapNode)))
            same = tuple(id(layer.tree) for layer in layers)
            if same not in self._merged:
                self._merged[same] = layers, self._merging.merge(layer.tree for layer in layers)
            self._below[key] = self._merged[same]
        return self._below[key]

    def _bounds_of(self, team: str, cluster: str, environment: str) -> Mapping[str, Bound]:
        """Return the strictest mandates over platform, environment, cluster, team and team's environment."""
        key = (cluster, team)
        if key not in self._bounds:
            owner = self._loaded.teams.get(team)
            manifests = (
                self._loaded.platform,
                self._loaded.environments.get(environment),
                self._loaded.clusters[cluster],
                owner,
            )
            trees = [at(m.spec, "mandates") for m in manifests if m is not None]
            trees.append(at(owner.spec, "environments", environment, "mandates") if owner else None)
            mandates = [tree for tree in trees if isinstance(tree, MapNode)]
            same = tuple(map(id, mandates))
            if same not in self._strictest:
                self._strictest[same] = strictest(mandates, self._bag)
            self._bounds[key] = self._strictest[same]
        return self._bounds[key]


def _one_of_equal(
    workloads: Workloads, known: dict[str, list[Workload]], reference: str, environment: str
) -> Workload | None:
    """Return what the contract of a workload blueprint says: the same for environments where it is equal."""
    found = workloads(reference, environment)
    equal = known.setdefault(reference, [])
    if found is not None and found not in equal:
        equal.append(found)
    return found if found is None else equal[equal.index(found)]


@cache
def _of_requests() -> Layer:
    """Return what the built-in layer says of requests."""
    layer = built_in_layer()
    others = (word for word in layer.tree.entries if word != "traffic")
    return Layer(layer.name, without_keys(layer.tree, *others))


def _tier(layers: Sequence[Layer]) -> str | None:
    """Return the tier that layers choose, the last one first."""
    for layer in reversed(layers):
        if (found := text(layer.tree.entries.get("tier"))) is not None:
            return found
    return None


def _of_tier(platform: Manifest | None, tier: str | None) -> Node | None:
    """Return the platform's defaults for a tier; the built-in one where nobody chooses."""
    chosen = tier or text(built_in_layer().tree, "tier") or ""
    return at(platform.spec, "tiers", chosen) if platform else None


def _defaults(manifest: Manifest | None) -> Node | None:
    return at(manifest.spec, "defaults") if manifest else None


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
