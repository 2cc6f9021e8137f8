"""Which pods take plain connections, and PeerAuthentications that do not decide what they seem to.

Source: PeerAuthentication's reference and "Peer authentication" of Istio's concepts: the narrowest policy decides, of
several the oldest; a mode for a port needs a selector and a Service in front of the port.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from platform_compiler.objects import a_map, at, maps, number, text
from platform_compiler.verify.index import grouped
from platform_compiler.verify.istio.plain_ports import target_of
from platform_compiler.verify.istio.pods import services_of
from platform_compiler.verify.istio.rivals import rivals_for_pods, rivals_of_namespace
from platform_compiler.verify.istio.scope import SECURITY, in_root, selector_of
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World, namespace_of

_KIND = "PeerAuthentication"
_UNSAID = ("", "UNSET")


def several(world: World) -> Iterator[Fault]:
    """Yield PeerAuthentications for the same pods, of which only one counts."""
    items = world.of(SECURITY, _KIND)
    yield from rivals_of_namespace("PC5247", items)
    yield from rivals_for_pods("PC5247", world, [item for item in items if not in_root(world, item)])


def ports_not_open(world: World) -> Iterator[Fault]:
    """Yield modes for ports that none of the selected pods has."""
    services = world.once(services_of)
    for item in world.of(SECURITY, _KIND):
        ports = a_map(item.body, "spec", "portLevelMtls")
        pods = world.selected(namespace_of(item), selector_of(item)) if ports and selector_of(item) else []
        if not pods:
            continue
        opened = {port for pod in pods for port in opened_ports(pod, services.get(pod, ()))}
        for port in ports:
            if opened and str(port) not in opened:
                message = f"the pods do not open port {port}"
                cure = f"name a port of the pods, not of a Service: {', '.join(sorted(opened))}"
                also = (Other(pods[0].item, ("metadata", "name"), "the pods"),)
                yield Fault("PC5248", item, ("spec", "portLevelMtls", port), message, cure, also, on_key=True)


def opened_ports(pod: Workload, services: Sequence[Item]) -> Iterator[str]:
    """Yield the ports that containers list, or that Services lead to, as text."""
    for front in pod.fronts:
        for _, port in front.ports:
            yield str(number(port, "containerPort"))
    for service in services:
        for _, port in maps(service.body, "spec", "ports"):
            yield str(target_of(port, pod))


class Modes(NamedTuple):
    """The PeerAuthentications of a world by what they are for."""

    root: str
    of_namespace: Mapping[str, Sequence[Item]]
    of_pods: Mapping[Workload, Sequence[Item]]

    def of(self, workload: Workload, port: int) -> tuple[str, Item] | None:
        """Return the mode of a port of pods, and who says so; None where nobody or several do."""
        levels = (
            (self.of_pods.get(workload, ()), ("portLevelMtls", str(port), "mode")),
            (self.of_pods.get(workload, ()), ("mtls", "mode")),
            (self.of_namespace.get(workload.namespace, ()), ("mtls", "mode")),
            (self.of_namespace.get(self.root, ()), ("mtls", "mode")),
        )
        for items, path in levels:
            if len(items) > 1:
                return None
            for item in items:
                mode = text(at(item.body, "spec", *path))
                if mode not in _UNSAID:
                    return mode, item
        return None


def modes_of(world: World) -> Modes:
    """Return who decides whether pods take plain connections."""
    items = world.of(SECURITY, _KIND)
    of_pods: defaultdict[Workload, list[Item]] = defaultdict(list)
    for item in items:
        if selector_of(item) and not in_root(world, item):
            for workload in world.selected(namespace_of(item), selector_of(item)):
                of_pods[workload].append(item)
    for_all = [item for item in items if not selector_of(item)]
    return Modes(world.facts.root_namespace, grouped(for_all, namespace_of), of_pods)
