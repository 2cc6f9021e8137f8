"""Code that proxies load from elsewhere and that can change between two loads.

Source: `url` and `sha256` of WasmPlugin's and TrafficExtension's reference.
"""

from collections.abc import Iterator

from platform_compiler.objects import Path, at, text
from platform_compiler.verify.istio.scope import EXTENSIONS
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World

_PLACES: tuple[tuple[str, Path], ...] = (("WasmPlugin", ("spec",)), ("TrafficExtension", ("spec", "wasm")))


def check(world: World) -> Iterator[Fault]:
    """Yield plugins that are not pinned to what was reviewed."""
    for kind, path in _PLACES:
        for item in world.of(EXTENSIONS, kind):
            url = text(at(item.body, *path, "url"))
            if url and not text(at(item.body, *path, "sha256")) and (cure := _cure(url)):
                message = "the plugin is not pinned: what the URL gives may change"
                yield Fault("PC5259", item, (*path, "url"), message, cure)


def _cure(url: str) -> str:
    """Return how to pin what is loaded; empty where it is pinned or part of the proxy's image."""
    scheme, separator, _ = url.partition("://")
    if separator and scheme in ("http", "https"):
        return "set `sha256`"
    if separator and scheme != "oci":
        return ""
    return "" if "@sha256:" in url else "name the image by its digest, `...@sha256:...`, or set `sha256`"
