"""What applications of one cluster have in common: the cluster as templates see it, and what the platform declares."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_compiler.context.cluster import cluster_record, with_ways
from platform_compiler.context.common import identity_providers, platform_record, platform_section, secret_stores
from platform_compiler.context.denials import Namespaces, namespaces_of_mesh
from platform_compiler.context.egress import with_egress
from platform_compiler.context.observe import log_destinations
from platform_compiler.context.observers import observers
from platform_compiler.context.once import Once
from platform_compiler.link.model import Linked
from platform_compiler.link.scope import services_of
from platform_compiler.load import Loaded
from platform_compiler.source.node import plain

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What applications of one cluster share: its record, every cluster's spec, the links, what the platform declares.

    That is kinds of secret stores, and marks of pods by where their logs go.
    """

    cluster: Record
    specs: Mapping[str, Mapping[str, Any]]
    linked: Linked
    stores: Mapping[str, Record]
    providers: Mapping[str, Record] = field(default_factory=dict)
    """Who signs tokens here."""
    closed: list[str] = field(default_factory=list)
    """Paths that the platform closes, for an AuthorizationPolicy."""
    namespaces: Namespaces = field(default_factory=dict)
    logs: Mapping[str, Record] = field(default_factory=dict)
    services: int = 0
    """How many services can be called here."""
    once: Once = field(default_factory=Once)
    """What the clusters of a run share."""


def surroundings(clusters: Iterable[str], loaded: Loaded, linked: Linked) -> Iterator[Surroundings]:
    """Yield what applications of each of some clusters share."""
    specs = {name: plain(cluster.spec) for name, cluster in loaded.clusters.items()}
    platform, stores, once = platform_record(loaded), secret_stores(loaded), Once()
    logs = log_destinations(platform_section(loaded, "logs"), platform["labelPrefix"])
    for name in clusters:
        spec, cluster = specs[name], loaded.clusters[name]
        record = cluster_record(cluster, loaded, linked) | observers(name, spec, loaded, linked)
        yield Surroundings(
            with_egress(with_ways(record, name, linked, specs), name, linked, specs),
            specs,
            linked,
            stores,
            identity_providers(loaded, spec["environment"]),
            platform["closedAuthzPaths"],
            namespaces_of_mesh(name, specs, loaded),
            logs,
            len(services_of(name, linked)),
            once,
        )
