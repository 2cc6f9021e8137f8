"""Namespaces and pods that are not in the mesh although something says they should be.

Source: the pages of IST0102, IST0103 and IST0123. Whether an installation injects everywhere by default, no object
says; so a namespace that says nothing is a note.
"""

from collections.abc import Iterator

from platform_compiler.objects import text
from platform_compiler.verify.istio.membership import (
    IN_MESH,
    INJECTION,
    MODE,
    REVISION,
    Membership,
    labels_of,
    membership,
    memberships,
    namespace_membership,
    opted_out,
)
from platform_compiler.verify.istio.scope import SECURITY, pods_for, selector_of
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World

_SYSTEM = ("kube-system", "kube-public", "kube-node-lease", "local-path-storage")
_POLICIES = ("AuthorizationPolicy", "RequestAuthentication", "PeerAuthentication")


def namespaces_outside(world: World) -> Iterator[Fault]:
    """Yield namespaces with pods that do not say whether they are in the mesh, where there is one."""
    if not _has_mesh(world):
        return
    for name, namespace in world.namespaces.items():
        if name in (*_SYSTEM, world.facts.root_namespace):
            continue
        if namespace_membership(namespace) is not Membership.UNSAID:
            continue
        pods = [w for w in world.workloads_of.get(name, ()) if membership(world, w) is Membership.UNSAID]
        if pods and MODE not in labels_of(namespace):
            also = (Other(pods[0].item, ("metadata", "name"), "runs here"),)
            cure = f"label it `{INJECTION}: enabled` or `disabled`, or `{MODE}: ambient`"
            message = "does not say whether its pods are in the mesh"
            yield Fault("PC5231", namespace, ("metadata", "name"), message, cure, also)


def pods_outside(world: World) -> Iterator[Fault]:
    """Yield pods outside the mesh that a policy of the mesh selects: nobody enforces it."""
    outside = {workload for workload, how in world.once(memberships).items() if how is Membership.OUT}
    for kind in _POLICIES if outside else ():
        for policy in world.of(SECURITY, kind):
            if not selector_of(policy) or not _guards(policy):
                continue
            for workload in pods_for(world, policy):
                if workload in outside:
                    outside.remove(workload)
                    also = (Other(policy, ("spec", "selector"), "selects these pods"),)
                    message = f"the pods are not in the mesh, so {policy.kind} `{policy.name}` has no effect on them"
                    cure = "let them join, or remove the policy"
                    yield Fault("PC5232", workload.item, opted_out(workload), message, cure, also)


def _guards(policy: Item) -> bool:
    """Whether something is open without the policy: a PeerAuthentication may as well loosen."""
    return policy.kind != "PeerAuthentication" or text(policy.body, "spec", "mtls", "mode") == "STRICT"


def several_labels(world: World) -> Iterator[Fault]:
    """Yield namespaces whose labels contradict each other."""
    for namespace in world.namespaces.values():
        labels = labels_of(namespace)
        second = REVISION if REVISION in labels else MODE if labels.get(MODE) == "ambient" else ""
        if not labels.get(INJECTION) or not second or (second == MODE and labels[INJECTION] == "disabled"):
            continue
        wins = "only the first counts" if second == REVISION else "its pods can have a sidecar or be ambient, not both"
        message = f"both `{INJECTION}` and `{second}` are set; {wins}"
        yield Fault("PC5233", namespace, ("metadata", "labels", second), message, "keep one of them", on_key=True)


def _has_mesh(world: World) -> bool:
    return any(item.group.endswith(".istio.io") for item in world.items) or any(
        namespace_membership(namespace) in IN_MESH for namespace in world.namespaces.values()
    )
