"""What clusters share of merged settings, interfaces and contexts is what each of them would have alone."""

import json
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.checked import Checked
from platform_compiler.context.build import build_contexts
from platform_compiler.context.model import UnitContext
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.merge import alike
from platform_compiler.layers.model import Resolved
from platform_compiler.layers.resolve import resolve
from platform_compiler.link.interface import READ, interface_of
from platform_compiler.link.link import link
from platform_compiler.load import load
from platform_compiler.pipeline import check
from platform_compiler.source.node import MapNode, ScalarNode
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.snapshot import Snapshot
from platform_compiler.source.tree import Directory
from tests.model.rejected import FIXTURES, REFUSED, REFUSED_LINKS, tree_of

DAY = date(2026, 6, 1)
ORGANISATION = FIXTURES / "organisation"


def heard_alike(tree: Snapshot) -> set[str]:
    """Return what all clusters hear, which each of them would hear and get alone."""
    bag = Bag()
    loaded = load(tree, bag)
    catalog = load_catalog(tree, loaded, bag)

    def heard(*clusters: str) -> tuple[set[str], dict[str, MapNode]]:
        told = Bag()
        some = loaded._replace(clusters={name: loaded.clusters[name] for name in clusters})
        found = resolve(some, catalog.defaults, told, DAY, catalog.workload)
        specs = {f"{name} {ref}": one.spec for name, by_ref in found.by_cluster.items() for ref, one in by_ref.items()}
        return {str(one) for one in told.sorted() if one.code.startswith(("PC13", "PC31"))}, specs

    together, specs = heard(*loaded.clusters)
    alone = [heard(name) for name in loaded.clusters]
    assert together == set().union(*(told for told, _ in alone))
    assert specs == {ref: spec for _, found in alone for ref, spec in found.items()}
    return together


@cache
def organisation() -> Checked:
    return check(Directory(ORGANISATION), DAY, Bag())


@pytest.mark.parametrize("repository", [ORGANISATION, *REFUSED], ids=lambda path: path.parts[-3])
def test_clusters_hear_of_settings_what_each_would_hear_alone(repository: Path) -> None:
    assert bool(heard_alike(tree_of(repository))) == (repository in REFUSED)


Scales = tuple[dict[str, Any], dict[str, Any]]
Bounds = tuple[int, int]
SCALES = st.sampled_from(
    [{}, *({"scale": scale} for scale in ({"min": 2}, {"min": 2, "max": 4}, {"min": 5, "max": 4}, {"max": 1}))]
)


def document(kind: str, name: str, **spec: Any) -> bytes:
    """Return a document."""
    said = {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    return json.dumps(said).encode()


@given(
    defaults=st.tuples(SCALES, SCALES), overlays=st.tuples(SCALES, SCALES), least=st.tuples(*[st.integers(0, 3)] * 2)
)
def test_environments_hear_what_each_would_hear_alone(defaults: Scales, overlays: Scales, least: Bounds) -> None:
    environments = dict(zip(("dev", "prod"), zip(defaults, least, strict=True), strict=True))
    files = {
        f"environments/{name}.yaml": document("Environment", name, defaults=below, mandates={"minReplicas": bound})
        for name, (below, bound) in environments.items()
    }
    web = {"blueprint": "web-service@1", "image": "web:1"}
    own = {name: overlay for name, overlay in zip(environments, overlays, strict=True) if overlay}
    files["teams/shop/web.yaml"] = document("Application", "web", **web, environments=own)
    heard_alike(Snapshot({**tree_of(FIXTURES / "base").files, **files}))


@given(defaults=st.tuples(*[SCALES] * 3), overlays=st.tuples(*[SCALES] * 3))
def test_clusters_of_an_environment_hear_and_get_what_each_would_alone(
    defaults: tuple[dict[str, Any], ...], overlays: tuple[dict[str, Any], ...]
) -> None:
    names = ("a", "b", "c")
    facts = {"environment": "prod", "region": "eu", "versions": {"kubernetes": "1.33"}, "parts": {"mesh": "none"}}
    files = {
        f"clusters/{name}.yaml": document("Cluster", name, **facts, **({"defaults": below} if below else {}))
        for name, below in zip(names, defaults, strict=True)
    }
    own = {name: overlay for name, overlay in zip(names, overlays, strict=True) if overlay}
    files["teams/shop/web.yaml"] = document(
        "Application", "web", blueprint="web-service@1", image="web:1", clusters=own
    )
    base = {path: data for path, data in tree_of(FIXTURES / "base").files.items() if not path.startswith("clusters/")}
    tree = Snapshot({**base, **files})
    assert load(tree, Bag()).clusters.keys() == set(names)
    heard_alike(tree)


def test_an_interface_is_read_from_the_settings_that_are_listed() -> None:
    checked, judged = organisation(), 0
    for by_ref in checked.resolved.by_cluster.values():
        for one in by_ref.values():
            kept = {word: node for word, node in one.spec.entries.items() if word in READ}
            if isinstance(env := kept.get("env"), MapNode):
                no_texts = {name: value for name, value in env.entries.items() if not isinstance(value, ScalarNode)}
                kept["env"] = MapNode(no_texts, env.keys, env.span)
            less = one._replace(spec=MapNode(kept, one.spec.keys, one.spec.span))
            whole, part = (interface_of(some, "shop", "cluster.local", meshed=True) for some in (one, less))
            assert whole == part
            judged += len(kept) < len(one.spec.entries)
    assert judged


@pytest.mark.parametrize(
    "repository", [ORGANISATION, FIXTURES / "online-boutique", *REFUSED_LINKS], ids=lambda path: path.parts[-3]
)
def test_links_of_clusters_that_share_nothing_are_the_same(repository: Path) -> None:
    tree, told, told_alone = tree_of(repository), Bag(), Bag()
    loaded = load(tree, Bag())
    catalog = load_catalog(tree, loaded, Bag())
    resolved = resolve(loaded, catalog.defaults, Bag(), DAY, catalog.workload)
    copied = Resolved(
        {
            cluster: {ref: one._replace(spec=deepcopy(one.spec)) for ref, one in by_ref.items()}
            for cluster, by_ref in resolved.by_cluster.items()
        }
    )
    shared = link(loaded, resolved, told)
    assert shared == link(loaded, copied, told_alone)
    assert told.sorted() == told_alone.sorted()
    assert bool(told.sorted()) == (repository in REFUSED_LINKS)


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
