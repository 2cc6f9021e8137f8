"""What is read of the contexts of units: looked up in one after the other, and whether two agree on it."""

from collections.abc import Iterable
from itertools import repeat
from operator import is_
from typing import Any, TypeGuard

from platform_compiler.blueprints.free import ANY, ASKED, COUNT, IS_EMPTY, IS_THERE, Path
from platform_compiler.context.model import APART
from platform_compiler.numbers import alike

_ABSENT = object()
_SIZED = (str, list, dict)
_OF_EXPANSION = frozenset({"annotations", "kinds", "slots"})
"""What expanding a unit adds to its context, or changes of it."""
WIDE = "cluster"
"""One record for all units of a cluster, of which a template reads a few facts: those count, and not the whole."""


class Reads:
    """Paths that something reads, ready to be looked up in one unit after the other; it stands for what reads them.

    `columns` are lists of which only some fields of each item are read, `names` all else. Contexts that share a record
    differ from it only in what is `apart`, and once they are expanded in what is `beside_shared`.
    """

    __slots__ = (
        "_all",
        "_in_rows",
        "_tries",
        "_words",
        "apart",
        "beside_shared",
        "columns",
        "in_shared",
        "names",
        "wide",
    )

    def __init__(self, paths: Iterable[Path]) -> None:
        by_name: dict[str, set[Path]] = {}
        for first, *rest in paths:
            by_name.setdefault(first, set()).add(tuple(rest))
        self.wide = _outermost(by_name.pop(WIDE, ()))
        in_items = {name for name, below in by_name.items() if _are_in_items(below - ASKED)}
        self.names = tuple(sorted(by_name.keys() - in_items))
        above = {name: _outermost(by_name[name]) for name in self.names}
        self._tries = {name: _trie(paths) for name, paths in above.items() if paths != ((),)}  # read in part
        # Of a list how many items there are counts anyway, and so whether it is there or empty.
        rows = {name: {path[1:] for path in by_name[name] - ASKED} - {(COUNT,)} for name in sorted(in_items)}
        self.columns = {name: tuple(sorted({path[0] for path in below})) for name, below in rows.items()}
        self._in_rows = {name: _outermost(below) for name, below in rows.items()}
        self._all = (*self.names, *self.columns)
        calls = self.columns.get("calls")  # of which nothing differs but where they go
        same = {"calls"} if calls is not None and "clusters" not in calls else set()
        self.apart = tuple(name for name in self._all if name in APART - same)
        self.beside_shared = tuple(name for name in self._all if name in _OF_EXPANSION.union(self.apart))
        self.in_shared = tuple(name for name in self._all if name not in self.beside_shared)
        self._words = frozenset(self._all) | ({WIDE} if self.wide else set())

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
        if name in self._tries:
            return not _agree(mine, theirs, self._tries[name])
        fields = self.columns.get(name)
        if fields is None or not (_are_records(mine) and _are_records(theirs) and len(mine) == len(theirs)):
            return not alike(mine, theirs)
        return any(
            any(row.get(field, _ABSENT) is not other_row.get(field, _ABSENT) for field in fields)
            and not all(_same(value_at(row, path), value_at(other_row, path)) for path in self._in_rows[name])
            for row, other_row in zip(mine, theirs, strict=True)
        )

    def read(self, scope: dict[str, Any], names: Iterable[str] | None = None) -> list[object]:
        """Return what is read of some names, or of all but the cluster, as plain data."""
        return [self._of(name, scope) for name in (self._all if names is None else names)]

    def _of(self, name: str, scope: dict[str, Any]) -> object:
        """Return what is read of what a name stands for: some paths, some of each item, or all."""
        value = scope.get(name)
        if name in self._tries:
            return _below(value, self._tries[name])
        paths = self._in_rows.get(name)
        if not value or paths is None or not _are_records(value):
            return value
        return tuple([[value_at(row, path) for path in paths] for row in value])  # which no value of a context is

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


def _are_records(rows: Any) -> TypeGuard[list[dict[str, Any]]]:
    return type(rows) is list and set(map(type, rows)) == {dict}


def _outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the paths of all that counts as a whole, without those below another one."""
    every = set(map(_above_items, paths))
    return tuple(sorted(path for path in every if not any(path[:end] in every for end in range(len(path)))))


def _are_in_items(paths: set[Path]) -> bool:
    """Whether paths lead to fields of the items of a list, and nowhere else: of an item that is a list all counts."""
    return bool(paths) and all(path[:1] == (ANY,) and len(path) > 1 and path[1] != ANY for path in paths)


def _above_items(path: Path) -> Path:
    """Return the path of a list or map whose items are read: it counts as a whole."""
    return path[: path.index(ANY)] if ANY in path else path


def _same(one: list[object], other: list[object]) -> bool:
    """Whether two lists hold equal values; what is the very same is not looked at."""
    return (len(one) == len(other) and all(map(is_, one, other))) or alike(one, other)


class _Trie(dict[str, "_Trie"]):
    """Paths by their first steps; none where one ends."""


def _trie(paths: Iterable[Path]) -> _Trie:
    trie = _Trie()
    for path in paths:
        below = trie
        for step in path:
            below = below.setdefault(step, _Trie())
    return trie


def _below(value: Any, trie: _Trie) -> object:
    """Return what stands at the paths of a trie below a value, so that values with the same there give the same."""
    if value is None or not trie:
        return (value,)
    if type(value) is not dict:
        return [_astray(value, step, is_last=not below) for step, below in trie.items()]
    return [
        _below(value[step], below) if step in value else _astray(value, step, is_last=not below)
        for step, below in trie.items()
    ]


def _agree(one: Any, other: Any, trie: _Trie) -> bool:
    """Whether two values give the same at the paths of a trie; what is the very same is not looked at."""
    if one is other:
        return True
    if not trie:
        return alike(one, other)
    if type(one) is not dict or type(other) is not dict:
        return alike(_below(one, trie), _below(other, trie))
    for step, below in trie.items():
        mine, theirs = one.get(step, _ABSENT), other.get(step, _ABSENT)
        if mine is _ABSENT or theirs is _ABSENT:
            if mine is not theirs or _astray(one, step, is_last=not below) != _astray(other, step, is_last=not below):
                return False
        elif mine is not theirs and not _agree(mine, theirs, below):
            return False
    return True


def _astray(value: Any, step: str, *, is_last: bool) -> tuple[object, ...]:
    """Return what stands where a step leads nowhere: an answer where one was asked for, else what bars the way.

    Only a last step asks; on the way a key may be called so, too.
    """
    if is_last and step == IS_EMPTY:
        return step, not value if type(value) in _SIZED else type(value).__name__
    if is_last and step == IS_THERE:
        return step, value is not None
    return () if type(value) is dict else (value, step)


def value_at(value: Any, path: Path) -> list[Any]:
    """Return what stands at a path as a list: empty where there is nothing, longer for what bars the way, and where."""
    for depth, step in enumerate(path, 1):
        if type(value) is not dict or step not in value:
            return list(_astray(value, step, is_last=depth == len(path)))
        value = value[step]
    return [value]
