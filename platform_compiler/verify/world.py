"""Everything that is judged on one cluster, as checks ask for it: what they look at is noted.

`whole` says that nothing of the cluster is missing, so that what is not here does not exist. Checks that rely on it are
only run then.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, cast

from platform_compiler.objects import Body
from platform_compiler.verify.carriers import FACES, marks_of
from platform_compiler.verify.hosts import Host
from platform_compiler.verify.index import (
    CHARTED,
    EVERYTHING,
    KINDS,
    NAMESPACE,
    POPULATED,
    SERVICE,
    SERVICE_ENTRY,
    Index,
    Readings,
)
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.versions import LATEST, Versions
from platform_compiler.verify.workloads import Face, GroupKind, Seen, Workload

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


Wanted: TypeAlias = tuple[str, frozenset[tuple[str, object]]]
"""A namespace, and the labels that pods of it are to carry."""


class World:
    """The objects of one cluster whose shape is sound, and the facts about it.

    It knows what is looked at: a check that found nothing here finds nothing in a world that looks the same there.
    """

    def __init__(self, items: Sequence[Item], facts: Facts, whole: bool, readings: Readings | None = None) -> None:  # noqa: FBT001 -- the words say it
        self.facts: Final = facts
        self.whole: Final = whole
        self._known: Final[dict[Callable[[World], Any], tuple[Any, set[Seen]]]] = {}
        self._selected: Final[dict[Wanted, tuple[Sequence[Workload], AbstractSet[Seen]]]] = {}
        self._seen: Final[list[set[Seen]]] = [set()]
        readings = defaultdict(dict) if readings is None else readings
        self._index: Final = Index(items, facts.cluster_domain, readings, self._seen)

    def watched(self, find_out: Callable[["World"], V]) -> tuple[V, set[Seen]]:
        """Return what a function finds out about this world, and what it looked at for that."""
        self._seen.append(set())
        found = find_out(self)
        return found, self._seen.pop()

    def signature(self, seen: Seen, look: Callable[[Sequence[Item]], object], face: Callable[[Face], object]) -> object:
        """Return what is equal for worlds that look the same there; `look` and `face` tell objects and faces apart."""
        return self._index.signature(seen, look, face)

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
        return self._index.items

    def of(self, group: str, kind: str) -> Sequence[Item]:
        """Return the objects of a kind, in the order they were given."""
        self._seen[-1].add((group, kind))
        return self._index.by_kind.get((group, kind), ())

    def read(self, group: str, kind: str, reading: Callable[[Body], V]) -> Iterator[tuple[Item, V]]:
        """Yield the objects of a kind with what a function reads in each: once, in however many worlds it is."""
        self._seen[-1].add((group, kind))
        return self._index.read((group, kind), reading)

    def told(self, item: Item, reading: Callable[[Body], V]) -> V:
        """Return what a function reads in one of the objects: once, in however many worlds it is."""
        self._seen[-1].add((item.group, item.kind))
        return self._index.told(item, reading)

    @property
    def kinds(self) -> Iterable[GroupKind]:
        """The kinds that there are objects of."""
        self._seen[-1].add(KINDS)
        return self._index.by_kind.keys()

    @property
    def by_kind(self) -> Mapping[GroupKind, Sequence[Item]]:
        """Every object by group and kind."""
        self._seen[-1].add(EVERYTHING)
        return self._index.by_kind

    def find(self, group: str, kind: str, namespace: str, name: str) -> Item | None:
        """Return one object by its identity; `namespace` is empty for kinds without."""
        self._seen[-1].add((group, kind))
        return self._index.by_identity.get((group, kind, namespace or "default", name))

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
            index = self._index
            found = index.carriers.inside(namespace, labels) if labels else index.workloads_of.get(namespace, ())
            known = self._selected[wanted] = found, marks_of(*labels)
        self._seen[-1] |= known[1]
        return known[0]

    def anywhere(self, labels: Mapping[str, str]) -> Sequence[Workload]:
        """Return the workloads of any namespace whose pods carry `labels`, which are not empty."""
        self._seen[-1] |= marks_of(*labels)
        return self._index.carriers.anywhere(labels)

    @property
    def workloads(self) -> Sequence[Workload]:
        """Everything that makes pods."""
        self._seen[-1].add(FACES)
        return self._index.workloads

    @property
    def workloads_of(self) -> Mapping[str, Sequence[Workload]]:
        """Everything that makes pods, by namespace."""
        self._seen[-1].add(FACES)
        return self._index.workloads_of

    @property
    def namespaces(self) -> Mapping[str, Item]:
        """Namespace objects by name."""
        self._seen[-1].add(NAMESPACE)
        return self._index.namespaces

    @property
    def populated(self) -> frozenset[str]:
        """Namespaces that something judged lives in, or whose Namespace object is judged, and that no chart fills."""
        self._seen[-1].add(POPULATED)
        return self._index.populated

    @property
    def charted(self) -> frozenset[str]:
        """Namespaces that charts are installed into, which bring along what is not judged."""
        self._seen[-1].add(CHARTED)
        return self._index.charted

    @property
    def hosts(self) -> Mapping[str, Sequence[Host]]:
        """Every host name of the mesh."""
        self._seen[-1].update((SERVICE, SERVICE_ENTRY))
        return self._index.hosts


Check: TypeAlias = Callable[[World], Iterator[Fault]]
"""Yields what is wrong in a world; never raises, whatever stands where no schema looks."""


def wanted_of(namespace: str, labels: Mapping[str, object]) -> Wanted | None:
    """Return what pods are to carry, None where a value is no text, so that no label equals it."""
    try:
        return namespace, frozenset(labels.items())
    except TypeError:
        return None


def namespace_of(item: Item) -> str:
    """Return where an object lives once applied: `default` where it names no namespace."""
    return item.namespace or "default"
