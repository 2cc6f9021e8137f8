"""What resolving layers yields: for each target its layers, its bounds and its merged tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from platform_compiler.diagnostics import Span
from platform_compiler.load import Manifest
from platform_compiler.source.node import MapNode, Node


@dataclass(frozen=True, slots=True)
class Layer:
    """One place that settings come from; a lower layer loses to a higher one."""

    name: str
    tree: MapNode


@dataclass(frozen=True, slots=True)
class Bound:
    """The strictest mandate of a name: its value, where it stands, and since when a breach is an error."""

    name: str
    value: Node
    span: Span
    since: date | None


@dataclass(frozen=True, slots=True)
class Settings:
    """One manifest on one cluster: `layers` from lowest to highest, and `spec`, all of them merged.

    Every leaf of `spec` carries the span of the layer that it came from.
    """

    manifest: Manifest
    cluster: str
    environment: str
    layers: tuple[Layer, ...]
    bounds: Mapping[str, Bound]
    spec: MapNode


@dataclass(frozen=True, slots=True)
class Resolved:
    """Every target: cluster, then `team/name`, both sorted."""

    by_cluster: Mapping[str, Mapping[str, Settings]]
