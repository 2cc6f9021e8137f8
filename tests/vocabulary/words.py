"""Every word of the vocabulary, read off the models: a new field is here as soon as it is declared.

A word is a path such as `access.*.from`; `*` is any key of a mapping and any item of a list. Overlays and defaults repeat
the words of an Application, so their own words are not told again.
"""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from platform_compiler.model.base import Closed
from platform_compiler.model.kinds import SPECS
from platform_compiler.source.node import ListNode, MapNode, Node

Path = tuple[str, ...]
KINDS = ("Application", "Cluster", "Environment", "ExternalService", "Gateway", "Platform", "RawResources", "Team")
"""What this vocabulary is about; policies have tests of their own."""


def leaves(kind: str) -> Iterator[Path]:
    """Yield every leaf below `spec` of a kind, each once."""
    yield from dict.fromkeys(_of_model(SPECS[kind][1], ()))


def _of_model(model: type[Closed], path: Path) -> Iterator[Path]:
    for name, info in model.model_fields.items():
        yield from _of(_annotation(info), (*path, info.alias or name))


def _annotation(info: FieldInfo) -> Any:
    return info.annotation


def _of(annotation: Any, path: Path) -> Iterator[Path]:
    """Yield the leaves of one field: of every alternative, of every item."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _of(arguments[0], path)
    elif origin in (Union, types.UnionType):
        for alternative in arguments:
            if alternative is not type(None):
                yield from _of(alternative, path)
    elif origin is dict and _holds_models(arguments[1]):
        yield from _of(arguments[1], (*path, "*"))
    elif origin is list and _holds_models(arguments[0]):
        yield from _of(arguments[0], (*path, "*"))
    elif isinstance(annotation, type) and issubclass(annotation, Closed) and not annotation.is_overlay:
        yield from _of_model(annotation, path)
    else:
        yield path


def _holds_models(annotation: Any) -> bool:
    """Whether there is a word of ours anywhere in a type."""
    if isinstance(annotation, type):
        return issubclass(annotation, Closed)
    return any(_holds_models(argument) for argument in get_args(annotation))


def said(node: Node | None, path: Path) -> bool:
    """Whether a document says a word somewhere."""
    if node is None:
        return False
    if not path:
        return True
    word, rest = path[0], path[1:]
    if isinstance(node, MapNode):
        below = node.entries.values() if word == "*" else [node.entries[word]] if word in node.entries else []
        return any(said(value, rest) for value in below)
    return isinstance(node, ListNode) and word == "*" and any(said(item, rest) for item in node.items)
