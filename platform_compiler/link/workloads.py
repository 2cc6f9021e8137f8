"""What a kind of workload means for its links: jobs in a mesh, callers outside it, names that pods need."""

from collections.abc import Mapping
from functools import cache, partial

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.layers.model import Resolved
from platform_compiler.layers.placement import text
from platform_compiler.link.facts import ClusterFacts
from platform_compiler.link.model import Call, Link, Linked, Target
from platform_compiler.link.quota import check_quota, quota_of
from platform_compiler.link.teams import called_so
from platform_compiler.load import Loaded
from platform_compiler.source.node import ScalarNode, at, nearest

_PEERS = "-peers"


def check_workloads(
    linked: Linked, resolved: Resolved, facts: Mapping[str, ClusterFacts], loaded: Loaded, bag: Bag
) -> None:
    """Report jobs that a proxy would keep alive, calls that a mesh refuses, names that are taken, full namespaces."""
    quotas = cache(partial(quota_of, loaded))
    named = cache(lambda cluster: called_so(linked.targets[cluster]))
    for cluster, targets in linked.targets.items():
        suffix = facts[cluster].namespace_suffix
        for ref, target in targets.items():
            settings, interface = resolved.by_cluster[cluster][ref], target.interface
            workload = settings.workload
            if interface.kind == "app" and workload is not None:
                quota = quotas(interface.team, interface.namespace.removesuffix(suffix), settings.environment)
                check_quota(target, settings.spec, workload, quota, bag)
            if workload is not None and workload.ends and target.interface.meshed:
                _check_native_sidecars(target, loaded, bag)
            if target.interface.has_peers:
                _check_peers_name(target, named(cluster), bag)
    for links in linked.links_out.values():
        for link in links:
            _check_membership(link, bag)


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


def _check_native_sidecars(target: Target, loaded: Loaded, bag: Bag) -> None:
    cluster = loaded.clusters[target.cluster]
    part = (text(cluster.spec, "parts", "mesh") or "none").partition("@")[0]
    fact = at(cluster.spec, "mesh", "nativeSidecars")
    if part.endswith("ambient") or (isinstance(fact, ScalarNode) and fact.value is True):
        return
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
