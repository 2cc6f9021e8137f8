"""Where policies hold, as far as sets and waivers ask: a cluster, its environment, and the namespaces known there."""

from collections.abc import Mapping
from dataclasses import dataclass

from platform_compiler.verify.versions import LATEST, Version

SYSTEM = ("kube-system", "kube-public", "kube-node-lease")
"""Namespaces of Kubernetes' own parts; policies leave them alone unless a set says what they leave alone."""
_EVERYWHERE = ("default", *SYSTEM)


@dataclass(frozen=True, slots=True)
class Where:
    """A cluster: `namespaces` are those known there with the team that owns each, empty where none does.

    `teams` are all teams of the platform: they are to manifests what namespaces are to objects.
    """

    cluster: str
    environment: str
    namespaces: Mapping[str, str]
    teams: tuple[str, ...] = ()
    kubernetes: Version = LATEST.kubernetes

    @property
    def all_namespaces(self) -> Mapping[str, str]:
        """The namespaces known there, and those that every cluster has."""
        return {**dict.fromkeys(_EVERYWHERE, ""), **self.namespaces}
