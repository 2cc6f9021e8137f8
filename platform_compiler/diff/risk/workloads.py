"""One side of a comparison by namespace: its pod templates by label, and the objects that select them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from platform_compiler.diff.model import Identity
from platform_compiler.diff.risk.covers import selects
from platform_compiler.objects import Body, a_map, template_of

Place: TypeAlias = tuple[str, str]


def place_of(identity: Identity) -> Place:
    """Return the cluster and namespace of a resource."""
    return identity.cluster, identity.namespace


class Pods:
    """The pod templates of one namespace, found by selector without looking at each of them."""

    def __init__(self) -> None:
        self._labels: dict[Identity, Body] = {}
        self._by_label: defaultdict[tuple[str, str], list[Identity]] = defaultdict(list)

    def add(self, identity: Identity, labels: Body) -> None:
        """Add one template."""
        self._labels[identity] = labels
        for key, value in labels.items():
            if isinstance(value, str):
                self._by_label[key, value].append(identity)

    def selected(self, selector: Any) -> list[Identity]:
        """Return the workloads whose pods a label selector selects; an empty one selects all."""
        asked = [(key, value) for key, value in a_map(selector, "matchLabels").items() if isinstance(value, str)]
        found = [self._by_label.get(pair, []) for pair in asked]
        candidates: Sequence[Identity] = min(found, key=len) if found else list(self._labels)
        return [identity for identity in candidates if selects(selector, self._labels[identity])]


class Side:
    """All resources of one side; `pods` and what stands `here` are kept for the namespaces in `touched` alone."""

    def __init__(self, bodies: Mapping[Identity, Body], touched: frozenset[Place]) -> None:
        self.bodies = bodies
        self.pods: defaultdict[Place, Pods] = defaultdict(Pods)
        self.kinds: defaultdict[str, list[Identity]] = defaultdict(list)
        self.here: defaultdict[tuple[Place, str], list[Identity]] = defaultdict(list)
        for identity in bodies:
            self.kinds[identity.kind].append(identity)
            place = place_of(identity)
            if place in touched:
                self.here[place, identity.kind].append(identity)
                _, template = template_of(self.body(identity))
                if template:
                    self.pods[place].add(identity, a_map(template, "metadata", "labels"))

    def body(self, identity: Identity) -> Body:
        """Return a resource, empty where it is absent."""
        found = self.bodies.get(identity)
        return found if isinstance(found, dict) else {}
