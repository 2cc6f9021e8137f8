"""Containers beside the program, and the sources that containers use."""

from collections.abc import Collection, Iterator

from platform_compiler.diagnostics import Bag
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import text
from platform_compiler.layers.written import entries, is_own, is_true
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at, key_span

_OF_THE_MESH = frozenset({"istio-proxy", "istio-init", "istio-validation"})
_SOURCES = {"volume": "volumes", "secret": "secrets", "configMap": "configMaps"}
SOURCES = tuple(_SOURCES.values())
"""The words that declare what containers use."""


def check_containers(settings: Settings, bag: Bag) -> None:
    """Report names that two containers would have, ports of containers that do not exist, checks of what ends."""
    spec = settings.spec
    taken = {settings.manifest.name: "the program", **dict.fromkeys(_OF_THE_MESH, "the mesh")}
    for part in ("init", "sidecars"):
        listed = at(spec, part)
        for name, container in entries(listed):
            assert isinstance(listed, MapNode)
            if name in taken:
                bag.add(
                    "PC1329",
                    f"a container called `{name}` is there already: {taken[name]}'s",
                    key_span(listed, name),
                    help="give it another name",
                )
            taken[name] = f"`{part}`"
            if part == "init" and at(container, "health") is not None:
                assert isinstance(container, MapNode)
                bag.add(
                    "PC1322",
                    f"`{name}` runs to its end before the program starts: nothing checks its health",
                    key_span(container, "health"),
                    help="remove `health`, or move it to `sidecars` if it keeps running",
                )
    sidecars = dict(entries(spec, "sidecars"))
    for _, port in entries(spec, "ports"):
        node = at(port, "container")
        if isinstance(node, ScalarNode) and node.text not in sidecars:
            near = did_you_mean(node.text, sidecars)
            cure = (
                f"did you mean `{near}`?"
                if near
                else "declare it under `sidecars`; without it the program serves the port"
            )
            bag.add("PC1321", f"there is no sidecar `{node.text}`", node.span, help=cure)


def check_sources(settings: Settings, bag: Bag, *, shown: Collection[str]) -> None:
    """Warn of volumes, and of secrets and config maps of others, that no container uses.

    Secrets that are `shown` to external services are for proxies.
    """
    used = {(word, name) for user in _users(settings.spec) for word in _SOURCES if (name := text(user, word))}
    for word, declared in _SOURCES.items():
        listed = at(settings.spec, declared)
        for name, source in entries(listed):
            assert isinstance(listed, MapNode)
            ours = word != "volume" and not is_true(source, "existing")
            ours = ours or (word == "secret" and name in shown)
            if ours or (word, name) in used or not any(is_own(n, settings) for _, n in entries(source)):
                continue
            where = "mount it under `files`" if word == "volume" else "use it in `env`, `envFrom` or `files`"
            bag.add(
                "PC1324", f"nothing uses `{declared}.{name}`", key_span(listed, name), help=f"{where}, or remove it"
            )


def _users(spec: MapNode) -> Iterator[Node]:
    """Yield every value that may name a source, of the program, its versions and the containers beside it."""
    others = (c for part in ("init", "sidecars", "versions") for _, c in entries(spec, part))
    for container in (spec, *others):
        for part in ("env", "files"):
            yield from (node for _, node in entries(container, part))
        whole = at(container, "envFrom")
        yield from whole.items if isinstance(whole, ListNode) else ()
