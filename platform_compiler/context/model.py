"""What the context builder yields: one context a unit, and what expanding it needs besides."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Span
from platform_compiler.layers.model import Settings
from platform_compiler.source.node import Pointer

APART = frozenset({"cluster", "env", "delivery", "calls", "across"})
"""What is not the same in contexts that share all else; of calls only to which clusters they go."""


class ByHand(NamedTuple):
    """A field that a manifest wrote itself, as no template did: `setting` says by which of its words."""

    pointer: Pointer
    span: Span
    setting: str


class RawObject(NamedTuple):
    """A Kubernetes object of a RawResources manifest, in its namespace and with our labels."""

    body: dict[str, Any]
    span: Span
    by_hand: tuple[ByHand, ...]


class UnitContext(NamedTuple):
    """One unit: `context` is what its templates see, `parts` which blueprint plays which part (`name@major` or `none`).

    `settings` is there for applications: every setting in them must have an effect. `raw` are objects that need no
    template. The presence of an application is `client` where callers are and its pods are not.
    """

    unit: Unit
    context: dict[str, Any]
    parts: Mapping[str, str]
    manifest: Span
    settings: Settings | None = None
    presence: Literal["full", "client"] = "full"
    raw: tuple[RawObject, ...] = ()
    shared: Mapping[str, Any] | None = None
    """All of `context` that does not stand `APART`, where contexts on several clusters have the very same."""
