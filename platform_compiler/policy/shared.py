"""Asking once about what stands on several clusters: a body that they share is one value, and so is its namespace.

Where the same policies are bound alike, and nothing else that a request says differs, what nobody was against on one
cluster nobody is against on the next.
"""

from collections.abc import Sequence
from typing import TypeAlias

from platform_compiler.policy.judge import Bench
from platform_compiler.verify.item import Item

Look: TypeAlias = tuple[int, int]
"""A body and the Namespace object that it is in, by their ids; whoever looks holds both."""
_DEFINITION = "CustomResourceDefinition"


class CleanBefore:
    """What was found in order so far, by what it was judged by."""

    def __init__(self) -> None:
        self._found: list[tuple[tuple[object, ...], set[Look]]] = []

    def like(self, facts: tuple[object, ...], bench: Bench, items: Sequence[Item]) -> set[Look]:
        """Return what was in order on clusters with equal facts and policies, to be looked up and added to.

        Policies with parameters judge by other objects too, and a definition says what a kind is: those share nothing.
        """
        if any(one.policy.param_kind for one in bench.compiled.values()) or any(i.kind == _DEFINITION for i in items):
            return set()
        judged_by = (*facts, sorted(bench.compiled), [binding.body for binding in bench.bindings])
        clean = next((clean for known, clean in self._found if known == judged_by), None)
        if clean is not None:
            return clean
        clean = set()
        self._found.append((judged_by, clean))
        return clean
