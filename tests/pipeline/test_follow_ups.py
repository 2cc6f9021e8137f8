"""A fault of a place is told there, and nobody who runs there is judged by what cannot be read."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory, FileTree, Overlaid

ORGANISATION = Path(__file__).parents[2] / "fixtures" / "organisation"
PLACES = sorted(path for path in Directory(ORGANISATION).paths() if path.startswith(("clusters/", "environments/")))


@pytest.mark.parametrize("place", PLACES)
def test_broken_document_of_a_place_is_the_only_new_finding(place: str) -> None:
    whole = Directory(ORGANISATION)
    broken = whole.read(place).replace(b"\nspec:", b"\nspec:\n  nonsense: 1", 1)
    assert told(Overlaid(whole, {place: broken})) - told_of_the_whole() == {(place, "PC1101")}


@cache
def told_of_the_whole() -> frozenset[tuple[str, str]]:
    return told(Directory(ORGANISATION))


def told(tree: FileTree) -> frozenset[tuple[str, str]]:
    """Return the file and the code of every finding."""
    bag = Bag()
    compile_tree(tree, date(2026, 6, 1), bag)
    return frozenset((finding.span.path, finding.code) for finding in bag.sorted())
