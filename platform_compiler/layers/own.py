"""The layers of a document itself: what it says of everywhere, of an environment, and of a cluster."""

from platform_compiler.layers.merge import without_keys
from platform_compiler.layers.model import Layer
from platform_compiler.load import Manifest
from platform_compiler.source.node import MapNode, at


class OwnLayers:
    """The layers of one document; clusters of one environment share those that are not of a cluster."""

    def __init__(self, manifest: Manifest) -> None:
        self._spec = manifest.spec
        self._everywhere = without_keys(manifest.spec, "environments", "clusters")
        self._by_environment: dict[str, tuple[Layer, ...]] = {}

    def of(self, cluster: str, environment: str, *, pins_image: bool) -> tuple[Layer, ...]:
        """Return the layers on a cluster, lowest first; where images are pinned, only an overlay names one."""
        layers = self._by_environment.get(environment)
        if layers is None:
            layers = self._by_environment[environment] = self._in(environment, pins_image=pins_image)
        overlay = at(self._spec, "clusters", cluster)
        return (*layers, Layer("application's cluster", overlay)) if isinstance(overlay, MapNode) else layers

    def _in(self, environment: str, *, pins_image: bool) -> tuple[Layer, ...]:
        everywhere = without_keys(self._everywhere, "image") if pins_image else self._everywhere
        layer, overlay = Layer("application", everywhere), at(self._spec, "environments", environment)
        return (layer, Layer("application's environment", overlay)) if isinstance(overlay, MapNode) else (layer,)
