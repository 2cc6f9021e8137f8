"""What every target has that a team owns: labels and annotations, its namespace, its team."""

from typing import Any

from platform_compiler.context.common import marks, own_labels, team_label, team_record
from platform_compiler.context.namespace import namespace_record
from platform_compiler.context.once import Once
from platform_compiler.link.model import Target
from platform_compiler.load import Loaded
from platform_compiler.source.node import plain

Record = dict[str, Any]


class Owned:
    """What targets of one environment have that a team owns: the same in all environments where it is equal."""

    def __init__(self, platform: Record, environment: str, loaded: Loaded, once: Once) -> None:
        self._platform = platform
        self._environment = environment
        self._loaded = loaded
        self._once = once
        self._owners: dict[tuple[str, str], Record] = {}

    def owner(self, namespace: str, team: str) -> Record:
        """Return a namespace and its team."""
        found = self._owners.get((namespace, team))
        if found is None:
            record = namespace_record(namespace, team, self._environment, self._loaded)
            owner = {"namespace": record, "team": team_record(team, self._loaded)}
            found = self._owners[namespace, team] = self._once.same(owner)
        return found

    def by_owner(self, target: Target, owner: Record) -> Record:
        """Return all that a target has: its owner decides it, its name and its tier."""
        tier = target.spec.entries.get("tier")
        said = plain(tier) if tier is not None else None
        return self._once(
            ("owned", target.ref, said, id(owner)),
            lambda: {"platform": self._platform, **self._marks(target, said), **owner},
        )

    def of(self, target: Target) -> Record:
        """Return all that a target has."""
        return self.by_owner(target, self.owner(target.interface.namespace, target.interface.team))

    def _marks(self, target: Target, tier: str | None) -> Record:
        """Return labels and annotations."""
        interface, document = target.interface, self._loaded.workloads[target.ref].document
        labels = {
            **own_labels(document),
            "app.kubernetes.io/name": interface.name,
            **team_label(self._platform, interface.team),
            **({"platformc.dev/tier": tier} if tier is not None else {}),
        }
        return marks(labels, target.path)
