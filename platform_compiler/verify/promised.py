"""What manifests say exists without being compiled here.

Secrets made by hand, claims, classes of the cluster, and accounts of callers that run on another cluster of the mesh.
"""

from collections.abc import Iterable, Iterator, Mapping

from platform_compiler.layers.placement import strings, text
from platform_compiler.link.model import Linked, Route, Target
from platform_compiler.link.tls import tls_of
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import MapNode, Node, at

_ANY_NAMESPACE = "default"
"""Stands for the namespace of kinds that have none."""


def promised(linked: Linked, loaded: Loaded) -> Mapping[str, frozenset[tuple[str, str, str]]]:
    """Return, by cluster, what exists without being compiled, as (kind, namespace, name)."""
    return {cluster: frozenset(_on(cluster, linked, loaded.clusters[cluster])) for cluster in linked.targets}


def _on(name: str, linked: Linked, cluster: Manifest) -> Iterator[tuple[str, str, str]]:
    for ref, target in linked.targets[name].items():
        yield from _of_target(target)
        for link in linked.links_in.get((name, ref), ()):
            if link.caller.cluster != name:
                yield "ServiceAccount", link.caller.interface.namespace, link.caller.interface.service_account
        for route in linked.routes.get((name, ref), ()):
            yield from _beside_gateway(route, cluster)


def _of_target(target: Target) -> Iterator[tuple[str, str, str]]:
    settings, namespace = target.spec.entries, target.interface.namespace
    for key, kind in (("secrets", "Secret"), ("configMaps", "ConfigMap")):
        for name, source in _entries(settings.get(key)):
            if at(source, "existing") is not None:
                yield kind, namespace, name
    for name in strings(settings.get("imagePullSecrets")):
        yield "Secret", namespace, name
    for _, volume in _entries(settings.get("volumes")):
        if claim := text(volume, "claim"):
            yield "PersistentVolumeClaim", namespace, claim
        if storage := text(volume, "storageClass"):
            yield "StorageClass", _ANY_NAMESPACE, storage
    if priority := text(settings.get("scheduling"), "priorityClass"):
        yield "PriorityClass", _ANY_NAMESPACE, priority


def _beside_gateway(route: Route, cluster: Manifest) -> Iterator[tuple[str, str, str]]:
    """Yield the certificate that an owner of hosts brings."""
    secret = text(tls_of(route), "secret")
    namespace = text(cluster.spec, "gateways", route.gateway, "namespace")
    if secret and namespace:
        yield "Secret", namespace, secret


def _entries(node: Node | None) -> Iterable[tuple[str, Node]]:
    return node.entries.items() if isinstance(node, MapNode) else ()
