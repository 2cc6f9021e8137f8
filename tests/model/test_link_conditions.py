"""A check of links stands beside what it is about: of anybody else it has nothing to tell, on any cluster."""

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.resolve import resolve
from platform_compiler.link.checks import OF_INTERFACES, OF_TREES, Check, is_about_tree
from platform_compiler.link.link import join
from platform_compiler.link.model import Linked, Target
from platform_compiler.load import Loaded, load
from tests.model.rejected import FIXTURES, tree_of

_CODES = ("PC246*", "PC247*", "PC2488*", "PC2498*", "PC432*")
_CHECKS = [
    *(
        (check, lambda target, is_about=is_about: is_about(target.interface))
        for is_about, of in OF_INTERFACES
        for check in of
    ),
    *((check, lambda target: is_about_tree(target.spec)) for check in OF_TREES),
]


@cache
def worlds() -> tuple[tuple[Linked, Loaded], ...]:
    """Return what is refused for its links, and an organisation, joined."""
    refused = sorted(path for code in _CODES for path in (FIXTURES / "reject").glob(f"{code}/*/repo"))
    found = []
    for path in (*refused, FIXTURES / "organisation"):
        tree, bag = tree_of(path), Bag()
        loaded = load(tree, bag)
        catalog = load_catalog(tree, loaded, bag)
        resolved = resolve(loaded, catalog.defaults, bag, date(2026, 6, 1), catalog.workload)
        found.append((join(loaded, resolved, bag), loaded))
    return tuple(found)


def heard(check: Check, is_asked: Callable[[Target], bool]) -> Bag:
    """Return what a check says of the applications that it is asked about."""
    bag = Bag()
    for linked, loaded in worlds():
        for target in (one for by_ref in linked.targets.values() for one in by_ref.values()):
            if target.interface.kind == "app" and is_asked(target):
                check(target, linked, loaded, bag)
    return bag


@pytest.mark.parametrize(("check", "is_about"), _CHECKS)
def test_a_check_speaks_of_what_it_is_about_and_of_nobody_else(
    check: Check, is_about: Callable[[Target], bool]
) -> None:
    assert len(heard(check, is_about))
    assert not len(heard(check, lambda target: not is_about(target)))
