"""The words of a diff: what a resource is known by, one changed field, one risk."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

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
