"""What expanding blueprints yields: resources, each with the unit it belongs to and the lines it came from."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from platform_compiler.context.model import ByHand
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Span
from platform_compiler.source.node import Pointer


class Resource(NamedTuple):
    """A generated Kubernetes object; `template` is the blueprint line, `manifest` the document behind it.

    `by_hand` are the fields that a manifest wrote itself: all of a raw resource, what patches changed of others. `made`
    is what the template made, where patches changed it.
    """

    unit: Unit
    body: dict[str, Any]
    template: Span
    manifest: Span
    by_hand: tuple[ByHand, ...] = ()
    made: dict[str, Any] | None = None

    def hand_behind(self, pointer: Pointer) -> ByHand | None:
        """Return what wrote a field by hand, or the nearest thing above it; None where a template wrote it."""
        above = [one for one in self.by_hand if one.pointer == pointer[: len(one.pointer)]]
        return max(above, key=lambda one: len(one.pointer), default=None)


class Batch(NamedTuple):
    """Resources of one unit, one at least. Units that are made alike have one list, `like`: that of the first of them.

    Of theirs nothing but the unit differs, so whatever does not depend on it is worked out once for such a list.
    """

    unit: Unit
    like: Sequence[Resource]

    @property
    def resources(self) -> list[Resource]:
        """The resources of this very unit."""
        unit = self.unit
        return [one if one.unit is unit else one._replace(unit=unit) for one in self.like]


def resources_in(batches: Iterable[Batch]) -> list[Resource]:
    """Return all resources, in order."""
    return [resource for batch in batches for resource in batch.resources]
