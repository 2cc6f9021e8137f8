"""What manifests say exists without being compiled here.

Secrets made by hand, claims, classes of the cluster, and accounts of callers that run on another cluster of the mesh.
"""

from collections.abc import Iterator, Mapping

from platform_compiler.layers.placement import strings, text
from platform_compiler.link.model import Linked, Target
from platform_compiler.link.tls import tls_of
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import MapNode, Node, at

_ANY_NAMESPACE = "default"
"""Stands for the namespace of kinds that have none."""


def promised(linked: Linked, loaded: Loaded) -> Mapping[str, frozenset[tuple[str, str, str]]]:
    """Return, by cluster, what exists without being compiled, as (kind, namespace, name)."""
    return {
        cluster: frozenset(
            named
            for target in targets.values()
            for named in (
                *_of_target(target),
                *_callers_elsewhere(target, linked),
                *_beside_gateways(target, linked, loaded.clusters[cluster]),
            )
        )
        for cluster, targets in linked.targets.items()
    }


def _callers_elsewhere(target: Target, linked: Linked) -> Iterator[tuple[str, str, str]]:
    for link in linked.links_in.get((target.cluster, target.ref), ()):
        if link.caller.cluster != target.cluster:
            yield "ServiceAccount", link.caller.interface.namespace, link.caller.interface.service_account


def _of_target(target: Target) -> Iterator[tuple[str, str, str]]:
    spec, namespace = target.spec, target.interface.namespace
    for key, kind in (("secrets", "Secret"), ("configMaps", "ConfigMap")):
        for name, source in _entries(at(spec, key)):
            if at(source, "existing") is not None:
                yield kind, namespace, name
    for name in strings(at(spec, "imagePullSecrets")):
        yield "Secret", namespace, name
    for _, volume in _entries(at(spec, "volumes")):
        if claim := text(volume, "claim"):
            yield "PersistentVolumeClaim", namespace, claim
        if storage := text(volume, "storageClass"):
            yield "StorageClass", _ANY_NAMESPACE, storage
    if priority := text(spec, "scheduling", "priorityClass"):
        yield "PriorityClass", _ANY_NAMESPACE, priority


def _beside_gateways(target: Target, linked: Linked, cluster: Manifest) -> Iterator[tuple[str, str, str]]:
    """Yield certificates that owners of hosts bring."""
    for route in linked.routes.get((target.cluster, target.ref), ()):
        secret = text(tls_of(route), "secret")
        namespace = text(cluster.spec, "gateways", route.gateway, "namespace")
        if secret and namespace:
            yield "Secret", namespace, secret


def _entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    yield from node.entries.items() if isinstance(node, MapNode) else ()
