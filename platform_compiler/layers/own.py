"""The layers of a document itself: what it says of everywhere, of an environment, and of a cluster."""

from collections.abc import Sequence
from typing import NamedTuple

from platform_compiler.layers.merge import without_keys
from platform_compiler.layers.model import Layer
from platform_compiler.layers.placement import text
from platform_compiler.load import Manifest
from platform_compiler.source.node import MapNode


class Own(NamedTuple):
    """The layers of a document, lowest first, and the tier that they choose."""

    layers: tuple[Layer, ...]
    tier: str | None


class OwnLayers:
    """The layers of one document: one object for all clusters and environments that have none of their own."""

    def __init__(self, manifest: Manifest) -> None:
        of_clusters = manifest.spec.entries.get("clusters")
        self._of_clusters = of_clusters.entries if isinstance(of_clusters, MapNode) else {}
        self._is_app = manifest.kind == "Application"
        of_environments = manifest.spec.entries.get("environments")
        self._of_environments = of_environments.entries if isinstance(of_environments, MapNode) else {}
        self._everywhere = without_keys(manifest.spec, "environments", "clusters")
        self._alone = _own(Layer("application", self._everywhere))
        self._by_environment: dict[str, Own] = {}

    def of(self, cluster: str, environment: str, *, pins_image: bool) -> Own:
        """Return the layers on a cluster; where images are pinned, only an overlay names that of an application."""
        own = self._by_environment.get(environment)
        if own is None:
            own = self._by_environment[environment] = self._in(environment, pins_image=pins_image and self._is_app)
        overlay = self._of_clusters.get(cluster)
        return own if not isinstance(overlay, MapNode) else _own(*own.layers, Layer("application's cluster", overlay))

    def names(self, cluster: str) -> bool:
        """Whether the document says something of one cluster alone."""
        return cluster in self._of_clusters

    def _in(self, environment: str, *, pins_image: bool) -> Own:
        alone, overlay = self._alone, self._of_environments.get(environment)
        if pins_image:
            alone = _own(Layer("application", without_keys(self._everywhere, "image")))
        if not isinstance(overlay, MapNode):
            return alone
        return _own(*alone.layers, Layer("application's environment", overlay))


def _own(*layers: Layer) -> Own:
    return Own(layers, tier_of(layers))


def tier_of(layers: Sequence[Layer]) -> str | None:
    """Return the tier that layers choose, the last one first."""
    for layer in reversed(layers):
        if (found := text(layer.tree.entries.get("tier"))) is not None:
            return found
    return None
