"""Folders that Applications and Kustomizations deliver, and in which nothing lies.

What is judged is a part of some repository, and which one nobody says. So a path is judged only if it leads to
`clusters/<this cluster>/`, and others from the same repository lead to folders that are here.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Path, a_map, at, text
from platform_compiler.verify.delivery.projects import ARGO, sources_of
from platform_compiler.verify.index import grouped
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World, namespace_of

_FLUX = ("kustomize.toolkit.fluxcd.io", "Kustomization")


class _Delivery(NamedTuple):
    """What delivers a folder: where it says so, from which repository, and the folder below `clusters/<cluster>/`."""

    item: Item
    path: Path
    repository: Sequence[str]
    folder: str


def folders(world: World) -> Iterator[Fault]:
    """Yield deliveries of folders that hold nothing."""
    found = list(_deliveries(world))
    known = _folders(world) if found else set()
    for same in grouped(found, lambda delivery: delivery.repository).values():
        missing = [delivery for delivery in same if delivery.folder not in known]
        if len(missing) < len(same):
            for item, path, _, folder in missing:
                near = did_you_mean(folder, known)
                cure = f"did you mean `{near}`?" if near else "name a folder that is there"
                message = f"no object lies in `clusters/{item.cluster}/{folder}`"
                yield Fault("PC5404", item, path, message, cure)


def _deliveries(world: World) -> Iterator[_Delivery]:
    for item in world.of(ARGO, "Application"):
        for path, source in sources_of(item):
            yield from _delivery(item, (*path, "path"), (text(source, "repoURL"),))
    for item in world.of(*_FLUX):
        told = a_map(item.body, "spec", "sourceRef")
        named = (text(told, "kind"), text(told, "namespace") or namespace_of(item), text(told, "name"))
        yield from _delivery(item, ("spec", "path"), named)


def _delivery(item: Item, path: Path, repository: Sequence[str]) -> Iterator[_Delivery]:
    told: Mapping[str, object] = a_map(at(item.body, *path[:-1]))
    folder = _below(text(told, "path"), item.cluster)
    if folder is not None:
        yield _Delivery(item, path, repository, folder)


def _folders(world: World) -> set[str]:
    """Return every folder of the cluster that something lies in or below."""
    cluster = next((item.cluster for item in world.items), "")
    found: set[str] = set()
    for file in world.facts.files:
        inside = _below(str(PurePosixPath(file).parent), cluster)
        while inside and inside not in found:
            found.add(inside)
            inside = inside.rpartition("/")[0]
    return found | {""} if found else found


def _below(path: str, cluster: str) -> str | None:
    """Return what follows `clusters/<cluster>/` in a path, None where the path is not of this cluster."""
    plain = "/" + str(PurePosixPath(path)).removeprefix("/") + "/"
    before, mark, below = plain.partition(f"/clusters/{cluster}/")
    return below.strip("/") if mark and cluster and ".." not in before + below else None
