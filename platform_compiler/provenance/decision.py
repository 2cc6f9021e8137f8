"""What a line decides of a resource, told from the resource before and after the line was said otherwise."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from platform_compiler.diagnostics import Span
from platform_compiler.diff.fields import field_changes
from platform_compiler.diff.items import holds
from platform_compiler.diff.model import FieldChange, FieldKind, Item, Step
from platform_compiler.source.node import Pointer


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a manifest or a layer: its place, whose word it is, and which setting."""

    span: Span
    owner: str
    setting: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a line decides of a resource: its being there, fields' values, or fields' being there."""

    line: Line
    whole: bool
    values: tuple[Pointer, ...]
    presence: tuple[Pointer, ...]


def decision(line: Line, old: dict[str, Any], new: dict[str, Any] | None) -> Decision | None:
    """Return what saying a line otherwise did to a resource, or None when it did nothing."""
    if new is None:
        return Decision(line, True, (), ())  # noqa: FBT003 -- `whole`
    if new == old:
        return None
    values: list[Pointer] = []
    presence: list[Pointer] = []
    for change in _paired(field_changes(old, new)):
        if change.kind is FieldKind.CHANGED:
            values.append(_positions(change.pointer, old))
        elif change.kind is FieldKind.REMOVED:
            presence.append(_positions(change.pointer, old))
    return Decision(line, False, tuple(values), tuple(presence)) if values or presence else None  # noqa: FBT003 -- `whole`


def _paired(changes: Iterable[FieldChange]) -> Iterator[FieldChange]:
    """Yield changes, an item in whose place another one came as the fields in which the two differ."""
    listed = list(changes)
    come = {(c.pointer[:-1], c.index): c.new for c in listed if c.kind is FieldKind.ADDED and c.index >= 0}
    for change in listed:
        place = (change.pointer[:-1], change.index)
        if change.kind is not FieldKind.REMOVED or place not in come:
            yield change
            continue
        for inside in field_changes(change.old, come[place]):
            yield replace(inside, pointer=(*change.pointer, *inside.pointer))


def _positions(pointer: tuple[Step, ...], body: Any) -> Pointer:
    """Return a pointer with the positions that items have in `body`."""
    found: list[str | int] = []
    for step in pointer:
        exact = next(n for n, item in enumerate(body) if holds(item, step)) if isinstance(step, Item) else step
        body = body[exact]
        found.append(exact)
    return tuple(found)


def dotted(pointer: Pointer) -> str:
    """Return a pointer as people write it."""
    return ".".join(map(str, pointer))
