"""What lies below the layers of a manifest itself: those of others, merged, and the mandates that bound all of it.

Most clusters have most of it in common: then it is one object, and what was found out about it is found out.
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.builtin import built_in_layer
from platform_compiler.layers.mandates import strictest
from platform_compiler.layers.merge import Merging, alike, restored, without_keys
from platform_compiler.layers.model import Bound, Layer
from platform_compiler.layers.own import tier_of
from platform_compiler.layers.placement import environment_of, text
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import MapNode, Node, at

_ABOVE_PLATFORM = 2


class Ground(NamedTuple):
    """The layers below a manifest and all of them merged (`base`), on a cluster or on several, such as `cluster`."""

    cluster: str
    environment: str
    pins_image: bool
    """Whether images come from applications' own overlays alone."""
    layers: tuple[Layer, ...]
    base: MapNode
    is_whole: bool
    """Whether the merged layers have all that the lowest one says."""
    bounds: Mapping[str, Bound]


class _Merged(NamedTuple):
    layers: tuple[Layer, ...]
    base: MapNode
    is_whole: bool


class Grounds:
    """Holds what the manifests of one run share, by cluster, team, blueprint and tier.

    Nodes, bounds and grounds are known by their ids: all of them are held.
    """

    def __init__(
        self, loaded: Loaded, blueprint_defaults: Mapping[str, MapNode], pinning: Collection[str], bag: Bag
    ) -> None:
        self._loaded = loaded
        self._defaults = blueprint_defaults
        self._pinning = pinning
        self._bag = bag
        self._grounds: dict[tuple[str, str | None, str, str | None], Ground] = {}
        self._same: dict[tuple[object, ...], Ground] = {}
        self._alike: dict[tuple[int, int], bool] = {}
        self._merging = Merging()
        self._sites = {name: _site_of(cluster) for name, cluster in loaded.clusters.items()}
        self._merged: dict[tuple[int, ...], _Merged] = {}
        self._strictest: dict[tuple[int, ...], Mapping[str, Bound]] = {}

    def below(self, manifest: Manifest, blueprint: str | None, cluster: str, tier: str | None) -> Ground:
        """Return what lies below a manifest on a cluster; `tier` is the one that it chooses itself.

        An external service has no `blueprint`.
        """
        key = (cluster, manifest.team, blueprint or manifest.kind, tier)
        found = self._grounds.get(key)
        if found is None:
            found = self._grounds[key] = self._found(manifest, blueprint, cluster, tier)
        return found

    def _found(self, manifest: Manifest, blueprint: str | None, cluster: str, tier: str | None) -> Ground:
        team, environment = manifest.team or "", environment_of(self._loaded.clusters[cluster])
        # Requests to an external service wait and are tried again as requests to anybody are.
        is_app = manifest.kind == "Application"
        merged = self._layers(team, blueprint or "", cluster, tier) if is_app else _of_requests()
        bounds = self._bounds(team, cluster, environment)
        ground = Ground(cluster, environment, environment in self._pinning, *merged, bounds)
        return self._same.setdefault((environment, id(merged.base), id(bounds)), ground)

    def site_of(self, cluster: str) -> str:
        """Return a name for the cluster and all below whose manifests the same lies; it is that of no other cluster."""
        return self._sites[cluster]

    def are_alike(self, one: Ground, other: Ground) -> bool:
        """Whether what lies below says the same, in files alike.

        Rules ask for values, and which of them stand in the same file: a cluster's file is like that of another, and an
        environment's like that of another.
        """
        key = (id(one), id(other))
        if key not in self._alike:
            self._alike[key] = self._say_the_same(one, other)
        return self._alike[key]

    def _say_the_same(self, one: Ground, other: Ground) -> bool:
        clusters, environments = self._loaded.clusters, self._loaded.environments
        like = {clusters[one.cluster].path: clusters[other.cluster].path}
        if one.environment in environments and other.environment in environments:
            like[environments[one.environment].path] = environments[other.environment].path
        return (
            one.pins_image == other.pins_image
            and one.bounds.keys() == other.bounds.keys()
            and all(bound.since == other.bounds[name].since for name, bound in one.bounds.items())
            and all(alike(bound.value, other.bounds[name].value, like) for name, bound in one.bounds.items())
            and alike(one.base, other.base, like)
        )

    def _layers(self, team: str, blueprint: str, cluster: str, tier: str | None) -> _Merged:
        """Return the layers below an application, and their merge; without a tier of its own, theirs decides."""
        owner, environment = self._loaded.teams.get(team), environment_of(self._loaded.clusters[cluster])
        named: list[tuple[str, Node | None]] = [
            ("blueprint", self._defaults.get(blueprint)),
            ("platform", _defaults(self._loaded.platform)),
            ("environment", _defaults(self._loaded.environments.get(environment))),
            ("cluster", _defaults(self._loaded.clusters[cluster])),
            ("team", _defaults(owner)),
            ("team's environment", at(owner.spec, "environments", environment, "defaults") if owner else None),
        ]
        chosen = tier or tier_of([Layer(n, tree) for n, tree in named if isinstance(tree, MapNode)])
        named.insert(_ABOVE_PLATFORM, ("platform's tier", _of_tier(self._loaded.platform, chosen)))
        layers = (built_in_layer(), *(Layer(n, tree) for n, tree in named if isinstance(tree, MapNode)))
        same = tuple(id(layer.tree) for layer in layers)
        if same not in self._merged:
            base = self._merging.merge(layer.tree for layer in layers)
            self._merged[same] = _Merged(layers, base, restored(base, layers[0].tree) is base)
        return self._merged[same]

    def _bounds(self, team: str, cluster: str, environment: str) -> Mapping[str, Bound]:
        """Return the strictest mandates over platform, environment, cluster, team and team's environment."""
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
        return self._strictest[same]


def _site_of(cluster: Manifest) -> str:
    """Return the environment of a cluster without layers and mandates of its own, or else its name."""
    says_nothing = cluster.spec.entries.keys().isdisjoint(("defaults", "mandates"))
    return f"environment/{environment_of(cluster)}" if says_nothing else cluster.name


@cache
def _of_requests() -> _Merged:
    """Return what the built-in layer says of requests."""
    layer = built_in_layer()
    tree = without_keys(layer.tree, *(word for word in layer.tree.entries if word != "traffic"))
    return _Merged((Layer(layer.name, tree),), tree, is_whole=True)


def _of_tier(platform: Manifest | None, tier: str | None) -> Node | None:
    """Return the platform's defaults for a tier; the built-in one where nobody chooses."""
    chosen = tier or text(built_in_layer().tree, "tier") or ""
    return at(platform.spec, "tiers", chosen) if platform else None


def _defaults(manifest: Manifest | None) -> Node | None:
    return at(manifest.spec, "defaults") if manifest else None
