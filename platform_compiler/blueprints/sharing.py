"""Making once what is the same on several clusters: units that agree on everything that is read get one result.

What is read is known statically (`free.py`), so agreement is a comparison of values, exact in their types; most
contexts hold the very same values, which nobody compares. Results are shared and must not be changed.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from operator import is_
from typing import Any, Generic, NamedTuple, TypeVar

from platform_compiler.blueprints.agreement import WIDE, Reads, value_at
from platform_compiler.diagnostics import Bag
from platform_compiler.numbers import Numbers

T = TypeVar("T")
Key = tuple[object, ...]


class First(NamedTuple, Generic[T]):
    """What was made for an owner first, and of what."""

    scope: dict[str, Any]
    shared: object
    facts: int
    made: T


class Sharing:
    """What was made so far in one run, by what it was made of; nothing of which something was reported."""

    def __init__(self, bag: Bag) -> None:
        self._bag = bag
        self.number = Numbers().of
        self._facts: dict[tuple[int, Reads], tuple[object, int]] = {}
        self._numbers: dict[tuple[int, Reads], tuple[object, int]] = {}
        self._made: dict[Key, Any] = {}
        self._same: defaultdict[Key, list[tuple[Sequence[object], Any]]] = defaultdict(list)
        self._first: dict[tuple[Reads, str], First[Any]] = {}
        self._values: dict[int, Any] = {}

    def once(self, key: Key, make: Callable[[], T]) -> T:
        """Return what was made for a key, else make it."""
        if key in self._made:
            found: T = self._made[key]
            return found
        made, heard = self._heard(make)
        if not heard:
            self._made[key] = made
        return made

    def once_for_the_same(self, key: Key, held: Sequence[object], make: Callable[[], T]) -> T:
        """Return what was made for an equal key where the very same values are held, else make it."""
        known = self._same[key]
        for before, found in known:  # few, since what is made for an owner is much dearer than to find it
            if len(before) == len(held) and all(map(is_, before, held)):
                return found  # type: ignore[no-any-return]
        made, heard = self._heard(make)
        if not heard:
            known.append((held, made))
        return made

    def once_for_equal(  # noqa: PLR0913, PLR0917 -- who asks, what is read, and both ways to make it
        self,
        reads: Reads,
        owner: str,
        scope: dict[str, Any],
        make: Callable[[], T],
        remake: Callable[["First[T]", tuple[str, ...]], T],
        shared: object = None,
    ) -> T:
        """Return what was made for the same owner where all that is read is equal, else make it.

        Most agree with the first. What does not is known by what differs, and made with that and the first at hand.
        """
        first: First[T] | None = self._first.get((reads, owner))
        facts = self.number_of_facts(scope, reads)
        if first is None:
            made, heard = self._heard(make)
            if not heard:
                self._first[reads, owner] = First(scope, shared, facts, made)
            return made
        names = reads.differing(first.scope, scope, shared=shared is not None and shared is first.shared)
        if first.facts == facts and not names:
            return first.made
        key = ("besides", reads, owner, facts, names, self.number(reads.read(scope, names)))
        apart = names if first.facts == facts else (*names, WIDE)
        return self.once(key, lambda: remake(first, apart))

    def agree(self, reads: Reads, first: First[T], scope: dict[str, Any], names: tuple[str, ...]) -> bool:
        """Whether a scope that differs from the first at some names agrees with it on what is read."""
        if not reads.is_of(names):
            return True
        if WIDE in names and self.number_of_facts(first.scope, reads) != self.number_of_facts(scope, reads):
            return False
        return reads.agree(first.scope, scope, names)

    def _heard(self, make: Callable[[], T]) -> tuple[T, bool]:
        """Make something, and tell whether anything was reported."""
        before = self._bag.reports
        made = make()
        return made, self._bag.reports != before

    def same(self, value: T) -> T:
        """Return the same value for all that are equal."""
        found: T = self._values.setdefault(self.number(value), value)
        return found

    def key(self, reads: Reads, scope: dict[str, Any], shared: object = None) -> Key:
        """Return what is equal for scopes that agree on all that is read: once for all that share it."""
        facts = self.number_of_facts(scope, reads)
        if shared is None:
            return reads, facts, self.number(reads.read(scope))
        known = self._numbers.get((id(shared), reads))
        if known is None:
            known = self._numbers[id(shared), reads] = shared, self.number(reads.read(scope, reads.in_shared))
        return reads, facts, known[1], self.number(reads.read(scope, reads.beside_shared))

    def number_of_facts(self, scope: dict[str, Any], reads: Reads) -> int:
        """Return one number for all scopes that agree on what is read of their clusters."""
        if not reads.wide:
            return 0
        record = scope[WIDE]
        key = (id(record), reads)
        if key not in self._facts:
            self._facts[key] = (
                record,
                self.number([value_at(record, path) for path in reads.wide]),
            )  # held, so the id stays
        return self._facts[key][1]
