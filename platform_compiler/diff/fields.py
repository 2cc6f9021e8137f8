"""Two bodies to the fields that differ: maps by key, lists by what tells items apart, texts that hold data as data.

The order of a list is never ignored: when the items that both sides hold stand in another order, the list is told as
reordered. The result is symmetric: swapping the sides swaps `added` with `removed` and `old` with `new`.
"""

import json
from typing import Any

from platform_compiler.diagnostics import Bag
from platform_compiler.diff.canonical import same
from platform_compiler.diff.items import steps_of
from platform_compiler.diff.model import FieldChange, FieldKind, Item, Step
from platform_compiler.source.node import ListNode, MapNode, plain
from platform_compiler.source.reader import read_tree

_LONGEST_DATA = 200_000


def field_changes(old: Any, new: Any) -> tuple[FieldChange, ...]:
    """Return every difference of two values, by pointer."""
    found: list[FieldChange] = []
    kind = new.get("kind") if type(new) is dict else ""
    _walk(old, new, (), found, kind if type(kind) is str else "")
    return tuple(found)


def _walk(old: Any, new: Any, pointer: tuple[Step, ...], found: list[FieldChange], kind: str) -> None:
    if type(old) is dict and type(new) is dict:
        for key in sorted({**old, **new}):
            below = (*pointer, key)
            if key not in new:
                found.append(FieldChange(FieldKind.REMOVED, below, old=old[key]))
            elif key not in old:
                found.append(FieldChange(FieldKind.ADDED, below, new=new[key]))
            else:
                _walk(old[key], new[key], below, found, kind)
    elif type(old) is list and type(new) is list:
        _lists(old, new, pointer, found, kind)
    elif not same(old, new, pointer, kind):
        inside = _inside(old, new) if kind == "ConfigMap" and pointer[:1] == ("data",) else ()
        found.append(FieldChange(FieldKind.CHANGED, pointer, old, new, inside=inside))


def _lists(old: list[Any], new: list[Any], pointer: tuple[Step, ...], found: list[FieldChange], kind: str) -> None:
    field = next((step for step in reversed(pointer) if type(step) is str), "")
    steps = steps_of(old, new, field)
    if steps is None:
        _by_position(old, new, pointer, found, kind)
    else:
        _by_step(dict(zip(steps[0], old, strict=True)), dict(zip(steps[1], new, strict=True)), pointer, found, kind)


def _by_step(
    old: dict[Item, Any], new: dict[Item, Any], pointer: tuple[Step, ...], found: list[FieldChange], kind: str
) -> None:
    for index, step in enumerate(old):
        if step not in new:
            found.append(FieldChange(FieldKind.REMOVED, (*pointer, step), old=old[step], index=index))
    for index, step in enumerate(new):
        if step not in old:
            found.append(FieldChange(FieldKind.ADDED, (*pointer, step), new=new[step], index=index))
    kept, reordered = [step for step in old if step in new], [step for step in new if step in old]
    for step in sorted(kept, key=str):
        _walk(old[step], new[step], (*pointer, step), found, kind)
    if kept != reordered:
        found.append(FieldChange(FieldKind.REORDERED, pointer, tuple(kept), tuple(reordered)))


def _by_position(
    old: list[Any], new: list[Any], pointer: tuple[Step, ...], found: list[FieldChange], kind: str
) -> None:
    """Compare what remains between an equal beginning and an equal end, item by item."""
    start, end = _common(old, new)
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    pairs = min(len(middle_old), len(middle_new))
    for offset in range(pairs):
        _walk(middle_old[offset], middle_new[offset], (*pointer, start + offset), found, kind)
    for offset in range(pairs, len(middle_old)):
        index = start + offset
        found.append(FieldChange(FieldKind.REMOVED, (*pointer, index), old=middle_old[offset], index=index))
    for offset in range(pairs, len(middle_new)):
        index = start + offset
        found.append(FieldChange(FieldKind.ADDED, (*pointer, index), new=middle_new[offset], index=index))


def _common(old: list[Any], new: list[Any]) -> tuple[int, int]:
    """Return how many items are the same at the beginning, and of the rest at the end."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and same(old[start], new[start]):
        start += 1
    end = 0
    while end < shorter - start and same(old[-1 - end], new[-1 - end]):
        end += 1
    return start, end


def _inside(old: Any, new: Any) -> tuple[FieldChange, ...]:
    """Return the differences of two texts that both hold a JSON or YAML collection; nothing when one does not."""
    before, after = _data(old), _data(new)
    return field_changes(before, after) if type(before) is type(after) and before is not None else ()


def _data(text: Any) -> Any:
    """Return the map or list that a text holds, or None."""
    if type(text) is not str or len(text) > _LONGEST_DATA:
        return None
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except ValueError:
            pass
    node = read_tree("", text.encode(errors="replace"), Bag()) if ":" in text or "- " in text else None
    return plain(node) if isinstance(node, MapNode | ListNode) else None
