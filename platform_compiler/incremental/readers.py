"""Who reads the defaults that an environment changed: those whose merged settings are others than before.

Whoever sets a value of its own, or has a default from a layer that is stronger, does not; nor does anybody else see the
defaults of an environment. So these applications are what has changed, as if their own manifests had.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from platform_compiler.checked import Checked
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.merge import alike, without_keys
from platform_compiler.layers.model import Resolved
from platform_compiler.layers.placement import environment_of
from platform_compiler.layers.resolve import resolve
from platform_compiler.load import Loaded, Manifest, load
from platform_compiler.load.excerpt import Excerpt
from platform_compiler.source.node import MapNode, plain
from platform_compiler.source.snapshot import Snapshot

_DEFAULTS = "defaults"


def readers(checked: Checked, before: Snapshot, edited: Iterable[str], as_of: date) -> frozenset[str] | None:
    """Return the paths of manifests that read what the documents at `edited` paths change since a state `before`.

    None where these say anything else than defaults of environments, or did.
    """
    paths = tuple(edited)
    if not all(path in before.files for path in paths):
        return None
    former = load(Snapshot({path: before.files[path] for path in paths}), Bag()).environments
    now = {name: checked.loaded.environments.get(name) for name in former}
    if len(former) < len(paths) or not all(_differ_in_defaults(one, now[name]) for name, one in former.items()):
        return None
    loaded = _with(checked.loaded, former)
    catalog = checked.catalog
    excerpt = Excerpt(sound=frozenset(manifest.path for manifest in loaded.workloads.values()), core=frozenset())
    settings = resolve(loaded, catalog.defaults, Bag(), as_of, catalog.workload, excerpt=excerpt)
    return frozenset(_differing(settings, checked.resolved))


def _differ_in_defaults(one: Manifest, other: Manifest | None) -> bool:
    return other is not None and _besides_defaults(one) == _besides_defaults(other)


def _besides_defaults(manifest: Manifest) -> object:
    spec = without_keys(manifest.spec, _DEFAULTS)
    document = manifest.document
    return plain(MapNode({**document.entries, "spec": spec}, document.keys, document.span))


def _with(loaded: Loaded, environments: Mapping[str, Manifest]) -> Loaded:
    """Return a repository with other documents of environments, and no clusters but theirs."""
    return loaded._replace(
        environments={**loaded.environments, **environments},
        clusters={name: one for name, one in loaded.clusters.items() if environment_of(one) in environments},
    )


def _differing(before: Resolved, after: Resolved) -> Iterator[str]:
    """Yield the paths of manifests with other settings on some cluster; a target neither comes nor goes by defaults."""
    for cluster, known in before.by_cluster.items():
        now = after.by_cluster[cluster]
        yield from (one.manifest.path for ref, one in known.items() if not alike(one.spec, now[ref].spec))
