"""Contracts of built-in blueprints as JSON, and back: every run needs all of them, and no template."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from platform_compiler.blueprints.contract import Contract, Honour, Refusal
from platform_compiler.cache import own
from platform_compiler.diagnostics import Span
from platform_compiler.shipped import BUILT_IN
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode


def kept(path: str, read: Callable[[], Contract | None]) -> Contract | None:
    """Return the contract in a file; of built-in ones it is kept, since they are a part of the program."""
    if not path.startswith(BUILT_IN):
        return read()
    found = own.get(f"contract {path}")
    if found is not None:
        return from_bytes(found, path)
    contract = read()
    if contract is not None:
        own.put(f"contract {path}", partial(as_bytes, contract))
    return contract


def as_bytes(contract: Contract) -> bytes:
    """Return a contract as JSON."""
    fields = contract._replace(contributes=list(contract.contributes.items()))  # type: ignore[arg-type]  # keys are texts
    return json.dumps(fields, default=_listed, separators=(",", ":")).encode()


def from_bytes(data: bytes, path: str) -> Contract:
    """Return what `as_bytes` wrote; it stands in the file at `path`."""
    fields: Sequence[Any] = json.loads(data)
    name, version, part, emits, honours, needs, patchable, contributes, defaults, params, span, refuses = fields
    return Contract(
        name,
        version,
        part,
        frozenset(emits),
        tuple(Honour(tuple(below), when, _place(where, path)) for below, when, where in honours),
        _paths(needs),
        {kind: _paths(fields) for kind, fields in patchable.items()},
        {(group, slot): _node(node, path) for (group, slot), node in contributes},
        defaults and _node(defaults, path),
        params and _node(params, path),
        _place(span, path),
        tuple(Refusal(tuple(below), when, why, _place(where, path), of) for below, when, why, where, of in refuses),
    )


def _listed(value: frozenset[str] | Node) -> list[Any]:
    """Return what JSON does not know as a list."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, ScalarNode):
        return ["", value.value, value.span, value.text, value.quoted]
    if isinstance(value, ListNode):
        return ["[]", value.items, value.span]
    return ["{}", value.entries, value.keys, value.span]


def _node(row: Sequence[Any], path: str) -> Any:
    form, content, *rest = row
    if not form:
        span, text, quoted = rest
        return ScalarNode(content, _place(span, path), text, quoted)
    if form == "[]":
        return ListNode(tuple(_node(below, path) for below in content), _place(rest[0], path))
    entries = {key: _node(below, path) for key, below in content.items()}
    return MapNode(entries, {key: _place(span, path) for key, span in rest[0].items()}, _place(rest[1], path))


def _place(span: Sequence[Any], path: str) -> Span:
    return Span(path, *span[1:])


def _paths(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, rows))
