"""Every way to damage an object, by its name, and which damage is tried of it."""

import inspect
from types import ModuleType
from typing import Any
from zlib import crc32

from platform_compiler.verify.item import Item
from tests.verify.damage import meaning, shapes, texts, values
from tests.verify.damage.golden import is_caught, text_is_caught
from tests.verify.damage.golden import texts as golden_texts
from tests.verify.damage.places import Damaged

MOST = 2
"""How many places of one object are damaged in one way: all, if there are no more, else those a hash picks."""


def _ways(module: ModuleType) -> dict[str, Any]:
    own = inspect.getmembers(module, inspect.isfunction)
    return {name: way for name, way in own if way.__module__ == module.__name__ and not name.startswith("_")}


TO_TEXT = _ways(texts)
WAYS = {**_ways(shapes), **_ways(values), **_ways(meaning), **TO_TEXT}


def damage(way: str, item: Item) -> list[Damaged]:
    """Return what is tried of a way to damage an object; none where it does not apply."""
    if way in TO_TEXT:
        found = [Damaged("", text) for text in WAYS[way](golden_texts()[item])]
    else:
        found = list(WAYS[way](item.body))
    order = sorted(range(len(found)), key=lambda i: crc32(f"{way} {item} {found[i].place} {i}".encode()))
    return [found[i] for i in order[:MOST]]


def survives(way: str, item: Item, damaged: Damaged) -> bool:
    """Whether nothing is found wrong with the damaged object."""
    return not (text_is_caught if way in TO_TEXT else is_caught)(item, damaged.body)
