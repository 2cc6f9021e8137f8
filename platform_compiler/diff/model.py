"""The words of a diff: what a resource is known by, one changed field, one changed resource, one risk, one cause."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from platform_compiler.blueprints.resource import Resource
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Span
from platform_compiler.source.node import Pointer


class Identity(NamedTuple):
    """What a cluster knows a resource by; a new version of an API group is the same resource."""

    cluster: str
    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def identity_of(cluster: str, body: dict[str, Any]) -> Identity:
    """Return the identity of a resource on a cluster; `namespace` is empty for cluster-scoped ones."""
    metadata = body["metadata"]
    group = body["apiVersion"].rpartition("/")[0]
    return Identity(cluster, group, body["kind"], metadata.get("namespace", ""), metadata["name"])


class Level(StrEnum):
    """How much a reviewer should care."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Family(StrEnum):
    """What is at stake."""

    DELETION = "deletion"
    IMMUTABLE = "immutable"
    SECURITY = "security"
    EXPOSURE = "exposure"
    AVAILABILITY = "availability"
    MESH = "mesh"
    REACHABILITY = "reachability"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Risk:
    """One reason to look twice at the change of one resource.

    `name` is stable and kebab-case (`immutable-change`); `pointer` names the field, empty for the whole resource;
    `message` is one lower-case sentence without a full stop, `advice` what to do about it, may be empty.
    """

    name: str
    family: Family
    level: Level
    pointer: Pointer
    message: str
    advice: str = ""


Body: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """One resource of one side: its body, its file, and the unit that owns it; `resource` where we compiled it.

    `data` are the bytes of its file: equal bytes need no look inside.
    """

    body: Body
    path: str
    unit: Unit
    data: bytes
    resource: Resource | None = None


Resources: TypeAlias = Mapping[Identity, Placed]


class Item(NamedTuple):
    """A step into a list: the fields that tell this item from its neighbours; a bare value has one without a name."""

    key: tuple[tuple[str, str | int], ...]

    def __str__(self) -> str:
        return "/".join(str(value) for _, value in self.key)


Step: TypeAlias = str | int | Item


class FieldKind(StrEnum):
    """What happened to a field or to an item of a list."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs; enough to make the new value out of the old one, and back.

    `index` is the place of an added item in the new list, of a removed one in the old list; -1 elsewhere.
    A reordered list has as `old` and `new` the steps of the items that both sides hold, in either order.
    `inside` are the differences of a text that holds JSON or YAML, which `old` and `new` give as text.
    """

    kind: FieldKind
    pointer: tuple[Step, ...]
    old: Any = None
    new: Any = None
    index: int = -1
    inside: tuple["FieldChange", ...] = ()


class ChangeKind(StrEnum):
    """What happened to a resource; a renamed one is deleted and made again, a moved one changed its file or unit."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Cause:
    """A line that made something change: its place, and what was written there in a few words.

    `before` says that the line is one of the base: it is gone.
    """

    span: Span
    text: str
    before: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that differs. `identity` is its new one, `old_identity` the one before when it was renamed.

    `old` and `new` are the two sides; one is None for an added or a removed resource, whose `fields` are empty.
    """

    kind: ChangeKind
    identity: Identity
    old: Placed | None
    new: Placed | None
    fields: tuple[FieldChange, ...] = ()
    old_identity: Identity | None = None
    risks: tuple[Risk, ...] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def placed(self) -> Placed:
        """The side that exists, the new one first."""
        placed = self.new or self.old
        assert placed is not None
        return placed


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every change, sorted by identity, and how many resources are the same.

    `elsewhere` are risks of resources that did not change themselves, such as a selector that now finds nothing.
    """

    changes: tuple[Change, ...]
    unchanged: int
    elsewhere: tuple[tuple[Identity, Risk], ...] = ()
