"""Which clusters a change of environments or clusters reaches: those of the same environments, and no others.

Links stay inside an environment. A mesh may reach over several, and what is denied to a namespace of it is told by all.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from platform_compiler.context.denials import mesh_of
from platform_compiler.layers.placement import environment_of
from platform_compiler.load import Loaded
from platform_compiler.source.node import plain

_ENVIRONMENTS, _CLUSTERS = "environments/", "clusters/"


class Stage(NamedTuple):
    """Where a cluster belongs."""

    environment: str
    mesh: str


def is_stage(path: str) -> bool:
    """Whether the document of an environment or of a cluster stands at a path."""
    return path.startswith((_ENVIRONMENTS, _CLUSTERS))


def stages_of(loaded: Loaded) -> dict[str, Stage]:
    """Return where each cluster belongs."""
    return {
        name: Stage(environment_of(cluster), mesh_of(plain(cluster.spec), name))
        for name, cluster in loaded.clusters.items()
    }


def reached(edited: Iterable[str], before: Mapping[str, Stage], after: Mapping[str, Stage]) -> frozenset[str]:
    """Return the clusters, before or after, that a change of the documents at some paths reaches."""
    stages = [(name, stage) for side in (before, after) for name, stage in side.items()]
    environments: set[str] = set()
    for path in edited:
        folder, _, file = path.partition("/")
        name = file.removesuffix(".yaml")
        environments |= (
            {name}
            if f"{folder}/" == _ENVIRONMENTS
            else {stage.environment for cluster, stage in stages if cluster == name}
        )
    while (more := _with_meshes(environments, [stage for _, stage in stages])) != environments:
        environments = more
    return frozenset(name for name, stage in stages if stage.environment in environments)


def _with_meshes(environments: Collection[str], stages: Iterable[Stage]) -> set[str]:
    """Return environments, and those that share a mesh with them."""
    known = tuple(stages)
    meshes = {stage.mesh for stage in known if stage.environment in environments}
    return {*environments, *(stage.environment for stage in known if stage.mesh in meshes)}
