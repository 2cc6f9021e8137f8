"""What policies of the mesh are for: the pods their selectors match, all of a namespace, or what they target."""

from collections.abc import Sequence

from platform_compiler.objects import Body, a_list, a_map, text
from platform_compiler.verify.item import Item
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World, namespace_of

SECURITY = "security.istio.io"
NETWORKING = "networking.istio.io"
TELEMETRY = "telemetry.istio.io"
EXTENSIONS = "extensions.istio.io"
GATEWAY_API = "gateway.networking.k8s.io"


def selector_of(policy: Item) -> Body:
    """Return the labels that a policy selects pods by; empty where it is for all of them."""
    return a_map(policy.body, "spec", "selector", "matchLabels")


def targets_of(policy: Item) -> list[tuple[str, str]]:
    """Return what a policy is attached to, as (kind, name)."""
    spec = a_map(policy.body, "spec")
    if "targetRef" not in spec and "targetRefs" not in spec:
        return []
    references = [spec.get("targetRef"), *a_list(spec, "targetRefs")]
    return [(text(ref, "kind"), text(ref, "name")) for ref in references if isinstance(ref, dict)]


def in_root(world: World, policy: Item) -> bool:
    """Whether a policy stands in the namespace whose policies are for all others too."""
    return namespace_of(policy) == world.facts.root_namespace


def pods_for(world: World, policy: Item) -> Sequence[Workload]:
    """Return the workloads whose pods a policy is for; none where it is attached to something."""
    if targets_of(policy):
        return ()
    labels = selector_of(policy)
    if in_root(world, policy):
        return [workload for workload in world.workloads if labels.items() <= workload.labels.items()]
    return world.selected(namespace_of(policy), labels)
