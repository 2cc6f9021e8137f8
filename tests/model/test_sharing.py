"""What clusters share of merged settings, interfaces and contexts is what each of them would have alone."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.checked import Checked
from platform_compiler.context.build import build_contexts
from platform_compiler.context.model import UnitContext
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.merge import alike
from platform_compiler.layers.resolve import resolve
from platform_compiler.link.interface import READ, interface_of
from platform_compiler.load import load
from platform_compiler.pipeline import check
from platform_compiler.source.node import MapNode
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.tree import Directory
from tests.model.rejected import FIXTURES, REFUSED, tree_of

DAY = date(2026, 6, 1)
ORGANISATION = FIXTURES / "organisation"


@cache
def organisation() -> Checked:
    return check(Directory(ORGANISATION), DAY, Bag())


@pytest.mark.parametrize("repository", [ORGANISATION, *REFUSED], ids=lambda path: path.parts[-3])
def test_clusters_hear_of_settings_what_each_would_hear_alone(repository: Path) -> None:
    tree, bag = tree_of(repository), Bag()
    loaded = load(tree, bag)
    catalog = load_catalog(tree, loaded, bag)

    def heard(*clusters: str) -> tuple[set[str], dict[str, MapNode]]:
        told = Bag()
        some = replace(loaded, clusters={name: loaded.clusters[name] for name in clusters})
        found = resolve(some, catalog.defaults, told, DAY, catalog.workload)
        specs = {f"{name} {ref}": one.spec for name, by_ref in found.by_cluster.items() for ref, one in by_ref.items()}
        return {str(one) for one in told.sorted() if one.code.startswith("PC13")}, specs

    together, specs = heard(*loaded.clusters)
    alone = [heard(name) for name in loaded.clusters]
    assert bool(together) == (repository in REFUSED)
    assert together == set().union(*(told for told, _ in alone))
    assert specs == {ref: spec for _, found in alone for ref, spec in found.items()}


def test_an_interface_is_read_from_the_settings_that_are_listed() -> None:
    checked, judged = organisation(), 0
    for by_ref in checked.resolved.by_cluster.values():
        for one in by_ref.values():
            kept = {word: node for word, node in one.spec.entries.items() if word in READ}
            less = replace(one, spec=MapNode(kept, one.spec.keys, one.spec.span))
            whole, part = (interface_of(some, "shop", "cluster.local", meshed=True) for some in (one, less))
            assert whole == part
            judged += len(kept) < len(one.spec.entries)
    assert judged


def test_the_context_of_a_unit_is_the_same_whatever_else_is_built() -> None:
    checked = organisation()

    def built(cluster: str | None) -> dict[Unit, UnitContext]:
        contexts = build_contexts(
            checked.loaded, checked.resolved, checked.linked, Bag(), lambda unit: cluster in {None, unit.cluster}
        )
        return {one.unit: one for one in contexts}

    everything = built(None)
    alone = [built(cluster) for cluster in checked.loaded.clusters]
    assert everything == {unit: one for found in alone for unit, one in found.items()}
    assert len([found for found in alone if found]) > 1


@pytest.mark.parametrize(
    ("text", "path", "same"),
    [
        ("a: {b: 1}", "environments/prod.yaml", True),
        ("a: {b: 1}", "teams/shop/web.yaml", False),
        ("a: {b: 0x1}", "environments/prod.yaml", False),
        ("a: {b: true}", "environments/prod.yaml", False),
        ("a: {b: '1'}", "environments/prod.yaml", False),
        ("a: {c: 1}", "environments/prod.yaml", False),
        ("a: [1]", "environments/prod.yaml", False),
    ],
)
def test_trees_are_alike_that_say_the_same_in_files_alike(text: str, path: str, same: bool) -> None:  # noqa: FBT001
    one, other = (
        read_yaml(where, said.encode(), Bag()) for where, said in (("environments/dev.yaml", "a: {b: 1}"), (path, text))
    )
    assert one is not None
    assert other is not None
    assert alike(one, other, {"environments/dev.yaml": "environments/prod.yaml"}) is same
