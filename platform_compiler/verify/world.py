"""Everything that is judged on one cluster, indexed for the checks.

`whole` says that nothing of the cluster is missing, so that what is not here does not exist. Checks that rely on it are
only run then.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, cast

from platform_compiler.objects import Body
from platform_compiler.verify.carriers import FACES, Carriers, marks_of
from platform_compiler.verify.deployers import deployed_into
from platform_compiler.verify.hosts import Host, hosts_of, of_entry, of_service
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.versions import LATEST, Versions
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
ROOT_NAMESPACE = "istio-system"
CLUSTER_DOMAIN = "cluster.local"


class Facts(NamedTuple):
    """What objects cannot say of their cluster; the defaults are those of a usual installation.

    `promised` are objects that exist without being judged, as (kind, namespace, name): secrets made by hand, say. The
    namespace is `default` for objects that name none. `files` are those that the objects were read from.
    """

    versions: Versions = LATEST
    root_namespace: str = ROOT_NAMESPACE
    cluster_domain: str = CLUSTER_DOMAIN
    trust_domains: tuple[str, ...] = (CLUSTER_DOMAIN,)
    promised: frozenset[tuple[str, str, str]] = frozenset()
    files: frozenset[str] = frozenset()


Readings: TypeAlias = defaultdict[Callable[[Body], Any], dict[int, tuple[Body, Any]]]
"""What functions read in bodies, by the ids of these, which stay their own since each is held."""
Wanted: TypeAlias = tuple[str, frozenset[tuple[str, object]]]
"""A namespace, and the labels that pods of it are to carry."""
EVERYTHING: Seen = ("", "*")
KINDS: Seen = ("", "kinds")
POPULATED: Seen = ("", "populated")
CHARTED: Seen = ("", "charted")
_NAMESPACE, _SERVICE, _SERVICE_ENTRY = ("", "Namespace"), ("", "Service"), ("networking.istio.io", "ServiceEntry")


class World:
    """The objects of one cluster whose shape is sound, and the facts about it.

    It knows what is looked at: a check that found nothing here finds nothing in a world that looks the same there.
    """

    def __init__(self, items: Sequence[Item], facts: Facts, whole: bool, readings: Readings | None = None) -> None:  # noqa: FBT001 -- the words say it
        self._items: Final = items
        self.facts: Final = facts
        self.whole: Final = whole
        self._readings: Final[Readings] = defaultdict(dict) if readings is None else readings
        self._known: Final[dict[Callable[[World], Any], tuple[Any, set[Seen]]]] = {}
        self._selected: Final[dict[Wanted, tuple[Sequence[Workload], AbstractSet[Seen]]]] = {}
        self._seen: Final[list[set[Seen]]] = [set()]

    def watched(self, find_out: Callable[["World"], V]) -> tuple[V, set[Seen]]:
        """Return what a function finds out about this world, and what it looked at for that."""
        self._seen.append(set())
        found = find_out(self)
        return found, self._seen.pop()

    def signature(self, seen: Seen, look: Callable[[Sequence[Item]], object], face: Callable[[Face], object]) -> object:
        """Return what is equal for worlds that look the same there; `look` and `face` tell objects and faces apart."""
        if seen == POPULATED:
            return self._populated
        if seen == CHARTED:
            return self._charted
        if seen == FACES:
            return tuple([face(workload.face) for workload in self._workloads])
        if seen[0] == LABEL:
            return tuple([workload.face.labels.get(seen[1]) for workload in self._workloads])
        return tuple(self._by_kind) if seen == KINDS else self._items_at(seen, look)

    def _items_at(self, seen: Seen, look: Callable[[Sequence[Item]], object]) -> object:
        if seen == LABELS:
            return tuple([tuple(workload.face.labels.items()) for workload in self._workloads])
        if seen == BEHIND:
            return tuple([look(self._by_kind.get(kind, ())) for kind in WORKLOADS])
        return look(self._items if seen == EVERYTHING else self._by_kind.get(seen, ()))

    def once(self, find_out: Callable[["World"], V]) -> V:
        """Return what a function finds out about this world, and find it out only once."""
        if find_out not in self._known:
            self._known[find_out] = self.watched(find_out)
        found, seen = self._known[find_out]
        self._seen[-1] |= seen
        return cast("V", found)

    @property
    def items(self) -> Sequence[Item]:
        """Every object, in the order they were given."""
        self._seen[-1].add(EVERYTHING)
        return self._items

    def of(self, group: str, kind: str) -> Sequence[Item]:
        """Return the objects of a kind, in the order they were given."""
        self._seen[-1].add((group, kind))
        return self._by_kind.get((group, kind), ())

    def read(self, group: str, kind: str, reading: Callable[[Body], V]) -> Iterator[tuple[Item, V]]:
        """Yield the objects of a kind with what a function reads in each: once, in however many worlds it is."""
        self._seen[-1].add((group, kind))
        return self._read((group, kind), reading)

    def _read(self, kind: GroupKind, reading: Callable[[Body], V]) -> Iterator[tuple[Item, V]]:
        known = self._readings[reading]
        for item in self._by_kind.get(kind, ()):
            body = item.body
            found = known.get(id(body))
            if found is None:
                found = known[id(body)] = body, reading(body)
            yield item, found[1]

    def told(self, item: Item, reading: Callable[[Body], V]) -> V:
        """Return what a function reads in one of the objects: once, in however many worlds it is."""
        self._seen[-1].add((item.group, item.kind))
        known, body = self._readings[reading], item.body
        found = known.get(id(body))
        if found is None:
            found = known[id(body)] = body, reading(body)
        return cast("V", found[1])

    @property
    def kinds(self) -> Iterable[GroupKind]:
        """The kinds that there are objects of."""
        self._seen[-1].add(KINDS)
        return self._by_kind.keys()

    @property
    def by_kind(self) -> Mapping[GroupKind, Sequence[Item]]:
        """Every object by group and kind."""
        self._seen[-1].add(EVERYTHING)
        return self._by_kind

    def find(self, group: str, kind: str, namespace: str, name: str) -> Item | None:
        """Return one object by its identity; `namespace` is empty for kinds without."""
        self._seen[-1].add((group, kind))
        return self._by_identity.get((group, kind, namespace or "default", name))

    def exists(self, group: str, kind: str, namespace: str, name: str) -> bool:
        """Whether an object is judged or promised."""
        promised = (kind, namespace or "default", name) in self.facts.promised
        return promised or self.find(group, kind, namespace, name) is not None

    def selected(self, namespace: str, labels: Mapping[str, object]) -> Sequence[Workload]:
        """Return the workloads of a namespace whose pods carry `labels`."""
        wanted = wanted_of(namespace, labels)
        return () if wanted is None else self.carrying(wanted)

    def carrying(self, wanted: Wanted) -> Sequence[Workload]:
        """Return the workloads whose pods carry what is wanted; a score of checks ask for the same ones."""
        known = self._selected.get(wanted)
        if known is None:
            namespace, labels = wanted[0], dict(wanted[1])
            found = self._carriers.inside(namespace, labels) if labels else self._workloads_of.get(namespace, ())
            known = self._selected[wanted] = found, marks_of(*labels)
        self._seen[-1] |= known[1]
        return known[0]

    def anywhere(self, labels: Mapping[str, str]) -> Sequence[Workload]:
        """Return the workloads of any namespace whose pods carry `labels`, which are not empty."""
        self._seen[-1] |= marks_of(*labels)
        return self._carriers.anywhere(labels)

    @property
    def workloads(self) -> Sequence[Workload]:
        """Everything that makes pods."""
        self._seen[-1].add(FACES)
        return self._workloads

    @property
    def workloads_of(self) -> Mapping[str, Sequence[Workload]]:
        """Everything that makes pods, by namespace."""
        self._seen[-1].add(FACES)
        return self._workloads_of

    @property
    def namespaces(self) -> Mapping[str, Item]:
        """Namespace objects by name."""
        self._seen[-1].add(_NAMESPACE)
        return self._namespaces

    @property
    def populated(self) -> frozenset[str]:
        """Namespaces that something judged lives in, or whose Namespace object is judged, and that no chart fills."""
        self._seen[-1].add(POPULATED)
        return self._populated

    @property
    def charted(self) -> frozenset[str]:
        """Namespaces that charts are installed into, which bring along what is not judged."""
        self._seen[-1].add(CHARTED)
        return self._charted

    @property
    def hosts(self) -> Mapping[str, Sequence[Host]]:
        """Every host name of the mesh."""
        self._seen[-1].update((_SERVICE, _SERVICE_ENTRY))
        return self._hosts

    @cached_property
    def _workloads(self) -> Sequence[Workload]:
        return [
            Workload(face, Behind(item, pod, inside), self._seen)
            for kind in WORKLOADS
            for item, (face, pod, inside) in self._read(kind, pods_of)
        ]

    @cached_property
    def _workloads_of(self) -> Mapping[str, Sequence[Workload]]:
        return grouped(self._workloads, attrgetter("namespace"))

    @cached_property
    def _namespaces(self) -> Mapping[str, Item]:
        return {item.name: item for item in self._by_kind.get(_NAMESPACE, ())}

    @cached_property
    def _populated(self) -> frozenset[str]:
        lived_in = {item.namespace for item in self._items}
        return frozenset({*self._namespaces, *(namespace or "default" for namespace in lived_in)} - self._charted)

    @cached_property
    def _charted(self) -> frozenset[str]:
        return deployed_into(self._by_kind)

    @cached_property
    def _hosts(self) -> Mapping[str, Sequence[Host]]:
        services, entries = self._read(_SERVICE, of_service), self._read(_SERVICE_ENTRY, of_entry)
        return hosts_of(services, entries, self.facts.cluster_domain)

    @cached_property
    def _by_kind(self) -> Mapping[GroupKind, Sequence[Item]]:
        return grouped(self._items, attrgetter("group", "kind"))

    @cached_property
    def _by_identity(self) -> Mapping[tuple[str, str, str, str], Item]:
        return {(item.group, item.kind, item.namespace or "default", item.name): item for item in self._items}

    @cached_property
    def _carriers(self) -> Carriers:
        return Carriers(self._workloads)


Check: TypeAlias = Callable[[World], Iterator[Fault]]
"""Yields what is wrong in a world; never raises, whatever stands where no schema looks."""


def grouped(values: Iterable[V], key: Callable[[V], K]) -> Mapping[K, list[V]]:
    """Return `values` by `key`, in their order."""
    found: defaultdict[K, list[V]] = defaultdict(list)
    for value in values:
        found[key(value)].append(value)
    return found


def wanted_of(namespace: str, labels: Mapping[str, object]) -> Wanted | None:
    """Return what pods are to carry, None where a value is no text, so that no label equals it."""
    try:
        return namespace, frozenset(labels.items())
    except TypeError:
        return None


def namespace_of(item: Item) -> str:
    """Return where an object lives once applied: `default` where it names no namespace."""
    return item.namespace or "default"
