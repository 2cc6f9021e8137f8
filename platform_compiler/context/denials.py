"""Whom a `deny` rule is about, as an AuthorizationPolicy names them. Who names nobody that is here denies nobody."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.cluster import principals
from platform_compiler.link.model import (
    AccessRule,
    CidrSource,
    GatewaySource,
    Linked,
    NamespaceSource,
    PrincipalSource,
    RefSource,
    Source,
    Target,
)
from platform_compiler.load import Loaded
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
Specs = Mapping[str, Mapping[str, Any]]
Namespaces = Mapping[str, tuple[str, Mapping[str, str]]]
"""Team and labels of every namespace of the mesh, by name."""


def mesh_of(spec: Mapping[str, Any], cluster: str) -> str:
    """Return the mesh of a cluster: one of its own where it names none."""
    return str(spec.get("mesh", {}).get("id", cluster))


def namespaces_of_mesh(cluster: str, specs: Specs, loaded: Loaded) -> Namespaces:
    """Return the namespaces of all teams on every cluster of a cluster's mesh."""
    mine = mesh_of(specs[cluster], cluster)
    stages = {spec["environment"] for name, spec in specs.items() if mesh_of(spec, name) == mine}
    found = {}
    for stage in sorted(stages):
        manifest = loaded.environments.get(stage)
        suffix = at(manifest.spec, "namespaceSuffix") if manifest else None
        for team, owner in sorted(loaded.teams.items()):
            declared = at(owner.spec, "namespaces")
            for name, settings in (plain(declared) if declared else {}).items():
                full = f"{name}{plain(suffix) if suffix else ''}"
                labels = {key: str(value) for key, value in settings.get("labels", {}).items()}
                found[full] = (team, {**labels, "kubernetes.io/metadata.name": full})
    return found


def with_sources(
    records: Iterable[Record], target: Target, linked: Linked, specs: Specs, namespaces: Namespaces
) -> list[Record]:
    """Return the deny rules with `sources` beside them: empty where a rule is about everybody."""
    found = []
    for rule, record in zip(target.interface.deny, records, strict=True):
        sources = _sources(rule, target, linked, specs, namespaces)
        if sources or not rule.sources:
            found.append({**record, "sources": [{"source": source} for source in sources]})
    return found


def _sources(rule: AccessRule, target: Target, linked: Linked, specs: Specs, namespaces: Namespaces) -> list[Record]:
    found: list[Record] = []
    for source in rule.sources:
        found += [each for each in _named(source, target, linked, specs, namespaces) if each not in found]
    return found


def _named(source: Source, target: Target, linked: Linked, specs: Specs, namespaces: Namespaces) -> list[Record]:
    here = specs[target.cluster]
    planes = here.get("gateways", {})
    if isinstance(source, CidrSource):  # directly, or by way of a gateway, which tells whom it speaks for
        return [{"ipBlocks": [source.cidr]}, {"remoteIpBlocks": [source.cidr]}]
    if isinstance(source, PrincipalSource):
        return [{"principals": [source.name], **({"ipBlocks": [source.cidr]} if source.cidr else {})}]
    if isinstance(source, GatewaySource):
        plane = planes.get(source.gateway)
        return [{"principals": principals(here, plane["namespace"], plane["serviceAccount"])}] if plane else []
    if isinstance(source, NamespaceSource) or (source.name == "*" and source.team != "*"):
        chosen = sorted(name for name, (team, labels) in namespaces.items() if _takes(source, team, labels))
        return [{"namespaces": chosen}] if chosen else []
    if source.team == "*":  # every workload, and gateways are none
        gateways = sorted(p for g in planes.values() for p in principals(here, g["namespace"], g["serviceAccount"]))
        return [{"principals": ["*"], **({"notPrincipals": gateways} if gateways else {})}]
    found = _identities(source, target, linked, specs)
    return [{"principals": found}] if found else []


def _takes(source: NamespaceSource | RefSource, team: str, labels: Mapping[str, str]) -> bool:
    """Whether a source is about a namespace of a team."""
    if isinstance(source, RefSource):
        return source.team == team
    return set(source.labels) <= set(labels.items())


def _identities(source: RefSource, target: Target, linked: Linked, specs: Specs) -> list[str]:
    """Return the identities of one application on every cluster of the mesh."""
    mine = mesh_of(specs[target.cluster], target.cluster)
    found = set()
    for cluster, targets in linked.targets.items():
        other = targets.get(f"{source.team}/{source.name}")
        if other is not None and mesh_of(specs[cluster], cluster) == mine:
            interface = other.interface
            found.update(principals(specs[cluster], interface.namespace, interface.service_account))
    return sorted(found)
