"""A rule within one manifest stands beside the words that it is about: without them it says nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.diagnostics import Bag
from platform_compiler.layers import program, rules
from platform_compiler.layers.model import Settings
from platform_compiler.layers.resolve import resolve
from platform_compiler.load import load
from platform_compiler.source.node import MapNode
from tests.model.rejected import FIXTURES, REFUSED, tree_of


@cache
def settings() -> tuple[Settings, ...]:
    """Return the settings of all that rules within one manifest refuse, and those of an organisation."""
    return tuple(one for path in (*REFUSED, FIXTURES / "organisation") for one in _settings_in(path))


def _settings_in(repository: Path) -> Iterator[Settings]:
    tree, bag = tree_of(repository), Bag()
    loaded = load(tree, bag)
    catalog = load_catalog(tree, loaded, bag)
    found = resolve(loaded, catalog.defaults, bag, date(2026, 6, 1), catalog.workload)
    return (one for by_ref in found.by_cluster.values() for one in by_ref.values())


def heard(rule: Callable[..., None], *, without: tuple[str, ...] = ()) -> Bag:
    """Return what a rule says of all settings, without some of their words."""
    bag = Bag()
    for one in settings():
        kept = {word: node for word, node in one.spec.entries.items() if word not in without}
        spec = MapNode(kept, one.spec.keys, one.spec.span)
        rule(replace(one, spec=spec) if rule in program.RULES else spec, bag)
    return bag


@pytest.mark.parametrize(("rule", "words"), [*rules.RULES.items(), *program.RULES.items()])
def test_a_rule_speaks_with_its_words_and_never_without_them(rule: Callable[..., None], words: tuple[str, ...]) -> None:
    assert len(heard(rule))
    assert not len(heard(rule, without=words))
