"""From merged trees to targets: what clusters have in common is read once."""

from collections.abc import Mapping

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Resolved, Settings
from platform_compiler.link.externals import machines_here
from platform_compiler.link.facts import ClusterFacts
from platform_compiler.link.interface import READ, interface_of
from platform_compiler.link.model import Interface, Target
from platform_compiler.link.raws import check_raw
from platform_compiler.link.teams import check_blueprint, namespace_of
from platform_compiler.load import Loaded

_Key = tuple[object, ...]
"""Ids of values that are held while targets are linked, and what else decides."""
Interfaces = dict[_Key, Interface]


class TargetReader:
    """Reads targets; `interfaces` are those that were read before from nodes that are still held, and are added to."""

    def __init__(self, loaded: Loaded, resolved: Resolved, interfaces: Interfaces, bag: Bag) -> None:
        self._loaded = loaded
        self._resolved = resolved
        self._interfaces = interfaces
        self._bag = bag
        self._read: dict[_Key, tuple[str, Interface] | None] = {}

    def targets_on(self, facts: ClusterFacts) -> Mapping[str, Target]:
        """Return the targets of a cluster."""
        found = {}
        for ref, settings in self._resolved.by_cluster[facts.name].items():
            spec = machines_here(settings.spec, facts.network)
            read = self._read_once(settings, facts) if spec is not None else None
            if spec is None or read is None:
                continue
            namespace, interface = read
            raw = settings.manifest.kind == "RawResources"
            if not raw or check_raw(settings, namespace, self._loaded, self._bag):
                found[ref] = Target(facts.name, settings.manifest.path, spec, interface)
        return found

    def _read_once(self, settings: Settings, facts: ClusterFacts) -> tuple[str, Interface] | None:
        """Return namespace and interface as they were read of the same tree on a cluster alike."""
        tree = (id(settings.spec), id(settings.manifest), id(settings.workload))
        key = (*tree, facts.namespace_suffix, facts.cluster_domain, facts.meshed)
        if key not in self._read:
            self._read[key] = self._read_of(settings, facts)
        return self._read[key]

    def _read_of(self, settings: Settings, facts: ClusterFacts) -> tuple[str, Interface] | None:
        """Return namespace (without suffix) and interface of a target, or None after saying why there is none."""
        namespace = namespace_of(settings, self._loaded, self._bag)
        check_blueprint(settings, self._loaded, self._bag)
        if namespace is None:
            return None
        return namespace, self._interface(settings, namespace + facts.namespace_suffix, facts)

    def _interface(self, settings: Settings, namespace: str, facts: ClusterFacts) -> Interface:
        """Return an interface; where it is read from the same nodes, it is the same."""
        read = (id(settings.spec.entries.get(word)) for word in READ)
        has_peers = settings.workload is not None and settings.workload.has_peers
        key = (id(settings.manifest), namespace, facts.cluster_domain, facts.meshed, has_peers, *read)
        if key not in self._interfaces:
            self._interfaces[key] = interface_of(settings, namespace, facts.cluster_domain, meshed=facts.meshed)
        return self._interfaces[key]
