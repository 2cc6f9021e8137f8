"""D4: every class of risks has a change that carries it and one that nearly does."""

import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.diff.assess import assess
from platform_compiler.diff.compare import compare
from platform_compiler.diff.defaults import with_defaults
from platform_compiler.diff.model import Family, Identity, Placed, Risk, identity_of
from platform_compiler.diff.refusals import with_refusals
from platform_compiler.diff.risk import RISKS, resource_risks, tree_risks
from platform_compiler.diff.sides import Side
from tests.diff.patches import patched
from tests.diff.repositories import ROOT, placed, resources, side_of
from tests.diff.risk_cases import FAMILIES, FOLDER, Case, Told, Tree, acts_of, bodies_of, cases_of
from tests.policy.states import policies, write

ALONE = [case for family in FAMILIES for case in cases_of(family)]
TREES, MOVES, REFUSED = cases_of("trees"), cases_of("moves"), cases_of("policy")


def each(cases: Iterable[Case]) -> list[Any]:
    return [pytest.param(case, id=case.label) for case in cases]


def firing(cases: Iterable[Case]) -> list[Any]:
    return each(case for case in cases if case.told)


def near(cases: Iterable[Case]) -> list[Any]:
    return each(case for case in cases if not case.told)


def assert_tells(found: list[Risk], told: Told | None) -> None:
    """Check that the one class is told, and no other; a change of a pod template restarts pods besides."""
    assert told is not None
    names = [risk.name for risk in found if risk.name != "pods-restart" or told.name == "pods-restart"]
    assert sorted(names) == sorted([told.name, *told.also])
    (risk,) = [risk for risk in found if risk.name == told.name]
    assert (risk.level, risk.family) == (told.level, RISKS[told.name].family)
    assert ".".join(map(str, risk.pointer)) == told.at
    assert told.says in risk.message
    assert not risk.message.endswith(".")
    assert risk.advice or not RISKS[told.name].advice


def by_identity(tree: Tree) -> dict[Identity, Any]:
    return {identity_of("prod", body): body for body in tree.values()}


def moved(case: Case) -> list[Risk]:
    old, new = resources(placed(case.old)), resources(_placed(case))
    return [risk for change in assess(compare(old, new), old, new).changes for risk in change.risks]


def _placed(case: Case) -> Placed:
    return placed(case.new, folder=case.folder) if case.folder else placed(case.new)


@pytest.mark.parametrize("case", firing(ALONE))
def test_d4_risk_of_a_resource_is_told_at_its_place_and_nothing_else_is(case: Case) -> None:
    assert_tells(resource_risks(case.old, case.new), case.told)


@pytest.mark.parametrize("case", near(ALONE))
def test_d4_change_that_is_nearly_a_risk_of_a_resource_is_not_told(case: Case) -> None:
    assert case.old != case.new
    assert case.name not in {risk.name for risk in resource_risks(case.old, case.new)}


@pytest.mark.parametrize("case", firing(TREES))
def test_d4_risk_of_whole_trees_is_told_of_the_one_resource(case: Case) -> None:
    ((identity, risk),) = tree_risks(by_identity(case.old), by_identity(case.new))
    assert_tells([risk], case.told)
    assert case.told is not None
    assert str(identity) == case.told.about


@pytest.mark.parametrize("case", near(TREES))
def test_d4_change_that_is_nearly_a_risk_of_whole_trees_is_not_told(case: Case) -> None:
    assert case.old != case.new
    found = tree_risks(by_identity(case.old), by_identity(case.new))
    assert case.name not in {risk.name for _, risk in found}


@pytest.mark.parametrize("case", firing(MOVES))
def test_d4_risk_of_another_name_or_place_is_told_once(case: Case) -> None:
    assert_tells(moved(case), case.told)


@pytest.mark.parametrize("case", near(MOVES))
def test_d4_change_that_is_nearly_another_name_or_place_is_not_told(case: Case) -> None:
    assert case.name not in {risk.name for risk in moved(case)}


