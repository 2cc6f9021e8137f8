"""Every word of the vocabulary, read off the models: a new field is here as soon as it is declared.

A word is a path such as `access.*.from`; `*` is any key of a mapping and any item of a list. Overlays and defaults
repeat the words of an Application, so their own words are not told again.
"""

import types
from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from platform_compiler.model.base import Closed
from platform_compiler.model.kinds import SPECS
from platform_compiler.source.node import ListNode, MapNode, Node

Word = tuple[str, ...]
Field = tuple[type[Closed], str]
"""A field as its model declares it."""
KINDS = ("Application", "Cluster", "Environment", "ExternalService", "Gateway", "Platform", "RawResources", "Team")
"""What this vocabulary is about; policies have tests of their own."""


class Leaf(NamedTuple):
    """A word that holds no other words, with the model and the field of each step to it that is no key of a map."""

    word: Word
    trail: tuple[Field, ...]


def leaves(kind: str) -> list[Leaf]:
    """Return every leaf below `spec` of a kind, each once; `env.*` is a text and a mapping, and so two."""
    found = {leaf.word: leaf for leaf in _of_model(SPECS[kind][1], Leaf((), ()))}
    return list(found.values())


def name_of(name: str, info: FieldInfo) -> str:
    """Return what a field is called in a manifest."""
    return info.alias or name


def _of_model(model: type[Closed], above: Leaf) -> Iterator[Leaf]:
    for name, info in model.model_fields.items():
        word = name_of(name, info)
        yield from _below(info.annotation, Leaf((*above.word, word), (*above.trail, (model, word))))


def _below(annotation: Any, leaf: Leaf) -> Iterator[Leaf]:
    """Yield the leaves of one field: of every alternative, of every item; the field itself where it holds no words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _below(arguments[0], leaf)
    elif is_union(origin):
        for alternative in arguments:
            if alternative is not type(None):
                yield from _below(alternative, leaf)
    elif origin in (dict, list) and holds_models(arguments[-1]):
        yield from _below(arguments[-1], leaf._replace(word=(*leaf.word, "*")))
    elif is_model(annotation):
        yield from _of_model(annotation, leaf)
    else:
        yield leaf


def is_union(origin: Any) -> bool:
    """Whether a type is one of several."""
    return origin in (Union, types.UnionType)


def is_model(annotation: Any) -> bool:
    """Whether a type has words of its own; overlays repeat those of others."""
    return isinstance(annotation, type) and issubclass(annotation, Closed) and not annotation.is_overlay


def holds_models(annotation: Any) -> bool:
    """Whether there is a word of ours anywhere in a type."""
    return is_model(annotation) or any(holds_models(argument) for argument in get_args(annotation))


def said(node: Node | None, word: Word) -> bool:
    """Whether a document says a word somewhere."""
    if node is None:
        return False
    if not word:
        return True
    first, rest = word[0], word[1:]
    if isinstance(node, MapNode):
        below = list(node.entries.values()) if first == "*" else [node.entries.get(first)]
        return any(said(value, rest) for value in below)
    return isinstance(node, ListNode) and first == "*" and any(said(item, rest) for item in node.items)
