"""Whether a repository said otherwise is one that platformc refuses: then later phases may stumble over it.

They take for granted what earlier ones have checked. So what stumbles is forgiven only where one of those reports an
error; anything else is a mistake of ours, and is seen.
"""

from platform_compiler.blueprints.catalog import Catalog, check_references
from platform_compiler.blueprints.operations import EvaluationError
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.judge import judge, rules_of_applications
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import text
from platform_compiler.link.link import link
from platform_compiler.load import Manifest
from platform_compiler.load.shape import has_shape, spec_has_shape
from platform_compiler.provenance.world import World
from platform_compiler.source.node import MapNode

STUMBLES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, EvaluationError)
"""A name that is not there, text that is no number, what was checked before, a template without meaning."""


def is_refused(world: World, written: World, catalog: Catalog) -> bool:
    """Whether the phases before contexts report an error in what differs from the world as it is written."""
    bag = Bag()
    known = {id(manifest) for manifest in written.loaded.manifests}
    for manifest in world.loaded.manifests:
        if id(manifest) not in known and not has_shape(manifest.kind, _document(manifest), bag):
            return True
    for cluster, targets in world.resolved.by_cluster.items():
        before = written.resolved.by_cluster.get(cluster, {})
        for ref, settings in targets.items():
            if settings is not before.get(ref) and _is_refused(settings, catalog, bag):
                return True
    check_references(catalog, world.loaded, bag)
    if not bag.has_errors:
        link(world.loaded, world.resolved, bag)
    return bag.has_errors


def _document(manifest: Manifest) -> MapNode:
    """Return the whole document of a manifest, of which only the `spec` may have been said otherwise."""
    document = manifest.document
    return MapNode({**document.entries, "spec": manifest.spec}, document.keys, document.span)


def _is_refused(settings: Settings, catalog: Catalog, bag: Bag) -> bool:
    """Whether merged settings are refused by themselves."""
    spec, kind = settings.spec, settings.manifest.kind
    if not spec_has_shape(kind, spec, bag):
        return True
    if kind != "Application":
        return False
    if catalog.pick(text(spec, "blueprint") or "", settings.environment) is None:
        return True
    judge((settings,), rules_of_applications(shown=()), bag)
    return bag.has_errors
