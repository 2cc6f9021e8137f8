"""Facts that linking needs of clusters, teams and owners, read from their trees once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from platform_compiler.layers.placement import environment_of, strings, text
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import MapNode, Node, at

MeshMode: TypeAlias = Literal["none", "sidecar", "ambient"]


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What linking knows of a cluster."""

    name: str
    environment: str
    mesh_id: str
    meshed: bool
    mesh_mode: MeshMode
    east_west: bool
    cluster_domain: str
    namespace_suffix: str
    network: str
    crosses: bool
    """Whether the mesh part knows ways between clusters."""
    dns_capture: bool
    egress: bool
    """Whether there is a gateway on the way out."""


def cluster_facts(cluster: Manifest, loaded: Loaded) -> ClusterFacts:
    """Return the facts of one cluster, with the defaults of what it leaves out."""
    spec = cluster.spec
    environment = environment_of(cluster)
    stage = loaded.environments.get(environment)
    return ClusterFacts(
        name=cluster.name,
        environment=environment,
        mesh_id=text(spec, "mesh", "id") or cluster.name,
        meshed=mesh_mode(text(spec, "parts", "mesh")) != "none",
        mesh_mode=mesh_mode(text(spec, "parts", "mesh")),
        east_west=at(spec, "mesh", "eastWest") is not None,
        cluster_domain=text(spec, "network", "clusterDomain") or "cluster.local",
        namespace_suffix=(text(stage.spec, "namespaceSuffix") if stage else None) or "",
        network=text(spec, "mesh", "network") or "default",
        crosses=uses_sidecars(text(spec, "parts", "mesh")),
        dns_capture=getattr(at(spec, "mesh", "dnsCapture"), "value", False) is True,
        egress=at(spec, "mesh", "egress") is not None,
    )


def one_mesh(mine: ClusterFacts, theirs: ClusterFacts) -> bool:
    """Whether workloads of two clusters reach each other: one mesh and stage, and gateways between their networks."""
    same = (mine.mesh_id, mine.environment, mine.cluster_domain) == (
        theirs.mesh_id,
        theirs.environment,
        theirs.cluster_domain,
    )
    ways = all(facts.east_west and facts.crosses for facts in (mine, theirs))
    return same and ways and mine.network != theirs.network


def mesh_mode(part: str | None) -> MeshMode:
    """Return how workloads are in the mesh, by the blueprint that plays its part (`istio-ambient@1`)."""
    name = (part or "none").partition("@")[0]
    if name == "none":
        return "none"
    return "ambient" if name.endswith("ambient") else "sidecar"


def uses_sidecars(part: str | None) -> bool:
    """Whether the blueprint of the mesh puts Istio's proxy beside each program (`istio-sidecar@1`)."""
    return (part or "none").partition("@")[0] == "istio-sidecar"


def owners_of(team: str, loaded: Loaded) -> str:
    """Return whom to ask about a team, in words."""
    manifest = loaded.teams.get(team)
    owners = at(manifest.spec, "owners") if manifest else None
    listed = [*strings(at(owners, "github"))]
    listed += [found for key in ("slack", "oncall", "email") if (found := text(owners, key))]
    return f"team {team}" + (f" ({', '.join(listed)})" if listed else "")


def entries(node: Node | None) -> Mapping[str, Node]:
    """Return the entries of a mapping, or nothing."""
    return node.entries if isinstance(node, MapNode) else {}
