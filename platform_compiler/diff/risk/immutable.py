"""Which changes the API server refuses, compared after defaulting and by value."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from platform_compiler.diff.defaults import with_defaults
from platform_compiler.diff.equality import same_value
from platform_compiler.diff.model import Risk
from platform_compiler.diff.risk.immutable_rows import ROWS, Row
from platform_compiler.diff.risk.registry import risk
from platform_compiler.objects import Body, a_map, at, group_of, kind_of
from platform_compiler.source.node import Pointer

_Change: TypeAlias = tuple[Pointer, Any, Any]
_BY_KIND: dict[tuple[str, str], tuple[Row, ...]] = {}
for _row in ROWS:
    _BY_KIND[_row.group, _row.kind] = (*_BY_KIND.get((_row.group, _row.kind), ()), _row)


def immutable_changes(old: Body, new: Body) -> list[Risk]:
    """Return one risk for every immutable field that changes, in the order of the table."""
    return immutable_defaulted(with_defaults(old), with_defaults(new))


def immutable_defaulted(old: Body, new: Body) -> list[Risk]:
    """Return the same for two bodies that hold the server's defaults already."""
    rows = _BY_KIND["*", "*"] + _BY_KIND.get((group_of(old), kind_of(old)), ())
    found = [
        risk("immutable-change", pointer, _message(old, pointer), advice=row.advice)
        for row in rows
        if row.when is None or row.when(old, new)
        for pointer, _, _ in _changes(row, old, new)
    ]
    return list(dict.fromkeys(found))


def _message(old: Body, pointer: Pointer) -> str:
    return f"`{'.'.join(map(str, pointer))}` of {kind_of(old) or 'a resource'} cannot change, the API server refuses it"


def _changes(row: Row, old: Body, new: Body) -> Iterator[_Change]:
    kind = kind_of(old)
    for pointer, before, after in _fields(row, old, new):
        a, b = (_omitted(row.seen(value) if row.seen else value) for value in (before, after))
        if not same_value(kind, pointer, a, b) and (row.refused is None or row.refused(before, after)):
            yield pointer, before, after


def _fields(row: Row, old: Body, new: Body) -> Iterator[_Change]:
    for path in row.paths:
        pointer = tuple(int(step) if step.isdigit() else step for step in path.split("."))
        if row.besides is None:
            yield pointer, at(old, *pointer), at(new, *pointer)
            continue
        before, after = a_map(at(old, *pointer)), a_map(at(new, *pointer))
        for field in [*before, *(key for key in after if key not in before)]:
            if field not in row.besides:
                yield (*pointer, field), before.get(field), after.get(field)


def _omitted(value: Any) -> Any:
    """Return a value as the server stores it: an empty list, or an empty map at the top, is the same as none."""
    return None if value == {} else _pruned(value)


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: kept for key, child in value.items() if (kept := _pruned(child)) is not None}
    if isinstance(value, list):
        return [_pruned(item) for item in value] or None
    return value