@cache
def head_with_policies() -> Side:
    """Return the base repository with policies, compiled once for all tests."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "platform"
        shutil.copytree(ROOT / "fixtures" / "base", root)
        write(root, policies(acts_of("policy")))
        return side_of(root)


def refused(case: Case) -> list[Risk]:
    old, new = (resources(placed(body)) if body else {} for body in (case.old, case.new))
    head = head_with_policies()
    assert head.checked
    assert head.checked.court
    side = replace(head, resources=new)
    found, of_manifests = with_refusals(compare(old, new), Side(old), side, head.checked, head.checked.court)
    assert not of_manifests
    return [risk for change in found.changes for risk in change.risks]


@pytest.mark.parametrize("case", firing(REFUSED))
def test_d4_change_that_a_policy_refuses_is_told_in_the_policy_s_words(case: Case) -> None:
    assert_tells(refused(case), case.told)


@pytest.mark.parametrize("case", near(REFUSED))
def test_d4_change_that_a_policy_nearly_refuses_is_not_told(case: Case) -> None:
    assert case.old != case.new
    assert refused(case) == []


def test_d4_every_class_has_a_firing_and_a_near_case() -> None:
    assert {case.name for case in (*ALONE, *TREES, *MOVES, *REFUSED) if case.told} == set(RISKS)
    assert {case.name for case in (*ALONE, *TREES, *MOVES, *REFUSED) if not case.told} == set(RISKS)


def test_d4_every_file_of_cases_is_read_and_holds_its_family() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted([*FAMILIES, "moves", "policy", "trees"])
    for family in FAMILIES:
        assert {RISKS[case.name].family for case in cases_of(family)} == {Family(family)}


def test_a_renamed_resource_is_judged_by_what_changes_of_it() -> None:
    old = bodies_of("security")["deployment"]
    old = patched(old, {"spec.template.spec.hostNetwork": True})
    change = {"metadata.name": "shop-web", "spec.selector.matchLabels.app": "x", "spec.template.spec.hostPID": True}
    found = moved(Case("", "", old, patched(old, change), None))
    assert [risk.name for risk in found] == ["rename-recreate", "host-namespace", "pods-restart"]
    assert found[1].pointer[-1] == "hostPID"


def test_a_name_that_stands_inside_the_resource_too_is_no_change_of_its_own() -> None:
    old = bodies_of("mesh")["allow"]
    found = moved(Case("", "", old, json.loads(json.dumps(old).replace("web", "shop-web")), None))
    assert [risk.name for risk in found] == ["rename-recreate"]


def test_a_renamed_application_still_takes_its_objects_along() -> None:
    old = bodies_of("deletion")["application"]
    found = moved(Case("", "", old, patched(old, {"metadata.name": "shop-web"}), None))
    assert [risk.name for risk in found] == ["rename-recreate", "delete-application-cascade"]


def test_a_whole_unit_under_another_name_is_told_once_besides_what_is_grave() -> None:
    bodies = [bodies_of("moves")[kind] for kind in ("claim", "configmap")]
    bodies.append(patched(bodies[1], {"metadata.name": "more", "kind": "Service"}))
    renamed = [patched(body, {"metadata.name": f"{body['metadata']['name']}-new"}) for body in bodies]
    old = resources(*(placed(body) for body in bodies))
    new = resources(*(placed(body, folder="shop/cart") for body in renamed))
    found = [risk.message for change in assess(compare(old, new), old, new).changes for risk in change.risks]
    assert found == [
        "everything of `shop/web` becomes `shop/cart`: the old is deleted",
        "PersistentVolumeClaim `data` becomes `data-new`: the old one is deleted, its data may go with it",
    ]


def test_a_guard_that_goes_to_another_namespace_guards_nothing_there() -> None:
    old = bodies_of("mesh")["deny"]
    found = moved(Case("", "", old, patched(old, {"metadata.namespace": "pay"}), None))
    assert [risk.name for risk in found] == ["namespace-changed", "deny-removed"]


@pytest.mark.parametrize("case", each(ALONE))
def test_what_stays_is_no_risk_beside_an_unrelated_change(case: Case) -> None:
    for body in (case.old, case.new):
        if body is not None:
            noted = patched(body, {"metadata.annotations": {**body["metadata"].get("annotations", {}), "note": "x"}})
            assert resource_risks(body, noted) == resource_risks(noted, body) == []
            assert resource_risks(body, with_defaults(body)) == resource_risks(with_defaults(body), body) == []


@pytest.mark.parametrize("case", each(TREES))
def test_what_stays_is_no_risk_of_a_tree_beside_an_unrelated_change(case: Case) -> None:
    for tree in (case.old, case.new):
        noted = {name: patched(body, {"metadata.annotations": {"note": "x"}}) for name, body in tree.items()}
        assert tree_risks(by_identity(tree), by_identity(noted)) == []


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(["*", "0s", "a/b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3),
    max_leaves=5,
)
_WHOLE = st.sampled_from([body for case in ALONE for body in (case.old, case.new) if body is not None])


@st.composite
def _spoilt(draw: st.DrawFn) -> Any:
    """Return a body of some case with junk in up to three places."""
    body = draw(_WHOLE)
    for _ in range(draw(st.integers(0, 3))):
        body = _with(body, draw(st.sampled_from(_places(body))), draw(_JUNK))
    return body


def _places(value: Any) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *below) for key, child in items for below in _places(child))]


def _with(value: Any, place: tuple[Any, ...], junk: Any) -> Any:
    if not place:
        return junk
    copy = value.copy()
    copy[place[0]] = _with(copy[place[0]], place[1:], junk)
    return copy


@given(_spoilt() | _JUNK, _spoilt() | _JUNK)
def test_malformed_resources_never_raise_and_equal_ones_carry_no_risk(old: Any, new: Any) -> None:
    for before, after in ((old, new), (None, new), (old, None)):
        assert all(risk.name in RISKS for risk in resource_risks(before, after))
    assert resource_risks(old, old) == []


_KINDS = sorted(bodies_of("trees"))


@given(st.lists(st.tuples(st.sampled_from(_KINDS), _spoilt() | _JUNK), max_size=5), st.integers(0, 5))
def test_malformed_trees_never_raise_and_equal_ones_carry_no_risk(found: list[tuple[str, Any]], cut: int) -> None:
    whole = by_identity(bodies_of("trees"))
    spoilt = {identity_of("prod", bodies_of("trees")[kind]): body for kind, body in found[:cut]}
    assert all(risk.name in RISKS for _, risk in tree_risks(whole, {**whole, **spoilt}))
    assert all(risk.name in RISKS for _, risk in tree_risks({**whole, **spoilt}, whole))
    assert tree_risks(spoilt, spoilt) == []
