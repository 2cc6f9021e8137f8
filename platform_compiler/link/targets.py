"""From merged trees to targets: what clusters have in common is read once."""

from collections.abc import Iterator, Mapping

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Resolved, Settings
from platform_compiler.link.externals import machines_here
from platform_compiler.link.facts import ClusterFacts, entries
from platform_compiler.link.interface import READ, interface_of
from platform_compiler.link.model import Interface, Target
from platform_compiler.link.raws import check_raw
from platform_compiler.link.teams import check_blueprint, namespace_of
from platform_compiler.load import Loaded
from platform_compiler.source.node import Node, ScalarNode

_Key = tuple[object, ...]
"""Ids of values that are held while targets are linked, and what else decides."""
Interfaces = dict[_Key, Interface]
_READ = (*(word for word in READ if word != "env"), "blueprint", "namespace")


class TargetReader:
    """Reads targets; `interfaces` are those that were read before from nodes that are still held, and are added to."""

    def __init__(self, loaded: Loaded, resolved: Resolved, interfaces: Interfaces, bag: Bag) -> None:
        self._loaded = loaded
        self._resolved = resolved
        self._interfaces = interfaces
        self._bag = bag
        self._read: dict[_Key, Interface | None] = {}

    def targets_on(self, facts: ClusterFacts) -> Mapping[str, Target]:
        """Return the targets of a cluster."""
        found = {}
        for ref, settings in self._resolved.by_cluster[facts.name].items():
            kind, spec = settings.manifest.kind, settings.spec
            here = machines_here(spec, facts.network) if kind == "ExternalService" else spec
            interface = self._read_once(settings, facts) if here is not None else None
            if here is None or interface is None:
                continue
            if kind == "RawResources":
                namespace = interface.namespace.removesuffix(facts.namespace_suffix)
                if not check_raw(settings, namespace, self._loaded, self._bag):
                    continue
            found[ref] = Target(facts.name, settings.manifest.path, here, interface)
        return found

    def _read_once(self, settings: Settings, facts: ClusterFacts) -> Interface | None:
        """Return the interface as it was read of the same tree on a cluster alike."""
        tree = (id(settings.spec), id(settings.manifest), id(settings.workload))
        key = (*tree, facts.namespace_suffix, facts.cluster_domain, facts.meshed)
        if key not in self._read:
            self._read[key] = self._of_same_nodes(settings, facts)
        return self._read[key]

    def _of_same_nodes(self, settings: Settings, facts: ClusterFacts) -> Interface | None:
        """Return an interface; where it is read from the same nodes, and nothing was told of them, it is the same."""
        manifest, workload = settings.manifest, settings.workload
        key = (
            id(manifest),
            id(self._loaded.teams.get(manifest.team or "")),
            workload is not None and workload.has_peers,
            *(facts.namespace_suffix, facts.cluster_domain, facts.meshed),
            *map(id, map(settings.spec.entries.get, _READ)),
            *_in_other_forms(settings.spec.entries.get("env")),
        )
        found = self._interfaces.get(key)
        if found is not None:
            return found
        before = self._bag.reports
        read = self._interface(settings, facts)
        if read is not None and self._bag.reports == before:
            self._interfaces[key] = read
        return read

    def _interface(self, settings: Settings, facts: ClusterFacts) -> Interface | None:
        """Return the interface of a target, or None after saying why there is none."""
        namespace = namespace_of(settings, self._loaded, self._bag)
        check_blueprint(settings, self._loaded, self._bag)
        if namespace is None:
            return None
        return interface_of(settings, namespace + facts.namespace_suffix, facts.cluster_domain, meshed=facts.meshed)


def _in_other_forms(env: Node | None) -> Iterator[object]:
    """Yield the variables that are more than a text: those may be addresses. Texts differ from place to place."""
    for name, node in entries(env).items():
        if not isinstance(node, ScalarNode):
            yield name
            yield id(node)
