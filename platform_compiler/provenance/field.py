"""A field's path as people write it, to a pointer into a resource: `spec.containers[0].image`, `.containers.web.image`.

A path that begins with a slash is a JSON pointer, as patches and admission errors write it: `/spec/containers/0/image`.
Keys with dots in them need no quoting: what stands in the resource decides where a key ends. An item of a list is named
by its position or by its `name`.
"""

import re
from typing import Any

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.source.node import Pointer

_BRACKET = re.compile(r"""\[\s*(?:"([^"]*)"|'([^']*)'|([^\]]*?))\s*\]""")
_MOST = 20


class UnknownFieldError(Exception):
    """A resource has no such field; the text says what there is."""


def pointer_of(body: Any, path: str) -> Pointer:
    """Return the pointer to the field that `path` names.

    Raises:
        UnknownFieldError: there is none.
    """
    if path.startswith("/"):
        return _by_json_pointer(body, path)
    rest = _BRACKET.sub(lambda found: f".{next((g for g in found.groups() if g is not None), '')}", path.strip("{}$ "))
    rest = rest.replace("\\.", ".").strip(".")
    pointer: tuple[str | int, ...] = ()
    while rest:
        steps = _steps(body)
        word = max((w for w in steps if rest == w or rest.startswith(f"{w}.")), key=len, default=None)
        if word is None:
            raise UnknownFieldError(_unknown(pointer, rest, list(steps)))
        step = steps[word]
        pointer, body, rest = (*pointer, step), body[step], rest[len(word) + 1 :]
    return pointer


def _by_json_pointer(body: Any, path: str) -> Pointer:
    pointer: tuple[str | int, ...] = ()
    for written in path[1:].split("/") if path != "/" else ():
        word = written.replace("~1", "/").replace("~0", "~")
        steps = _steps(body)
        if word not in steps:
            raise UnknownFieldError(_unknown(pointer, word, list(steps)))
        pointer, body = (*pointer, steps[word]), body[steps[word]]
    return pointer


def _steps(body: Any) -> dict[str, str | int]:
    """Return the ways on from a value, by what they are called."""
    if isinstance(body, dict):
        return {key: key for key in body}
    if not isinstance(body, list):
        return {}
    named = {i["name"]: n for n, i in enumerate(body) if isinstance(i, dict) and isinstance(i.get("name"), str)}
    return {**named, **{str(n): n for n in range(len(body))}}


def _unknown(pointer: Pointer, rest: str, choices: list[str]) -> str:
    above = ".".join(map(str, pointer))
    at_ = f"`{above}`" if above else "the resource"
    word = rest.partition(".")[0]
    if not choices:
        return f"{at_} is a value and has no `{rest}`"
    near = did_you_mean(rest, choices) or did_you_mean(word, choices)
    hint = f"did you mean `{near}`?" if near else f"there are {', '.join(choices[:_MOST])}"
    return f"{at_} has no `{word}`; {hint}"
