"""From merged trees to targets: what clusters have in common is read once."""

from collections.abc import Mapping

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
        self._read: dict[_Key, dict[_Key, Interface | None]] = {}
        """Interfaces by their trees, for clusters alike in what else decides."""

    def targets_on(self, facts: ClusterFacts) -> Mapping[str, Target]:
        """Return the targets of a cluster."""
        found = {}
        known = self._read.setdefault((facts.namespace_suffix, facts.cluster_domain, facts.meshed), {})
        for ref, settings in self._resolved.by_cluster[facts.name].items():
            manifest, spec = settings.manifest, settings.spec
            here = machines_here(spec, facts.network) if manifest.kind == "ExternalService" else spec
            if here is None:
                continue
            tree = (id(spec), id(manifest), id(settings.workload))
            if tree not in known:
                known[tree] = self._of_same_nodes(settings, facts)
            interface = known[tree]
            if interface is not None and (
                manifest.kind != "RawResources" or self._is_right(settings, interface, facts)
            ):
                found[ref] = Target(facts.name, manifest.path, here, interface)
        return found

    def _is_right(self, settings: Settings, interface: Interface, facts: ClusterFacts) -> bool:
        """Whether a team may write raw resources as they are; report why not."""
        namespace = interface.namespace.removesuffix(facts.namespace_suffix)
        return check_raw(settings, namespace, self._loaded, self._bag)

    def _of_same_nodes(self, settings: Settings, facts: ClusterFacts) -> Interface | None:
        """Return an interface; where it is read from the same nodes, and nothing was told of them, it is the same."""
        manifest, workload = settings.manifest, settings.workload
        key = (
            id(manifest),
            id(self._loaded.teams.get(manifest.team or "")),
            workload is not None and workload.has_peers,
            *(facts.namespace_suffix, facts.cluster_domain, facts.meshed),
            *map(id, map(settings.spec.entries.get, _READ)),
            *_in_other_forms(entries(settings.spec.entries.get("env"))),
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


def _in_other_forms(env: Mapping[str, Node]) -> list[_Key]:
    """Return the variables that are more than a text: those may be addresses. Texts differ from place to place."""
    return [(name, id(node)) for name, node in env.items() if type(node) is not ScalarNode]
