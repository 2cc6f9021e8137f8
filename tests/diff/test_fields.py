"""D2 and D7: what a diff of two bodies says, and that it says enough."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.diff.canonical import canonical
from platform_compiler.diff.compare import compare
from platform_compiler.diff.fields import field_changes
from platform_compiler.diff.model import ChangeKind, FieldKind, identity_of
from platform_compiler.diff.render.lines import pointer_text
from tests.diff.applying import apply, inverse, patched
from tests.diff.repositories import placed, resource, resources

_SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "1", "true", "web", "x: 1\ny: 2\n"])
)
_ITEMS = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b", "c"])}, optional={"value": _SCALARS, "image": _SCALARS}
)
_PORTS = st.fixed_dictionaries(
    {"containerPort": st.integers(1, 4)}, optional={"protocol": st.sampled_from(["TCP", "UDP"])}
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(_ITEMS, max_size=4)
        | st.lists(st.sampled_from(["a", "b", "c", 1]), max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "env", "data"]), inner, max_size=3)
    ),
    max_leaves=12,
)
_BODIES = st.builds(
    lambda kind, spec, ports, data: resource(kind, spec=spec, ports=ports, data=data),
    st.sampled_from(["ConfigMap", "Service"]),
    _VALUES,
    st.lists(_PORTS, max_size=4),
    st.dictionaries(st.sampled_from(["k", "l"]), st.sampled_from(["a: 1", "a: 2\nb: 3", '{"a": [1, 2]}', "text"])),
)
_TREES = st.lists(st.tuples(_BODIES, st.sampled_from(["web", "cart", "pay"])), max_size=4)


def _tree(bodies: list[tuple[dict[str, Any], str]]) -> Any:
    named = [{**body, "metadata": {**body["metadata"], "name": name}} for body, name in bodies]
    return resources(*(placed(body) for body in named))


def _strict(value: Any) -> str:
    """Return text that tells 1 from `true` from `"1"`, and not the order of keys."""
    return json.dumps(value, sort_keys=True)


@given(_BODIES, _BODIES)
def test_d2_applying_the_fields_of_a_diff_to_the_old_body_gives_the_new_one(old: Any, new: Any) -> None:
    made = patched(canonical(old), field_changes(canonical(old), canonical(new)))
    assert _strict(made) == _strict(canonical(new))


@given(_BODIES)
def test_d2_a_body_does_not_differ_from_itself(body: Any) -> None:
    assert field_changes(body, json.loads(json.dumps(body))) == ()


@given(_TREES, _TREES)
def test_d2_applying_a_diff_to_the_old_tree_gives_the_new_one(old: Any, new: Any) -> None:
    before, after = _tree(old), _tree(new)
    made = apply(compare(before, after), {identity: one.body for identity, one in before.items()})
    assert {i: _strict(body) for i, body in made.items()} == {
        i: _strict(canonical(one.body)) for i, one in after.items()
    }


@given(_TREES)
def test_d2_a_tree_does_not_differ_from_itself(bodies: Any) -> None:
    assert compare(_tree(bodies), _tree(bodies)).changes == ()


@given(_TREES, _TREES)
def test_d2_the_diff_of_the_sides_swapped_is_the_inverse(old: Any, new: Any) -> None:
    before, after = _tree(old), _tree(new)
    there, back = inverse(compare(before, after)), inverse(inverse(compare(after, before)))
    assert there == back


def _changes(old: Any, new: Any) -> list[tuple[str, str]]:
    found = field_changes(resource(spec=old), resource(spec=new))
    return [(field.kind.value, pointer_text(field.pointer[1:])) for field in found]


def test_d7_containers_are_told_apart_by_name_wherever_they_stand() -> None:
    one, two = {"name": "web", "image": "web:1"}, {"name": "proxy", "image": "proxy:1"}
    assert _changes({"containers": [one, two]}, {"containers": [two, {**one, "image": "web:2"}]}) == [
        ("changed", "containers[web].image"),
        ("reordered", "containers"),
    ]


def test_d7_ports_are_told_apart_by_number_and_protocol() -> None:
    tcp, udp = {"containerPort": 53, "protocol": "TCP"}, {"containerPort": 53, "protocol": "UDP"}
    assert _changes({"ports": [tcp]}, {"ports": [tcp, udp]}) == [("added", "ports[53/UDP]")]
    assert _changes({"ports": [{"port": 80}]}, {"ports": [{"port": 80, "name": "http"}]}) == [
        ("added", "ports[80/TCP].name")
    ]


def test_d7_mounts_are_told_apart_by_path_and_not_by_name() -> None:
    old = [{"name": "tmp", "mountPath": "/tmp"}, {"name": "tmp", "mountPath": "/run"}]
    new = [{"name": "tmp", "mountPath": "/tmp"}, {"name": "run", "mountPath": "/run"}]
    assert _changes({"volumeMounts": old}, {"volumeMounts": new}) == [("changed", "volumeMounts[/run].name")]


def test_d7_an_item_put_between_others_is_an_addition_and_no_reordering() -> None:
    a, b, c = ({"name": name, "value": "1"} for name in "abc")
    assert _changes({"env": [a, c]}, {"env": [a, b, c]}) == [("added", "env[b]")]


def test_d7_reordered_arguments_are_told_and_not_hidden() -> None:
    assert _changes({"args": ["-a", "-b"]}, {"args": ["-b", "-a"]}) == [("reordered", "args")]


def test_d7_routes_without_names_are_compared_by_position_and_an_insertion_stays_one_change() -> None:
    first, second, third = ({"match": [{"uri": {"exact": path}}]} for path in ("/a", "/b", "/c"))
    assert _changes({"http": [first, third]}, {"http": [first, second, third]}) == [("added", "http[1]")]
    assert _changes({"http": [first, second]}, {"http": [second, first]})[0][0] == "changed"


def test_d7_a_number_is_not_the_text_that_looks_like_it() -> None:
    assert _changes({"port": 80}, {"port": "80"}) == [("changed", "port")]
    assert _changes({"on": 1}, {"on": True}) == [("changed", "on")]


@pytest.mark.parametrize(
    ("old", "new"),
    [('{"a": {"b": 1, "c": 2}}', '{"c": 0, "a": {"b": 1}}'), ("a:\n  b: 1\n  c: 2\n", "c: 0\na:\n  b: 1\n")],
)
def test_d7_text_that_holds_data_is_compared_as_data(old: str, new: str) -> None:
    (field,) = field_changes(resource(data={"config": old}), resource(data={"config": new}))
    assert [(f.kind, pointer_text(f.pointer)) for f in field.inside] == [
        (FieldKind.REMOVED, "a.c"),
        (FieldKind.ADDED, "c"),
    ]


def test_d7_a_renamed_resource_is_one_change_that_deletes_and_recreates() -> None:
    spec = {"replicas": 3, "paused": False, "minReadySeconds": 5, "selector": {"app": "x"}}
    old, new = (placed(resource("Deployment", name, spec=spec)) for name in ("web", "shop"))
    (change,) = compare(resources(old), resources(new)).changes
    assert change.kind is ChangeKind.RENAMED
    assert (change.old_identity, change.identity) == (identity_of("prod", old.body), identity_of("prod", new.body))


def test_d7_another_kind_another_cluster_or_another_content_is_no_rename() -> None:
    spec = {"a": 1, "b": 2, "c": 3, "d": 4}
    body = resource("Deployment", "web", spec=spec)
    for other in (
        placed(resource("StatefulSet", "shop", spec=spec)),
        placed(resource("Deployment", "shop", spec=spec), cluster="dev"),
        placed(resource("Deployment", "shop", spec=dict.fromkeys("abcdefgh", 9))),
    ):
        kinds = {change.kind for change in compare(resources(placed(body)), resources(other)).changes}
        assert kinds == {ChangeKind.ADDED, ChangeKind.REMOVED}


def test_d7_more_than_50_candidates_of_a_kind_are_not_paired() -> None:
    def many(prefix: str, number: int) -> Any:
        return resources(*(placed(resource("Service", f"{prefix}-{i}", spec={"a": i, "b": 1})) for i in range(number)))

    assert {c.kind for c in compare(many("old", 50), many("new", 50)).changes} == {ChangeKind.RENAMED}
    assert {c.kind for c in compare(many("old", 51), many("new", 1)).changes} == {ChangeKind.REMOVED, ChangeKind.ADDED}


def test_d7_the_same_resource_in_another_folder_is_moved() -> None:
    body = resource(data={"a": "1"})
    before, after = placed(body, folder="shop/web"), placed(body, folder="shop/cart")
    (change,) = compare(resources(before), resources(after)).changes
    assert (change.kind, change.fields) == (ChangeKind.MOVED, ())


def test_a_new_version_of_an_api_is_a_change_of_the_same_resource() -> None:
    old = {**resource("HorizontalPodAutoscaler"), "apiVersion": "autoscaling/v2beta2"}
    new = {**old, "apiVersion": "autoscaling/v2"}
    (change,) = compare(resources(placed(old)), resources(placed(new))).changes
    assert [pointer_text(field.pointer) for field in change.fields] == ["apiVersion"]
