"""Joining callers with callees: a link for each call that meets what its callee grants.

What a caller finds among the same interfaces is the same on every cluster, and is found out once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

from platform_compiler.diagnostics import Bag
from platform_compiler.link.addresses import check_addresses
from platform_compiler.link.facts import ClusterFacts, entries
from platform_compiler.link.handshake import Met, check_call_ports, grants_for, report_not_granted
from platform_compiler.link.model import Call, Grant, Interface, Link, Target
from platform_compiler.link.observers import TRACING, collector_call, collector_link, observer_ref
from platform_compiler.link.references import KUBERNETES, Reach, References
from platform_compiler.link.workloads import report_without_open_port
from platform_compiler.load import Loaded
from platform_compiler.source.node import ScalarNode, at

_Key = tuple[object, ...]
"""Ids of values that are held while targets are linked, and what else decides."""
_Found = tuple[Call, int, tuple[Grant, ...]]
"""What makes a link again elsewhere: its call, which of all that could be called its callee is, and what is granted."""
_NOTHING: Mapping[int, tuple[_Found, ...]] = {}
_BY_CALLEE = attrgetter("callee.interface.ref", "callee.cluster")


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
        self._known: dict[_Key, dict[int, tuple[_Found, ...]]] = {}
        self._labels: dict[_Key, Mapping[str, str]] = {}
        self._met: Met = {}

    def links(self) -> dict[tuple[str, str], tuple[Link, ...]]:
        """Return the links of every caller, sorted by callee; say of every call that has none why."""
        found: dict[tuple[str, str], tuple[Link, ...]] = {}
        for cluster, by_ref in self._targets.items():
            reach = self._references.reach[cluster]
            observer = observer_ref(cluster, TRACING, self._loaded)
            for ref, caller in by_ref.items():
                links = self._links_of(caller, reach)
                if observer is not None:
                    links = _sorted([*links, *self._traces_of(caller, by_ref.get(observer), links)])
                if links:
                    found[cluster, ref] = links
        return found

    def _links_of(self, caller: Target, reach: Reach) -> tuple[Link, ...]:
        """Return the links of a caller; where it finds the same interfaces, of which nothing was told, as before.

        They are in the same order on clusters of one rank among those in reach, and are sorted once for each rank.
        """
        callees = [there.get(call.callee) for call in caller.interface.calls for there in reach.targets]
        key = (reach.suffix, id(caller.interface), *[id(callee and callee.interface) for callee in callees])
        known = self._known.get(key, _NOTHING)
        if reach.rank in known:
            return _again(caller, callees, known[reach.rank])
        before = self._bag.reports
        elsewhere = next(iter(known.values()), None)
        links = self._new_links_of(caller) if elsewhere is None else _sorted(_again(caller, callees, elsewhere))
        if self._bag.reports == before:
            places = {id(callee): place for place, callee in enumerate(callees)}
            found = tuple([(one.call, places[id(one.callee)], one.grants) for one in links])
            self._known.setdefault(key, {})[reach.rank] = found
        return links

    def _new_links_of(self, caller: Target) -> tuple[Link, ...]:
        """Return the links of a caller after saying what is wrong with its calls and its addresses."""
        links, first = list(self._joined(caller)), dict[str, Link]()
        for link in links:
            first.setdefault(link.call.ref, link)
        check_addresses(caller, first, self._bag)
        return _sorted(links)

    def _joined(self, caller: Target) -> Iterator[Link]:
        labels = self._labels_of(caller.interface, self._facts[caller.cluster])
        for call in caller.interface.calls:
            if call.ref == KUBERNETES and call.callee not in self._loaded.workloads:
                continue
            for callee in self._references.find(caller, call):
                grants = self._grants(caller, callee, call, labels)
                if grants:
                    yield Link(caller, callee, call, grants)

    def _traces_of(self, caller: Target, collector: Target | None, links: Iterable[Link]) -> Iterator[Link]:
        """Yield links to a collector of ours; Istio shares traces out among all clusters, as other requests."""
        traces = collector_call(caller, collector, links, self._loaded)
        if traces is not None:
            yield from (collector_link(caller, callee, traces) for callee in self._references.find(caller, traces))

    def _grants(self, caller: Target, callee: Target, call: Call, labels: Mapping[str, str]) -> tuple[Grant, ...]:
        """Return what is granted, or nothing after saying why; `labels` are those of the caller's namespace."""
        if not check_call_ports(call, callee, self._bag):
            return ()
        grants, named = grants_for(caller, callee, call, labels, self._loaded, self._met)
        if not grants and not report_without_open_port(caller, callee, call, self._bag):
            report_not_granted(caller, callee, call, self._loaded, self._bag, named=named)
        return grants

    def _labels_of(self, interface: Interface, facts: ClusterFacts) -> Mapping[str, str]:
        key = (interface.team, interface.namespace, facts.namespace_suffix)
        if key not in self._labels:
            self._labels[key] = namespace_labels(interface, self._loaded, facts)
        return self._labels[key]


def _again(caller: Target, callees: Sequence[Target | None], found: Iterable[_Found]) -> tuple[Link, ...]:
    return tuple([Link(caller, to, call, grants) for call, place, grants in found if (to := callees[place])])


def _sorted(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(sorted(links, key=_BY_CALLEE))


def namespace_labels(interface: Interface, loaded: Loaded, facts: ClusterFacts) -> dict[str, str]:
    """Return the labels of an application's namespace, as far as access rules may name them."""
    team = loaded.teams[interface.team]
    own = entries(at(team.spec, "namespaces")).get(interface.namespace.removesuffix(facts.namespace_suffix))
    declared = {key: node.text for key, node in entries(at(own, "labels")).items() if isinstance(node, ScalarNode)}
    return {**declared, "kubernetes.io/metadata.name": interface.namespace}
