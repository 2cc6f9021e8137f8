"""Judge our own output before it is written: resources with the templates and manifests behind them."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from itertools import count
from typing import Any

from platform_compiler.blueprints.resource import Batch, Resource
from platform_compiler.diagnostics import Span
from platform_compiler.layers.placement import strings, text
from platform_compiler.link.model import Linked
from platform_compiler.load import Loaded, Manifest
from platform_compiler.objects import Path
from platform_compiler.schema.store import Store
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at
from platform_compiler.verify.group import Group
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import Generated
from platform_compiler.verify.promised import promised
from platform_compiler.verify.report import Told, told
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.verify import faults_of
from platform_compiler.verify.versions import LATEST, Versions, version
from platform_compiler.verify.world import CLUSTER_DOMAIN, ROOT_NAMESPACE, Facts


def items_of(batches: Iterable[Batch], line: Callable[[Resource, Path], Span]) -> list[Group]:
    """Return generated resources as objects to judge; `line` gives the line of a blueprint that wrote a field."""
    known: dict[int, Item] = {}

    def items(batch: Batch) -> list[Item]:
        unit, found = batch.unit, []
        for resource in batch.like:
            body = resource.body
            like = known.get(id(body))
            item = Item(body, unit.cluster, Generated(unit, resource, line), like)
            if like is None:
                known[id(body)] = item
            found.append(item)
        return found

    return [Group(batch.unit.cluster, batch.like, partial(items, batch)) for batch in batches]


def schemas_of(facts: Mapping[str, Facts], imported: Store) -> Callable[[str], Schemas]:
    """Return what gives the schemas of a cluster; clusters of equal versions share them."""
    made = cache(lambda versions: Schemas(versions, imported))
    return lambda cluster: made(facts[cluster].versions)


def verify(
    groups: Iterable[Group],
    facts: Mapping[str, Facts],
    schemas: Callable[[str], Schemas],
    *,
    whole: bool,
    trusted: Iterable[Group] = (),
) -> tuple[Told, ...]:
    """Tell every resource that a cluster would refuse, or that would not do what it says.

    `whole` says that the resources are all of their clusters', and not a selection. What equals one of
    `trusted` objects is not judged by itself.
    """
    return told(faults_of(groups, facts, schemas, _tree_of, whole=whole, trusted=trusted)[0])


def facts_of(loaded: Loaded, linked: Linked) -> Mapping[str, Facts]:
    """Return what the platform repository knows of each cluster."""
    existing = promised(linked, loaded)
    return {name: _facts(cluster, existing.get(name, frozenset())) for name, cluster in loaded.clusters.items()}


def _facts(cluster: Manifest, existing: frozenset[tuple[str, str, str]]) -> Facts:
    spec = cluster.spec
    own = text(spec, "mesh", "trustDomain")
    return Facts(
        versions=Versions(
            kubernetes=version(text(spec, "versions", "kubernetes") or _written(LATEST.kubernetes)),
            istio=version(text(spec, "versions", "istio") or _written(LATEST.istio)),
            gateway_api=version(text(spec, "versions", "gatewayApi") or _written(LATEST.gateway_api)),
        ),
        root_namespace=text(spec, "mesh", "rootNamespace") or ROOT_NAMESPACE,
        cluster_domain=text(spec, "network", "clusterDomain") or CLUSTER_DOMAIN,
        trust_domains=(own or CLUSTER_DOMAIN, *strings(at(spec, "mesh", "trustDomainAliases"))),
        promised=existing,
    )


def _written(number: tuple[int, int]) -> str:
    return ".".join(map(str, number))


def _tree_of(item: Item) -> Node:
    """Return an object as nodes, each with a span of its own, so that a breach tells its field."""
    lines = count(1)

    def node(value: Any) -> Node:
        span = Span("", next(lines), 1)
        if isinstance(value, dict):
            keys = {key: Span("", next(lines), 1) for key in value}
            return MapNode({key: node(below) for key, below in value.items()}, keys, span)
        if isinstance(value, list):
            return ListNode(tuple(map(node, value)), span)
        return ScalarNode(value, span, "null" if value is None else str(value), quoted=True)

    return node(item.body)
