"""Sidecars: one for each workload, and hosts that are there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import TypeAlias

from platform_compiler.objects import Body, Path, maps, text, texts
from platform_compiler.verify.hosts import Host, full_name, matching
from platform_compiler.verify.istio.pods import pods_of
from platform_compiler.verify.istio.reading import (
    EVERYWHERE,
    NETWORKING,
    cluster_service,
    judged,
    overlap,
    promised,
    routings,
    selection_at,
)
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_LABELS = ("spec", "workloadSelector", "labels")
_API_SERVER = ("default", "kubernetes")
"""The Service that every cluster has."""


def workloads_have_one_sidecar(world: World) -> Iterator[Fault]:
    """No two Sidecars select one workload (IST0110), and one of a namespace goes without selector (IST0111)."""
    pods = world.once(pods_of)
    first: dict[object, Item] = {}
    for item, selection in world.read(NETWORKING, "Sidecar", selection_at(*_LABELS)):
        labels = selection.labels
        other = first.setdefault(selection.wanted, item)
        words = "the same workloads" if labels else "the workloads of the whole namespace"
        for member in pods.selected(selection) if labels else ():
            known = first.setdefault(member, item)
            if other is item and known is not item:
                other, words = known, f"the pods of {member.item}"
        if other is not item:
            also = (Other(other, ("metadata", "name"), "also this one"),)
            path = _LABELS if labels else ("metadata", "name")
            message = f"another Sidecar is for {words} too"
            yield Fault(
                "PC5227", item, path, message, "put both into one, or select other workloads", also, on_key=bool(labels)
            )


def egress_hosts_exist(world: World) -> Iterator[Fault]:
    """What a Sidecar lets through is declared in the namespace that it names (IST0101)."""
    if promised(world, "ServiceEntry", "VirtualService"):
        return
    declared = _declared(world)
    why = cache(lambda where, host: _why_undeclared(world, where, host, declared))
    for item, own, hosts in world.once(egress_hosts):
        for place, where, host in hosts:
            # `./*` is written everywhere, be there a Service or not
            if host in declared.get(where, ()) or (where, host) == (own, EVERYWHERE):
                continue
            if told := why(where, host):
                yield Fault("PC5207", item, path_of(place), *told)


EgressHost: TypeAlias = tuple[tuple[int, int], str, str]
"""A host that a Sidecar lets through: its place in the lists of `egress`, the namespace that it names, and the host."""


def egress_hosts(world: World) -> Sequence[tuple[Item, str, Sequence[EgressHost]]]:
    """Return every Sidecar with its namespace and the hosts that it lets through."""
    told = world.read(NETWORKING, "Sidecar", _egress_in(world.facts.cluster_domain))
    return [(item, own, hosts) for item, (own, hosts) in told]


def path_of(place: tuple[int, int]) -> Path:
    """Return where a host that a Sidecar lets through stands in it."""
    return "spec", "egress", place[0], "hosts", place[1]


@lru_cache(maxsize=64)
def _egress_in(domain: str) -> Callable[[Body], tuple[str, Sequence[EgressHost]]]:
    """Return what reads a Sidecar in a cluster of a domain."""

    def read(body: Body) -> tuple[str, Sequence[EgressHost]]:
        own = text(body, "metadata", "namespace") or "default"
        found = []
        for i, egress in maps(body, "spec", "egress"):
            for j, named in enumerate(texts(egress, "hosts")):
                where, slash, name = named.partition("/")
                where = own if where == "." else where
                if slash:
                    found.append(((i, j), where, full_name(name, where, domain)))
        return own, found

    return read


def _declared(world: World) -> Mapping[str, Mapping[str, object]]:
    """Return the hosts that Services, ServiceEntries and VirtualServices declare, by namespace."""
    found: dict[str, dict[str, object]] = {}
    for hosts in world.hosts.values():
        for host in hosts:
            found.setdefault(namespace_of(host.item), {})[host.name] = None
    for routing in routings(world):
        found.setdefault(routing.namespace, {}).update(dict.fromkeys(routing.hosts))
    return found


def _why_undeclared(
    world: World, where: str, host: str, declared: Mapping[str, Mapping[str, object]]
) -> tuple[str, str] | None:
    """Return what is wrong with a host that a namespace does not declare, and the cure; None where nobody knows."""
    if not _is_judged(world, where, host):
        return None
    if where == EVERYWHERE:
        if host == EVERYWHERE or matching(world.hosts, host) or any(host in own for own in declared.values()):
            return None
        return f"nothing declares `{host}`", "name a host that exists, or remove it"
    if any(overlap(host, known) for known in declared.get(where, {})):
        return None
    elsewhere = matching(world.hosts, host) if host != EVERYWHERE else []
    return f"nothing in namespace `{where}` declares `{host}`", _cure(elsewhere)


def _is_judged(world: World, where: str, host: str) -> bool:
    """Whether a host that is not declared does not exist."""
    if where == "~" or (where != EVERYWHERE and not judged(world, where)):
        return False
    service = cluster_service(host, world.facts.cluster_domain)
    if service is None:
        return True
    return service != _API_SERVER and judged(world, service[0]) and ("Service", *service) not in world.facts.promised


def _cure(elsewhere: Sequence[Host]) -> str:
    if not elsewhere:
        return "name a host that exists, or remove it"
    return f"it is declared in namespace `{namespace_of(elsewhere[0].item)}`: name that before the `/`"
