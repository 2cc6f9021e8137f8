"""Whether pods are in the mesh, as far as their labels and those of their namespace say so.

Source: "Installing the Sidecar" and "Add workloads to the mesh" (ambient) of Istio's documentation. A label of a pod
wins over one of its namespace; pods on the network of their node are never in the mesh.
"""

from collections.abc import Mapping
from enum import Enum, auto

from platform_compiler.objects import Path, a_map, text
from platform_compiler.verify.item import Item
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World

INJECTION = "istio-injection"
REVISION = "istio.io/rev"
MODE = "istio.io/dataplane-mode"
INJECT = "sidecar.istio.io/inject"
PROXY = "istio-proxy"


class Membership(Enum):
    """How pods are in the mesh: `UNSAID` where a namespace is judged that does not say, `UNKNOWN` where none is."""

    SIDECAR = auto()
    AMBIENT = auto()
    OUT = auto()
    UNSAID = auto()
    UNKNOWN = auto()


IN_MESH = (Membership.SIDECAR, Membership.AMBIENT)


def membership(world: World, workload: Workload) -> Membership:
    """Return how the pods of a workload are in the mesh."""
    return world.once(memberships)[workload]


def memberships(world: World) -> Mapping[Workload, Membership]:
    """Return how the pods of every workload are in the mesh."""
    return {workload: find_membership(world, workload) for workload in world.workloads}


def find_membership(world: World, workload: Workload, *, bare: bool = False) -> Membership:
    """Find out how pods are in the mesh; if `bare`, as if they brought no proxy of their own."""
    if workload.face.on_node:
        return Membership.OUT
    if not bare and PROXY in [front.name for front in workload.fronts]:
        return Membership.SIDECAR
    of_namespace = world.once(_of_namespaces).get(workload.namespace, Membership.UNKNOWN)
    inject, mode = _inject(workload), workload.label(MODE)
    if inject == "true" and of_namespace is not Membership.OUT:
        return Membership.SIDECAR
    if mode == "ambient":
        return Membership.AMBIENT
    if of_namespace is Membership.AMBIENT:
        return Membership.OUT if mode == "none" else of_namespace
    leaves = inject == "false" and of_namespace in (Membership.SIDECAR, Membership.UNSAID)
    return Membership.OUT if leaves else of_namespace


def _of_namespaces(world: World) -> Mapping[str, Membership]:
    return {name: namespace_membership(namespace) for name, namespace in world.namespaces.items()}


def namespace_membership(namespace: Item) -> Membership:
    """Return what a namespace says for the pods in it."""
    labels = labels_of(namespace)
    if labels.get(MODE) == "ambient":
        return Membership.AMBIENT
    if labels.get(INJECTION) == "disabled":
        return Membership.OUT
    return Membership.SIDECAR if labels.get(INJECTION) == "enabled" or REVISION in labels else Membership.UNSAID


def opted_out(workload: Workload) -> Path:
    """Return the field that keeps pods out of the mesh; the name of what makes them where their namespace does."""
    if workload.pod.get("hostNetwork") is True:
        return (*workload.spec_path, "hostNetwork")
    metadata = (*workload.path, "metadata")
    if workload.labels.get(INJECT, "").lower() == "false":
        return (*metadata, "labels", INJECT)
    if str(workload.annotations.get(INJECT)).lower() == "false":
        return (*metadata, "annotations", INJECT)
    return (*metadata, "labels", MODE) if workload.labels.get(MODE) == "none" else ("metadata", "name")


def labels_of(item: Item) -> Mapping[str, str]:
    """Return the labels of an object."""
    return {key: str(value) for key, value in a_map(item.body, "metadata", "labels").items()}


def annotation(item: Item, name: str) -> str:
    """Return an annotation of an object, empty where it has none."""
    return text(item.body, "metadata", "annotations", name)


def _inject(workload: Workload) -> str:
    """Return what pods themselves say of injection; the label wins over the annotation."""
    return (workload.label(INJECT) or str(workload.annotations.get(INJECT, ""))).lower()
