"""Making once what is the same on several clusters: units that agree on everything that is read get one result.

What is read is known statically (`free.py`), so agreement is a comparison of values, exact in their types; most
contexts hold the very same values, which nobody compares. Results are shared and must not be changed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import repeat
from operator import is_
from typing import Any, TypeGuard, TypeVar

from platform_compiler.blueprints.free import ANY, Path
from platform_compiler.diagnostics import Bag
from platform_compiler.numbers import Numbers

T = TypeVar("T")
_ABSENT = object()
Key = tuple[object, ...]
_WIDE = "cluster"
"""One record for all units of a cluster, of which a template reads a few facts: those count, and not the whole."""


class Reads:
    """Paths that something reads, ready to be looked up in one unit after the other.

    `columns` are lists of which only some fields of each item are read, `names` all else, and `parts` those of them
    that are read at some paths only; `exact` are all paths, up to the first item of a list.
    """

    __slots__ = ("columns", "exact", "names", "parts", "wide")

    def __init__(self, paths: Iterable[Path]) -> None:
        by_name: dict[str, set[Path]] = {}
        listed = list(paths)
        self.exact = tuple(sorted(set(map(_above_items, listed))))
        for first, *rest in listed:
            by_name.setdefault(first, set()).add(tuple(rest))
        self.wide = tuple(sorted({_above_items(path) for path in by_name.pop(_WIDE, ())}))
        in_items = {n for n, below in by_name.items() if all(p[:1] == (ANY,) and len(p) > 1 for p in below)}
        self.names = tuple(sorted(by_name.keys() - in_items))
        above = {name: tuple(sorted(set(map(_above_items, by_name[name])))) for name in self.names}
        self.parts = {name: paths for name, paths in above.items() if () not in paths}
        self.columns = tuple((name, tuple(sorted({path[1] for path in by_name[name]}))) for name in sorted(in_items))

    def values(self, scope: dict[str, Any]) -> list[object]:
        """Return what stands at all that is read, but for facts of the cluster: names as a whole, columns by field."""
        found = list(map(scope.get, self.names, repeat(_ABSENT)))
        for name, fields in self.columns:
            rows = scope.get(name, _ABSENT)
            if _are_records(rows):
                found.append(len(rows))
                for row in rows:
                    found += map(row.get, fields, repeat(_ABSENT))
            else:
                found += (_ABSENT, rows)
        return found


class Sharing:
    """What was made so far in one run, by what it was made of; nothing of which something was reported."""

    def __init__(self, bag: Bag) -> None:
        self._bag = bag
        self.number = Numbers().of
        self._facts: dict[tuple[int, Reads], tuple[object, int]] = {}
        self._made: dict[Key, Any] = {}
        self._same: defaultdict[Key, list[tuple[list[object], object, Any]]] = defaultdict(list)
        self._first: dict[tuple[Reads, str], tuple[Compared, Any] | None] = {}
        self._values: dict[int, Any] = {}
        self._last: defaultdict[str, dict[object, tuple[object, int]]] = defaultdict(dict)

    def once(self, key: Key, make: Callable[[], T]) -> T:
        """Return what was made for a key, else make it."""
        if key in self._made:
            found: T = self._made[key]
            return found
        made, heard = self._heard(make)
        if not heard:
            self._made[key] = made
        return made

    def once_for_the_same(
        self, reads: "Reads", owner: str, scope: dict[str, Any], make: Callable[[], T], given: object = None
    ) -> T:
        """Return what was made for the same owner where the very same values stood at all that is read, else make it.

        The very same is `given`, too.
        """
        held = reads.values(scope)
        facts = self.number_of_facts(scope[_WIDE], reads) if reads.wide else 0
        known = self._same[reads, owner, facts, id(given)]
        for before, _, found in known:  # few, since what is made for an owner is much dearer than to find it
            if len(before) == len(held) and all(map(is_, before, held)):
                return found  # type: ignore[no-any-return]
        made, heard = self._heard(make)
        if not heard:
            known.append((held, given, made))  # what is given is held, so that its id stays its own
        return made

    def once_for_equal(self, reads: "Reads", compared: "Compared", make: Callable[[], T], same: Callable[[T], T]) -> T:
        """Return what was made for the same owner where all that is read is equal, else make it.

        What was made first is compared with nothing until there is a second; `same` returns what equal results share.
        """
        owner = (reads, compared.owner)
        if owner not in self._first:
            made, heard = self._heard(make)
            if not heard:
                self._first[owner] = compared, made
            return made
        first = self._first[owner]
        if first is not None:
            self._made[reads, *first[0].key(reads)] = same(first[1])
            self._first[owner] = None
        return self.once((reads, *compared.key(reads)), lambda: same(make()))

    def _heard(self, make: Callable[[], T]) -> tuple[T, bool]:
        """Make something, and tell whether anything was reported."""
        before = self._bag.reports
        made = make()
        return made, self._bag.reports != before

    def same(self, value: T) -> T:
        """Return the same value for all that are equal."""
        found: T = self._values.setdefault(self.number(value), value)
        return found

    def exact_key(self, reads: Reads, scope: dict[str, Any]) -> int:
        """Return one number for all contexts that agree on what is read, up to the first item of a list."""
        return self.number([_at(scope, path) for path in reads.exact])

    def last_of(self, owner: str) -> dict[object, tuple[object, int]]:
        """Return what names of an owner stood for the last time, with the numbers of that."""
        return self._last[owner]

    def number_of_facts(self, record: dict[str, Any], reads: Reads) -> int:
        """Return one number for all records that agree on what is read of them."""
        key = (id(record), reads)
        if key not in self._facts:
            self._facts[key] = record, self.number([_at(record, path) for path in reads.wide])  # held, so the id stays
        return self._facts[key][1]


class Compared:
    """A context of one owner, and the numbers of what was read of it so far."""

    __slots__ = ("_last", "_scope", "_sharing", "owner")

    def __init__(self, sharing: Sharing, owner: str, scope: dict[str, Any]) -> None:
        self._sharing = sharing
        self.owner = owner
        self._last = sharing.last_of(owner)
        self._scope = scope

    def key(self, reads: Reads) -> Key:
        """Return what is equal for contexts that agree on everything that is read."""
        parts = reads.parts
        found = [self._number_of_parts(name, reads) if name in parts else self._number(name) for name in reads.names]
        for name, fields in reads.columns:
            rows = self._scope.get(name)
            if _are_records(rows):
                cut = [{field: row[field] for field in fields if field in row} for row in rows]
                found.append(self._sharing.number(cut))
            else:
                found.append(self._number(name))
        if reads.wide:
            found.append(self._sharing.number_of_facts(self._scope[_WIDE], reads))
        return tuple(found)

    def _number(self, name: str) -> int:
        """Return the number of what a name stands for; the same object as the last time is not looked at again."""
        value, last = self._scope.get(name), self._last.get(name)
        if last is None or last[0] is not value:
            last = self._last[name] = value, self._sharing.number(value)
        return last[1]

    def _number_of_parts(self, name: str, reads: Reads) -> int:
        """Return the number of what is read of what a name stands for, likewise."""
        value, last = self._scope.get(name), self._last.get((name, reads))
        if last is None or last[0] is not value:
            read = [_at(value, path) for path in reads.parts[name]]
            last = self._last[name, reads] = value, self._sharing.number(read)
        return last[1]


def _are_records(rows: Any) -> TypeGuard[list[dict[str, Any]]]:
    return type(rows) is list and set(map(type, rows)) == {dict}


def _above_items(path: Path) -> Path:
    """Return the path of a list or map whose items are read: it counts as a whole."""
    return path[: path.index(ANY)] if ANY in path else path


def _at(value: Any, path: Path) -> list[Any]:
    """Return what stands at a path as a list: empty where there is nothing, longer for what bars the way, and where."""
    for depth, step in enumerate(path):
        if type(value) is not dict:
            return [value, depth]
        if step not in value:
            return []
        value = value[step]
    return [value]
