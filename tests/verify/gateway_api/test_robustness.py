"""Nothing that stands where no schema looks makes a check raise."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from platform_compiler.diagnostics import Span
from platform_compiler.source.node import ScalarNode
from platform_compiler.verify.gateway_api import ALONE, WHOLE
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile
from platform_compiler.verify.world import Facts, World
from tests.verify.gateway_api.test_cases import TABLES, world

_ODD: tuple[Any, ...] = (None, 7, True, "", "odd", [], {}, [None], [[]], {"name": 7}, ["a", 1, {}])
_NOWHERE = InFile(ScalarNode(None, Span(""), "null", quoted=False))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in list(entries):
        yield value, key
        yield from _places(below)


def _spoilt(bodies: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """Return copies in which one field of each object is something odd; what makes an object stays."""
    spoilt = copy.deepcopy(bodies)
    for body in spoilt:
        parts = [part for key in ("spec", "metadata") for part in _places(body.get(key))]
        container, key = chance.choice([*parts, (body, "spec")])
        container[key] = copy.deepcopy(chance.choice(_ODD))
    return spoilt


@pytest.mark.parametrize("table", sorted(TABLES))
def test_odd_values_do_not_make_checks_raise(table: str) -> None:
    chance = random.Random(table)
    for case in TABLES[table]:
        bodies = list(yaml.safe_load_all(world(table, case)))
        for _ in range(5):
            items = [Item(body, "", _NOWHERE) for body in _spoilt(bodies, chance)]
            judged = World(items, Facts(), whole=True)
            for check in (*ALONE, *WHOLE):
                assert all(fault.item in items for fault in check(judged))
