"""Which removed resource came back under another name: same kind, same cluster, and more than 60 % alike, as in Git.

A cluster deletes the one and makes the other, so a rename is told, never hidden. The work is bounded: where more than
50 resources of one kind appear or go on one cluster, nobody looks for pairs.
"""

from collections.abc import Iterator
from typing import Any

from platform_compiler.diff.model import Body, Identity, Resources

_ALIKE = 0.6
_MOST = 50


def renames(removed: Resources, added: Resources) -> dict[Identity, Identity]:
    """Return the new identity by the old one, the most alike paired first; the same whichever side is the old one."""
    pairs: dict[Identity, Identity] = {}
    by_kind: dict[tuple[str, str, str], tuple[list[Identity], list[Identity]]] = {}
    for side, identities in enumerate((removed, added)):
        for identity in identities:
            by_kind.setdefault(identity[:3], ([], []))[side].append(identity)
    for gone, come in by_kind.values():
        if gone and come and len(gone) <= _MOST and len(come) <= _MOST:
            _pair({i: _leaves(removed[i].body) for i in gone}, {i: _leaves(added[i].body) for i in come}, pairs)
    return pairs


def _pair(gone: dict[Identity, set[Any]], come: dict[Identity, set[Any]], pairs: dict[Identity, Identity]) -> None:
    scored: list[tuple[float, list[Identity], Identity, Identity]] = [
        (-alike, sorted((old, new)), old, new)
        for old, a in gone.items()
        for new, b in come.items()
        if (alike := 2 * len(a & b) / max(len(a) + len(b), 1)) > _ALIKE
    ]
    taken: set[Identity] = set()
    for _, _, old, new in sorted(scored):
        if old not in taken and new not in taken:
            pairs[old] = new
            taken |= {old, new}


def _leaves(body: Body) -> set[Any]:
    """Return every leaf with its place; the resource's own name counts as the same word on both sides."""
    name = str(body["metadata"]["name"])
    return set(_walk(body, (), name))


def _walk(value: Any, pointer: tuple[Any, ...], name: str) -> Iterator[Any]:
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _walk(child, (*pointer, key), name)
    elif isinstance(value, list) and value:
        for child in value:
            yield from _walk(child, (*pointer, "-"), name)
    else:
        yield pointer, value.replace(name, "\0") if isinstance(value, str) else repr(value)
