"""Walking what makes pods: containers, ports and volumes with the whole path of each in its object."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from platform_compiler.objects import Body, Path, at, maps, number
from platform_compiler.verify.workloads import Container, Workload
from platform_compiler.verify.world import World

Opened: TypeAlias = tuple[str, str | int]
"""The protocol of a port, and its number or its name."""
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def running(workload: Workload) -> Iterator[Container]:
    """Yield the containers that run as long as the pod does."""
    yield from (one for one, front in zip(workload.containers, workload.fronts, strict=True) if front.stays)


def ports_of(workload: Workload) -> Iterator[tuple[Path, Body]]:
    """Yield the ports that containers declare as long as the pod runs."""
    for path, _, ports, stays in workload.fronts:
        for i, port in ports if stays else ():
            yield (*path, "ports", i), port


def opened_by(world: World) -> Mapping[Workload, AbstractSet[Opened]]:
    """Return the numbers and names of the ports that each workload's containers open, with their protocols."""
    return {workload: _opened(workload) for workload in world.workloads}


def _opened(workload: Workload) -> AbstractSet[Opened]:
    ports = [port for front in workload.fronts if front.stays for _, port in front.ports]
    told = [(protocol_of(port), port.get(key)) for port in ports for key in ("name", "containerPort")]
    return {(protocol, name) for protocol, name in told if isinstance(name, str | int)}


def protocol_of(port: Body) -> str:
    """Return the protocol of a container's or a Service's port."""
    told = port.get("protocol")
    return told if told and isinstance(told, str) else "TCP"


def claims_of(workload: Workload) -> Iterator[tuple[Path, Body]]:
    """Yield the volume claim templates of a StatefulSet."""
    for i, claim in maps(workload.item.body, "spec", "volumeClaimTemplates") if workload.kind == "StatefulSet" else ():
        yield ("spec", "volumeClaimTemplates", i), claim


def replicas_of(workload: Workload) -> int:
    """Return how many pods a workload asks for; one where it does not say."""
    told = number(at(workload.item.body, "spec", "replicas"))
    return 1 if told is None else told


def handlers(container: Body) -> Iterator[tuple[Path, Body]]:
    """Yield what the kubelet calls of a container: its probes and its hooks."""
    for probe in PROBES:
        if probe in container and isinstance(container[probe], dict):
            yield (probe,), container[probe]
    for hook in ("postStart", "preStop") if "lifecycle" in container else ():
        handler = at(container, "lifecycle", hook)
        if isinstance(handler, dict):
            yield ("lifecycle", hook), handler
