"""What loading yields: every manifest by kind and identity."""

from collections.abc import Mapping
from typing import NamedTuple

from platform_compiler.source.node import MapNode


class Manifest(NamedTuple):
    """One document of ours whose shape is right."""

    kind: str
    name: str
    team: str | None
    path: str
    document: MapNode
    spec: MapNode

    @property
    def ref(self) -> str:
        """`team/name`, or the name where no team owns it."""
        return f"{self.team}/{self.name}" if self.team else self.name


class Loaded(NamedTuple):
    """The platform repository by kind; `workloads` by `team/name` holds what teams own.

    `broken` are the paths of manifests that exist but cannot be used, so that nobody is told that they do not exist.
    `texts` are the bytes of every file read, for showing source lines.
    """

    platform: Manifest | None
    environments: Mapping[str, Manifest]
    clusters: Mapping[str, Manifest]
    gateways: Mapping[str, Manifest]
    teams: Mapping[str, Manifest]
    workloads: Mapping[str, Manifest]
    policy_sets: Mapping[str, Manifest]
    waivers: Mapping[str, Manifest]
    broken: frozenset[str]
    texts: Mapping[str, bytes]

    @property
    def knows_clusters(self) -> bool:
        """Whether every cluster's document can be used: what is on no other cluster may be on one that cannot."""
        return not any(path.startswith("clusters/") for path in self.broken)

    @property
    def refs(self) -> frozenset[str]:
        """`team/name` of whatever teams own, also where it cannot be used: whom a wrong name may have meant."""
        unused = (path.removesuffix(".yaml").split("/") for path in self.broken if path.startswith("teams/"))
        return frozenset(self.workloads).union(f"{team}/{name}" for _, team, name in unused if name != "team")

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """Every manifest that policies may judge: of the platform, of its places and teams, and of what teams own."""
        platform = (self.platform,) if self.platform else ()
        shared = (self.environments, self.clusters, self.gateways, self.teams, self.workloads)
        return (*platform, *(manifest for kind in shared for manifest in kind.values()))
