"""The unit: the grain of compilation, freezing and the ledger."""

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
