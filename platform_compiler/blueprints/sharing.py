"""Making once what is the same on several clusters: units that agree on everything that is read get one result.

What is read is known statically (`free.py`), so agreement is a comparison of values, exact in their types; most
contexts hold the very same values, which nobody compares. Results are shared and must not be changed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import repeat
from operator import is_
from typing import Any, Generic, NamedTuple, TypeGuard, TypeVar

from platform_compiler.blueprints.free import ANY, ASKED, IS_EMPTY, IS_THERE, Path
from platform_compiler.context.model import APART
from platform_compiler.diagnostics import Bag
from platform_compiler.numbers import Numbers, alike

T = TypeVar("T")
_ABSENT = object()
Key = tuple[object, ...]
_SIZED = (str, list, dict)
_OF_EXPANSION = frozenset({"annotations", "kinds", "slots"})
"""What expanding a unit adds to its context, or changes of it."""
_WIDE = "cluster"
"""One record for all units of a cluster, of which a template reads a few facts: those count, and not the whole."""


class Reads:
    """Paths that something reads, ready to be looked up in one unit after the other; it stands for what reads them.

    `columns` are lists of which only some fields of each item are read, `names` all else, and `parts` those of them
    that are read at some paths only; `apart` are those in which contexts may differ that share all else, and
    `beside_shared` those in which what is expanded of them may.
    """

    __slots__ = ("_all", "_in_rows", "_words", "apart", "beside_shared", "columns", "names", "parts", "wide")

    def __init__(self, paths: Iterable[Path]) -> None:
        by_name: dict[str, set[Path]] = {}
        for first, *rest in paths:
            by_name.setdefault(first, set()).add(tuple(rest))
        self.wide = _outermost(by_name.pop(_WIDE, ()))
        in_items = {name for name, below in by_name.items() if _are_in_items(below - ASKED)}
        self.names = tuple(sorted(by_name.keys() - in_items))
        above = {name: _outermost(by_name[name]) for name in self.names}
        self.parts = {name: paths for name, paths in above.items() if paths != ((),)}
        # Of a list how many items there are counts anyway, and so whether it is there or empty.
        rows = {name: {path[1:] for path in by_name[name] - ASKED} - {("",)} for name in sorted(in_items)}
        self.columns = {name: tuple(sorted({path[0] for path in below})) for name, below in rows.items()}
        self._in_rows = {name: _outermost(below) for name, below in rows.items()}
        self._all = (*self.names, *self.columns)
        calls = self.columns.get("calls")  # of which nothing differs but where they go
        same = {"calls"} if calls is not None and "clusters" not in calls else set()
        self.apart = tuple(name for name in self._all if name in APART - same)
        self.beside_shared = tuple(name for name in self._all if name in _OF_EXPANSION.union(self.apart))
        self._words = frozenset(self._all) | ({_WIDE} if self.wide else set())

    def differing(self, one: dict[str, Any], other: dict[str, Any], *, shared: bool = False) -> tuple[str, ...]:
        """Return the names at which two scopes differ in what is read; what is the very same is not looked at.

        Nor is what scopes hold that are made of one `shared` record.
        """
        names = self.beside_shared if shared else self._all
        return tuple(
            [name for name in names if one.get(name) is not other.get(name) and self._differs(name, one, other)]
        )

    def agree(self, one: dict[str, Any], other: dict[str, Any], names: Iterable[str]) -> bool:
        """Whether two scopes hold equal values at all that is read of some names, which are not the cluster."""
        return not any(name in self._all and self._differs(name, one, other) for name in names)

    def is_of(self, names: Iterable[str]) -> bool:
        """Whether anything is read of some names."""
        return not self._words.isdisjoint(names)

    def _differs(self, name: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
        mine, theirs = one.get(name), other.get(name)
        if name in self.parts:
            return not all(_same(_at(mine, path), _at(theirs, path)) for path in self.parts[name])
        fields = self.columns.get(name)
        if fields is None or not (_are_records(mine) and _are_records(theirs) and len(mine) == len(theirs)):
            return not alike(mine, theirs)
        return any(
            any(row.get(field, _ABSENT) is not other_row.get(field, _ABSENT) for field in fields)
            and not all(_same(_at(row, path), _at(other_row, path)) for path in self._in_rows[name])
            for row, other_row in zip(mine, theirs, strict=True)
        )

    def read(self, scope: dict[str, Any], names: Iterable[str] | None = None) -> list[object]:
        """Return what is read of some names, or of all but the cluster, as plain data."""
        return [self._of(name, scope) for name in (self._all if names is None else names)]

    def _of(self, name: str, scope: dict[str, Any]) -> object:
        """Return what is read of what a name stands for: some paths, some of each item, or all."""
        value = scope.get(name)
        if name in self.parts:
            return [_at(value, path) for path in self.parts[name]]
        paths = self._in_rows.get(name)
        if paths is None or not _are_records(value):
            return value
        return tuple([[_at(row, path) for path in paths] for row in value])  # which no value of a context is

    def values(self, scope: dict[str, Any], shared: object = None) -> list[object]:
        """Return what stands at all that is read, but for facts of the cluster: names as a whole, columns by field.

        What scopes share stands for itself; what is `apart` from it is read besides.
        """
        if shared is not None:
            return [shared, *map(scope.get, self.apart)]
        found = list(map(scope.get, self.names, repeat(_ABSENT)))
        for name, fields in self.columns.items():
            rows = scope.get(name, _ABSENT)
            if _are_records(rows):
                found.append(len(rows))
                for row in rows:
                    found += [row.get(field, _ABSENT) for field in fields]
            else:
                found += (_ABSENT, rows)
        return found


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
        self._same: defaultdict[Key, list[tuple[list[object], Any]]] = defaultdict(list)
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

    def once_for_the_same(self, key: Key, held: list[object], make: Callable[[], T]) -> T:
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
        apart = names if first.facts == facts else (*names, _WIDE)
        return self.once(key, lambda: remake(first, apart))

    def agree(self, reads: Reads, first: First[T], scope: dict[str, Any], names: tuple[str, ...]) -> bool:
        """Whether a scope that differs from the first at some names agrees with it on what is read."""
        if not reads.is_of(names):
            return True
        same_facts = self.number_of_facts(first.scope, reads) == self.number_of_facts(scope, reads)
        return same_facts and reads.agree(first.scope, scope, names)

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
        if shared is None or reads.beside_shared:
            return reads, self.number_of_facts(scope, reads), self.number(reads.read(scope))
        known = self._numbers.get((id(shared), reads))
        if known is None:
            known = self._numbers[id(shared), reads] = shared, self.number(reads.read(scope))
        return reads, self.number_of_facts(scope, reads), known[1]

    def number_of_facts(self, scope: dict[str, Any], reads: Reads) -> int:
        """Return one number for all scopes that agree on what is read of their clusters."""
        if not reads.wide:
            return 0
        record = scope[_WIDE]
        key = (id(record), reads)
        if key not in self._facts:
            self._facts[key] = record, self.number([_at(record, path) for path in reads.wide])  # held, so the id stays
        return self._facts[key][1]


def _are_records(rows: Any) -> TypeGuard[list[dict[str, Any]]]:
    return type(rows) is list and set(map(type, rows)) == {dict}


def _outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the paths of all that counts as a whole, without those below another one."""
    every = set(map(_above_items, paths))
    return tuple(sorted(path for path in every if not any(path[:end] in every for end in range(len(path)))))


def _are_in_items(paths: set[Path]) -> bool:
    """Whether paths lead below the items of a list, and nowhere else."""
    return bool(paths) and all(path[:1] == (ANY,) and len(path) > 1 for path in paths)


def _above_items(path: Path) -> Path:
    """Return the path of a list or map whose items are read: it counts as a whole."""
    return path[: path.index(ANY)] if ANY in path else path


def _same(one: list[object], other: list[object]) -> bool:
    """Whether two lists hold equal values; what is the very same is not looked at."""
    return (len(one) == len(other) and all(map(is_, one, other))) or alike(one, other)


def _at(value: Any, path: Path) -> list[Any]:
    """Return what stands at a path as a list: empty where there is nothing, longer for what bars the way, and where."""
    for depth, step in enumerate(path):
        if type(value) is dict and step in value:
            value = value[step]
        elif step == IS_EMPTY:
            return [step, not value if type(value) in _SIZED else type(value).__name__]
        elif step == IS_THERE:
            return [step, value is not None]
        else:
            return [] if type(value) is dict else [value, depth]
    return [value]
