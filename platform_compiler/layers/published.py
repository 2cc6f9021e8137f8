"""What the ledger keeps of a target so that others can be linked with it later, and the way back.

An application whose manifest is broken stays as it was last published. Those that call it, or that it calls, are still
compiled: against the settings of it that others read, which every publish leaves in the ledger.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Resolved, Settings
from platform_compiler.layers.placement import environment_of
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import MapNode, Node, at, plain
from platform_compiler.source.reader import read_yaml

PRIVATE = frozenset(
    {
        "args", "command", "configMaps", "cron", "description", "disruption", "env", "envFrom", "files", "health",
        "imagePullSecrets", "init", "job", "observe", "params", "patches", "placement", "pod", "resources", "rollout",
        "scale", "scheduling", "secrets", "security", "shutdown", "sidecars", "stateful", "strategy", "tier", "volumes",
    }
)  # fmt: skip
"""Settings of an application that no other target's output depends on; some may be confidential."""
_OF_VERSIONS = ("image", "weight", "match")


class Forms:
    """What others may need of targets; those of one manifest that differ in nothing of it share the form."""

    def __init__(self) -> None:
        self._by_spec: dict[tuple[int, int], dict[str, Any]] = {}
        self._by_settings: dict[tuple[object, ...], dict[str, Any]] = {}

    def of(self, settings: Settings) -> dict[str, Any]:
        """Return kind, metadata, and the merged settings that are not private."""
        key = id(settings.manifest), id(settings.spec)
        return self._by_spec.get(key) or self._by_spec.setdefault(key, self._shared(settings))

    def _shared(self, settings: Settings) -> dict[str, Any]:
        spec = _public(settings)
        key = (id(settings.manifest), *spec, *map(id, spec.values()))
        return self._by_settings.get(key) or self._by_settings.setdefault(key, _form(settings, spec))


def _public(settings: Settings) -> Mapping[str, Node]:
    """Return the settings that are not private."""
    entries = settings.spec.entries
    if settings.manifest.kind == "RawResources":
        return {key: value for key, value in entries.items() if key == "namespace"}
    if settings.manifest.kind == "Application":
        return {key: value for key, value in entries.items() if key not in PRIVATE}
    return entries


def _form(settings: Settings, public: Mapping[str, Node]) -> dict[str, Any]:
    spec: dict[str, Any] = {key: plain(value) for key, value in public.items()}
    if "versions" in spec:
        spec["versions"] = {
            name: {key: version[key] for key in _OF_VERSIONS if key in version}
            for name, version in spec["versions"].items()
        }
    metadata = {"name": settings.manifest.name}
    formerly = at(settings.manifest.document, "metadata", "formerly")
    return {
        "kind": settings.manifest.kind,
        "metadata": {**metadata, "formerly": plain(formerly)} if formerly else metadata,
        "spec": spec,
    }


class Frozen(NamedTuple):
    """Manifests that are left out, by path, and what was published of them: by cluster and `team/name`.

    A published form comes with the place it was read from, which its spans will name.
    """

    paths: frozenset[str] = frozenset()
    published: Mapping[tuple[str, str], tuple[str, dict[str, Any]]] = {}

    def joined(self, loaded: Loaded, resolved: Resolved) -> tuple[Loaded, Resolved]:
        """Return the repository with the published targets in the place of those that were left out."""
        workloads = dict(loaded.workloads)
        by_cluster = {cluster: dict(targets) for cluster, targets in resolved.by_cluster.items()}
        for (cluster, ref), (place, form) in sorted(self.published.items()):
            settings = _settings(cluster, ref, place, form, loaded)
            if settings is not None:
                workloads.setdefault(ref, settings.manifest)
                by_cluster[cluster][ref] = settings
        return loaded._replace(workloads=workloads), _sorted(by_cluster)

    def besides(self, resolved: Resolved) -> Resolved:
        """Return the targets without those that were published: what is kept of them is not all that they are."""
        if not self.published:
            return resolved
        return Resolved(
            {
                cluster: {ref: one for ref, one in targets.items() if (cluster, ref) not in self.published}
                for cluster, targets in resolved.by_cluster.items()
            }
        )


def _sorted(by_cluster: Mapping[str, Mapping[str, Settings]]) -> Resolved:
    return Resolved({cluster: dict(sorted(targets.items())) for cluster, targets in by_cluster.items()})


def _settings(cluster: str, ref: str, place: str, form: Mapping[str, Any], loaded: Loaded) -> Settings | None:
    """Return a published target; None where its cluster is gone or what was kept cannot be read."""
    text = json.dumps(form, ensure_ascii=False, indent=1).encode()
    document = read_yaml(place, text, Bag())
    spec = at(document, "spec")
    if cluster not in loaded.clusters or document is None or not isinstance(spec, MapNode):
        return None
    team, _, name = ref.partition("/")
    manifest = Manifest(form["kind"], name, team, f"teams/{ref}.yaml", document, spec)
    return Settings(manifest, cluster, environment_of(loaded.clusters[cluster]), (), {}, spec)
