"""Autoscalers, of Kubernetes and of KEDA, and what they scale."""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.objects import a_map, number, text
from platform_compiler.verify.item import Item
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World, namespace_of


class Target(NamedTuple):
    """What is scaled, as the autoscaler names it."""

    group: str
    kind: str
    name: str


class Scaler(NamedTuple):
    """An autoscaler; `least` and `most` are the names of its bounds."""

    item: Item
    target: Target
    least: str
    most: str
    workload: Workload | None

    @property
    def namespace(self) -> str:
        """Where it stands."""
        return namespace_of(self.item)

    @property
    def lower(self) -> int:
        """How few pods it may leave."""
        told = number(self.item.body, "spec", self.least)
        return told if told is not None else int(self.item.kind == "HorizontalPodAutoscaler")


_KINDS = (
    ("autoscaling", "HorizontalPodAutoscaler", "minReplicas", "maxReplicas"),
    ("keda.sh", "ScaledObject", "minReplicaCount", "maxReplicaCount"),
)


def scalers_of(world: World) -> list[Scaler]:
    """Return every autoscaler, with the workload that it scales if that is judged."""
    return list(_scalers(world))


def _scalers(world: World) -> Iterator[Scaler]:
    workloads = {(w.namespace, w.kind, w.name): w for w in world.workloads}
    for group, kind, least, most in _KINDS:
        for item in world.of(group, kind):
            target = _target(item)
            found = workloads.get((namespace_of(item), target.kind, target.name))
            yield Scaler(item, target, least, most, found)


def _target(item: Item) -> Target:
    told = a_map(item.body, "spec", "scaleTargetRef")
    api_version = text(told, "apiVersion") or "apps/v1"
    return Target(api_version.rpartition("/")[0], text(told, "kind") or "Deployment", text(told, "name"))
