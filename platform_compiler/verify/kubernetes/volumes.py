"""Volumes and their mounts."""

from collections.abc import Iterator

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, a_map, maps, number, text
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.kubernetes.pods import claims_of
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World

_MISSING, _UNUSED, _FILE = "PC5123", "PC5124", "PC5111"
_USES = ("volumeMounts", "volumeDevices")
_ADDED_MOUNTS = "sidecar.istio.io/userVolumeMount"
_LOOKS_OCTAL = frozenset({400, 440, 444, 500})
"""Decimal numbers that no file needs as its mode, but that are common ones when read as octal."""
_SOURCES = ("configMap", "secret", "downwardAPI", "projected")


def mounts(world: World) -> Iterator[Fault]:
    """Yield mounts of volumes that the pod does not have, and volumes that nothing mounts."""
    for workload in world.workloads:
        volumes = {text(volume, "name"): i for i, volume in maps(workload.pod, "volumes")}
        claims = {text(claim, "metadata", "name") for _, claim in claims_of(workload)}
        used: set[str] = set()
        for path, container, *_ in workload.containers:
            for field in _USES:
                for i, mount in maps(container, field):
                    name = text(mount, "name")
                    used.add(name)
                    if name not in volumes and name not in claims:
                        message = (
                            f"container `{text(container, 'name')}` mounts `{name}`, which is no volume of the pod"
                        )
                        near = did_you_mean(name, volumes.keys() | claims)
                        cure = f"did you mean `{near}`?" if near else "add it under `volumes`"
                        yield Fault(_MISSING, workload.item, (*path, field, i, "name"), message, cure)
        unused = {name: i for name, i in volumes.items() if name not in used}
        if unused and _ADDED_MOUNTS not in workload.annotations and workload.pod.get("containers"):
            yield from _unused(workload, unused)


def _unused(workload: Workload, volumes: dict[str, int]) -> Iterator[Fault]:
    for name, i in volumes.items():
        message = f"no container mounts volume `{name}`"
        path = (*workload.spec_path, "volumes", i, "name")
        yield Fault(_UNUSED, workload.item, path, message, "mount it or remove it")


def modes(world: World) -> Iterator[Fault]:
    """Yield modes of files that look octal but are decimal."""
    for workload in world.workloads:
        for i, volume in maps(workload.pod, "volumes"):
            place = (*workload.spec_path, "volumes", i)
            for source in _SOURCES:
                if source in volume:
                    yield from _modes(workload.item, (*place, source), a_map(volume, source))
            for j, part in maps(volume, "projected", "sources") if "projected" in volume else ():
                for source in _SOURCES:
                    yield from _modes(workload.item, (*place, "projected", "sources", j, source), a_map(part, source))


def _modes(item: Item, place: Path, told: Body) -> Iterator[Fault]:
    yield from _mode(item, (*place, "defaultMode"), number(told, "defaultMode"))
    for i, entry in maps(told, "items"):
        yield from _mode(item, (*place, "items", i, "mode"), number(entry, "mode"))


def _mode(item: Item, place: Path, mode: int | None) -> Iterator[Fault]:
    if mode in _LOOKS_OCTAL:
        message = f"`{mode}` is decimal and means mode 0{mode:o}"
        yield Fault(_FILE, item, place, message, f"did you mean the octal `0{mode}`?")
