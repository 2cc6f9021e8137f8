"""Sidecars: one for each workload, and hosts that are there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from platform_compiler.objects import Path, maps, texts
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
    selector,
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
    for item in world.of(NETWORKING, "Sidecar"):
        namespace, labels = namespace_of(item), selector(item, *_LABELS)
        other = first.setdefault((namespace, frozenset(labels.items())), item)
        words = "the same workloads" if labels else "the workloads of the whole namespace"
        for member in pods.selected(namespace, labels) if labels else ():
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
    for item, _, path, where, host in world.once(egress_hosts):
        if host not in declared.get(where, ()):
            yield from _undeclared(world, item, path, (where, host), declared)


class EgressHost(NamedTuple):
    """A host that a Sidecar lets through: the Sidecar and its namespace, the place, and what is named there."""

    item: Item
    own: str
    path: Path
    where: str
    host: str


def egress_hosts(world: World) -> Sequence[EgressHost]:
    """Return every host that Sidecars let through."""
    domain, found = world.facts.cluster_domain, []
    for item in world.of(NETWORKING, "Sidecar"):
        own = namespace_of(item)
        for i, egress in maps(item.body, "spec", "egress"):
            for j, named in enumerate(texts(egress, "hosts")):
                where, slash, name = named.partition("/")
                where = own if where == "." else where
                if slash:
                    path = ("spec", "egress", i, "hosts", j)
                    found.append(EgressHost(item, own, path, where, full_name(name, where, domain)))
    return found


def _declared(world: World) -> Mapping[str, Mapping[str, object]]:
    """Return the hosts that Services, ServiceEntries and VirtualServices declare, by namespace."""
    found: dict[str, dict[str, object]] = {}
    for hosts in world.hosts.values():
        for host in hosts:
            found.setdefault(namespace_of(host.item), {})[host.name] = None
    for routing in routings(world):
        found.setdefault(routing.namespace, {}).update(dict.fromkeys(routing.hosts))
    return found


def _undeclared(
    world: World, item: Item, path: Path, wanted: tuple[str, str], declared: Mapping[str, Mapping[str, object]]
) -> Iterator[Fault]:
    where, host = wanted
    if (where, host) == (namespace_of(item), EVERYWHERE):  # `./*` is written everywhere, be there a Service or not
        return
    if where == "~" or (where != EVERYWHERE and not judged(world, where)):
        return
    service = cluster_service(host, world.facts.cluster_domain)
    if service == _API_SERVER:
        return
    if service and (not judged(world, service[0]) or ("Service", *service) in world.facts.promised):
        return
    if where == EVERYWHERE:
        if not (host == EVERYWHERE or matching(world.hosts, host)) and not any(
            host in own for own in declared.values()
        ):
            yield Fault("PC5207", item, path, f"nothing declares `{host}`", "name a host that exists, or remove it")
        return
    own = declared.get(where, {})
    if not any(overlap(host, known) for known in own):
        elsewhere = matching(world.hosts, host) if host != EVERYWHERE else []
        yield Fault("PC5207", item, path, f"nothing in namespace `{where}` declares `{host}`", _cure(elsewhere))


def _cure(elsewhere: Sequence[Host]) -> str:
    if not elsewhere:
        return "name a host that exists, or remove it"
    return f"it is declared in namespace `{namespace_of(elsewhere[0].item)}`: name that before the `/`"
