"""Joining callers with callees: a link for each call that meets what its callee grants.

What is granted between two interfaces is so on every cluster that has both, and is found out once.
"""

from collections.abc import Iterator, Mapping

from platform_compiler.diagnostics import Bag
from platform_compiler.link.addresses import check_addresses
from platform_compiler.link.facts import ClusterFacts, entries
from platform_compiler.link.handshake import check_call_ports, grants_for, implied_inside_team, report_not_granted
from platform_compiler.link.model import Call, Grant, Interface, Link, Target
from platform_compiler.link.observers import TRACING, collector_call, collector_link, observer_ref
from platform_compiler.link.references import KUBERNETES, References
from platform_compiler.link.workloads import report_without_open_port
from platform_compiler.load import Loaded
from platform_compiler.source.node import ScalarNode, at

_Key = tuple[object, ...]
"""Ids of values that are held while targets are linked, and what else decides."""


class Joiner:
    """Makes the links of all targets."""

    def __init__(
        self, loaded: Loaded, targets: Mapping[str, Mapping[str, Target]], facts: Mapping[str, ClusterFacts], bag: Bag
    ) -> None:
        self._loaded = loaded
        self._targets = targets
        self._facts = facts
        self._bag = bag
        self._references = References(loaded, targets, facts, bag)
        self._granted: dict[_Key, tuple[Grant, ...]] = {}
        self._labels: dict[_Key, Mapping[str, str]] = {}

    def links(self) -> list[Link]:
        """Return every link, those of one caller together; say of every call that has none why."""
        found: list[Link] = []
        for cluster, by_ref in self._targets.items():
            observer = observer_ref(cluster, TRACING, self._loaded)
            for caller in by_ref.values():
                links, first = list(self._links_of(caller)), dict[str, Link]()
                for link in links:
                    first.setdefault(link.call.ref, link)
                check_addresses(caller, first, self._bag)
                found += links
                if observer is not None:
                    found += self._traces_of(caller, by_ref.get(observer), links)
        return found

    def _links_of(self, caller: Target) -> Iterator[Link]:
        for call in caller.interface.calls:
            if call.ref == KUBERNETES and f"{call.team}/{call.name}" not in self._loaded.workloads:
                continue
            for callee in self._references.find(caller, call):
                link = self._join(caller, callee, call)
                if link is not None:
                    yield link

    def _traces_of(self, caller: Target, collector: Target | None, links: list[Link]) -> Iterator[Link]:
        """Yield links to a collector of ours; Istio shares traces out among all clusters, as other requests."""
        traces = collector_call(caller, collector, links, self._loaded)
        if traces is not None:
            yield from (collector_link(caller, callee, traces) for callee in self._references.find(caller, traces))

    def _join(self, caller: Target, callee: Target, call: Call) -> Link | None:
        """Return the link of a call and one of its callees, or None after saying why there is none."""
        facts = self._facts[caller.cluster]
        key = (id(callee.interface), id(call), facts.namespace_suffix)
        granted = self._granted.get(key)
        if granted is None:
            granted = self._grants(caller, callee, call, facts)
            if not granted:
                return None
            self._granted[key] = granted
        return Link(caller, callee, call, granted)

    def _grants(self, caller: Target, callee: Target, call: Call, facts: ClusterFacts) -> tuple[Grant, ...]:
        """Return what is granted, or nothing after saying why."""
        if not check_call_ports(call, callee, self._bag):
            return ()
        implied = implied_inside_team(caller, callee, self._loaded)
        labels = self._labels_of(caller.interface, facts)
        grants, named = grants_for(caller, callee, call, labels, implied=implied)
        if not grants and not report_without_open_port(caller, callee, call, self._bag):
            report_not_granted(caller, callee, call, self._loaded, self._bag, named=named)
        return grants

    def _labels_of(self, interface: Interface, facts: ClusterFacts) -> Mapping[str, str]:
        key = (interface.team, interface.namespace, facts.namespace_suffix)
        if key not in self._labels:
            self._labels[key] = namespace_labels(interface, self._loaded, facts)
        return self._labels[key]


def namespace_labels(interface: Interface, loaded: Loaded, facts: ClusterFacts) -> dict[str, str]:
    """Return the labels of an application's namespace, as far as access rules may name them."""
    team = loaded.teams[interface.team]
    own = entries(at(team.spec, "namespaces")).get(interface.namespace.removesuffix(facts.namespace_suffix))
    declared = {key: node.text for key, node in entries(at(own, "labels")).items() if isinstance(node, ScalarNode)}
    return {**declared, "kubernetes.io/metadata.name": interface.namespace}
