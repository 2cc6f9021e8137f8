"""The objects of one cluster by what they are looked up by, each index made when it is first asked for.

Nothing here takes note of who asks: a `World` does, and asks here again what a world looks like.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, TypeAlias, TypeVar, cast

from platform_compiler.objects import Body
from platform_compiler.verify.carriers import FACES, Carriers
from platform_compiler.verify.deployers import deployed_into
from platform_compiler.verify.hosts import Host, hosts_of, of_entry, of_service
from platform_compiler.verify.item import Item
from platform_compiler.verify.workloads import (
    BEHIND,
    LABEL,
    LABELS,
    WORKLOADS,
    Behind,
    Face,
    GroupKind,
    Seen,
    Workload,
    pods_of,
)

K = TypeVar("K")
V = TypeVar("V")
Readings: TypeAlias = defaultdict[Callable[[Body], Any], dict[int, tuple[Body, Any]]]
"""What functions read in bodies, by the ids of these, which stay their own since each is held."""
EVERYTHING: Seen = ("", "*")
KINDS: Seen = ("", "kinds")
POPULATED: Seen = ("", "populated")
CHARTED: Seen = ("", "charted")
NAMESPACE, SERVICE, SERVICE_ENTRY = ("", "Namespace"), ("", "Service"), ("networking.istio.io", "ServiceEntry")


class Index:
    """The indexes; workloads tell `seen` who looks behind their faces."""

    def __init__(self, items: Sequence[Item], cluster_domain: str, readings: Readings, seen: list[set[Seen]]) -> None:
        self.items: Final = items
        self._cluster_domain: Final = cluster_domain
        self._readings: Final = readings
        self._seen: Final = seen

    def signature(self, seen: Seen, look: Callable[[Sequence[Item]], object], face: Callable[[Face], object]) -> object:
        """Return what is equal for worlds that look the same there; `look` and `face` tell objects and faces apart."""
        if seen in (FACES, LABELS) or seen[0] == LABEL:
            return self._of_faces(seen, face)
        if seen == KINDS:
            return tuple(self.by_kind)
        if seen == POPULATED:
            return self.populated
        if seen == CHARTED:
            return self.charted
        if seen == BEHIND:
            return tuple([look(self.by_kind.get(kind, ())) for kind in WORKLOADS])
        return look(self.items if seen == EVERYTHING else self.by_kind.get(seen, ()))

    def _of_faces(self, seen: Seen, face: Callable[[Face], object]) -> object:
        faces = [workload.face for workload in self.workloads]
        if seen == FACES:
            return tuple(map(face, faces))
        if seen == LABELS:
            return tuple([tuple(one.labels.items()) for one in faces])
        return tuple([one.labels.get(seen[1]) for one in faces])

    def read(self, kind: GroupKind, reading: Callable[[Body], V]) -> Iterator[tuple[Item, V]]:
        """Yield the objects of a kind with what a function reads in each."""
        return ((item, self.told(item, reading)) for item in self.by_kind.get(kind, ()))

    def told(self, item: Item, reading: Callable[[Body], V]) -> V:
        """Return what a function reads in an object: once, in however many worlds it is."""
        known, body = self._readings[reading], item.body
        found = known.get(id(body))
        if found is None:
            found = known[id(body)] = body, reading(body)
        return cast("V", found[1])

    @cached_property
    def by_kind(self) -> Mapping[GroupKind, Sequence[Item]]:
        """Every object by group and kind."""
        return grouped(self.items, attrgetter("group", "kind"))

    @cached_property
    def by_identity(self) -> Mapping[tuple[str, str, str, str], Item]:
        """Every object by group, kind, namespace (`default` where it names none) and name."""
        return {(item.group, item.kind, item.namespace or "default", item.name): item for item in self.items}

    @cached_property
    def workloads(self) -> Sequence[Workload]:
        """Everything that makes pods."""
        return [
            Workload(face, Behind(item, pod, inside), self._seen)
            for kind in WORKLOADS
            for item, (face, pod, inside) in self.read(kind, pods_of)
        ]

    @cached_property
    def workloads_of(self) -> Mapping[str, Sequence[Workload]]:
        """Everything that makes pods, by namespace."""
        return grouped(self.workloads, attrgetter("namespace"))

    @cached_property
    def carriers(self) -> Carriers:
        """Everything that makes pods, by the labels that somebody selects by."""
        return Carriers(self.workloads)

    @cached_property
    def namespaces(self) -> Mapping[str, Item]:
        """Namespace objects by name."""
        return {item.name: item for item in self.by_kind.get(NAMESPACE, ())}

    @cached_property
    def populated(self) -> frozenset[str]:
        """Namespaces that something judged lives in, or whose Namespace object is judged, and that no chart fills."""
        lived_in = {item.namespace for item in self.items}
        return frozenset({*self.namespaces, *(namespace or "default" for namespace in lived_in)} - self.charted)

    @cached_property
    def charted(self) -> frozenset[str]:
        """Namespaces that charts are installed into, which bring along what is not judged."""
        return deployed_into(self.by_kind)

    @cached_property
    def hosts(self) -> Mapping[str, Sequence[Host]]:
        """Every host name of the mesh."""
        services, entries = self.read(SERVICE, of_service), self.read(SERVICE_ENTRY, of_entry)
        return hosts_of(services, entries, self._cluster_domain)


def grouped(values: Iterable[V], key: Callable[[V], K]) -> Mapping[K, list[V]]:
    """Return `values` by `key`, in their order."""
    found: defaultdict[K, list[V]] = defaultdict(list)
    for value in values:
        found[key(value)].append(value)
    return found
