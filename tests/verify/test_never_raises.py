"""Checks of the mesh never raise, whatever stands where no schema has looked."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.istio import ALONE, WHOLE
from platform_compiler.verify.world import Facts, World
from tests.verify.meshed import faults

REJECT = Path(__file__).parents[2] / "fixtures/reject"
CASES = [path for code in range(5231, 5260) for path in sorted(REJECT.glob(f"PC{code}-*/*/rendered/objects.yaml"))]
ODD: tuple[Any, ...] = (None, 7, True, "x", [], {}, [{}], ["*"], {"a": [None]})


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every collection below a value with each of its keys."""
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(below, dict | list):
            yield from places(below)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parts[-4])
def test_checks_read_whatever_stands_in_an_object(path: Path) -> None:
    items = items_of("judged.yaml", path.read_bytes(), Bag())
    for spec in [item.body["spec"] for item in items if "spec" in item.body]:
        for holder, key in list(places(spec)):
            before = holder[key]
            for odd in ODD:
                holder[key] = deepcopy(odd)
                world = World(items, Facts(), whole=True)
                for check in (*ALONE, *WHOLE):
                    list(check(world))
            holder[key] = before


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parts[-4])
def test_rejected_example_is_found_without_a_schema_too(path: Path) -> None:
    assert {fault.code for fault in faults(path.read_text())} == {path.parts[-4].partition("-")[0]}
