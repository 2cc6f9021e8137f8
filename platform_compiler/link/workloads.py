"""What a kind of workload means for its links: jobs in a mesh, callers outside it, names that pods need."""

from collections.abc import Iterable, Mapping
from functools import cache, partial

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.layers.model import Resolved
from platform_compiler.layers.placement import text
from platform_compiler.link.alike import Alike
from platform_compiler.link.facts import ClusterFacts
from platform_compiler.link.model import Call, Link, Linked, Target
from platform_compiler.link.quota import check_quota, quota_of, teams_with_quotas
from platform_compiler.link.teams import called_so
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import ScalarNode, at, nearest

_PEERS = "-peers"


def check_workloads(  # noqa: PLR0913, PLR0917 -- all that linking knows
    every: Iterable[Alike],
    linked: Linked,
    resolved: Resolved,
    facts: Mapping[str, ClusterFacts],
    loaded: Loaded,
    bag: Bag,
) -> None:
    """Report jobs that a proxy would keep alive, calls that a mesh refuses, names that are taken, full namespaces."""
    _check_quotas(every, resolved, facts, loaded, bag)
    for cluster in (name for name in linked.targets if _keeps_proxies(loaded.clusters[name])):
        for ref, target in linked.targets[cluster].items():
            workload = resolved.by_cluster[cluster][ref].workload
            if workload is not None and workload.ends and target.interface.meshed:
                _report_kept_alive(target, loaded, bag)
    named = cache(lambda cluster: called_so(linked.targets[cluster]))
    for target in (one for targets in every if targets[0].interface.has_peers for one in targets):
        _check_peers_name(target, named(target.cluster), bag)
    for target in (one for targets in every if not targets[0].interface.meshed for one in targets):
        for link in linked.links_out.get((target.cluster, target.ref), ()):
            _check_membership(link, bag)


def _check_quotas(
    every: Iterable[Alike], resolved: Resolved, facts: Mapping[str, ClusterFacts], loaded: Loaded, bag: Bag
) -> None:
    limited = teams_with_quotas(loaded)
    quotas = cache(partial(quota_of, loaded))
    for target in (one for targets in every if targets[0].interface.team in limited for one in targets):
        settings, interface = resolved.by_cluster[target.cluster][target.ref], target.interface
        if interface.kind == "app" and settings.workload is not None:
            namespace = interface.namespace.removesuffix(facts[target.cluster].namespace_suffix)
            quota = quotas(interface.team, namespace, settings.environment)
            check_quota(target, settings.spec, settings.workload, quota, bag)


def report_without_open_port(caller: Target, callee: Target, call: Call, bag: Bag) -> bool:
    """Report a call of an application that lets nobody in on any port; return whether it is one."""
    interface = callee.interface
    if interface.kind != "app" or any(not port.internal for port in interface.ports.values()):
        return False
    bag.add(
        "PC2410",
        f"nobody can call `{callee.ref}`: it has no open port",
        call.span,
        "called here",
        also=[Label(interface.span, "this is what is called")],
        help=f"remove the call, or let {callee.path} have a port; a `worker` or a job has no Service"
        if caller.interface.team == interface.team
        else f"remove the call, or ask for a port in {callee.path}",
    )
    return True


def _keeps_proxies(cluster: Manifest) -> bool:
    """Whether a proxy beside a program keeps running when the program has ended."""
    part = (text(cluster.spec, "parts", "mesh") or "none").partition("@")[0]
    fact = at(cluster.spec, "mesh", "nativeSidecars")
    return not part.endswith("ambient") and not (isinstance(fact, ScalarNode) and fact.value is True)


def _report_kept_alive(target: Target, loaded: Loaded, bag: Bag) -> None:
    cluster = loaded.clusters[target.cluster]
    blueprint = at(target.spec, "blueprint")
    assert blueprint is not None
    bag.add(
        "PC2411",
        f"`{target.ref}` would never end on `{target.cluster}`: its proxy keeps running after the program",
        blueprint.span,
        also=[
            Label(nearest(cluster.spec, "mesh", "nativeSidecars"), "proxies are not said to be native sidecars here")
        ],
        help=(
            f"where Istio runs its proxies so, write `mesh: {{nativeSidecars: true}}` in {cluster.path}",
            "or write `mesh: {member: false}`, if what it calls is outside the mesh too",
        ),
    )


def _check_membership(link: Link, bag: Bag) -> None:
    """Report a call that a proxy refuses, since its caller can prove no identity."""
    caller, callee = link.caller.interface, link.callee.interface
    if callee.kind != "app" or caller.meshed or not callee.meshed:
        return
    names = {name for grant in link.grants for name in grant.ports}
    refused = [port for name, port in callee.ports.items() if name in names and port.protocol != "udp"]
    known = caller.kind == "external" and at(link.caller.spec, "identity") is not None
    if known or not refused:
        return
    member = at(link.caller.spec, "mesh", "member")
    bag.add(
        "PC2412",
        f"`{caller.ref}` is outside the mesh on `{link.caller.cluster}`, and `{callee.ref}` lets in identities alone",
        link.call.span,
        also=[Label(member.span, "outside by this")] if member else (),
        help="let it be a member of the mesh, or take the other one out too with `mesh: {member: false}`",
    )


def _check_peers_name(target: Target, named: Mapping[tuple[str, str], list[Target]], bag: Bag) -> None:
    interface = target.interface
    for other in named.get((interface.namespace, f"{interface.name}{_PEERS}"), ()):
        bag.add(
            "PC2413",
            f"the pods of `{target.ref}` get their names from a Service `{interface.name}{_PEERS}`, "
            f"and `{other.ref}` is called so",
            other.interface.span,
            also=[Label(interface.span, "this one needs the name")],
            help="rename it, or move one of them to another namespace",
        )
