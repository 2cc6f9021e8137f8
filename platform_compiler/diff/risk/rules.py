"""The parts of a table of risks: a check, the kinds it reads, and whether it looks at what comes, changes or goes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from platform_compiler.diff.model import Risk
from platform_compiler.objects import Body

GroupKind: TypeAlias = tuple[str, str]


class Event(Enum):
    """What happened to a resource."""

    CREATED = auto()
    CHANGED = auto()
    DELETED = auto()


CHANGES = frozenset({Event.CHANGED})
APPEARS = frozenset({Event.CREATED, Event.CHANGED})
GOES = frozenset({Event.DELETED})
ALWAYS = APPEARS | GOES


@dataclass(frozen=True, slots=True)
class Rule:
    """A check of two defaulted bodies; the one that does not exist is an empty map. No `kinds` means all of them."""

    check: Callable[[Body, Body], Iterable[Risk]]
    kinds: tuple[GroupKind, ...] = ()
    on: frozenset[Event] = CHANGES


NETWORKING, SECURITY_GROUP, GATEWAY_API = "networking.istio.io", "security.istio.io", "gateway.networking.k8s.io"
WORKLOADS: tuple[GroupKind, ...] = (
    ("", "Pod"),
    *(("apps", kind) for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")),
    *(("batch", kind) for kind in ("CronJob", "Job")),
)
SCALED: tuple[GroupKind, ...] = (("apps", "Deployment"), ("apps", "StatefulSet"))
HTTP_ROUTES: tuple[GroupKind, ...] = ((GATEWAY_API, "HTTPRoute"), (GATEWAY_API, "GRPCRoute"))
GATEWAY_ROUTES: tuple[GroupKind, ...] = (*HTTP_ROUTES, (GATEWAY_API, "TLSRoute"))
VIRTUAL_SERVICE: GroupKind = (NETWORKING, "VirtualService")
