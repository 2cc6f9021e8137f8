"""The unit: the grain of compilation, freezing and the ledger."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Scope: TypeAlias = Literal["app", "external", "host", "namespace", "cluster"]


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """One thing on one cluster that is compiled, frozen and owned as a whole.

    `id` is `team/name` for app and external, the namespace, the host name, or the cluster's name; `folder` is where its
    files go, relative to the output root: `clusters/<cluster>/<namespace>/<app>`, `.../<namespace>/_namespace`,
    `clusters/<cluster>/_cluster`.
    """

    cluster: str
    scope: Scope
    id: str
    folder: str
