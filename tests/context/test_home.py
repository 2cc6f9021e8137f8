"""Applications that are at home on their cluster get the record that all facts of the cluster would give them."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from platform_compiler.checked import Checked
from platform_compiler.context.app import app_record
from platform_compiler.context.home import Home
from platform_compiler.context.once import Once
from platform_compiler.context.surroundings import surroundings
from platform_compiler.diagnostics import Bag
from platform_compiler.link.model import Target
from platform_compiler.pipeline import check
from platform_compiler.source.tree import Directory
from tests.two_clusters import ADDRESSES, TwoClusters

ROOT = Path(__file__).parents[2]
DAY = date(2026, 6, 1)
FIXTURES = ("organisation", "online-boutique")


@cache
def fixture(name: str) -> Checked:
    return check(Directory(ROOT / "fixtures" / name), DAY, Bag())


def applications(checked: Checked) -> list[tuple[Target, dict[str, Any] | None, dict[str, Any]]]:
    """Return every application with its record at home, if it has one, and the record that is made for it alone."""
    found = []
    clusters = sorted(checked.loaded.clusters)
    for name, around in zip(clusters, surroundings(clusters, checked.loaded, checked.linked), strict=True):
        home = Home(name, around)
        for target in checked.linked.targets[name].values():
            if target.interface.kind == "app":
                alone = app_record(target, replace(around, once=Once()))
                found.append((target, home.record(target), alone))
    return found


@pytest.mark.parametrize("name", FIXTURES)
def test_a_record_is_what_all_facts_of_its_cluster_would_give(name: str) -> None:
    judged = [(made, alone) for _, made, alone in applications(fixture(name)) if made is not None]
    assert all(made == alone for made, alone in judged)
    assert len(judged) > 1


def test_clusters_that_look_alike_share_a_record(tmp_path: Path) -> None:
    repository = TwoClusters(tmp_path / "repository")
    for name in ADDRESSES:
        repository.cluster(name, mesh={"eastWest": None, "trustDomain": "acme", "trustDomainAliases": None})
    checked = check(Directory(repository.root), DAY, Bag())
    records: dict[str, list[Any]] = {}
    for target, made, _ in applications(checked):
        if made is not None:
            records.setdefault(target.ref, []).append(made)
    one, other = records["shop/cart"]
    assert {word for word in one if one[word] is not other[word]} == {"calls"}


def test_who_is_called_from_another_cluster_is_not_at_home(tmp_path: Path) -> None:
    repository = TwoClusters(tmp_path / "repository")
    repository.app("shop/alone")
    checked = check(Directory(repository.root), DAY, Bag())
    at_home = {target.ref: made is not None for target, made, _ in applications(checked)}
    assert not at_home["shop/web"]
    assert not at_home["shop/cart"]
    assert at_home["shop/alone"]


def test_all_that_make_the_same_call_share_it_with_the_clusters_where_it_is_answered(tmp_path: Path) -> None:
    repository = TwoClusters(tmp_path / "repository")
    for name in ADDRESSES:
        repository.cluster(name, mesh={"eastWest": None, "trustDomain": "acme", "trustDomainAliases": None})
    repository.app("shop/api", access={"any": {"from": ["shop/one", "shop/two"]}})
    for name in ("one", "two"):
        repository.app(f"shop/{name}", calls={"api": {}})
    checked = check(Directory(repository.root), DAY, Bag())
    called = {(t.ref, t.cluster): made["calls"] for t, made, _ in applications(checked) if made and made["calls"]}
    for cluster in ADDRESSES:
        (one,), (two,) = called["shop/one", cluster], called["shop/two", cluster]
        assert one is two
        assert one["clusters"] == [cluster]


def test_a_call_that_is_answered_on_several_clusters_names_them_all(tmp_path: Path) -> None:
    repository = TwoClusters(tmp_path / "repository")
    checked = check(Directory(repository.root), DAY, Bag())
    alone = {(target.ref, target.cluster): alone for target, _, alone in applications(checked)}
    by_ref = {call["ref"]: call for call in alone["shop/web", "prod"]["calls"]}
    assert by_ref["shop/cart"]["clusters"] == sorted(ADDRESSES)
