"""What makes pods, as checks see it: a face for all who ask for workloads, and what lies behind it.

Whoever looks behind a face is noted, since clusters often differ there alone.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from platform_compiler.objects import Body, Path, a_map, containers, kind_of, maps, template_of, text
from platform_compiler.verify.item import Item

GroupKind: TypeAlias = tuple[str, str]
Seen: TypeAlias = tuple[str, str]
"""A kind that was looked at, or one of the names that a world has for what is no kind."""
BEHIND: Seen = ("", "behind")
"""Everything that makes pods, in full: one mark for all of `WORKLOADS`, since every check of pods makes it for each."""
LABELS: Seen = ("", "labels")
"""All labels of all pods."""
LABEL = "a label of pods"
"""The first part of the mark of one label, whose key is the second: clusters often differ in one that nobody reads."""
WORKLOADS: tuple[GroupKind, ...] = (
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("apps", "ReplicaSet"),
    ("batch", "Job"),
    ("batch", "CronJob"),
    ("", "Pod"),
)


class Container(NamedTuple):
    """A container: its whole path, itself, its ports with their places, and its variables with places and names."""

    path: Path
    body: Body
    ports: Sequence[tuple[int, Body]]
    env: Sequence[tuple[int, str, Body]]


class Front(NamedTuple):
    """What others see of a container: its path, its name, its ports with their places, and whether it runs on."""

    path: Path
    name: object
    ports: Sequence[tuple[int, Body]]
    stays: bool
    """Whether it runs as long as the pod does: init containers only if they are sidecars."""


class Face(NamedTuple):
    """What others see of what makes pods: its name, what its pods are labelled and run as, and their open ports."""

    kind: str
    namespace: str
    name: str
    path: Path
    """Where the template stands in the object."""
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    on_node: bool
    """Whether the pods are on the network of their node."""
    account: str
    """The service account that they name."""
    selector: Body
    """The pods that it takes for its own."""
    fronts: Sequence[Front]


class Workload:
    """What makes pods. Its face is open to all who ask for workloads; the world takes note of who looks behind it."""

    __slots__ = ("_behind", "_seen", "annotations", "face", "fronts", "kind", "name", "namespace", "path")

    def __init__(self, face: Face, behind: "Behind", seen: "list[set[Seen]]") -> None:
        self.face = face
        self.kind, self.namespace, self.name, self.path, _, self.annotations = face[:6]
        self.fronts = face.fronts
        self._behind = behind
        self._seen = seen

    @property
    def labels(self) -> Mapping[str, str]:
        """All labels of the pods; `label` is for who asks for one."""
        self._seen[-1].add(LABELS)
        return self.face.labels

    def label(self, key: str) -> str | None:
        """Return a label of the pods."""
        self._seen[-1].add((LABEL, key))
        return self.face.labels.get(key)

    @property
    def item(self) -> Item:
        """The object."""
        self._seen[-1].add(BEHIND)
        return self._behind.item

    @property
    def pod(self) -> Body:
        """The pods' spec."""
        self._seen[-1].add(BEHIND)
        return self._behind.pod

    @property
    def containers(self) -> Sequence[Container]:
        """The containers, those that run first at the end."""
        self._seen[-1].add(BEHIND)
        return self._behind.containers

    @property
    def spec_path(self) -> Path:
        """Where the pods' spec stands in the object."""
        return (*self.path, "spec")


class Behind(NamedTuple):
    """What makes pods, in full."""

    item: Item
    pod: Body
    containers: Sequence[Container]


def pods_of(body: Body) -> tuple[Face, Body, Sequence[Container]]:
    """Read what makes pods: its face, their spec, and their containers."""
    path, template = template_of(body)
    of_pods, own = a_map(template, "metadata"), a_map(body, "metadata")
    pod, spec_path = a_map(template, "spec"), (*path, "spec")
    inside = [_container((*spec_path, *below), container) for below, container in containers(pod)]
    face = Face(
        kind_of(body),
        text(own, "namespace") or "default",
        text(own, "name"),
        path,
        {key: str(value) for key, value in a_map(of_pods, "labels").items()},
        a_map(of_pods, "annotations"),
        pod.get("hostNetwork") is True,
        text(pod, "serviceAccountName"),
        a_map(body, "spec", "selector"),
        [_front(container) for container in inside],
    )
    return face, pod, inside


def _front(container: Container) -> Front:
    stays = container.path[-2] == "containers" or container.body.get("restartPolicy") == "Always"
    return Front(container.path, container.body.get("name"), container.ports, stays)


def _container(path: Path, body: Body) -> Container:
    env = [(i, text(entry, "name"), entry) for i, entry in maps(body, "env")]
    return Container(path, body, maps(body, "ports"), env)
