"""Objects that name no namespace among others that do."""

from collections.abc import Iterator

from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World

_CLUSTER_WIDE = frozenset({("", "Namespace"), ("", "Node"), ("", "PersistentVolume")})
_NAMESPACED_GROUPS = frozenset({"", "apps", "autoscaling", "batch", "policy"})
"""Groups of Kubernetes whose kinds live in namespaces, but for those above."""


def namespaces_left_open(world: World) -> Iterator[Fault]:
    """Yield objects that name no namespace where most others do: who applies them decides where they land."""
    kinds = [kind for kind in world.kinds if kind[0] in _NAMESPACED_GROUPS and kind not in _CLUSTER_WIDE]
    without = [item for kind in kinds for item in world.of(*kind) if not item.namespace]
    if len(without) * 2 < sum(len(world.of(*kind)) for kind in kinds):
        for item in without:
            message = "it names no namespace, unlike most others here"
            yield Fault("PC5103", item, ("metadata",), message, "add `namespace`", on_key=True)
