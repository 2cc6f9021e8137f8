"""Clients told to speak something else than the pods they call understand.

Source: `ClientTLSSettings` of DestinationRule's reference: without it the mesh uses mutual TLS wherever it can; with
it, clients do as told. Settings for a port replace those of all ports.
"""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, number, text
from platform_compiler.verify.hosts import HostPort, full_name
from platform_compiler.verify.istio.membership import IN_MESH, Membership, membership
from platform_compiler.verify.istio.mtls import Modes, modes_of
from platform_compiler.verify.istio.plain_ports import ports_of, target_of
from platform_compiler.verify.istio.scope import NETWORKING
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World, namespace_of

_FOREIGN = ("SIMPLE", "MUTUAL")
_WHERE = frozenset({"tls", "portLevelSettings"})
_HTTP = ("HTTP", "HTTP2", "GRPC", "GRPC-WEB", "H2C")


class _Setting(NamedTuple):
    """What clients are told to speak, and on which ports."""

    path: Path
    mode: str
    only: frozenset[int]
    never: frozenset[int]

    def is_for(self, port: HostPort) -> bool:
        return port.number in self.only if self.only else port.number not in self.never


def check(world: World) -> Iterator[Fault]:
    """Yield settings that the called pods do not understand."""
    modes: Modes | None = None
    for rule, settings in world.read(NETWORKING, "DestinationRule", _settings):
        if not settings:
            continue
        modes = modes or modes_of(world)
        name = full_name(text(rule.body, "spec", "host"), namespace_of(rule), world.facts.cluster_domain)
        services = [host.item for host in world.hosts.get(name, ()) if host.item.kind == "Service"]
        for setting in settings:
            yield from _of(world, modes, rule, setting, services)


def _settings(body: Body) -> list[_Setting]:
    spec = a_map(body, "spec")
    policies: list[tuple[Path, Body]] = [
        (("spec", "trafficPolicy"), a_map(spec, "trafficPolicy")),
        *((("spec", "subsets", i, "trafficPolicy"), a_map(one, "trafficPolicy")) for i, one in maps(spec, "subsets")),
    ]
    return [one for path, policy in policies if not _WHERE.isdisjoint(policy) for one in _set_by(path, policy)]


def _set_by(path: Path, policy: Body) -> Iterator[_Setting]:
    ports = [(i, number(entry, "port", "number"), entry) for i, entry in maps(policy, "portLevelSettings")]
    own = frozenset(port for _, port, _ in ports if port)
    found = [_Setting((*path, "tls", "mode"), text(policy, "tls", "mode"), frozenset(), own)]
    for i, port, entry in ports:
        place = (*path, "portLevelSettings", i, "tls", "mode")
        found.append(_Setting(place, text(entry, "tls", "mode"), frozenset({port or 0}), frozenset()))
    return (setting for setting in found if setting.mode in ("DISABLE", *_FOREIGN))


def _of(world: World, modes: Modes, rule: Item, setting: _Setting, services: list[Item]) -> Iterator[Fault]:
    for service in services:
        labels = a_map(service.body, "spec", "selector")
        for workload in world.selected(namespace_of(service), labels) if labels else ():
            if membership(world, workload) in IN_MESH:
                for port, served in ports_of(world, service):
                    fault = setting.is_for(served) and _judged(
                        world, modes, rule, setting, workload, target_of(port, workload), served
                    )
                    if fault:
                        yield fault
                        return


def _judged(  # noqa: PLR0913, PLR0917 -- what clients do, and what they meet
    world: World,
    modes: Modes,
    rule: Item,
    setting: _Setting,
    workload: Workload,
    target: int | None,
    served: HostPort,
) -> Fault | None:
    decided = modes.of(workload, target or served.number)
    if decided and decided[0] == "STRICT":
        message = f"clients are told `{setting.mode}`, but the pods take mutual TLS of the mesh alone"
        also = (Other(decided[1], ("metadata", "name"), "is `STRICT` for them"),)
        return Fault("PC5249", rule, setting.path, message, "remove `tls`, or write `ISTIO_MUTUAL`", also)
    sidecar = membership(world, workload) is Membership.SIDECAR
    if setting.mode in _FOREIGN and served.protocol in _HTTP and sidecar:
        message = (
            f"`{setting.mode}` is for servers outside the mesh; port {served.number} here speaks {served.protocol}"
        )
        also = (Other(workload.item, ("metadata", "name"), "the pods, in the mesh"),)
        return Fault("PC5250", rule, setting.path, message, "remove `tls`: the mesh encrypts by itself", also)
    return None
