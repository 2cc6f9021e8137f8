"""JSON patches (RFC 6902), strictly: positions without signs or leading zeros, `test` by JSON's own equality."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from platform_compiler.hatches.differences import same
from platform_compiler.hatches.merge import DoesNotApplyError
from platform_compiler.layers.placement import text
from platform_compiler.source.node import ListNode, Node, at, plain

_POSITION = re.compile(r"(0|[1-9][0-9]*)\Z")


def operated(body: Any, operations: ListNode) -> Iterator[tuple[Node, Any]]:
    """Yield after each operation the body as it then is.

    Raises:
        DoesNotApplyError: an operation finds something else than it needs.
    """
    for operation in operations.items:
        body = _Operation(operation).on(deepcopy(body))
        yield operation, body


class _Operation:
    """One operation; a failure points at it."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._word = text(node, "op") or ""
        self._path = text(node, "path") or ""
        self._from = text(node, "from") or ""
        value = at(node, "value")
        self._value = plain(value) if value is not None else None

    def on(self, body: Any) -> Any:
        match self._word:
            case "add":
                return self._added(body, self._path, self._value)
            case "remove":
                return self._removed(body, self._path)
            case "replace":
                self._found(body, self._path)
                return self._set(body, self._path, self._value)
            case "move":
                if self._path.startswith(f"{self._from}/"):
                    raise self._fails(f"`{self._from}` cannot move into itself")
                value = self._found(body, self._from)
                return self._added(self._removed(body, self._from), self._path, value)
            case "copy":
                return self._added(body, self._path, deepcopy(self._found(body, self._from)))
        found = self._found(body, self._path)
        if not same(found, self._value):
            raise self._fails(f"the test fails: at `{self._path}` there is {_short(found)}")
        return body

    def _fails(self, why: str) -> DoesNotApplyError:
        return DoesNotApplyError(why, self._node)

    def _steps(self, path: str) -> list[str]:
        return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]

    def _found(self, body: Any, path: str) -> Any:
        for step in self._steps(path):
            body = self._below(body, step, path)
        return body

    def _below(self, body: Any, step: str, path: str) -> Any:
        if isinstance(body, dict) and step in body:
            return body[step]
        if isinstance(body, list):
            return body[self._position(body, step, path, len(body) - 1)]
        raise self._fails(f"there is no `{path}`")

    def _position(self, items: list[Any], step: str, path: str, last: int) -> int:
        if _POSITION.match(step) and int(step) <= last:
            return int(step)
        count = f"{len(items)} item{'' if len(items) == 1 else 's'}"
        raise self._fails(f"there is no `{path}`: the list has {count}, counted from 0")

    def _parent(self, body: Any, path: str) -> tuple[Any, str]:
        *above, last = self._steps(path)
        for step in above:
            body = self._below(body, step, path)
        return body, last

    def _added(self, body: Any, path: str, value: Any) -> Any:
        if not path:
            return value
        parent, last = self._parent(body, path)
        if isinstance(parent, list):
            place = len(parent) if last == "-" else self._position(parent, last, path, len(parent))
            parent.insert(place, value)
        elif isinstance(parent, dict):
            parent[last] = value
        else:
            raise self._fails(f"nothing can be added at `{path}`: above it is a value")
        return body

    def _removed(self, body: Any, path: str) -> Any:
        if not path:
            raise self._fails("the whole resource cannot be removed")
        self._found(body, path)
        parent, last = self._parent(body, path)
        del parent[int(last) if isinstance(parent, list) else last]
        return body

    def _set(self, body: Any, path: str, value: Any) -> Any:
        if not path:
            return value
        parent, last = self._parent(body, path)
        parent[int(last) if isinstance(parent, list) else last] = value
        return body


def _short(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a map" if isinstance(value, dict) else "a list"
    return f"`{value}`"
