"""What resolving layers yields: for each target its layers, its bounds and its merged tree."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from platform_compiler.diagnostics import Span
from platform_compiler.load import Manifest
from platform_compiler.source.node import MapNode, Node


class Layer(NamedTuple):
    """One place that settings come from; a lower layer loses to a higher one."""

    name: str
    tree: MapNode


class Bound(NamedTuple):
    """The strictest mandate of a name: its value, where it stands, and since when a breach is an error."""

    name: str
    value: Node
    span: Span
    since: date | None


_KINDS_WITH_PODS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"})


class Workload(NamedTuple):
    """What the contract of a workload blueprint says: what it makes, which settings it honours, which it needs.

    `elsewhere` is what other workload blueprints honour, by their names; `params` is the JSON Schema of its parameters.
    """

    name: str
    kinds: frozenset[str]
    honours: frozenset[tuple[str, ...]]
    needs: tuple[tuple[str, ...], ...]
    params: MapNode | None
    elsewhere: Mapping[str, frozenset[tuple[str, ...]]]
    foreign: frozenset[str]
    """First words of settings that others honour, and this one not as a whole."""

    @property
    def serves(self) -> bool:
        """Whether somebody can call it: what makes pods needs a Service as well, of other kinds we know nothing."""
        return "Service" in self.kinds or not self.kinds & _KINDS_WITH_PODS

    @property
    def has_peers(self) -> bool:
        """Whether its pods have names of their own, by which they may reach each other."""
        return "StatefulSet" in self.kinds

    @property
    def ends(self) -> bool:
        """Whether its pods run to an end."""
        return bool(self.kinds & {"Job", "CronJob"})


Workloads = Callable[[str, str], Workload | None]
"""The workload that `name@major` means in an environment."""


class Settings(NamedTuple):
    """One manifest on one cluster: `layers` from lowest to highest, and `spec`, all of them merged.

    Every leaf of `spec` carries the span of the layer that it came from. `workload` is there for applications.
    """

    manifest: Manifest
    cluster: str
    environment: str
    layers: tuple[Layer, ...]
    bounds: Mapping[str, Bound]
    spec: MapNode
    workload: Workload | None = None


class Resolved(NamedTuple):
    """Every target: cluster, then `team/name`, both sorted."""

    by_cluster: Mapping[str, Mapping[str, Settings]]
