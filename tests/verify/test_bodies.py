"""Bodies are the same if they agree in content, order and types, and look the same whichever manifest they are of."""

from typing import Any

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.verify.bodies import Bodies
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Item

PLACE = items_of("a.yaml", b"{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", Bag())[0].place
SOURCE = "platformc.dev/source"


def config(data: Any, annotations: Any = None) -> Item:
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}
    if annotations is not None:
        body["metadata"]["annotations"] = annotations
    return Item(body, "", PLACE)


def test_of_equal_bodies_the_first_stands_for_all() -> None:
    one, other, third = config({"k": 1}), config({"k": 1}), config({"k": 1})
    assert [known.first is one.body for known in Bodies().of([one, other, third])] == [True, True, True]


@pytest.mark.parametrize(
    ("one", "other"), [({"k": 1}, {"k": True}), ({"k": 1}, {"k": 1.0}), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({}, [])]
)
def test_bodies_that_differ_in_type_or_order_are_told_apart(one: Any, other: Any) -> None:
    found = Bodies().of([config(one), config(other)])
    assert found[0].first is not found[1].first
    assert found[0].look != found[1].look


def test_bodies_of_several_manifests_look_the_same_and_are_not() -> None:
    found = Bodies().of([config({}, {SOURCE: "a.yaml"}), config({}, {SOURCE: "b.yaml"}), config({}, {SOURCE: ""})])
    assert len({known.look for known in found}) == 1
    assert len({id(known.first) for known in found}) == len(found)


def test_a_body_without_annotation_is_not_one_whose_annotation_is_empty() -> None:
    found = Bodies().of([config({}, {}), config({}, {SOURCE: ""})])
    assert found[0].first is not found[1].first
