"""The mutation test of `verify`: every golden object, damaged in each of a hundred ways.

Objects that are the same but for the name of their cluster are judged once, in the first of their clusters. Of one way,
at most two places of an object are damaged; which, a hash of way and place says. What is damaged and not found stands
in a table, and what stands in it is not found: so the list of what `verify` does not see is true.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_compiler.diagnostics import Bag, Severity
from platform_compiler.verify.item import Item
from platform_compiler.verify.verify import judge
from tests.verify.damage.golden import SCHEMAS, clusters, distinct, facts, is_caught, texts
from tests.verify.damage.places import Damaged
from tests.verify.damage.survivors import listed, section
from tests.verify.damage.ways import TO_TEXT, WAYS, damage, survives
from tests.verify.judged import tree_of

PAGE = Path(__file__).parents[2] / "docs/verify.md"
BAR = 0.98


def tried(way: str) -> Iterator[tuple[Item, Damaged, int]]:
    for item, count in distinct():
        yield from ((item, damaged, count) for damaged in damage(way, item))


@pytest.mark.parametrize("way", WAYS)
def test_all_damage_is_found_but_what_the_table_lists(way: str) -> None:
    every = list(tried(way))
    assert every, "the way applies to nothing"
    unseen = {(way, item.kind, damaged.place) for item, damaged, _ in every if survives(way, item, damaged)}
    assert unseen == {row for row in listed() if row[0] == way}


def test_at_least_98_percent_of_all_damage_is_found() -> None:
    every = [(way, item, damaged, count) for way in WAYS for item, damaged, count in tried(way)]
    doubtful = [one for one in every if (one[0], one[1].kind, one[2].place) in listed()]
    unseen = sum(count for way, item, damaged, count in doubtful if survives(way, item, damaged))
    assert unseen <= (1 - BAR) * sum(count for *_, count in every)


def test_every_object_is_damaged_in_many_ways() -> None:
    for item, _ in distinct():
        assert sum(bool(damage(way, item)) for way in WAYS) >= 25, item


def test_all_golden_objects_count() -> None:
    assert sum(count for _, count in distinct()) == len(texts())


def test_undamaged_clusters_are_without_findings() -> None:
    assert not any(is_caught(items[0], items[0].body) for items in clusters().values())


@pytest.mark.parametrize("way", [way for way in WAYS if way not in TO_TEXT])
def test_what_verify_tells_is_what_counts_as_found(way: str) -> None:
    """The first object that each way damages, judged by `verify` itself, in its whole cluster."""
    item, damaged, _ = next(tried(way))
    bodies = damaged.body if isinstance(damaged.body, tuple) else (damaged.body,)
    if not all(isinstance(body, dict) and isinstance(body.get("kind"), str) for body in bodies):
        return  # it is told when it is read
    own = [other for other in clusters()[item.cluster] if other is not item]
    bag = Bag()
    new = [Item(body, item.cluster, item.place) for body in bodies]
    judge([*own, *new], {item.cluster: facts(item.cluster)}, lambda _: SCHEMAS, tree_of, bag, whole=True)
    told = any(found.severity is not Severity.NOTE for found in bag.sorted())
    assert told is not survives(way, item, damaged)


def test_page_tells_what_is_not_seen() -> None:
    assert section() in PAGE.read_text()
