"""Join interfaces: who calls whom and through which grants, and which routes a gateway admits, on every cluster.

Reads merged trees, yields `Linked`; everything that does not fit is reported with labels on both sides.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product
from operator import attrgetter

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.model import Resolved
from platform_compiler.layers.placement import text
from platform_compiler.link.across import check_across
from platform_compiler.link.alike import Alike, alike, interfaces_of
from platform_compiler.link.ambient import check_ambient
from platform_compiler.link.checks import check_linked
from platform_compiler.link.cluster_checks import check_clusters
from platform_compiler.link.egress import check_egress
from platform_compiler.link.exposures import check_exposures
from platform_compiler.link.externals import check_externals
from platform_compiler.link.facts import ClusterFacts, cluster_facts, one_mesh
from platform_compiler.link.handshake import check_rules, names
from platform_compiler.link.hosts import routes_of, settle_hosts
from platform_compiler.link.joining import Joiner, namespace_labels
from platform_compiler.link.limits import check_limits
from platform_compiler.link.model import AccessRule, Interface, Link, Linked, RefSource, Route, Target
from platform_compiler.link.observe import check_observe
from platform_compiler.link.origination import check_origination
from platform_compiler.link.targets import Interfaces, TargetReader
from platform_compiler.link.teams import check_service_names, check_teams
from platform_compiler.link.waypoints import behind_waypoints
from platform_compiler.link.workloads import check_workloads
from platform_compiler.load import Loaded
from platform_compiler.source.node import ScalarNode, at

_Key = tuple[str, str]
"""A cluster, and `team/name`."""
_BY_CALLER = attrgetter("caller.interface.ref", "caller.cluster")


def link(loaded: Loaded, resolved: Resolved, bag: Bag) -> Linked:
    """Link every target; a target whose namespace or manifest is broken is left out, and said to be."""
    _check_stages(loaded, bag)
    check_teams(loaded, bag)
    linked = join(loaded, resolved, bag)
    facts, every = facts_of(loaded), alike(linked)
    interfaces = interfaces_of(every)
    check_service_names(interfaces, linked, bag)
    for interface in interfaces:
        check_rules(interface, loaded, bag)
    _report_unused(every, linked, facts, loaded, bag)
    check_exposures(linked.hosts, loaded, bag)
    check_limits([route for found in linked.hosts.values() for route in found], loaded, bag)
    check_ambient(linked, facts, loaded, bag)
    check_workloads(every, linked, resolved, facts, loaded, bag)
    check_linked(every, linked, loaded, bag)
    check_across(linked, facts, loaded, bag)
    check_externals(every, linked, facts, loaded, bag)
    check_egress(linked, facts, loaded, bag)
    check_origination(linked, facts, bag)
    check_observe(every, linked, loaded, bag)
    check_clusters(linked, facts, loaded, bag)
    return linked


def facts_of(loaded: Loaded) -> dict[str, ClusterFacts]:
    """Return the facts of every cluster, by its name."""
    return {name: cluster_facts(cluster, loaded) for name, cluster in sorted(loaded.clusters.items())}


def join(loaded: Loaded, resolved: Resolved, bag: Bag, interfaces: Interfaces | None = None) -> Linked:
    """Join interfaces only: all that output depends on, and of what is wrong only why something is left out.

    `interfaces` are those that were read before from nodes that are still held; what is read now is added.
    """
    facts = facts_of(loaded)
    reader = TargetReader(loaded, resolved, {} if interfaces is None else interfaces, bag)
    targets = {name: reader.targets_on(facts[name]) for name in facts}
    links = Joiner(loaded, targets, facts, bag).links()
    routes, hosts = _routes(loaded, targets, facts, bag)
    reached = {a: tuple(b for b in facts if b != a and one_mesh(facts[a], facts[b])) for a in facts}
    linked = Linked(targets, links, _by_callee(links), routes, hosts, reached)
    return linked._replace(waypoints=behind_waypoints(linked, facts, loaded))


def _report_unused(
    every: Iterable[Alike], linked: Linked, facts: Mapping[str, ClusterFacts], loaded: Loaded, bag: Bag
) -> None:
    """Note access rules that no call meets on any cluster: they open nothing."""
    if not loaded.knows_clusters:
        return
    used = cache(lambda: frozenset(met for links in linked.links_in.values() for met in _met(links)))
    calling = cache(lambda cluster: _calling(linked.targets[cluster]))
    for targets in every:
        ref, rules = targets[0].ref, targets[0].interface.access
        met = _met(linked.links_in.get((targets[0].cluster, ref), ()))
        idle = [rule for rule in rules if (ref, rule.name) not in met and (ref, rule.name) not in used()]
        for target, rule in product(targets, idle):
            if not all(isinstance(source, RefSource) for source in rule.sources) or _names_broken(rule, loaded):
                continue
            callers = calling(target.cluster).get(ref, ())
            if any(names(rule, one, namespace_labels(one, loaded, facts[target.cluster])) for one in callers):
                continue  # the call is there and did not meet the rule: told at the caller
            bag.add(
                "PC2103",
                f"nobody that `{rule.name}` names calls `{ref}`: the rule opens nothing yet",
                rule.span,
                help="fine if callers are to come; else remove it",
            )


def _met(links: Iterable[Link]) -> set[tuple[str, str]]:
    """Return the rules that links are granted by, each beside whose it is."""
    return {(link.callee.interface.ref, grant.rule) for link in links for grant in link.grants}


def _calling(targets: Mapping[str, Target]) -> dict[str, list[Interface]]:
    """Return who calls whom on a cluster, by `team/name`."""
    found: dict[str, list[Interface]] = {}
    for target in targets.values():
        for call in target.interface.calls:
            found.setdefault(call.callee, []).append(target.interface)
    return found


def _names_broken(rule: AccessRule, loaded: Loaded) -> bool:
    """Whether a rule names somebody whose manifest cannot be read: who knows whom that one calls."""
    known = [source for source in rule.sources if isinstance(source, RefSource) and source.team != "*"]
    if not known:
        return bool(loaded.broken)
    files = {f"teams/{source.team}/{source.name}.yaml" for source in known}
    folders = tuple(f"teams/{source.team}/" for source in known if source.name == "*")
    return not files.isdisjoint(loaded.broken) or (
        bool(folders) and any(path.startswith(folders) for path in loaded.broken)
    )


def _routes(
    loaded: Loaded, targets: Mapping[str, Mapping[str, Target]], facts: Mapping[str, ClusterFacts], bag: Bag
) -> tuple[dict[_Key, tuple[Route, ...]], dict[_Key, tuple[Route, ...]]]:
    routes: dict[_Key, tuple[Route, ...]] = {}
    hosts: dict[_Key, tuple[Route, ...]] = {}
    for cluster, by_ref in targets.items():
        found = [route for target in by_ref.values() for route in routes_of(target, loaded, facts[cluster], bag)]
        owned: dict[str, list[Route]] = {}
        for host, settled in settle_hosts(found, loaded, bag).items():
            hosts[cluster, host] = settled
            for route in settled:
                owned.setdefault(route.target.ref, []).append(route)
        for ref in by_ref:
            if ref in owned:
                routes[cluster, ref] = tuple(sorted(owned[ref], key=lambda r: r.exposure.name))
    return routes, hosts


def _by_callee(links_out: Mapping[_Key, tuple[Link, ...]]) -> dict[_Key, tuple[Link, ...]]:
    into: dict[_Key, list[Link]] = {}
    for links in links_out.values():
        for found in links:
            into.setdefault((found.callee.cluster, found.callee.interface.ref), []).append(found)
    return {key: tuple(sorted(found, key=_BY_CALLER)) for key, found in into.items()}


def _check_stages(loaded: Loaded, bag: Bag) -> None:
    """Report clusters of no environment, and promotions that lead nowhere or in a circle."""
    for cluster in loaded.clusters.values():
        node = at(cluster.spec, "environment")
        assert isinstance(node, ScalarNode)
        if node.text not in loaded.environments and f"environments/{node.text}.yaml" not in loaded.broken:
            near = did_you_mean(node.text, loaded.environments)
            cure = f"did you mean `{near}`?" if near else f"write environments/{node.text}.yaml"
            bag.add("PC2006", f"there is no environment `{node.text}`", node.span, help=cure)
    for name, environment in loaded.environments.items():
        after = at(environment.spec, "promotion", "after")
        if not isinstance(after, ScalarNode):
            continue
        if after.text not in loaded.environments:
            if f"environments/{after.text}.yaml" not in loaded.broken:
                near = did_you_mean(after.text, loaded.environments)
                cure = f"did you mean `{near}`?" if near else "name an environment that exists"
                bag.add("PC2007", f"there is no environment `{after.text}`", after.span, help=cure)
        elif name in (circle := _before(name, loaded)):
            last = loaded.environments[circle[0]]
            also = at(last.spec, "promotion", "after")
            bag.add(
                "PC2007",
                f"`{name}` is promoted after itself",
                after.span,
                also=[Label(also.span, "by way of this")] if also and also is not after else (),
                help="let one environment be the first, without `after`",
            )


def _before(name: str, loaded: Loaded) -> list[str]:
    """Return the environments before one, nearest first, up to the first repetition."""
    found: list[str] = []
    current = text(loaded.environments[name].spec, "promotion", "after")
    while current is not None and current in loaded.environments and current not in found:
        found.append(current)
        current = text(loaded.environments[current].spec, "promotion", "after")
    return found
