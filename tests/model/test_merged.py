"""Layers merge word by word, and what they merge to is judged word by word: as it would be as a whole."""

import json
from datetime import date
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.merge import Merging, restored
from platform_compiler.layers.model import Settings
from platform_compiler.layers.resolve import resolve
from platform_compiler.load import load
from platform_compiler.load.shape import Shapes, schema_for, spec_has_shape
from platform_compiler.pipeline import check
from platform_compiler.source.node import MapNode, plain
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.snapshot import Snapshot
from platform_compiler.source.tree import Directory
from tests.model.rejected import FIXTURES, tree_of

WORDS = ("a", "b", "env")
TREES = st.recursive(
    st.none() | st.integers(0, 2), lambda below: st.dictionaries(st.sampled_from(WORDS), below), max_leaves=12
).filter(lambda value: isinstance(value, dict))
WRONG = {"ports": {"http": {"port": "many"}}, "image": 5, "scale": {"least": 2}, "traffic": {"timeout": "soon"}}


def node_of(value: dict[str, Any]) -> MapNode:
    node = read_yaml("tree.yaml", json.dumps(value).encode(), Bag())
    assert node is not None
    return node


def laid(low: dict[str, Any], high: dict[str, Any], *, whole: bool = False) -> dict[str, Any]:
    """Return one mapping laid over another as the documentation says it, without any haste."""
    found = {key: value for key, value in low.items() if key not in high}
    for key, value in high.items():
        below = low.get(key)
        if isinstance(value, dict):
            under = below if isinstance(below, dict) and not whole else None
            found[key] = laid(under or {}, value, whole=under is not None and key == "env")
        elif value is not None:
            found[key] = value
    return found


@given(st.lists(TREES, min_size=2, max_size=4))
def test_maps_merge_by_key_all_else_replaces_and_null_removes(trees: list[dict[str, Any]]) -> None:
    expected = {**trees[0]}
    for tree in trees[1:]:
        expected = laid(expected, tree)
    merging, nodes = Merging(), [node_of(tree) for tree in trees]
    assert plain(merging.merge(nodes)) == plain(merging.merge(nodes)) == expected


@cache
def settings() -> tuple[Settings, ...]:
    """Return the settings of an organisation that are judged: raw resources are not merged with anything."""
    resolved = check(Directory(FIXTURES / "organisation"), date(2026, 6, 1), Bag()).resolved
    found = (one for by_ref in resolved.by_cluster.values() for one in by_ref.values())
    return tuple(one for one in found if one.manifest.kind != "RawResources")


TRAFFIC = ({"timeout": "2s"}, {"timeout": None}, {"retries": None}, {"retries": {"attempts": None}}, None)


@pytest.mark.parametrize(("below", "own"), [*product(TRAFFIC, TRAFFIC)])
def test_what_nulls_take_away_is_as_it_is_built_in(below: object, own: object) -> None:
    def document(kind: str, name: str, **spec: Any) -> bytes:
        said = {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        return json.dumps(said).encode()

    web = {"blueprint": "web-service@1", "image": "web:1", "environments": {"prod": {"traffic": own}}}
    files = {
        "platform.yaml": document("Platform", "acme", labelPrefix="acme.example", defaults={"traffic": below}),
        "teams/shop/web.yaml": document("Application", "web", **web),
    }
    bag = Bag()
    loaded = load(Snapshot({**tree_of(FIXTURES / "base").files, **files}), bag)
    one = resolve(loaded, {}, bag, date(2026, 6, 1)).by_cluster["prod"]["shop/web"]
    assert restored(one.spec, one.layers[0].tree) is one.spec


@pytest.mark.parametrize("kind", ["Application", "ExternalService"])
def test_a_schema_says_nothing_of_several_settings_at_once(kind: str) -> None:
    schema = schema_for(kind)["$defs"][f"{kind}Spec"]
    assert schema.keys() == {"additionalProperties", "description", "properties", "required", "type"}
    assert schema["additionalProperties"] is False


@given(data=st.data())
def test_settings_are_judged_one_by_one_as_they_are_together(data: st.DataObject) -> None:
    shapes = {kind: Shapes(kind) for kind in ("Application", "ExternalService")}
    for one in data.draw(st.lists(st.sampled_from(settings()), max_size=3)):
        kind, right = one.manifest.kind, one.spec.entries
        wrong = node_of(
            data.draw(st.fixed_dictionaries({}, optional={w: st.just(v) for w, v in WRONG.items()}))
        ).entries
        lost = data.draw(st.sets(st.sampled_from(("image", "ports", "hosts"))))
        known = data.draw(st.sets(st.sampled_from(list(right))))
        said = {word: node for word, node in {**right, **wrong}.items() if word not in lost}
        spec = MapNode(said, one.spec.keys, one.spec.span)
        own = MapNode({word: right[word] for word in known}, {}, spec.span)
        together, apart = Bag(), Bag()
        assert shapes[kind].has_shape(spec, own, apart) == spec_has_shape(kind, spec, together)
        assert apart.sorted() == together.sorted()
        assert apart.sorted() or not wrong.keys() - lost
