"""Targets of one interface: what is said of an interface alone is found out once, wherever its targets are."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from platform_compiler.link.model import Interface, Linked, Target

Alike: TypeAlias = Sequence[Target]
"""One manifest on the clusters where its interface is the same, whatever else its tree says; there is always one."""


def alike(linked: Linked) -> Sequence[Alike]:
    """Return every target, with those of the same interface on other clusters."""
    found: dict[int, list[Target]] = {}
    for by_ref in linked.targets.values():
        for target in by_ref.values():
            found.setdefault(id(target.interface), []).append(target)
    return list(found.values())


def interfaces_of(every: Iterable[Alike]) -> list[Interface]:
    """Return every interface once."""
    return [targets[0].interface for targets in every]
