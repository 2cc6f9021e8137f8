"""The unit: the grain of compilation, freezing and the ledger."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Scope: TypeAlias = Literal["app", "external", "raw", "host", "namespace", "cluster"]
OWNED: frozenset[str] = frozenset({"app", "external", "raw"})
"""Scopes of what a manifest of a team is compiled to: their `id` is `team/name`."""


class Unit(NamedTuple):
    """One thing on one cluster that is compiled, frozen and owned as a whole.

    `id` is `team/name` for app, external and raw, the namespace, the host name, or the cluster's name; `folder` is
    where its files go, relative to the output root: `clusters/<cluster>/<namespace>/<app>`,
    `.../<namespace>/_namespace`, `clusters/<cluster>/_cluster`.
    """

    cluster: str
    scope: Scope
    id: str
    folder: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The units that are compiled: those of some clusters and applications; None and nothing stand for all."""

    clusters: frozenset[str] | None = None
    apps: tuple[str, ...] = ()

    def __call__(self, unit: Unit) -> bool:
        """Whether a unit is wanted."""
        return (self.clusters is None or unit.cluster in self.clusters) and (not self.apps or unit.id in self.apps)
