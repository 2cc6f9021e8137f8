"""Objects of Flux that name others: where their manifests come from, and what has to be there first.

What `flux bootstrap` or a person makes has often no manifest here; so a name is judged only where the namespace has
objects of the kind, and `flux-system`, the name that bootstrap gives, never.
"""

from collections.abc import Iterator

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, a_map, at, maps, text
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World, namespace_of

APPLIED = (("kustomize.toolkit.fluxcd.io", "Kustomization"), ("helm.toolkit.fluxcd.io", "HelmRelease"))
_SOURCES = "source.toolkit.fluxcd.io"
_BOOTSTRAPPED = "flux-system"
_PATHS: tuple[tuple[str, ...], ...] = (("sourceRef",), ("chart", "spec", "sourceRef"), ("chartRef",))


def sources(world: World) -> Iterator[Fault]:
    """Yield objects that take their manifests from sources that do not exist."""
    for kind in APPLIED:
        for item in world.of(*kind):
            for below in _PATHS:
                reference = a_map(at(item.body, "spec", *below))
                named = (_SOURCES, text(reference, "kind"))
                yield from _missing(world, item, ("spec", *below), reference, named)


def dependencies(world: World) -> Iterator[Fault]:
    """Yield objects that wait for others that do not exist, and so for ever."""
    for kind in APPLIED:
        for item in world.of(*kind):
            for i, reference in maps(item.body, "spec", "dependsOn"):
                yield from _missing(world, item, ("spec", "dependsOn", i), reference, kind)


def _missing(world: World, item: Item, path: Path, reference: Body, kind: tuple[str, str]) -> Iterator[Fault]:
    space, name = text(reference, "namespace") or namespace_of(item), text(reference, "name")
    if name in ("", _BOOTSTRAPPED) or world.exists(*kind, space, name):
        return
    beside = {other.name for other in world.of(*kind) if namespace_of(other) == space}
    if beside:
        near = did_you_mean(name, beside)
        cure = f"did you mean `{near}`?" if near else "add it, or name one that exists"
        yield Fault("PC5403", item, (*path, "name"), f"there is no {kind[1]} `{space}/{name}`", cure)
