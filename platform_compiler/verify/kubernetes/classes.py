"""Classes and roles of the whole cluster that are named; judged only where objects of their kind are."""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Path, at, text
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.kubernetes.pods import claims_of
from platform_compiler.verify.world import World

_CODE = "PC5139"
_RBAC = "rbac.authorization.k8s.io"
_BUILT_IN = {
    "ClusterRole": frozenset({"admin", "cluster-admin", "edit", "view"}),
    "PriorityClass": frozenset({"system-cluster-critical", "system-node-critical"}),
}
_OF_PODS = (
    ("priorityClassName", "scheduling.k8s.io", "PriorityClass"),
    ("runtimeClassName", "node.k8s.io", "RuntimeClass"),
)


class _Use(NamedTuple):
    item: Item
    path: Path
    group: str
    kind: str
    name: str


def classes(world: World) -> Iterator[Fault]:
    """Yield classes and cluster roles that are named but not among what is judged."""
    for item, path, group, kind, name in (*_of_pods(world), *_of_others(world)):
        if not name:
            continue
        known = {other.name for other in world.of(group, kind)}
        if kind == "StorageClass" and name in world.once(_of_volumes):
            continue
        built_in = name in _BUILT_IN.get(kind, ()) or name.startswith("system:")
        if known and name not in known and not built_in and not world.exists(group, kind, "", name):
            near = did_you_mean(name, known)
            cure = f"did you mean `{near}`?" if near else "add it; this is fine where something else makes it"
            yield Fault(_CODE, item, path, f"{kind} `{name}` is not among what is judged", cure)


def _of_volumes(world: World) -> frozenset[str]:
    """Return the classes of volumes that are there already: claims on these need no object of the class."""
    return frozenset(text(item.body, "spec", "storageClassName") for item in world.of("", "PersistentVolume"))


def _of_pods(world: World) -> Iterator[_Use]:
    for workload in world.workloads:
        for field, group, kind in _OF_PODS:
            if field in workload.pod:
                yield _Use(workload.item, (*workload.spec_path, field), group, kind, text(workload.pod, field))
        for path, claim in claims_of(workload):
            where = (*path, "spec", "storageClassName")
            yield _Use(workload.item, where, "storage.k8s.io", "StorageClass", text(claim, "spec", "storageClassName"))


def _of_others(world: World) -> Iterator[_Use]:
    for item in world.of("", "PersistentVolumeClaim"):
        path = ("spec", "storageClassName")
        yield _Use(item, path, "storage.k8s.io", "StorageClass", text(at(item.body, *path)))
    for item in world.of("networking.k8s.io", "Ingress"):
        path = ("spec", "ingressClassName")
        yield _Use(item, path, "networking.k8s.io", "IngressClass", text(at(item.body, *path)))
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        for item in world.of(_RBAC, kind):
            if text(item.body, "roleRef", "kind") == "ClusterRole":
                yield _Use(item, ("roleRef", "name"), _RBAC, "ClusterRole", text(item.body, "roleRef", "name"))
