"""Applications that are at home on their cluster get the record that all facts of the cluster would give them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from platform_compiler.checked import Checked
from platform_compiler.context.app import app_record
from platform_compiler.context.build import build_contexts
from platform_compiler.context.common import platform_record
from platform_compiler.context.home import Home
from platform_compiler.context.model import APART
from platform_compiler.context.once import Once
from platform_compiler.context.owned import Owned
from platform_compiler.context.surroundings import surroundings
from platform_compiler.context.unit import Selection, Unit
from platform_compiler.diagnostics import Bag
from platform_compiler.link.model import Target
from platform_compiler.pipeline import check
from platform_compiler.source.tree import Directory
from tests import plain_yaml
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
    loaded, clusters = checked.loaded, sorted(checked.loaded.clusters)
    platform = platform_record(loaded)
    for name, around in zip(clusters, surroundings(clusters, loaded, checked.linked), strict=True):
        home = Home(name, around)
        owned = Owned(platform, around.specs[name]["environment"], loaded, around.once)
        for target in checked.linked.targets[name].values():
            if target.interface.kind == "app":
                alone = {**owned.of(target), **app_record(target, replace(around, once=Once()))}
                shared = home.shared(target, owned)
                found.append((target, shared and {**shared, **home.apart(target, shared)}, alone))
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


def two_meshes(root: Path, trust: str = "acme") -> Checked:
    """Return a repository on two meshes of two clusters each; `trust` is the domain of `moreprod-us`."""
    repository = TwoClusters(root)
    repository.app("shop/api", access={"any": {"from": ["shop/one", "shop/two"]}})
    for name in ("one", "two"):
        repository.app(f"shop/{name}", calls={"api": {}})
    for name in ADDRESSES:
        repository.cluster(name, mesh={"trustDomain": "acme", "trustDomainAliases": None})
        spec = plain_yaml.read((root / "clusters" / f"{name}.yaml").read_text())["spec"]
        other = {"id": "more", "eastWest": {"address": f"198.51.100.{len(name)}"}}
        if name == "prod-us":
            other["trustDomain"] = trust
        repository.write(f"clusters/more{name}.yaml", "Cluster", **{**spec, "mesh": {**spec["mesh"], **other}})
    return check(Directory(root), DAY, Bag())


def test_meshes_that_look_alike_share_all_but_where_calls_go(tmp_path: Path) -> None:
    found = applications(two_meshes(tmp_path / "repository"))
    made = {(target.ref, target.cluster): record for target, record, _ in found}
    one, other = made["shop/one", "moreprod"], made["shop/one", "prod"]
    assert one is not None
    assert other is not None
    assert {word for word in one if one[word] is not other[word]} == {"calls", "across"}
    assert [call["clusters"] for call in one["calls"]] == [["moreprod", "moreprod-us"]]
    assert one["across"]["out"] != other["across"]["out"]


def test_clusters_of_one_mesh_share_all_but_where_calls_go(tmp_path: Path) -> None:
    found = applications(two_meshes(tmp_path / "repository"))
    made = {(target.ref, target.cluster): record for target, record, _ in found}
    for ref in ("shop/api", "shop/one"):
        near, far = made[ref, "prod"], made[ref, "prod-us"]
        assert near is not None
        assert far is not None
        assert {word for word in near if near[word] is not far[word]} <= {"calls", "across"}


def no_mesh_of_several(root: Path) -> Checked:
    """Return a repository on two clusters without ways between them."""
    repository = TwoClusters(root)
    for name in ADDRESSES:
        repository.cluster(name, mesh={"eastWest": None, "trustDomain": "acme", "trustDomainAliases": None})
    return check(Directory(root), DAY, Bag())


@pytest.mark.parametrize("repository", [two_meshes, no_mesh_of_several])
def test_what_contexts_share_is_all_that_does_not_stand_apart(
    repository: Callable[[Path], Checked], tmp_path: Path
) -> None:
    checked, by_shared = repository(tmp_path / "repository"), defaultdict(list)
    for made in build_contexts(checked.loaded, checked.resolved, checked.linked, Bag()):
        if made.shared is not None:
            by_shared[id(made.shared)].append(made)
            assert made.context.keys() - APART == made.shared.keys() - APART
            assert all(made.context[word] is said for word, said in made.shared.items() if word not in APART)
            assert without_clusters(made.context.get("calls", [])) == without_clusters(made.shared.get("calls", []))
    assert any(len(several) > 1 for several in by_shared.values())


def without_clusters(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{word: said for word, said in call.items() if word != "clusters"} for call in calls]


def exposed(root: Path, more: Callable[[TwoClusters], None] = lambda _: None) -> Checked:
    """Return a repository on two clusters of one mesh, where an application is exposed on both."""
    repository = TwoClusters(root)
    for name in ADDRESSES:
        repository.cluster(name, mesh={"trustDomain": "acme", "trustDomainAliases": None})
    repository.app("shop/api", expose={"api": {"gateway": "public", "host": "api", "paths": ["/api/*"]}})
    more(repository)
    return check(Directory(root), DAY, Bag())


def beside(repository: TwoClusters) -> None:
    """Expose another application on the same host, on one cluster alone."""
    expose = {"other": {"gateway": "public", "host": "api", "paths": ["/other/*"]}}
    repository.app("shop/other", expose=expose, placement={"clusters": ["prod"]})


def at_another_door(repository: TwoClusters) -> None:
    """Let the gateway of one cluster be another."""
    gateways = {"public": {"namespace": "doors", "podLabels": {"istio": "door"}, "serviceAccount": "door"}}
    repository.cluster("prod-us", mesh={"trustDomain": "acme", "trustDomainAliases": None}, gateways=gateways)


@pytest.mark.parametrize("more", [lambda _: None, beside, at_another_door])
def test_the_record_of_who_is_exposed_is_what_all_facts_of_its_clusters_would_give(
    more: Callable[[TwoClusters], None], tmp_path: Path
) -> None:
    judged = [(made, alone) for _, made, alone in applications(exposed(tmp_path / "repository", more)) if made]
    assert all(made == alone for made, alone in judged)
    assert sum(bool(alone["routes"]) for _, alone in judged) >= len(ADDRESSES)


def contexts(checked: Checked, *clusters: str) -> dict[Unit, dict[str, Any]]:
    wanted = Selection(frozenset(clusters))
    return {
        made.unit: made.context
        for made in build_contexts(checked.loaded, checked.resolved, checked.linked, Bag(), wanted)
    }


def each_alone_and_all_together(checked: Checked) -> tuple[dict[Unit, dict[str, Any]], dict[Unit, dict[str, Any]]]:
    alone = [contexts(checked, name) for name in sorted(checked.loaded.clusters)]
    return {unit: made for one in alone for unit, made in one.items()}, contexts(checked, *checked.loaded.clusters)


@pytest.mark.parametrize("name", FIXTURES)
def test_contexts_are_what_each_cluster_alone_would_get(name: str) -> None:
    alone, together = each_alone_and_all_together(fixture(name))
    assert alone == together


@pytest.mark.parametrize("more", [lambda _: None, beside, at_another_door])
def test_a_host_is_what_its_cluster_alone_would_get(more: Callable[[TwoClusters], None], tmp_path: Path) -> None:
    alone, together = each_alone_and_all_together(exposed(tmp_path / "repository", more))
    assert alone == together
    assert sum(unit.scope == "host" for unit in together) >= len(ADDRESSES)


@pytest.mark.parametrize(("more", "same"), [(lambda _: None, True), (beside, False), (at_another_door, False)])
def test_who_is_exposed_shares_a_record_where_doors_look_alike(
    more: Callable[[TwoClusters], None],
    same: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    found = applications(exposed(tmp_path / "repository", more))
    made = {(target.ref, target.cluster): record for target, record, _ in found}
    one, other = made["shop/api", "prod"], made["shop/api", "prod-us"]
    assert one is not None
    assert other is not None
    assert (one["routes"] is other["routes"]) is same


def test_clusters_share_a_host_where_doors_look_alike(tmp_path: Path) -> None:
    made = contexts(exposed(tmp_path / "repository"), *ADDRESSES)
    one, other = (context["host"] for unit, context in made.items() if unit.scope == "host" and "api" in unit.id)
    assert one is other


@pytest.mark.parametrize("trust", ["acme", "other"])
def test_a_record_of_a_mesh_is_what_all_facts_of_its_clusters_would_give(trust: str, tmp_path: Path) -> None:
    judged = [(made, alone) for _, made, alone in applications(two_meshes(tmp_path / "repository", trust)) if made]
    assert all(made == alone for made, alone in judged)
    assert len(judged) >= len(("api", "one", "two")) * 4


def test_who_trusts_others_beyond_its_cluster_has_other_callers(tmp_path: Path) -> None:
    found = applications(two_meshes(tmp_path / "repository", "other"))
    made = {(target.ref, target.cluster): record for target, record, _ in found}
    one, other = made["shop/api", "moreprod"], made["shop/api", "prod"]
    assert one is not None
    assert other is not None
    assert one["callers"] != other["callers"]


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
