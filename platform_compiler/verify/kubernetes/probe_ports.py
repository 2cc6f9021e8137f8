"""Ports that probes and hooks call."""

from collections.abc import Iterator, Sequence
from typing import Any

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, number, text
from platform_compiler.verify.item import Fault
from platform_compiler.verify.kubernetes.pods import handlers
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World

_UNKNOWN, _UNDECLARED = "PC5118", "PC5120"
_CALLS = ("httpGet", "tcpSocket", "grpc")


def probe_ports(world: World) -> Iterator[Fault]:
    """Yield ports that a probe or a hook names but the container does not, and numbers that no container declares."""
    for workload in world.workloads:
        declared: set[int | None] | None = None
        for path, container, ports, _ in workload.containers:
            for below, port in _called(container):
                if isinstance(port, str) and port not in (names := _names(ports)):
                    place = (*path, *below, "port")
                    yield Fault(_UNKNOWN, workload.item, place, *_unknown(port, container, names))
                elif ports and number(port):
                    declared = declared if declared is not None else _declared(workload)
                    if port not in declared:
                        message = f"no container declares port {port}"
                        cure = "is it a typing error? if not, declare it under `ports`"
                        yield Fault(_UNDECLARED, workload.item, (*path, *below, "port"), message, cure)


def _called(container: Body) -> Iterator[tuple[Path, object]]:
    """Yield the ports that the kubelet calls, with the paths of what names them."""
    for below, handler in handlers(container):
        for call in _CALLS:
            if call in handler and isinstance(told := handler[call], dict):
                yield (*below, call), told.get("port")


def _names(ports: Sequence[tuple[int, Body]]) -> set[str]:
    return {name for _, port in ports if isinstance(name := port.get("name"), str)}


def _declared(workload: Workload) -> set[int | None]:
    return {number(port, "containerPort") for container in workload.containers for _, port in container.ports}


def _unknown(wanted: str, container: Body, names: set[Any]) -> tuple[str, str]:
    near = did_you_mean(wanted, names)
    if wanted.isdigit():
        cure = f"write the number without quotes: {wanted}"
    else:
        cure = f"did you mean `{near}`?" if near else "name the port under `ports`, or use its number"
    return f"container `{text(container, 'name')}` has no port called `{wanted}`", cure
