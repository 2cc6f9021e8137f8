"""Make the new side out of the old one and the changes, and turn changes round: the proof that a diff is complete."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from platform_compiler.diff.canonical import canonical
from platform_compiler.diff.items import holds
from platform_compiler.diff.model import (
    Body,
    Change,
    ChangeKind,
    Comparison,
    FieldChange,
    FieldKind,
    Identity,
    Item,
    Step,
)

_OPPOSITE = {FieldKind.ADDED: FieldKind.REMOVED, FieldKind.REMOVED: FieldKind.ADDED}
_OTHER_WAY = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}


def apply(comparison: Comparison, before: dict[Identity, Body]) -> dict[Identity, Body]:
    """Return the bodies after every change, from those before and the fields alone."""
    after = {identity: canonical(body) for identity, body in before.items()}
    for change in comparison.changes:
        old = after.pop(change.old_identity or change.identity, None)
        if change.old is None and change.new is not None:
            after[change.identity] = canonical(change.new.body)
        elif change.new is not None:
            assert old is not None
            after[change.identity] = patched(old, change.fields)
    return after


def inverse(comparison: Comparison) -> Comparison:
    """Return the comparison of the two sides swapped, without risks and causes."""
    changes = tuple(sorted((_swapped(change) for change in comparison.changes), key=lambda change: change.identity))
    return Comparison(changes, comparison.unchanged)


def _swapped(change: Change) -> Change:
    renamed = change.old_identity is not None
    return Change(
        _OTHER_WAY.get(change.kind, change.kind),
        change.old_identity or change.identity,
        change.new,
        change.old,
        tuple(sorted(map(_swapped_field, change.fields), key=_order)),
        change.identity if renamed else None,
    )


def _swapped_field(field: FieldChange) -> FieldChange:
    inside = tuple(sorted(map(_swapped_field, field.inside), key=_order))
    return replace(field, kind=_OPPOSITE.get(field.kind, field.kind), old=field.new, new=field.old, inside=inside)


def _order(field: FieldChange) -> tuple[Any, ...]:
    return tuple(map(str, field.pointer)), field.kind, field.index


def patched(value: Any, fields: Sequence[FieldChange], depth: int = 0) -> Any:
    """Return `value` with all changes made; their pointers count from `depth`."""
    for field in fields:
        if len(field.pointer) == depth and field.kind is not FieldKind.REORDERED:
            return field.new
    below: dict[Step, list[FieldChange]] = {}
    for field in fields:
        if len(field.pointer) > depth:
            below.setdefault(field.pointer[depth], []).append(field)
    if isinstance(value, dict):
        return _map(value, below, depth)
    order = next((field.new for field in fields if len(field.pointer) == depth), None)
    return _list(value, below, order, depth)


def _map(value: dict[str, Any], below: dict[Step, list[FieldChange]], depth: int) -> dict[str, Any]:
    made = dict(value)
    for step, fields in below.items():
        assert isinstance(step, str)
        if _gone(fields, depth):
            del made[step]
        else:
            made[step] = patched(made.get(step), fields, depth + 1)
    return made


def _list(
    value: list[Any], below: dict[Step, list[FieldChange]], order: tuple[Item, ...] | None, depth: int
) -> list[Any]:
    made = list(value)
    removed, added = set(), []
    for step, fields in below.items():
        if fields[0].kind is FieldKind.ADDED and len(fields[0].pointer) == depth + 1:
            added.append(fields[0])
            continue
        index = step if isinstance(step, int) else next(i for i, item in enumerate(value) if holds(item, step))  # type: ignore[arg-type]  # a list has no text steps
        if _gone(fields, depth):
            removed.add(index)
        else:
            made[index] = patched(made[index], fields, depth + 1)
    kept = [item for index, item in enumerate(made) if index not in removed]
    if order is not None:
        kept = [next(item for item in kept if holds(item, step)) for step in order]
    for field in sorted(added, key=lambda field: field.index):
        kept.insert(field.index, field.new)
    return kept


def _gone(fields: Sequence[FieldChange], depth: int) -> bool:
    return fields[0].kind is FieldKind.REMOVED and len(fields[0].pointer) == depth + 1
